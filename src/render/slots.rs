//! A timeline as slots of equal length: where there are more buckets than room, several are one slot, and what has no row is empty.

use crate::report::Row;
use crate::time::{Edge, Moment, NowIs, Unit};

/// The slots of a timeline, from its first bucket to its last.
pub(super) struct Slots {
    pub(super) slots: Vec<Slot>,
    /// How many buckets a slot is.
    pub(super) in_slot: i64,
}

/// Some buckets together: hits are added up, and of visitors, which cannot be, it has the most that one bucket had.
#[derive(Clone, Default)]
pub(super) struct Slot {
    /// The first and the last key that there are; empty where there is none.
    pub(super) first: String,
    pub(super) last: String,
    pub(super) pv: u64,
    pub(super) uv: Option<u64>,
    pub(super) status_4xx: u64,
    pub(super) status_5xx: u64,
}

impl Slots {
    /// So many at most; `None` where there are less than two buckets with a time.
    pub(super) fn of(rows: &[Row], unit: Unit, at_most: usize) -> Option<Slots> {
        let timed = || rows.iter().filter_map(|row| Some((row, ordinal(unit, row.key.as_deref()?)?)));
        let (first, last) = match unit {
            Unit::HourOfDay => (0, 23),
            Unit::Weekday => (0, 6),
            _ => (timed().map(|(_, at)| at).min()?, timed().map(|(_, at)| at).max()?),
        };
        timed().nth(1)?;
        let in_slot = (last - first) / at_most.max(1) as i64 + 1;
        let mut slots = vec![Slot::default(); ((last - first) / in_slot + 1) as usize];
        for (row, at) in timed() {
            slots[((at - first) / in_slot) as usize].add(row);
        }
        Some(Slots { slots, in_slot })
    }
}

impl Slot {
    fn add(&mut self, row: &Row) {
        let key = row.key.as_deref().unwrap_or_default();
        if self.first.is_empty() {
            key.clone_into(&mut self.first);
        }
        key.clone_into(&mut self.last);
        self.pv += row.pv;
        self.uv = self.uv.max(row.uv);
        self.status_4xx += row.status_4xx;
        self.status_5xx += row.status_5xx;
    }
}

/// The number of a bucket in the order of time, without gaps; `None` for what has no time.
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
            let bucket = unit.bucket(Edge::of(moment, NowIs::Wall(0)).wall_s(0));
            Some(bucket.start_s.div_euclid(bucket.end_s - bucket.start_s))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_have_their_place_in_time() {
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
