//! Range checks on bytes sent and on request time.

use super::rows::Rows;
use crate::batch::{Batch, Fields};

/// First and last value, both included.
pub(super) type Range = (u64, u64);

/// The range of numbers greater than `number`; empty for `u64::MAX`.
pub(super) fn above(number: u64) -> Vec<Range> {
    number.checked_add(1).map(|first| (first, u64::MAX)).into_iter().collect()
}

/// Checks the size for `--larger` and `bytes` in an expression. A missing size is in no range; `-` counts as 0.
pub(super) fn bytes(ranges: &[Range], batch: &Batch<'_>, rows: Rows) -> Rows {
    let bytes = batch.bytes();
    if batch.some_lack() {
        return rows.filter(|row| !batch.lacks(row).intersects(Fields::BYTES) && are_in(ranges, bytes[row]));
    }
    rows.filter(|row| are_in(ranges, bytes[row]))
}

/// Checks the request time, in milliseconds, for `--slower` and `request_time` in an expression. A missing time is in
/// no range.
pub(super) fn request_time(ranges: &[Range], batch: &Batch<'_>, rows: Rows) -> Rows {
    let time_ms = batch.time_ms();
    rows.filter(|row| time_ms[row].is_some_and(|time_ms| are_in(ranges, time_ms)))
}

fn are_in(ranges: &[Range], number: u64) -> bool {
    ranges.iter().any(|(first, last)| (first..=last).contains(&&number))
}
