//! The groups of a table: its own keys, the visitors, or pairs; each of them for all hits or for each part.

use std::borrow::Cow;

use super::own_keys::OwnKeys;
use super::{Dimension, KeysOfTable, PairKeys, PartKeys, VariableColumns};
use crate::batch::{Batch, TextField};
use crate::keys::{AddressKeys, GroupId, Seed, SharedIds};

/// The groups of a table.
#[derive(Clone, Debug)]
pub(crate) enum Grouping {
    Own(OwnKeys),
    /// The groups are the visitors, whose addresses are stored once, in the tally.
    Visitors,
    Pair(Box<PairKeys>),
    /// The groups of each part.
    Parts(Box<PartKeys<Grouping>>),
}

impl Grouping {
    /// Makes empty groups. `by_visitor` is true if addresses are interned as visitors anyway. `variable_columns` must
    /// contain the variables.
    pub(crate) fn new(
        dimension: Dimension,
        variable_columns: &VariableColumns,
        seed: Seed,
        by_visitor: bool,
    ) -> Grouping {
        match dimension {
            Dimension::Ip if by_visitor => Grouping::Visitors,
            Dimension::Pair(pair) => {
                let halves = [pair.first(), pair.second()].map(|half| OwnKeys::new(half, variable_columns, seed));
                Grouping::Pair(Box::new(PairKeys::new(halves, seed)))
            }
            single => Grouping::Own(OwnKeys::new(single, variable_columns, seed)),
        }
    }

    /// Returns the same groups for each part. There must be none yet.
    pub(crate) fn by_part(self, seed: Seed) -> Grouping {
        Grouping::Parts(Box::new(PartKeys::new(self, seed)))
    }

    /// Makes an empty copy.
    pub(crate) fn empty_copy(&self, seed: Seed) -> Grouping {
        match self {
            Grouping::Own(keys) => Grouping::Own(keys.empty_copy(seed)),
            Grouping::Visitors => Grouping::Visitors,
            Grouping::Pair(pairs) => Grouping::Pair(Box::new(pairs.empty_copy(seed))),
            Grouping::Parts(parts) => parts.keys().empty_copy(seed).by_part(seed),
        }
    }

    /// Keeps the keys of these groups, which must ascend; they become the first groups. The memory of the others stays
    /// allocated.
    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        match self {
            Grouping::Own(keys) => keys.keep(groups),
            Grouping::Visitors => {}
            Grouping::Pair(pairs) => pairs.keep(groups),
            Grouping::Parts(_) => unreachable!("a ranking that drops keys has no parts"),
        }
    }

    /// Appends the groups of the selected hits to `groups`; `of_hits` are the visitors and parts of these hits.
    pub(crate) fn ids(
        &mut self,
        batch: &Batch<'_>,
        hits: &[u16],
        of_hits: SharedIds<'_>,
        scratch: &mut Vec<u32>,
        groups: &mut Vec<GroupId>,
    ) {
        match self {
            Grouping::Own(keys) => keys.ids(batch, hits, scratch, groups),
            Grouping::Visitors => groups.extend(of_hits.visitors.iter().map(|visitor| GroupId(visitor.0))),
            Grouping::Pair(pairs) => pairs.ids(batch, hits, scratch, groups),
            Grouping::Parts(parts) => {
                parts.ids(of_hits.parts, groups, |keys, found| keys.ids(batch, hits, of_hits, scratch, found));
            }
        }
    }

    /// Adds the keys of another table, with texts rewritten by `written`. `here` are the ids here of its visitors and
    /// parts. Returns the group here of each of its groups.
    pub(crate) fn merge<'k>(
        &mut self,
        other: &'k Grouping,
        here: SharedIds<'_>,
        written: impl Fn(&'k [u8]) -> Cow<'k, [u8]> + Copy,
    ) -> Vec<GroupId> {
        match (self, other) {
            (Grouping::Own(mine), Grouping::Own(theirs)) => mine.merge(theirs, written),
            (Grouping::Pair(mine), Grouping::Pair(theirs)) => mine.merge(theirs, written),
            (Grouping::Parts(mine), Grouping::Parts(theirs)) => {
                let keys = mine.keys_mut().merge(theirs.keys(), here, written);
                mine.merge(theirs, here.parts, &keys)
            }
            _ => here.visitors.iter().map(|id| GroupId(id.0)).collect(),
        }
    }

    /// Returns the group of a key, as keys are compared: a new one if the key is new. Only pairs have a second key.
    /// `visitors` are those of the tally.
    pub(crate) fn id(&mut self, [first, second]: [&[u8]; 2], visitors: &mut AddressKeys) -> GroupId {
        match self {
            Grouping::Own(keys) => keys.id(first),
            Grouping::Visitors => GroupId(visitors.id(first)),
            Grouping::Pair(pairs) => pairs.id([first, second]),
            Grouping::Parts(_) => unreachable!("a table that is made from those of days has no parts"),
        }
    }

    /// True if the groups of both are of the same kind, so that they can be [merged](Grouping::merge).
    pub(crate) fn is_like(&self, other: &Grouping) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Rewrites every text with `written`. If no two keys become equal, groups stay the same. Otherwise groups are
    /// numbered again, and the new group of each old one is returned.
    pub(crate) fn rewrite(&mut self, seed: Seed, written: fn(&[u8]) -> Cow<'_, [u8]>) -> Option<Vec<GroupId>> {
        match self {
            Grouping::Own(keys) => keys.rewrite(seed, written),
            Grouping::Visitors => None,
            Grouping::Pair(pairs) => pairs.rewrite(seed, written),
            Grouping::Parts(parts) => {
                let keys = parts.keys_mut().rewrite(seed, written)?;
                Some(parts.change_keys(&keys, seed))
            }
        }
    }

    /// Keys of the groups; `visitors` are those of the tally.
    pub(crate) fn keys<'k>(&'k self, visitors: &'k AddressKeys) -> KeysOfTable<'k> {
        match self {
            Grouping::Own(own) => KeysOfTable::Own(own.keys()),
            Grouping::Visitors => KeysOfTable::Visitors(visitors),
            Grouping::Pair(pairs) => KeysOfTable::Pairs(pairs),
            Grouping::Parts(parts) => KeysOfTable::Parts(parts.pairs()),
        }
    }

    /// Memory of the keys in bytes, by the formula of `measure/size.rs`; those of visitors are not counted here.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Grouping::Own(own) => own.keys().bytes(),
            Grouping::Visitors => 0,
            Grouping::Pair(pairs) => pairs.bytes(),
            Grouping::Parts(parts) => parts.keys().bytes() + parts.pairs().bytes(),
        }
    }

    /// Copies the visitors' keys, if the groups are the visitors, so that the table has its own.
    pub(crate) fn part_from(&mut self, visitors: &AddressKeys) {
        match self {
            Grouping::Visitors => *self = Grouping::Own(OwnKeys::of_visitors(visitors, TextField::Addr.into())),
            Grouping::Parts(parts) => parts.keys_mut().part_from(visitors),
            Grouping::Own(_) | Grouping::Pair(_) => {}
        }
    }

    /// Copies the keys of these distinct groups as groups of their own: 0, 1, 2 … in this order.
    pub(crate) fn selected(&self, groups: &[GroupId], visitors: &AddressKeys) -> Grouping {
        match self {
            Grouping::Own(keys) => Grouping::Own(keys.selected(groups, visitors.seed())),
            Grouping::Visitors => Grouping::Own(OwnKeys::of_some_visitors(visitors, groups, TextField::Addr.into())),
            Grouping::Pair(pairs) => Grouping::Pair(Box::new(pairs.selected(groups, visitors.seed()))),
            Grouping::Parts(parts) => parts.keys().selected(groups, visitors),
        }
    }
}
