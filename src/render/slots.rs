//! A timeline as slots of equal length. If there are more buckets than room, a slot has several buckets; a slot without
//! rows is empty. Slots have round lengths, and begin at round times: at full hours, at midnight.

use super::labels;
use crate::render::numbers::Grouped;
use crate::render::parts;
use crate::report::Row;
use crate::report::round_numbers::round_numbers;
use crate::time::{Bound, Moment, ResolvedNow, Unit};

/// The slots of a timeline, from its first bucket to its last.
pub(super) struct Slots {
    pub(super) slots: Vec<Slot>,
    /// Number of buckets per slot. The first and the last slot may extend beyond the timeline.
    pub(super) in_slot: i64,
    unit: Unit,
    /// Numbers of the first and the last bucket of the timeline.
    #[cfg(feature = "table")]
    timeline: (i64, i64),
}

/// Several buckets together. Hits are added. Visitors cannot be added, so a slot has the maximum of its buckets.
#[derive(Clone, Default)]
pub(super) struct Slot {
    /// First and last key in the slot; empty if it has no rows.
    pub(super) first: String,
    pub(super) last: String,
    pub(super) pv: u64,
    pub(super) uv: Option<u64>,
    /// Hits by status, and all hits with a status; `None` if no line of the slot has a status.
    pub(super) status_4xx: Option<u64>,
    pub(super) status_5xx: Option<u64>,
    pub(super) with_status: Option<u64>,
}

impl Slots {
    /// Divides rows into at most `at_most` slots, or 2 if `at_most` is less. Returns `None` if fewer than two
    /// rows have a time.
    pub(super) fn of(rows: &[Row], unit: Unit, at_most: usize) -> Option<Slots> {
        let timed = || rows.iter().filter_map(|row| Some((row, ordinal(unit, row.key.as_deref()?)?)));
        let (first, last) = match unit {
            Unit::HourOfDay => (0, 23),
            Unit::Weekday => (0, 6),
            _ => (timed().map(|(_, at)| at).min()?, timed().map(|(_, at)| at).max()?),
        };
        timed().nth(1)?;
        let slots_of = |in_slot: i64| (last.div_euclid(in_slot) - first.div_euclid(in_slot) + 1) as usize;
        let in_slot = lengths(unit).find(|in_slot| slots_of(*in_slot) <= at_most.max(2))?;
        let mut slots = vec![Slot::default(); slots_of(in_slot)];
        for (row, at) in timed() {
            slots[(at.div_euclid(in_slot) - first.div_euclid(in_slot)) as usize].add(row);
        }
        Some(Slots {
            slots,
            in_slot,
            unit,
            #[cfg(feature = "table")]
            timeline: (first, last),
        })
    }

    /// Number of buckets of a slot that are within the timeline.
    #[cfg(feature = "table")]
    pub(super) fn buckets(&self, place: usize) -> i64 {
        let (first, last) = self.timeline;
        let begin = (first.div_euclid(self.in_slot) + place as i64) * self.in_slot;
        (begin + self.in_slot - 1).min(last) - begin.max(first) + 1
    }

    /// Length of a slot in words: `one hour`, `15 minutes`, `2 days`.
    pub(super) fn length(&self) -> String {
        let Some(seconds) = seconds(self.unit).map(|seconds| seconds * self.in_slot) else {
            return match self.in_slot {
                1 => format!("one {}", self.unit.name().replace('-', " ")),
                many => format!("{many} {}", labels::units(self.unit)),
            };
        };
        let named = [("week", 604_800), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)];
        let (name, whole) = named.into_iter().find(|(_, whole)| seconds % whole == 0).unwrap_or(named[4]);
        match seconds / whole {
            1 => format!("one {name}"),
            many => format!("{} {name}s", Grouped(many.unsigned_abs())),
        }
    }
}

/// Round lengths of time in seconds. Those up to a day divide the next longer unit evenly; the others are whole days
/// and weeks.
const ROUND_S: [i64; 26] = [
    1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 14_400, 21_600, 28_800, 43_200,
    86_400, 172_800, 604_800, 1_209_600, 2_419_200,
];

/// Candidate slot sizes, in buckets: those of `ROUND_S`, then 1, 2, 5, 10, 20 … times the longest of them.
fn lengths(unit: Unit) -> impl Iterator<Item = i64> {
    let one = seconds(unit);
    let round =
        ROUND_S.into_iter().filter_map(move |length| one.filter(|one| length % one == 0).map(|one| length / one));
    let longest = round.clone().next_back().unwrap_or(1);
    let more = round_numbers().map_while(move |times| longest.checked_mul(i64::try_from(times).ok()?));
    round.chain(more)
}

/// Length of a bucket in seconds; `None` if slots of this unit cannot be measured in time.
fn seconds(unit: Unit) -> Option<i64> {
    let has_equal = !matches!(unit, Unit::HourOfDay | Unit::Weekday | Unit::Month | Unit::Year);
    let bucket = unit.bucket(0);
    has_equal.then_some(bucket.end_s - bucket.start_s)
}

impl Slot {
    fn add(&mut self, row: &Row) {
        let key = row.key.as_deref().unwrap_or_default();
        if self.first.is_empty() {
            key.clone_into(&mut self.first);
        }
        key.clone_into(&mut self.last);
        self.pv += row.pv;
        self.uv = self.uv.max(row.uv.known());
        self.status_4xx = sum(self.status_4xx, row.status_4xx);
        self.status_5xx = sum(self.status_5xx, row.status_5xx);
        self.with_status = sum(self.with_status, parts::hits_with_status(row));
    }
}

/// Adds two numbers. An unknown one counts as 0, unless both are unknown.
fn sum(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    a.map_or(b, |a| Some(a + b.unwrap_or(0)))
}

/// Returns the number of a bucket in time order, without gaps; `None` if the key has no time.
fn ordinal(unit: Unit, key: &str) -> Option<i64> {
    match unit {
        Unit::HourOfDay | Unit::Year => key.parse().ok(),
        Unit::Weekday => (0..7).find(|day| unit.key(*day) == key),
        Unit::Month => {
            let (year, month) = key.split_once('-')?;
            Some(year.parse::<i64>().ok()? * 12 + month.parse::<i64>().ok()? - 1)
        }
        _ => {
            let moment: Moment = key.parse().ok()?;
            let bucket = unit.bucket(Bound::of(moment, ResolvedNow::Wall(0)).wall_s(0));
            Some(bucket.start_s.div_euclid(seconds(unit)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(unit: &str, keys: impl Iterator<Item = i64>, at_most: usize) -> Slots {
        let unit: Unit = unit.parse().unwrap();
        let rows = keys.map(|s| Row { key: Some(unit.key(unit.bucket(s).number)), pv: 10, ..Row::default() });
        Slots::of(&rows.collect::<Vec<_>>(), unit, at_most).unwrap()
    }

    #[test]
    fn slots_have_round_lengths() {
        let rows = [
            ("minute", 60, 1440, 1440, "one minute"),
            ("minute", 60, 1440, 1439, "2 minutes"),
            ("minute", 60, 1440, 60, "30 minutes"),
            ("second", 1, 5000, 240, "30 seconds"),
            ("hour", 3600, 61, 60, "2 hours"),
            ("hour", 3600, 24 * 30, 60, "12 hours"),
            ("15m", 900, 96, 60, "30 minutes"),
            ("6h", 21_600, 40, 30, "12 hours"),
            ("day", 86_400, 365, 60, "one week"),
            ("week", 604_800, 173, 50, "4 weeks"),
            ("day", 86_400, 20_000, 40, "80 weeks"),
        ];
        for (unit, length, buckets, at_most, expected) in rows {
            let slots = timeline(unit, (0..buckets).map(|n| n * length), at_most);
            assert_eq!(slots.length(), expected, "{unit}");
            assert!(slots.slots.len() <= at_most && slots.slots.len() * 5 >= at_most.min(buckets as usize), "{unit}");
            let hits: u64 = slots.slots.iter().map(|slot| slot.pv).sum();
            assert_eq!(hits, 10 * buckets as u64);
            let within: i64 = (0..slots.slots.len()).map(|place| slots.buckets(place)).sum();
            assert_eq!(within, buckets);
        }
        let rows = (0..100).map(|n| Row { key: Some(Unit::Year.key(n * 366 * 86_400)), ..Row::default() });
        assert_eq!(Slots::of(&rows.collect::<Vec<_>>(), Unit::Year, 20).map(|s| s.length()).unwrap(), "5 years");
    }

    #[test]
    fn slots_begin_at_full_hours_and_end_slots_are_partial() {
        let slots = timeline("minute", (50..250).map(|n| n * 60), 5);
        assert_eq!(slots.length(), "one hour");
        assert_eq!((0..5).map(|place| slots.buckets(place)).collect::<Vec<_>>(), [10, 60, 60, 60, 10]);
        assert_eq!(slots.slots.iter().map(|slot| slot.pv).collect::<Vec<_>>(), [100, 600, 600, 600, 100]);
    }

    #[test]
    fn unknown_statuses_add_nothing() {
        assert_eq!([sum(None, None), sum(Some(2), None), sum(None, Some(3))], [None, Some(2), Some(3)]);
        assert_eq!(sum(Some(2), Some(3)), Some(5));
    }

    #[test]
    fn buckets_are_numbered_in_time_order() {
        let rows = [
            ("second", "2026-11-14T23:59:59", "2026-11-15T00:00:00"),
            ("minute", "2026-12-31T23:59", "2027-01-01T00:00"),
            ("hour", "2026-11-14T23", "2026-11-15T00"),
            ("15m", "2026-11-14T23:45", "2026-11-15T00:00"),
            ("10s", "2026-11-14T23:59:50", "2026-11-15T00:00:00"),
            ("6h", "2026-11-14T18", "2026-11-15T00"),
            ("day", "2024-02-28", "2024-02-29"),
            ("week", "2026-W53", "2027-W01"),
            ("month", "2026-12", "2027-01"),
            ("year", "2026", "2027"),
            ("hour-of-day", "07", "08"),
            ("weekday", "Mon", "Tue"),
        ];
        for (unit, before, after) in rows {
            let of = |key| ordinal(unit.parse().unwrap(), key).unwrap();
            assert_eq!(of(before) + 1, of(after), "{unit}");
        }
        assert_eq!(ordinal(Unit::Day, "-"), None);
    }
}
