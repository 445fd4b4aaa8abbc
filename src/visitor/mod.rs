//! Who a hit is from: the address behind proxies, what visitors are told apart by, and what of an address is shown.
//!
//! Each is a step between the columns of a batch and its hits, and there only where a question asks for it. Filters see the
//! address behind proxies, whole; visitors are told apart by whole addresses too; what is counted and shown may be cut.

mod anonymize;
mod cut;
mod identity;
mod real_ip;

use std::borrow::Cow;

use bumpalo::Bump;

pub(crate) use anonymize::cut_value;
pub(crate) use cut::{AHEAD, cut_piece, cut_tail};
pub use identity::{Ipv6Prefix, Visitor};
pub use real_ip::RealIp;

use crate::batch::{Batch, Column, Fields, TextField};
use crate::dimension::{Dimension, Extras};
use crate::text::find_near;
use crate::text::undo_escapes;
use anonymize::Cuts;
use identity::Identity;
use real_ip::Proxies;

/// How visitors are identified, and which addresses the report shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VisitorOptions<'q> {
    pub(crate) visitor: Visitor,
    pub(crate) ipv6_prefix: Option<Ipv6Prefix>,
    pub(crate) real_ip: Option<&'q RealIp>,
    pub(crate) anonymize: bool,
}

/// The steps that the options ask for.
#[derive(Clone, Debug)]
pub(crate) struct Visits {
    proxies: Option<Proxies>,
    identity: Identity,
    cuts: Cuts,
}

impl Visits {
    /// `extras` has the variables that the options name.
    pub(crate) fn new(options: &VisitorOptions<'_>, extras: &Extras) -> Visits {
        Visits {
            proxies: options.real_ip.map(|real_ip| Proxies::new(real_ip, extras)),
            identity: Identity::new(options, extras),
            cuts: Cuts::default(),
        }
    }

    /// The fields that tell visitors apart.
    pub(crate) fn visitor_fields(&self) -> Fields {
        self.identity.needs()
    }

    /// The column that tells visitors apart, once all steps are done.
    pub(crate) fn column(&self) -> Column {
        self.identity.column()
    }

    /// The steps that change anything, if there are any, where all else takes these fields; and what it takes with theirs.
    pub(crate) fn with_needs(
        mut self,
        options: &VisitorOptions<'_>,
        extras: &Extras,
        needs: Fields,
    ) -> (Option<Visits>, Fields) {
        let takes_addresses = needs.holds(Fields::text(TextField::Addr));
        self.proxies = self.proxies.filter(|_| takes_addresses);
        if options.anonymize {
            self.cuts = Cuts::new(extras, needs);
        }
        let all = self.proxies.iter().fold(needs, |needs, proxies| needs.and(proxies.needs()));
        let is_idle = self.proxies.is_none() && self.cuts.are_none() && !needs.holds(Fields::column(Column::VISITOR));
        ((!is_idle).then_some(self), all)
    }

    /// To be done before hits are selected: addresses become those behind proxies.
    pub(crate) fn before_filters<'a>(&self, batch: &mut Batch<'a>, bump: &'a Bump) {
        if let Some(proxies) = &self.proxies {
            proxies.pass(batch, bump);
        }
    }

    /// To be done with the hits: they get their visitors, and then addresses are cut.
    pub(crate) fn before_tables<'a>(&self, batch: &mut Batch<'a>, hits: &[u16], bump: &'a Bump) {
        self.identity.tell(batch, hits, bump);
        self.cuts.cut(batch, hits, bump);
    }
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

/// A text of a batch with its escapes undone.
#[inline]
fn undone<'a>(text: &'a [u8], bump: &'a Bump) -> &'a [u8] {
    if find_near(b'\\', text).is_none() {
        return text;
    }
    match undo_escapes(text) {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => bump.alloc_slice_copy(&text),
    }
}

/// A batch with a row for each of these texts, for tests.
#[cfg(test)]
fn batch_of<'a>(columns: &[(Column, &[&'a str])]) -> Batch<'a> {
    use crate::batch::{Numbers, Status};
    use crate::time::Stamp;
    let needs = columns.iter().fold(Fields::column(Column::VISITOR), |needs, (c, _)| needs.and(Fields::column(*c)));
    let mut batch = Batch::new(needs);
    for row in 0..columns[0].1.len() {
        for (column, texts) in columns {
            batch.set_text(*column, texts[row].as_bytes());
        }
        let (stamp, status) = (Stamp::NONE, Status::MISSING);
        batch.add(Numbers { stamp, status, bytes: 0, time_ms: None, is_static: false });
    }
    batch
}
