//! A timeline's hits by the values of another dimension: a column a value.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::groups::{Groups, written_of};
use crate::dimension::{Dimension, Pair, PairIds};
use crate::keys::GroupId;

/// Where all values are that have no column of their own.
const OTHER: &str = "other";

/// The hits of a row by value: the values with the most hits in the whole report first, of equals by key bytes; all others
/// together are `other`, the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The same for all rows.
    values: Arc<[String]>,
    pv: Vec<u64>,
}

impl Split {
    /// Values and their hits; every row has all values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.values.iter().map(String::as_str).zip(self.pv.iter().copied())
    }

    /// The hits of a value, by its place among all.
    #[cfg(feature = "cli")]
    pub(crate) fn pv(&self, place: usize) -> Option<u64> {
        self.pv.get(place).copied()
    }

    /// Writes the values of all rows of a timeline in another way.
    #[cfg(feature = "cli")]
    pub(crate) fn rename<'s>(splits: impl Iterator<Item = &'s mut Split>, rename: impl Fn(&mut String)) {
        let mut renamed: Option<Arc<[String]>> = None;
        for split in splits {
            let values = renamed.get_or_insert_with(|| {
                let mut values = split.values.to_vec();
                values.iter_mut().for_each(&rename);
                values.into()
            });
            split.values = Arc::clone(values);
        }
    }

    /// Those of all rows of a timeline together.
    #[cfg(feature = "cli")]
    pub(crate) fn sum<'s>(mut splits: impl Iterator<Item = &'s Split>) -> Option<Split> {
        let first = splits.next()?.clone();
        Some(splits.fold(first, |mut sum, split| {
            sum.pv.iter_mut().zip(&split.pv).for_each(|(sum, pv)| *sum += pv);
            sum
        }))
    }
}

impl Serialize for Split {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// The splits of all rows.
pub(super) struct Splits {
    values: Arc<[String]>,
    by_time: HashMap<String, Vec<u64>>,
}

impl Splits {
    /// `groups` are those of a pair of time and another dimension, of whose values no more than `limit` have columns, all if that is 0.
    pub(super) fn of(groups: &Groups<'_>, limit: usize) -> Option<Splits> {
        let Dimension::Pair(pair) = groups.dimension() else { return None };
        let pairs = groups.pairs()?;
        let (values, columns) = columns(groups, pair, pairs, limit);
        let mut by_time = vec![vec![0; values.len()]; pairs.keys_of(0).len()];
        for group in groups.ids() {
            let [GroupId(time), GroupId(value)] = pairs.halves_of(group);
            by_time[time as usize][columns[value as usize]] += groups.pv_of(group);
        }
        let times = pairs.keys_of(0).iter().map(|key| written_of(pair.first(), key));
        Some(Splits { values: values.into(), by_time: times.zip(by_time).collect() })
    }

    /// That of a row, zeros where it has no hit.
    pub(super) fn take(&mut self, key: &str) -> Split {
        let pv = self.by_time.remove(key).unwrap_or_else(|| vec![0; self.values.len()]);
        Split { values: Arc::clone(&self.values), pv }
    }
}

/// What the columns are called, and in which each value is.
fn columns(groups: &Groups<'_>, pair: Pair, pairs: &PairIds, limit: usize) -> (Vec<String>, Vec<usize>) {
    let keys = pairs.keys_of(1);
    let mut hits = vec![0_u64; keys.len()];
    for group in groups.ids() {
        hits[pairs.halves_of(group)[1].0 as usize] += groups.pv_of(group);
    }
    let mut ranked: Vec<usize> = (0..keys.len()).collect();
    ranked.sort_by_cached_key(|&value| (Reverse(hits[value]), pair.second().bytes_of(keys.key(value as u32))));
    let mut values: Vec<String> = Vec::new();
    let mut columns = vec![usize::MAX; keys.len()];
    for value in ranked {
        let name = written_of(pair.second(), keys.key(value as u32));
        // One column has this name, so what is called so is among the others.
        if name != OTHER && (limit == 0 || values.len() < limit) {
            columns[value] = values.len();
            values.push(name);
        }
    }
    let others = values.len();
    if columns.contains(&usize::MAX) {
        values.push(OTHER.to_owned());
        columns.iter_mut().for_each(|column| *column = (*column).min(others));
    }
    (values, columns)
}
