//! A check of bytes sent or of the time that a request took: numbers within ranges.

use super::rows::Rows;
use crate::batch::{Batch, Fields};

/// First and last, both included.
pub(super) type Range = (u64, u64);

/// The numbers above one.
pub(super) fn above(number: u64) -> Vec<Range> {
    number.checked_add(1).map(|first| (first, u64::MAX)).into_iter().collect()
}

/// `--larger`, and what an expression says of `bytes`. Bytes that are not logged are in no range; `-` is 0.
pub(super) fn bytes(ranges: &[Range], batch: &Batch<'_>, rows: Rows) -> Rows {
    let bytes = batch.bytes();
    if batch.some_lack() {
        return rows.that(|row| !batch.lacks(row).meets(Fields::BYTES) && are_in(ranges, bytes[row]));
    }
    rows.that(|row| are_in(ranges, bytes[row]))
}

/// `--slower`, and what an expression says of `request_time`. A time that was not logged is in no range.
pub(super) fn request_time(ranges: &[Range], batch: &Batch<'_>, rows: Rows) -> Rows {
    let time_ms = batch.time_ms();
    rows.that(|row| time_ms[row].is_some_and(|time_ms| are_in(ranges, time_ms)))
}

fn are_in(ranges: &[Range], number: u64) -> bool {
    ranges.iter().any(|(first, last)| (first..=last).contains(&&number))
}
