//! Periods that select whole days, as reports of states need them.

use super::Period;
use crate::time::{DAY_S, Stamp};

/// The days that a period selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WholeDays {
    /// All lines, including those without a time.
    All,
    /// The days from the first to the one before the second, counted from 1970-01-01.
    Range(i64, i64),
}

/// Why a period does not select whole days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotWholeDays {
    /// The period begins or ends at this wall clock, in seconds, which is not midnight.
    WithinDay { wall_s: i64 },
    /// The period begins or ends at different times of day, or on different days, at the offsets of the lines.
    Offsets,
}

impl WholeDays {
    /// Returns the days of a period. `offsets` are those of all lines, in minutes ahead of UTC.
    ///
    /// # Errors
    /// If a bound is not a midnight, or not the same day at all offsets.
    pub(crate) fn of(period: Period, offsets: impl IntoIterator<Item = i16>) -> Result<WholeDays, NotWholeDays> {
        if period.is_all() {
            return Ok(WholeDays::All);
        }
        let mut ranges: Vec<_> = offsets.into_iter().map(|offset_min| period.wall_s(offset_min)).collect();
        if ranges.is_empty() {
            ranges.push(period.wall_s(0));
        }
        ranges.dedup();
        let [range] = &ranges[..] else { return Err(NotWholeDays::Offsets) };
        let day = |wall_s: i64| match wall_s {
            // An open start or end.
            _ if wall_s == Stamp::NONE.wall_s + 1 => Ok(i64::MIN),
            i64::MAX => Ok(i64::MAX),
            _ if wall_s.rem_euclid(DAY_S) == 0 => Ok(wall_s.div_euclid(DAY_S)),
            _ => Err(NotWholeDays::WithinDay { wall_s }),
        };
        Ok(WholeDays::Range(day(range.start)?, day(range.end)?))
    }

    /// True if the lines of this day are selected. Lines without a time are in no period.
    pub(crate) fn contains(self, day: Option<i64>) -> bool {
        match (self, day) {
            (WholeDays::All, _) => true,
            (WholeDays::Range(first, end), Some(day)) => first <= day && day < end,
            (WholeDays::Range(..), None) => false,
        }
    }
}
