//! The lines of each day, for states: a day's tally can be kept, merged and reported on its own.
//!
//! A line belongs to the day that its wall clock shows, in the report's time zone if there is one.

use std::collections::BTreeSet;

use super::day::Day;
use super::partitioned::Partitioned;
use crate::batch::Batch;
use crate::filter::{FilterReasonCounts, Rows};
use crate::time::Stamp;

/// The lines of each day. `T` is the tally of a day.
#[derive(Clone, Debug)]
pub(crate) struct ByDay<T> {
    parts: Partitioned<Day, DayLines<T>>,
}

/// The lines of a day.
#[derive(Clone, Debug)]
pub(crate) struct DayLines<T> {
    /// Number of lines that fit a format: hits and filtered lines.
    pub(crate) parsed: u64,
    /// Number of those lines that a filter excluded, by reason. Periods are not applied.
    pub(crate) filtered_by: FilterReasonCounts,
    /// The offsets from UTC, in minutes, of the lines that have a time: those of the zone if there is one.
    pub(crate) offsets: BTreeSet<i16>,
    /// The hits. Its ledger has no inputs.
    pub(crate) tally: T,
}

impl<T> DayLines<T> {
    /// Creates a day without lines. `tally` has the tables, and no hits.
    pub(crate) fn new(tally: T) -> DayLines<T> {
        DayLines { parsed: 0, filtered_by: FilterReasonCounts::default(), offsets: BTreeSet::new(), tally }
    }

    /// Adds everything of another part of the same day except its tally.
    pub(super) fn merge_sums<U>(&mut self, other: &DayLines<U>) {
        self.parsed += other.parsed;
        for (mine, theirs) in self.filtered_by.iter_mut().zip(other.filtered_by) {
            *mine += theirs;
        }
        self.offsets.extend(&other.offsets);
    }

    fn map<U>(self, turn: impl Fn(T) -> U) -> DayLines<U> {
        let DayLines { parsed, filtered_by, offsets, tally } = self;
        DayLines { parsed, filtered_by, offsets, tally: turn(tally) }
    }

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

impl<T> ByDay<T> {
    /// Creates a set of days without lines. `empty` is the tally of a day before its first hit.
    pub(super) fn new(empty: T) -> ByDay<T> {
        ByDay { parts: Partitioned::new(DayLines::new(empty)) }
    }

    /// Returns the same without lines; `empty` makes the empty tally.
    pub(super) fn empty_copy<U>(&self, empty: impl FnOnce(&T) -> U) -> ByDay<U> {
        ByDay::new(empty(&self.parts.empty().tally))
    }

    /// Returns the lines of a day, to add to.
    pub(crate) fn part(&mut self, day: Day) -> &mut DayLines<T>
    where
        T: Clone,
    {
        self.parts.part(day)
    }

    /// Returns the days and their lines: first those without a time, then by date.
    pub(crate) fn into_parts(self) -> impl Iterator<Item = (Day, DayLines<T>)> {
        self.parts.into_iter()
    }

    pub(super) fn tallies(&self) -> impl Iterator<Item = &T> {
        self.parts.iter().map(|(_, part)| &part.tally)
    }

    pub(super) fn tallies_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.parts.iter_mut().map(|part| &mut part.tally)
    }

    /// Adds the lines of another set of days; `merge` adds a tally.
    pub(super) fn merge<U>(&mut self, other: &ByDay<U>, merge: impl Fn(&mut T, &U))
    where
        T: Clone,
    {
        self.parts.merge(&other.parts, |mine, theirs| {
            mine.merge_sums(theirs);
            merge(&mut mine.tally, &theirs.tally);
        });
    }

    /// Like [`merge`](ByDay::merge), but consumes the other tallies.
    pub(super) fn absorb<U>(&mut self, other: ByDay<U>, absorb: impl Fn(&mut T, U))
    where
        T: Clone,
    {
        self.parts.absorb(other.parts, |mine, theirs| {
            mine.merge_sums(&theirs);
            absorb(&mut mine.tally, theirs.tally);
        });
    }

    /// Converts every tally.
    pub(super) fn map<U>(self, turn: impl Fn(T) -> U) -> ByDay<U> {
        ByDay { parts: self.parts.map(|part| part.map(&turn)) }
    }
}

#[cfg(test)]
impl<T> ByDay<T> {
    /// Iterates over days and their lines: first those without a time, then by date.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Day, &DayLines<T>)> {
        self.parts.iter().map(|(day, part)| (*day, part))
    }
}
