//! The groups of a table: its own keys, the visitors, or pairs.

use std::borrow::Cow;

use super::own_keys::OwnKeys;
use super::{Dimension, KeysOfTable, PairKeys, VariableColumns};
use crate::batch::{Batch, TextField};
use crate::keys::{AddressKeys, GroupId, Seed, VisitorId};

/// The groups of a table.
#[derive(Clone, Debug)]
pub(crate) enum Grouping {
    Own(OwnKeys),
    /// The groups are the visitors, whose addresses are stored once, in the tally.
    Visitors,
    Pair(Box<PairKeys>),
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

    /// Makes an empty copy.
    pub(crate) fn empty_copy(&self, seed: Seed) -> Grouping {
        match self {
            Grouping::Own(keys) => Grouping::Own(keys.empty_copy(seed)),
            Grouping::Visitors => Grouping::Visitors,
            Grouping::Pair(pairs) => Grouping::Pair(Box::new(pairs.empty_copy(seed))),
        }
    }

    /// Keeps the keys of these groups, which must ascend; they become the first groups. The memory of the others stays
    /// allocated.
    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        match self {
            Grouping::Own(keys) => keys.keep(groups),
            Grouping::Visitors => {}
            Grouping::Pair(pairs) => pairs.keep(groups),
        }
    }

    /// Appends the groups of the selected hits to `groups`; `visitors` are the visitors of these hits.
    pub(crate) fn ids(
        &mut self,
        batch: &Batch<'_>,
        hits: &[u16],
        visitors: &[VisitorId],
        scratch: &mut Vec<u32>,
        groups: &mut Vec<GroupId>,
    ) {
        match self {
            Grouping::Own(keys) => keys.ids(batch, hits, scratch, groups),
            Grouping::Visitors => groups.extend(visitors.iter().map(|visitor| GroupId(visitor.0))),
            Grouping::Pair(pairs) => pairs.ids(batch, hits, scratch, groups),
        }
    }

    /// Adds the keys of another table, with texts rewritten by `written`. Returns the group here of each of its groups;
    /// `None` if the groups are the visitors.
    pub(crate) fn merge<'k>(
        &mut self,
        other: &'k Grouping,
        written: impl Fn(&'k [u8]) -> Cow<'k, [u8]> + Copy,
    ) -> Option<Vec<GroupId>> {
        match (self, other) {
            (Grouping::Own(mine), Grouping::Own(theirs)) => Some(mine.merge(theirs, written)),
            (Grouping::Pair(mine), Grouping::Pair(theirs)) => Some(mine.merge(theirs, written)),
            _ => None,
        }
    }

    /// Returns the group of a key, as keys are compared: a new one if the key is new. Only pairs have a second key.
    /// `visitors` are those of the tally.
    pub(crate) fn id(&mut self, [first, second]: [&[u8]; 2], visitors: &mut AddressKeys) -> GroupId {
        match self {
            Grouping::Own(keys) => keys.id(first),
            Grouping::Visitors => GroupId(visitors.id(first)),
            Grouping::Pair(pairs) => pairs.id([first, second]),
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
        }
    }

    /// Keys of the groups; `visitors` are those of the tally.
    pub(crate) fn keys<'k>(&'k self, visitors: &'k AddressKeys) -> KeysOfTable<'k> {
        match self {
            Grouping::Own(own) => KeysOfTable::Own(own.keys()),
            Grouping::Visitors => KeysOfTable::Visitors(visitors),
            Grouping::Pair(pairs) => KeysOfTable::Pairs(pairs),
        }
    }

    /// Memory of the keys in bytes, by the formula of `measure/size.rs`; those of visitors are not counted here.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Grouping::Own(own) => own.keys().bytes(),
            Grouping::Visitors => 0,
            Grouping::Pair(pairs) => pairs.bytes(),
        }
    }

    /// Copies the visitors' keys, if the groups are the visitors, so that the table has its own.
    pub(crate) fn part_from(&mut self, visitors: &AddressKeys) {
        if matches!(self, Grouping::Visitors) {
            *self = Grouping::Own(OwnKeys::of_visitors(visitors, TextField::Addr.into()));
        }
    }
}
