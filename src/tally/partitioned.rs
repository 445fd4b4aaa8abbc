//! A tally for each small key: a host, a day, a period, a minute of arrival.
//!
//! A part is the tally of its hits: form_laws.rs checks it next to the laws of merging.

use std::collections::BTreeMap;

/// The hits of each key in a tally of their own. All tallies have the same tables.
#[derive(Clone, Debug)]
pub(crate) struct Partitioned<K, T> {
    /// A tally of no hits, of which that of a new key is a copy.
    empty: T,
    parts: BTreeMap<K, T>,
}

impl<K: Ord, T> Partitioned<K, T> {
    pub(super) fn new(empty: T) -> Partitioned<K, T> {
        Partitioned { empty, parts: BTreeMap::new() }
    }

    /// The tally of no hits.
    pub(super) fn empty(&self) -> &T {
        &self.empty
    }

    /// The tally of a key, to add to.
    pub(super) fn part(&mut self, key: K) -> &mut T
    where
        T: Clone,
    {
        self.parts.entry(key).or_insert_with(|| self.empty.clone())
    }

    /// Keys and their tallies, in the order of keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &T)> {
        self.parts.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.parts.values_mut()
    }

    /// All tallies, that of no hits too.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.parts.values_mut().chain([&mut self.empty])
    }

    /// Merges the tallies of others key by key.
    pub(super) fn merge<O>(&mut self, other: &Partitioned<K, O>, merge: impl Fn(&mut T, &O))
    where
        K: Clone,
        T: Clone,
    {
        for (key, part) in &other.parts {
            merge(self.part(key.clone()), part);
        }
    }

    /// The same for others that are not used again.
    pub(super) fn absorb<O>(&mut self, other: Partitioned<K, O>, absorb: impl Fn(&mut T, O))
    where
        T: Clone,
    {
        for (key, part) in other.parts {
            absorb(self.part(key), part);
        }
    }

    /// Turns every tally into another.
    pub(super) fn map<U>(self, turn: impl Fn(T) -> U) -> Partitioned<K, U> {
        let parts = self.parts.into_iter().map(|(key, part)| (key, turn(part))).collect();
        Partitioned { empty: turn(self.empty), parts }
    }
}
