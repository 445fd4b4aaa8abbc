//! Distinct keys of a worker and their ids: texts, addresses, and the hashes of both.

mod address_list;
mod addresses;
#[cfg(test)]
mod bad_sets;
mod hash;
mod id_pairs;
mod interner;
mod ipv4;
mod key_list;
mod memo;

pub(crate) use addresses::AddressKeys;
pub(crate) use hash::{Seed, fixed_hash};
pub(crate) use id_pairs::IdPairs;
pub(crate) use interner::Keys;
pub(crate) use ipv4::{are_ipv4, parse_ipv4};
pub(crate) use memo::Memo;

/// A group of a table, in the count of one worker: 0, 1, 2 … in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GroupId(pub(crate) u32);

/// A visitor, in the count of one worker. Not a group: a merge that mixes them up does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct VisitorId(pub(crate) u32);

/// A part of the hits, for which a report of its own is asked: those with one key of a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PartId(pub(crate) u32);

/// Ids that all tables of a tally share: those of hits, or those that another tally's visitors and parts have here.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SharedIds<'i> {
    pub(crate) visitors: &'i [VisitorId],
    /// Empty if hits are not divided into parts.
    pub(crate) parts: &'i [PartId],
}

/// The ids that one worker's groups and visitors have in the count of another.
pub(crate) struct IdMap<'m> {
    pub(crate) groups: &'m [GroupId],
    pub(crate) visitors: &'m [VisitorId],
}
