//! Options for visitors: what identifies one, and which of its addresses the report shows.

use super::real_ip::RealIp;
use crate::batch::Fields;
use crate::dimension::{Dimension, VariableColumns};

/// The key that identifies a visitor.
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
    /// The client's address.
    pub const IP: Visitor = Visitor(By::Ip);

    /// The address and the user agent: two browsers behind one address are two visitors.
    pub const IP_AND_AGENT: Visitor = Visitor(By::IpAndAgent);

    /// A hit's key in this dimension, such as a cookie; `None` if its keys are not logged texts. All hits that log it
    /// as missing belong to one visitor. If a line does not log it at all, its visitor is unknown.
    pub fn of(dimension: Dimension) -> Option<Visitor> {
        match dimension {
            Dimension::Ip => Some(Visitor::IP),
            other => other.as_logged().map(|text| Visitor(By::Key(text))),
        }
    }

    /// Name as a user types it: `ip`, `ip+agent`, `cookie_session`.
    pub fn name(self) -> &'static str {
        match self.0 {
            By::Ip => "ip",
            By::IpAndAgent => "ip+agent",
            By::Key(dimension) => dimension.name(),
        }
    }

    /// True if the address is all or part of the key.
    pub fn has_address(self) -> bool {
        matches!(self.0, By::Ip | By::IpAndAgent)
    }

    /// Dimensions that make up the key.
    pub(crate) fn dimensions(self) -> impl Iterator<Item = Dimension> {
        let (first, second) = match self.0 {
            By::Ip => (Dimension::Ip, None),
            By::IpAndAgent => (Dimension::Ip, Some(Dimension::Agent)),
            By::Key(dimension) => (dimension, None),
        };
        [first].into_iter().chain(second)
    }
}

/// Number of leading bits of an IPv6 address that identify a visitor, 1 to 128. A client with one address usually has
/// 2^64 of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv6Prefix(u8);

impl Ipv6Prefix {
    /// A prefix of this many bits; `None` unless 1 to 128.
    pub fn new(bits: u8) -> Option<Ipv6Prefix> {
        (1..=128).contains(&bits).then_some(Ipv6Prefix(bits))
    }

    /// Length in bits, 1 to 128.
    pub fn bits(self) -> u8 {
        self.0
    }
}

/// Options that decide how visitors are identified and which addresses the report shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VisitorOptions<'q> {
    pub(crate) visitor: Visitor,
    pub(crate) ipv6_prefix: Option<Ipv6Prefix>,
    pub(crate) real_ip: Option<&'q RealIp>,
    pub(crate) anonymize: bool,
}

impl VisitorOptions<'_> {
    /// Dimensions that identify visitors or hold lists of their addresses.
    pub(crate) fn dimensions(&self) -> impl Iterator<Item = Dimension> {
        let list = self.real_ip.map(RealIp::dimension);
        self.visitor.dimensions().chain(list)
    }
}

/// Fields of a line that identify its visitor.
pub(crate) fn logged_by(visitor: Visitor, variable_columns: &VariableColumns) -> Fields {
    visitor.dimensions().fold(Fields::NONE, |fields, part| fields.union(part.needs(variable_columns)))
}
