//! A tally for each key of one dimension.

use super::form::unescaped;
use super::partitioned::Partitioned;
use crate::batch::Batch;
use crate::dimension::{Dimension, Grouping, Key, VariableColumns};
use crate::keys::{AddressKeys, GroupId, Seed};

/// A tally for each key of a dimension. The keys here are as they are compared and written, regardless of the form of
/// the tallies' texts.
#[derive(Clone, Debug)]
pub(crate) struct ByKey<T> {
    pub(crate) dimension: Dimension,
    grouping: Grouping,
    are_texts: bool,
    /// Always empty: addresses are keys like all others here.
    visitors: AddressKeys,
    pub(crate) tallies: Partitioned<Vec<u8>, T>,
    scratch: Scratch,
}

/// Reused between batches.
#[derive(Clone, Debug, Default)]
struct Scratch {
    ids: Vec<u32>,
    groups: Vec<GroupId>,
    hits: Vec<(GroupId, u16)>,
    of_key: Vec<u16>,
}

impl<T> ByKey<T> {
    /// Creates a set of tallies without keys. `empty` is cloned for each new key; a variable must be among
    /// `variable_columns`.
    pub(super) fn new(dimension: Dimension, variable_columns: &VariableColumns, empty: T, seed: Seed) -> ByKey<T> {
        ByKey {
            dimension,
            grouping: Grouping::new(dimension, variable_columns, seed, false),
            are_texts: dimension.column(variable_columns).is_some(),
            visitors: AddressKeys::new(seed),
            tallies: Partitioned::new(empty),
            scratch: Scratch::default(),
        }
    }

    /// Distributes the selected hits of a batch; `add` counts those of one key.
    pub(super) fn add(&mut self, batch: &Batch<'_>, hits: &[u16], add: impl Fn(&mut T, &[u16]))
    where
        T: Clone,
    {
        let Scratch { ids, groups, hits: with_groups, of_key } = &mut self.scratch;
        groups.clear();
        self.grouping.ids(batch, hits, &[], ids, groups);
        with_groups.clear();
        with_groups.extend(groups.iter().copied().zip(hits.iter().copied()));
        with_groups.sort_unstable();
        for hits in with_groups.chunk_by(|(group, _), (other, _)| group == other) {
            of_key.clear();
            of_key.extend(hits.iter().map(|(_, row)| *row));
            let key = Key::new(self.dimension, self.grouping.keys(&self.visitors), hits[0].0);
            let key = if self.are_texts { unescaped(key.first()).into_owned() } else { key.first().to_vec() };
            add(self.tallies.part(key), of_key);
        }
    }

    /// Returns the same dimension without keys; `empty` makes the empty tally.
    pub(super) fn empty_copy<U>(&self, empty: impl FnOnce(&T) -> U) -> ByKey<U> {
        self.with(Partitioned::new(empty(self.tallies.empty())))
    }

    /// Converts every tally.
    pub(super) fn map<U>(mut self, turn: impl Fn(T) -> U) -> ByKey<U>
    where
        T: Clone,
    {
        let none = Partitioned::new(self.tallies.empty().clone());
        let tallies = std::mem::replace(&mut self.tallies, none);
        self.with(tallies.map(turn))
    }

    fn with<U>(&self, tallies: Partitioned<Vec<u8>, U>) -> ByKey<U> {
        let seed = self.visitors.seed();
        ByKey {
            dimension: self.dimension,
            grouping: self.grouping.empty_copy(seed),
            are_texts: self.are_texts,
            visitors: AddressKeys::new(seed),
            tallies,
            scratch: Scratch::default(),
        }
    }
}
