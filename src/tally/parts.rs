//! The parts of all hits, for which reports of their own are asked: one for each key of a dimension, such as a host.
//!
//! Parts share everything that they can. Keys and visitors are stored once, and each table has its groups by part and
//! key. So memory grows with distinct pairs of a part and a key, and a part of one hit takes less than 1 KiB.

use std::cmp::Reverse;

use super::Unknown;
use super::form::unescaped;
use super::recent::RecentTexts;
use crate::batch::{Batch, Column, Fields};
use crate::dimension::{Dimension, Grouping, KeysOfTable, VariableColumns};
use crate::keys::{AddressKeys, GroupId, Keys, PartId, Seed, SharedIds};
use crate::measure::MeasureKind;
use crate::time::Stamp;

/// The parts of all hits.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) dimension: Dimension,
    /// The key of each part, unescaped: texts that differ only in how they were escaped are one part.
    names: Keys,
    /// The table of all hits, and one that it can be made from.
    pub(super) totals: Option<Totals>,
    /// True if there is one more part, without a key: that of all hits whose key is not among `names`.
    has_rest: bool,
    sums: Vec<PartSums>,
    /// The hits of each part that lack a field. Not longer than the last such part requires.
    unknown: Vec<Unknown>,
    cache: Cache,
    /// Reused between batches.
    scratch: Scratch,
}

/// Measures that the table of all hits has only after the parts are divided, because another table has them, too, with
/// every hit in one of its groups. Both tables are given by their places.
#[derive(Clone, Debug)]
pub(super) struct Totals {
    pub(super) all: usize,
    pub(super) of: usize,
    pub(super) kinds: Vec<MeasureKind>,
}

/// What is known of a part without looking at tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PartSums {
    pub(super) hits: u64,
    /// The ranks of the first and the last time. Without a time, the first is greater than the last.
    first: i64,
    last: i64,
}

/// The parts of keys as they are logged. It may be emptied at any time.
#[derive(Clone, Debug)]
struct Cache {
    /// The column of the keys, if they are texts.
    column: Option<Column>,
    texts: RecentTexts,
    /// Keys that are not texts.
    keys: Grouping,
    parts: Vec<PartId>,
    /// Always empty: addresses are keys like all others here.
    visitors: AddressKeys,
}

#[derive(Clone, Debug, Default)]
struct Scratch {
    ids: Vec<u32>,
    groups: Vec<GroupId>,
    parts: Vec<PartId>,
}

/// Maximum number of keys in the cache.
const CACHED: usize = 1 << 14;
/// Bytes per part by the formula, besides its key.
const PART: u64 = (size_of::<PartSums>() + size_of::<Unknown>()) as u64;

impl PartSums {
    const NONE: PartSums = PartSums { hits: 0, first: i64::MAX, last: i64::MIN };

    fn merge(&mut self, other: PartSums) {
        self.hits += other.hits;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }

    /// The ranks of the first and the last time.
    pub(super) fn ranks(self) -> Option<(i64, i64)> {
        (self.first <= self.last).then_some((self.first, self.last))
    }
}

impl Parts {
    /// Makes the parts of no hits. The dimension must not be a pair; a variable must be among `variable_columns`.
    pub(super) fn new(dimension: Dimension, variable_columns: &VariableColumns, seed: Seed) -> Parts {
        let cache = Cache {
            column: dimension.column(variable_columns),
            texts: RecentTexts::default(),
            keys: Grouping::new(dimension, variable_columns, seed, false),
            parts: Vec::new(),
            visitors: AddressKeys::new(seed),
        };
        Parts::with_cache(dimension, cache)
    }

    fn with_cache(dimension: Dimension, cache: Cache) -> Parts {
        let (names, scratch) = (Keys::new(cache.visitors.seed()), Scratch::default());
        Parts { dimension, names, totals: None, has_rest: false, sums: Vec::new(), unknown: Vec::new(), cache, scratch }
    }

    /// Returns the same dimension without parts.
    pub(super) fn empty_copy(&self) -> Parts {
        Parts { totals: self.totals.clone(), ..Parts::with_cache(self.dimension, self.cache.empty_copy()) }
    }

    /// Number of parts, including the one of all other keys.
    pub(super) fn len(&self) -> usize {
        self.sums.len()
    }

    /// Number of parts that have a key.
    pub(super) fn named(&self) -> usize {
        self.names.len()
    }

    /// Finds the parts of the selected hits of a batch, and counts the hits of each. `rank` gives the number by which
    /// times are compared.
    pub(super) fn add(&mut self, batch: &Batch<'_>, hits: &[u16], rank: fn(Stamp) -> i64) {
        let Scratch { mut ids, mut groups, mut parts } = std::mem::take(&mut self.scratch);
        parts.clear();
        if let Some(column) = self.cache.column {
            let (names, has_rest, column) = (&mut self.names, self.has_rest, batch.text(column));
            parts.extend(hits.iter().map(|&row| {
                let text = column[usize::from(row)];
                self.cache.texts.part(text, || part_of(names, &unescaped(text), has_rest))
            }));
        } else {
            groups.clear();
            if self.cache.parts.len() > CACHED {
                self.cache = self.cache.empty_copy();
            }
            self.cache.keys.ids(batch, hits, SharedIds::default(), &mut ids, &mut groups);
            self.look_up_new();
            parts.extend(groups.iter().map(|key| self.cache.parts[key.0 as usize]));
        }
        self.grow();
        for (part, row) in parts.iter().zip(hits) {
            let sums = &mut self.sums[part.0 as usize];
            sums.hits += 1;
            let stamp = batch.stamp(usize::from(*row));
            if stamp != Stamp::NONE {
                let rank = rank(stamp);
                (sums.first, sums.last) = (sums.first.min(rank), sums.last.max(rank));
            }
        }
        self.scratch = Scratch { ids, groups, parts };
    }

    /// The parts of the hits that were added last.
    pub(super) fn of_hits(&self) -> &[PartId] {
        &self.scratch.parts
    }

    /// Counts the fields that each of the hits that were added last lacks. Visitors are identified by the fields
    /// `visitor`.
    pub(super) fn add_lacking(&mut self, lacks: impl Iterator<Item = Fields>, visitor: Fields) {
        for (part, lacks) in self.scratch.parts.iter().zip(lacks).filter(|(_, lacks)| *lacks != Fields::NONE) {
            unknown_of(&mut self.unknown, *part).add(lacks, visitor);
        }
    }

    /// Finds the parts of new keys in the cache.
    fn look_up_new(&mut self) {
        let Cache { keys, parts, visitors, .. } = &mut self.cache;
        let keys = keys.keys(visitors);
        for id in parts.len()..keys.len() {
            let KeysOfTable::Own(keys) = keys else { return };
            parts.push(part_of(&mut self.names, keys.key(id as u32), self.has_rest));
        }
    }

    /// Makes room for the sums of all parts.
    fn grow(&mut self) {
        self.sums.resize(self.names.len() + usize::from(self.has_rest), PartSums::NONE);
    }

    /// Adds the parts of another tally. Returns the id here of each of them. If the other one has a part of all other
    /// keys, this one must have it, too.
    pub(super) fn merge(&mut self, other: &Parts) -> Vec<PartId> {
        let named = other.names.iter().map(|name| part_of(&mut self.names, name, self.has_rest));
        let mut ids: Vec<PartId> = named.collect();
        ids.resize(other.len(), PartId(self.names.len() as u32));
        self.grow();
        self.add_sums(&other.sums, &other.unknown, &ids);
        ids
    }

    fn add_sums(&mut self, sums: &[PartSums], unknown: &[Unknown], ids: &[PartId]) {
        sums.iter().zip(ids).for_each(|(sums, part)| self.sums[part.0 as usize].merge(*sums));
        for (unknown, part) in unknown.iter().zip(ids).filter(|(unknown, _)| **unknown != Unknown::default()) {
            unknown_of(&mut self.unknown, *part).merge(*unknown);
        }
    }

    /// Keeps only parts with these keys; all other hits belong to one part from now on. Returns the new id of each
    /// part.
    pub(super) fn keep(&mut self, names: Keys) -> Vec<PartId> {
        let old = std::mem::replace(self, Parts { names, has_rest: true, ..self.empty_copy() });
        self.merge(&old)
    }

    /// The keys of the parts with the most hits, at most `most` of them.
    pub(super) fn largest(&self, most: usize) -> Keys {
        let mut kept = self.ranked();
        kept.truncate(most);
        Keys::of_distinct(self.cache.visitors.seed(), kept.into_iter().map(|part| self.names.key(part.0)))
    }

    /// The keys of all parts.
    pub(super) fn names(&self) -> &Keys {
        &self.names
    }

    /// True if there is a part of all other keys.
    pub(super) fn has_rest(&self) -> bool {
        self.has_rest
    }

    /// The parts that have a key: those with the most hits first. Among equals, keys ascend.
    pub(super) fn ranked(&self) -> Vec<PartId> {
        let mut parts: Vec<PartId> = (0..self.names.len() as u32).map(PartId).collect();
        parts.sort_unstable_by_key(|part| (Reverse(self.sums(*part).hits), self.names.key(part.0)));
        parts
    }

    pub(super) fn sums(&self, part: PartId) -> PartSums {
        self.sums[part.0 as usize]
    }

    pub(super) fn unknown(&self, part: PartId) -> Unknown {
        self.unknown.get(part.0 as usize).copied().unwrap_or_default()
    }

    /// Adds up the sums of several parts.
    pub(super) fn sum_of(&self, parts: impl Iterator<Item = PartId>) -> (PartSums, Unknown) {
        parts.fold((PartSums::NONE, Unknown::default()), |(mut sums, mut unknown), part| {
            sums.merge(self.sums(part));
            unknown.merge(self.unknown(part));
            (sums, unknown)
        })
    }

    /// Bytes by the formula of `measure/size.rs`.
    pub(super) fn bytes(&self) -> u64 {
        self.names.bytes() + PART * self.len() as u64
    }
}

impl Cache {
    fn empty_copy(&self) -> Cache {
        let (seed, keys) = (self.visitors.seed(), self.keys.empty_copy(self.visitors.seed()));
        let (texts, visitors) = (RecentTexts::default(), AddressKeys::new(seed));
        Cache { column: self.column, texts, keys, parts: Vec::new(), visitors }
    }
}

/// Returns the part of a key: a new one if the key is new, or the one after all others if there is a rest.
fn part_of(names: &mut Keys, name: &[u8], has_rest: bool) -> PartId {
    if !has_rest {
        return PartId(names.id(name));
    }
    PartId(names.known(name).unwrap_or(names.len() as u32))
}

fn unknown_of(unknown: &mut Vec<Unknown>, part: PartId) -> &mut Unknown {
    let at = part.0 as usize;
    if at >= unknown.len() {
        unknown.resize(at + 1, Unknown::default());
    }
    &mut unknown[at]
}
