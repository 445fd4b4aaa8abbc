//! Who a visitor is: what a caller says about it.

use super::real_ip::RealIp;
use crate::batch::Fields;
use crate::dimension::{Dimension, Extras};

/// What tells visitors apart.
///
/// ```
/// use logstat::{Dimension, Question, Visitor};
/// let session = Visitor::of(Dimension::named("cookie_session")?);
/// assert_eq!(session.map(Visitor::name), Some("cookie_session"));
/// let question = Question::new().visitor(Visitor::IP_AND_AGENT);
/// # Ok::<(), logstat::DimensionError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visitor(pub(super) By);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum By {
    #[default]
    Ip,
    IpAndAgent,
    Key(Dimension),
}

impl Visitor {
    /// The address.
    pub const IP: Visitor = Visitor(By::Ip);

    /// The address and the user agent: two browsers behind one address are two.
    pub const IP_AND_AGENT: Visitor = Visitor(By::IpAndAgent);

    /// The key that a hit has in this dimension, such as a cookie; `None` where keys are no texts. All hits for which it is
    /// logged as missing are one visitor's; those whose lines do not log it have no known visitor.
    pub fn of(dimension: Dimension) -> Option<Visitor> {
        match dimension {
            Dimension::Ip => Some(Visitor::IP),
            other => other.as_logged().map(|text| Visitor(By::Key(text))),
        }
    }

    /// What a user types: `ip`, `ip+agent`, `cookie_session`.
    pub fn name(self) -> &'static str {
        match self.0 {
            By::Ip => "ip",
            By::IpAndAgent => "ip+agent",
            By::Key(dimension) => dimension.name(),
        }
    }

    /// Whether an address is what visitors are told apart by, or a part of it.
    pub fn has_address(self) -> bool {
        matches!(self.0, By::Ip | By::IpAndAgent)
    }

    /// What it is made of.
    pub(crate) fn dimensions(self) -> impl Iterator<Item = Dimension> {
        let (first, second) = match self.0 {
            By::Ip => (Dimension::Ip, None),
            By::IpAndAgent => (Dimension::Ip, Some(Dimension::Agent)),
            By::Key(dimension) => (dimension, None),
        };
        [first].into_iter().chain(second)
    }
}

/// How many leading bits of an IPv6 address are the visitor's: 1 to 128. Whoever has one address mostly has 2^64 of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv6Prefix(u8);

impl Ipv6Prefix {
    /// So many bits, if an address has so many.
    pub fn new(bits: u8) -> Option<Ipv6Prefix> {
        (1..=128).contains(&bits).then_some(Ipv6Prefix(bits))
    }

    /// 1 to 128.
    pub fn bits(self) -> u8 {
        self.0
    }
}

/// How visitors are identified, and which addresses the report shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VisitorOptions<'q> {
    pub(crate) visitor: Visitor,
    pub(crate) ipv6_prefix: Option<Ipv6Prefix>,
    pub(crate) real_ip: Option<&'q RealIp>,
    pub(crate) anonymize: bool,
}

impl VisitorOptions<'_> {
    /// The dimensions that identify visitors and find their addresses.
    pub(crate) fn dimensions(&self) -> impl Iterator<Item = Dimension> {
        let list = self.real_ip.map(RealIp::dimension);
        self.visitor.dimensions().chain(list)
    }
}

/// The fields of a line that identify its visitor.
pub(crate) fn logged_by(visitor: Visitor, extras: &Extras) -> Fields {
    visitor.dimensions().fold(Fields::NONE, |fields, part| fields.and(part.needs(extras)))
}
