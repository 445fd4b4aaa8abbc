//! Days, and the rows of a batch of each day.

use std::ops::Range;

use crate::batch::Batch;
use crate::filter::Rows;
use crate::time::{DAY_S, Stamp};

/// A day as the number of days since 1970-01-01, by the wall clock; `None` for lines without a time.
pub(crate) type Day = Option<i64>;

/// Divides the rows of a batch by day. Nearly always, all of them are of one day.
pub(crate) fn days_of(batch: &Batch<'_>) -> Vec<(Day, Rows)> {
    let (mut left, mut days) = (Rows::first(batch.len()), Vec::with_capacity(1));
    let wall_s = batch.wall_s();
    while let Some(first) = left.first_row() {
        let (range, day) = day_around(wall_s[first]);
        // Without a branch for each line, several are compared at a time.
        let is_one_day = wall_s.iter().fold(true, |is_one, wall_s| is_one & range.contains(wall_s));
        let rows = if is_one_day { left } else { left.filter(|row| range.contains(&wall_s[row])) };
        days.push((day, rows));
        left = left.difference(rows);
    }
    days
}

/// The day of a wall clock, and the range of wall clocks, in seconds, that are of the same day.
fn day_around(wall_s: i64) -> (Range<i64>, Day) {
    if wall_s == Stamp::NONE.wall_s {
        return (wall_s..wall_s + 1, None);
    }
    let day = wall_s.div_euclid(DAY_S);
    (day * DAY_S..(day + 1) * DAY_S, Some(day))
}
