//! A tally for each small key: an input, a host, a day, a minute of arrival.

use std::collections::BTreeMap;

use super::Tally;
use super::form::{Escaped, ReadAs, Unescaped};

/// The hits of each key in a tally of their own. All tallies have the same tables.
#[derive(Clone, Debug)]
pub(crate) struct Partitioned<K, F = Escaped> {
    /// A tally of no hits, of which that of a new key is a copy.
    empty: Tally<F>,
    parts: BTreeMap<K, Tally<F>>,
}

impl<K: Ord, F: ReadAs<F>> Partitioned<K, F> {
    pub(crate) fn new(empty: Tally<F>) -> Partitioned<K, F> {
        Partitioned { empty, parts: BTreeMap::new() }
    }

    /// The tally of a key, to count in.
    pub(crate) fn part(&mut self, key: K) -> &mut Tally<F> {
        self.parts.entry(key).or_insert_with(|| self.empty.clone())
    }

    /// Keys and their tallies, in the order of keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &Tally<F>)> {
        self.parts.iter()
    }

    /// Adds what was counted in others of the same tables, key by key.
    pub(crate) fn merge(&mut self, other: &Partitioned<K, F>)
    where
        K: Clone,
    {
        for (key, part) in other.iter() {
            self.part(key.clone()).merge(part);
        }
    }

    /// The tally of all hits of the keys that are wanted.
    pub(crate) fn total(&self, is_wanted: impl Fn(&K) -> bool) -> Tally<F> {
        let mut total = self.empty.clone();
        self.iter().filter(|(key, _)| is_wanted(key)).for_each(|(_, part)| total.merge(part));
        total
    }

    /// Drops the keys that are not wanted, such as the minutes that left a window.
    pub(crate) fn retain(&mut self, is_wanted: impl Fn(&K) -> bool) {
        self.parts.retain(|key, _| is_wanted(key));
    }
}

impl<K: Ord + Clone> Partitioned<K> {
    /// What was counted so far, as reports need it; counting goes on.
    pub(crate) fn snapshot(&self) -> Partitioned<K, Unescaped> {
        let parts = self.iter().map(|(key, part)| (key.clone(), part.snapshot())).collect();
        Partitioned { empty: self.empty.snapshot(), parts }
    }
}
