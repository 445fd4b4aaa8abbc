//! Splits the hits of a timeline by the values of another dimension, with one column per value.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use super::groups::{Groups, written_of};
use super::row_split::Split;
use crate::dimension::{Dimension, Pair, PairKeys, time_number};
use crate::keys::GroupId;
use crate::time::Unit;

/// Name of the column for all values without a column of their own.
const OTHER: &str = "other";

/// The splits of all rows of a timeline.
pub(super) struct Splits {
    values: Arc<[String]>,
    by_time: HashMap<String, Vec<u64>>,
}

impl Splits {
    /// Splits a table whose dimension is a pair of time and another dimension. At most `limit` values of the latter get
    /// columns, or all if `limit` is 0.
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

    /// Removes and returns the split of a row; zeros if the row has no hits.
    pub(super) fn take(&mut self, key: &str) -> Split {
        let pv = self.by_time.remove(key).unwrap_or_else(|| vec![0; self.values.len()]);
        Split { values: Arc::clone(&self.values), pv }
    }
}

/// The order of a value among few values that have an order of their own: hours of the day, weekdays and status
/// classes. `None` for any other dimension.
fn own_order(dimension: Dimension, key: &[u8]) -> Option<(i64, &[u8])> {
    match dimension {
        Dimension::Time(Unit::HourOfDay | Unit::Weekday) => Some((time_number(key), &[])),
        Dimension::StatusClass => Some((0, key)),
        _ => None,
    }
}

/// The names of the columns, and the column of each value. Values with an order of their own are in that order, and all
/// have a column.
fn columns(groups: &Groups<'_>, pair: Pair, pairs: &PairKeys, limit: usize) -> (Vec<String>, Vec<usize>) {
    let keys = pairs.keys_of(1);
    let mut hits = vec![0_u64; keys.len()];
    for group in groups.ids() {
        hits[pairs.halves_of(group)[1].0 as usize] += groups.pv_of(group);
    }
    let mut ranked: Vec<usize> = (0..keys.len()).collect();
    let key = |value: usize| keys.key(value as u32);
    ranked.sort_by_cached_key(|&value| (Reverse(hits[value]), pair.second().bytes_of(key(value))));
    let has_order = ranked.iter().all(|&value| own_order(pair.second(), key(value)).is_some());
    ranked.sort_by_key(|&value| own_order(pair.second(), key(value)));
    let limit = if has_order { 0 } else { limit };
    let mut values: Vec<String> = Vec::new();
    let mut columns = vec![usize::MAX; keys.len()];
    for value in ranked {
        let name = written_of(pair.second(), key(value));
        // A value that is itself called `other` is counted in the column `other`, so that the name is unique.
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
