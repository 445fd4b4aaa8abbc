//! A tally for each small key: a day, a period, or the minute in which a line arrived.
//!
//! A part equals the tally of its hits: form_laws.rs checks that, along with the laws of merging.

use std::collections::BTreeMap;

/// A tally for each key. All tallies have the same tables.
#[derive(Clone, Debug)]
pub(crate) struct Partitioned<K, T> {
    /// An empty tally, which is cloned for each new key.
    empty: T,
    parts: BTreeMap<K, T>,
}

impl<K: Ord, T> Partitioned<K, T> {
    pub(super) fn new(empty: T) -> Partitioned<K, T> {
        Partitioned { empty, parts: BTreeMap::new() }
    }

    /// Returns the empty tally.
    pub(super) fn empty(&self) -> &T {
        &self.empty
    }

    /// Returns the tally of a key, to add to. Creates it if necessary.
    pub(super) fn part(&mut self, key: K) -> &mut T
    where
        T: Clone,
    {
        self.parts.entry(key).or_insert_with(|| self.empty.clone())
    }

    /// Iterates over keys and their tallies, in the order of keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &T)> {
        self.parts.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.parts.values_mut()
    }

    /// Returns keys and their tallies, in the order of keys.
    pub(super) fn into_iter(self) -> impl Iterator<Item = (K, T)> {
        self.parts.into_iter()
    }

    /// Merges the tallies of another partition, key by key.
    pub(super) fn merge<O>(&mut self, other: &Partitioned<K, O>, merge: impl Fn(&mut T, &O))
    where
        K: Clone,
        T: Clone,
    {
        for (key, part) in &other.parts {
            merge(self.part(key.clone()), part);
        }
    }

    /// Like [`merge`](Partitioned::merge), but consumes the other tallies.
    pub(super) fn absorb<O>(&mut self, other: Partitioned<K, O>, absorb: impl Fn(&mut T, O))
    where
        T: Clone,
    {
        for (key, part) in other.parts {
            absorb(self.part(key), part);
        }
    }

    /// Converts every tally.
    pub(super) fn map<U>(self, turn: impl Fn(T) -> U) -> Partitioned<K, U> {
        let parts = self.parts.into_iter().map(|(key, part)| (key, turn(part))).collect();
        Partitioned { empty: turn(self.empty), parts }
    }
}
