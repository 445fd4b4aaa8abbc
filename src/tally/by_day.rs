//! A tally for each day, for states: a day's tally can be kept, merged and reported on its own.
//!
//! A line belongs to the day that its wall clock shows, in the report's time zone if there is one.

use std::collections::BTreeSet;

use super::Tally;
use super::form::{Escaped, ReadAs, Unescaped};
use super::partitioned::Partitioned;
use crate::batch::Batch;
use crate::filter::{FilterReasonCounts, Rows};
use crate::time::{DAY_S, Stamp};

/// A day as the number of days since 1970-01-01, by the wall clock; `None` for lines without a time.
pub(crate) type Day = Option<i64>;

/// The lines of each day. `F` is the form of the tallies' texts.
#[derive(Clone, Debug)]
pub(crate) struct ByDay<F = Escaped> {
    parts: Partitioned<Day, DayPart<F>>,
}

/// The lines of a day.
#[derive(Clone, Debug)]
pub(crate) struct DayPart<F = Escaped> {
    /// Number of lines that fit a format: hits and filtered lines.
    pub(crate) parsed: u64,
    /// Number of those lines that a filter excluded, by reason. Periods are not applied.
    pub(crate) filtered_by: FilterReasonCounts,
    /// The offsets from UTC, in minutes, of the lines that have a time: those of the zone if there is one.
    pub(crate) offsets: BTreeSet<i16>,
    /// The hits. Its ledger has no inputs.
    pub(crate) tally: Tally<F>,
}

impl<F> DayPart<F> {
    /// Creates a day without lines. `tally` has the tables, and no hits.
    pub(crate) fn new(tally: Tally<F>) -> DayPart<F> {
        DayPart { parsed: 0, filtered_by: FilterReasonCounts::default(), offsets: BTreeSet::new(), tally }
    }

    fn merge_sums<G>(&mut self, other: &DayPart<G>) {
        self.parsed += other.parsed;
        for (mine, theirs) in self.filtered_by.iter_mut().zip(other.filtered_by) {
            *mine += theirs;
        }
        self.offsets.extend(&other.offsets);
    }

    /// Adds the lines of another part of the same day.
    pub(crate) fn merge<G: ReadAs<F>>(&mut self, other: &DayPart<G>)
    where
        F: Clone,
    {
        self.merge_sums(other);
        self.tally.merge(&other.tally);
    }

    /// Like [`merge`](DayPart::merge), but frees the memory of the other part step by step.
    pub(crate) fn absorb<G: ReadAs<F>>(&mut self, other: DayPart<G>)
    where
        F: Clone,
    {
        self.merge_sums(&other);
        self.tally.absorb(other.tally);
    }
}

impl<F> ByDay<F> {
    /// Creates a set of days without lines. `empty` is the tally of a day before its first hit.
    pub(super) fn new(empty: Tally<F>) -> ByDay<F> {
        ByDay { parts: Partitioned::new(DayPart::new(empty)) }
    }

    /// Returns the same tables without lines, for texts of any form.
    pub(super) fn empty_copy<G>(&self) -> ByDay<G> {
        ByDay::new(self.parts.empty().tally.empty_copy())
    }

    /// Returns the days and their lines: first those without a time, then by date.
    pub(crate) fn into_parts(self) -> impl Iterator<Item = (Day, DayPart<F>)> {
        self.parts.into_iter()
    }

    pub(super) fn tallies_mut(&mut self) -> impl Iterator<Item = &mut Tally<F>> {
        self.parts.iter_mut().map(|part| &mut part.tally)
    }

    pub(super) fn tallies(&self) -> impl Iterator<Item = &Tally<F>> {
        self.parts.iter().map(|(_, part)| &part.tally)
    }

    /// Adds the lines of another set of days.
    pub(super) fn merge<G: ReadAs<F>>(&mut self, other: &ByDay<G>)
    where
        F: Clone,
    {
        self.parts.merge(&other.parts, DayPart::merge);
    }

    /// Like [`merge`](ByDay::merge), but frees the memory of the other days step by step.
    pub(super) fn absorb<G: ReadAs<F>>(&mut self, other: ByDay<G>)
    where
        F: Clone,
    {
        self.parts.absorb(other.parts, DayPart::absorb);
    }
}

#[cfg(test)]
impl<F> ByDay<F> {
    /// Iterates over days and their lines: first those without a time, then by date.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Day, &DayPart<F>)> {
        self.parts.iter().map(|(day, part)| (*day, part))
    }
}

impl ByDay {
    /// Returns the lines of a day, to add to.
    pub(crate) fn part(&mut self, day: Day) -> &mut DayPart {
        self.parts.part(day)
    }

    /// Unescapes all texts.
    pub(super) fn unescape(self) -> ByDay<Unescaped> {
        let unescape = |DayPart { parsed, filtered_by, offsets, tally }: DayPart| DayPart {
            parsed,
            filtered_by,
            offsets,
            tally: tally.unescape(),
        };
        ByDay { parts: self.parts.map(unescape) }
    }
}

impl DayPart {
    /// Counts these rows of a batch as lines that fit a format.
    pub(crate) fn count_lines(&mut self, batch: &Batch<'_>, rows: Rows) {
        self.parsed += rows.count();
        // Without a branch for each line, several are compared at a time.
        let all = batch.offset_min();
        let is_same = all.iter().fold(true, |is_same, offset_min| is_same & (*offset_min == all[0]));
        if is_same && !batch.some_undated() {
            self.offsets.extend(all.first());
            return;
        }
        let mut last = None;
        rows.for_each(|row| {
            let stamp = batch.stamp(row);
            if last != Some(stamp.offset_min) && stamp != Stamp::NONE {
                last = Some(stamp.offset_min);
                self.offsets.insert(stamp.offset_min);
            }
        });
    }
}

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
fn day_around(wall_s: i64) -> (std::ops::Range<i64>, Day) {
    if wall_s == Stamp::NONE.wall_s {
        return (wall_s..wall_s + 1, None);
    }
    let day = wall_s.div_euclid(DAY_S);
    (day * DAY_S..(day + 1) * DAY_S, Some(day))
}
