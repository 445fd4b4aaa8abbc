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
use crate::question::Question;
use crate::text::find_near;
use crate::text::undo_escapes;
use anonymize::Cuts;
use identity::Identity;
use real_ip::Proxies;

/// The steps that a question asks for.
#[derive(Clone, Debug)]
pub(crate) struct Visits {
    proxies: Option<Proxies>,
    identity: Identity,
    cuts: Cuts,
}

impl Visits {
    /// The variables that the question names are among `extras`.
    pub(crate) fn new(question: &Question, extras: &Extras) -> Visits {
        Visits {
            proxies: question.real_ip.as_ref().map(|real_ip| Proxies::new(real_ip, extras)),
            identity: Identity::new(question, extras),
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
        question: &Question,
        extras: &Extras,
        needs: Fields,
    ) -> (Option<Visits>, Fields) {
        let takes_addresses = needs.holds(Fields::text(TextField::Addr));
        self.proxies = self.proxies.filter(|_| takes_addresses);
        if question.anonymize {
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

/// The dimensions that a question asks for in order to tell visitors apart, and to find their addresses.
pub(crate) fn dimensions(question: &Question) -> impl Iterator<Item = Dimension> {
    let list = question.real_ip.as_ref().map(RealIp::dimension);
    question.visitor.dimensions().chain(list)
}

/// The fields of a line that tell its visitor.
pub(crate) fn logged_by(question: &Question, extras: &Extras) -> Fields {
    question.visitor.dimensions().fold(Fields::NONE, |fields, part| fields.and(part.needs(extras)))
}

/// All that a question asks for by name in this: how, what fields that takes, and which variable logs them.
pub(crate) fn asked(question: &Question, extras: &Extras) -> Vec<(String, Fields, String)> {
    let of = |option: String, dimension: Dimension| (option, dimension.needs(extras), dimension.variable());
    let mut asked = Vec::new();
    if question.visitor != Visitor::IP {
        let option = format!("--visitor {}", question.visitor.name());
        asked.extend(question.visitor.dimensions().map(|dimension| of(option.clone(), dimension)));
    }
    if let Some(prefix) = question.ipv6_prefix
        && question.visitor.has_address()
    {
        asked.push(of(format!("--ipv6-prefix {}", prefix.bits()), Dimension::Ip));
    }
    if let Some(real_ip) = question.real_ip.as_ref().filter(|real_ip| !real_ip.is_in_place()) {
        asked.push(of(format!("--real-ip {}", real_ip.dimension().name()), real_ip.dimension()));
    }
    asked
}

/// The fields that a log has: those that it logs, and the address if the list of `--real-ip` is among them.
pub(crate) fn with_address(question: &Question, extras: &Extras, logged: Fields) -> Fields {
    let list = question.real_ip.as_ref().map(|real_ip| real_ip.dimension().needs(extras));
    if list.is_some_and(|list| logged.holds(list)) { logged.and(Fields::text(TextField::Addr)) } else { logged }
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
