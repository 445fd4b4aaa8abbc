//! Starts of calendar periods relative to now: midnight of yesterday, the first of last month.

use std::cmp::Ordering;

use super::{DAY_S, FIRST_S, LAST_S, Unit, weekday};

/// The start of a calendar period relative to now, or a moment some seconds after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    of: StartUnit,
    /// Seconds to add.
    after_s: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StartUnit {
    /// The period of this unit that contains now, or the one this many units later.
    Unit { unit: Unit, later: i64 },
    /// The last such weekday, today included. Monday is 0.
    Weekday(i64),
}

impl Start {
    /// The start of the period that contains now, or of the one `later` units later.
    pub(super) const fn of_unit(unit: Unit, later: i64) -> Start {
        Start { of: StartUnit::Unit { unit, later }, after_s: 0 }
    }

    /// Midnight of the last such weekday, today included. Monday is 0.
    pub(super) const fn of_weekday(day: i64) -> Start {
        Start { of: StartUnit::Weekday(day), after_s: 0 }
    }

    /// The moment this many seconds later.
    pub(super) fn after(self, seconds: i64) -> Start {
        Start { after_s: self.after_s + seconds, ..self }
    }

    /// The end of the period.
    pub(super) fn end(self) -> Start {
        match self.of {
            StartUnit::Unit { unit, later } => Start { of: StartUnit::Unit { unit, later: later + 1 }, ..self },
            StartUnit::Weekday(_) => self.after(DAY_S),
        }
    }

    /// Returns the wall clock of this start, given the wall clock of now.
    pub(super) fn on(self, wall_s: i64) -> i64 {
        let now_s = wall_s.clamp(FIRST_S, LAST_S);
        let start_s = match self.of {
            StartUnit::Unit { unit, later } => later_start_s(unit, now_s, later),
            StartUnit::Weekday(day) => Unit::Day.bucket(now_s).start_s - (weekday(now_s) - day).rem_euclid(7) * DAY_S,
        };
        start_s.saturating_add(self.after_s)
    }
}

/// Returns the start of the period that is `later` units later than the one around `wall_s`. It stops at the ends of
/// the calendar.
fn later_start_s(unit: Unit, wall_s: i64, later: i64) -> i64 {
    let mut bucket = unit.bucket(wall_s);
    for _ in later..0 {
        bucket = unit.bucket((bucket.start_s - 1).max(FIRST_S));
    }
    for _ in 0..later {
        if bucket.end_s > LAST_S {
            return bucket.end_s;
        }
        bucket = unit.bucket(bucket.end_s);
    }
    bucket.start_s
}

impl PartialOrd for Start {
    /// Starts of different units have no order.
    fn partial_cmp(&self, other: &Start) -> Option<Ordering> {
        match (self.of, other.of) {
            (StartUnit::Weekday(mine), StartUnit::Weekday(theirs)) if mine == theirs => {
                Some(self.after_s.cmp(&other.after_s))
            }
            (StartUnit::Unit { unit: mine, later }, StartUnit::Unit { unit: theirs, later: later_too })
                if mine == theirs =>
            {
                // Only days are followed by a time of day, which is shorter than a day, or by its end.
                Some((later, self.after_s).cmp(&(later_too, other.after_s)))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::partial_date::PartialDate;

    fn wall(text: &str) -> i64 {
        PartialDate::read(text).unwrap().unwrap().wall_s
    }

    #[test]
    fn starts_are_relative_to_the_period_of_now() {
        // 2022-04-05 was a Tuesday.
        for now in ["2022-04-05", "2022-04-05T13:07", "2022-04-05T23:59:59"] {
            for (start, expected) in [
                (Start::of_unit(Unit::Day, 0), "2022-04-05"),
                (Start::of_unit(Unit::Day, -1), "2022-04-04"),
                (Start::of_unit(Unit::Day, 0).end(), "2022-04-06"),
                (Start::of_unit(Unit::Day, -1).after(36_000), "2022-04-04T10"),
                (Start::of_weekday(1), "2022-04-05"),
                (Start::of_weekday(0), "2022-04-04"),
                (Start::of_weekday(0).end(), "2022-04-05"),
                (Start::of_weekday(2), "2022-03-30"),
                (Start::of_weekday(6), "2022-04-03"),
                (Start::of_unit(Unit::Week, 0), "2022-04-04"),
                (Start::of_unit(Unit::Week, -1), "2022-03-28"),
                (Start::of_unit(Unit::Week, -1).end(), "2022-04-04"),
                (Start::of_unit(Unit::Month, -1), "2022-03-01"),
                (Start::of_unit(Unit::Month, 0).end(), "2022-05-01"),
                (Start::of_unit(Unit::Year, -1), "2021-01-01"),
            ] {
                assert_eq!(start.on(wall(now)), wall(expected), "{start:?} of {now}");
            }
        }
        assert_eq!(Start::of_unit(Unit::Hour, -1).on(wall("2022-04-05T00:30")), wall("2022-04-04T23"));
    }

    #[test]
    fn starts_stay_in_the_calendar() {
        for unit in [Unit::Minute, Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Year] {
            for now in [i64::MIN, FIRST_S, LAST_S, i64::MAX] {
                for later in [-1, 0, 1, 2] {
                    let start = Start::of_unit(unit, later);
                    assert!(start.on(now) <= start.end().on(now), "{unit:?} {later} of {now}");
                }
            }
        }
    }
}
