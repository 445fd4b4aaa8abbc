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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Date, Moment, ResolvedNow};

    /// 2022-04-05T23:30:00Z
    const NOW_S: i64 = 1_649_201_400;

    type Found = Result<WholeDays, NotWholeDays>;

    /// Since, until and date.
    type Bounds = (&'static str, &'static str, &'static str);

    fn days(since: &str, until: &str, date: &str, offsets: &[i16]) -> Found {
        let moment = |text: &str| (!text.is_empty()).then(|| text.parse::<Moment>().unwrap());
        let date = (!date.is_empty()).then(|| date.parse::<Date>().unwrap());
        let now = ResolvedNow::Instant(NOW_S);
        WholeDays::of(Period::new(moment(since), moment(until), date, now), offsets.iter().copied())
    }

    #[test]
    fn periods_select_whole_days_or_are_refused() {
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap().to_epoch_days() as i64;
        let of = |first: &str, end: &str| {
            let day = |text: &str, open| if text.is_empty() { open } else { day(text) };
            Ok(WholeDays::Range(day(first, i64::MIN), day(end, i64::MAX)))
        };
        let within = |day_s: i64| Err(NotWholeDays::WithinDay { wall_s: day("2022-04-05") * DAY_S + day_s });
        let rows: [(Bounds, &[i16], Found); 17] = [
            (("", "", ""), &[], Ok(WholeDays::All)),
            (("2022-04-05", "", ""), &[0, 60], of("2022-04-05", "")),
            (("", "2022-04-05", ""), &[], of("", "2022-04-05")),
            (("2022-04-04", "2022-04-06", ""), &[0], of("2022-04-04", "2022-04-06")),
            (("", "", "2022-04"), &[0, -60], of("2022-04-01", "2022-05-01")),
            (("", "", "2022-W14"), &[0], of("2022-04-04", "2022-04-11")),
            (("2022-04-05T10", "", ""), &[0, 60], within(36_000)),
            (("", "", "2022-04-05T00"), &[0], within(3600)),
            // Tuesday at UTC, Wednesday at an offset of an hour.
            (("today", "", ""), &[0], of("2022-04-05", "")),
            (("today", "", ""), &[60], of("2022-04-06", "")),
            (("today", "", ""), &[0, 60], Err(NotWholeDays::Offsets)),
            (("today", "", ""), &[0, -60], of("2022-04-05", "")),
            (("1h", "", ""), &[0], within(22 * 3600 + 1800)),
            (("1h", "", ""), &[0, 60], Err(NotWholeDays::Offsets)),
            (("2022-04-05T00:00:00Z", "", ""), &[0], of("2022-04-05", "")),
            (("2022-04-05T00:00:00Z", "", ""), &[60], within(3600)),
            (("2022-04-05T00:00:00Z", "", ""), &[0, 60], Err(NotWholeDays::Offsets)),
        ];
        for ((since, until, date), offsets, expected) in rows {
            assert_eq!(days(since, until, date, offsets), expected, "{since} {until} {date} {offsets:?}");
        }
    }

    #[test]
    fn range_includes_its_first_day_and_excludes_its_end() {
        let contained = |days: WholeDays| [None, Some(1), Some(2), Some(3), Some(4)].map(|day| days.contains(day));
        assert_eq!(contained(WholeDays::All), [true; 5]);
        assert_eq!(contained(WholeDays::Range(2, 4)), [false, false, true, true, false]);
        assert_eq!(contained(WholeDays::Range(i64::MIN, 2)), [false, true, false, false, false]);
        assert_eq!(contained(WholeDays::Range(3, i64::MAX)), [false, false, false, true, true]);
    }
}
