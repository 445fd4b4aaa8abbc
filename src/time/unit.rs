//! The units of a timeline, one row each in `UNITS`, and the buckets that they divide time into.

use std::ops::Range;

use chrono::{Datelike, Timelike};

use super::length;
use super::step::{Step, UnitError};
use super::{DAY_S, FIRST_S, LAST_S, Stamp, date, day_start_s};
use crate::by_name::Named;

/// Unit of time that a timeline counts by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// `2022-04-05T03:45:05`
    Second,
    /// `2022-04-05T03:45`
    Minute,
    /// `2022-04-05T03`
    Hour,
    /// `2022-04-05`
    #[default]
    Day,
    /// `2022-W14`, the ISO 8601 week: it starts on Monday and belongs to the year of its Thursday.
    Week,
    /// `2022-04`
    Month,
    /// `2022`
    Year,
    /// `03`, that hour of all days together.
    HourOfDay,
    /// `Tue`, that weekday of all weeks together.
    Weekday,
    /// `2022-04-05T03:45`, the start of a step of 15 minutes. Keys of steps of seconds include the second, those of
    /// hours end with the hour.
    Step(Step),
}

/// THE TABLE of units, with the name that a user types for each.
const UNITS: [(Unit, &str); 9] = [
    (Unit::Second, "second"),
    (Unit::Minute, "minute"),
    (Unit::Hour, "hour"),
    (Unit::Day, "day"),
    (Unit::Week, "week"),
    (Unit::Month, "month"),
    (Unit::Year, "year"),
    (Unit::HourOfDay, "hour-of-day"),
    (Unit::Weekday, "weekday"),
];

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A half-open range of the wall clock, in seconds, with one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) start_s: i64,
    pub(crate) end_s: i64,
    /// Sorts as the keys of the unit do: the start in seconds, the hour of the day, or the weekday.
    pub(crate) number: i64,
}

impl Unit {
    /// Returns the range around a time that shares one key, and its bucket number; `None` if no time was logged.
    pub(crate) fn bucket_range(self, wall_s: i64) -> (Range<i64>, Option<i64>) {
        if wall_s == Stamp::NONE.wall_s {
            return (wall_s..wall_s + 1, None);
        }
        let Bucket { start_s, end_s, number } = self.bucket(wall_s);
        (start_s..end_s, Some(number))
    }

    /// All units with a name of their own, finest first; [`Step::all`] has the others.
    pub fn all() -> impl Iterator<Item = Unit> {
        UNITS.iter().map(|(unit, _)| *unit)
    }

    /// The name that a user types: `hour-of-day`, `15m`.
    pub fn name(self) -> &'static str {
        if let Unit::Step(step) = self {
            return step.name();
        }
        UNITS.iter().find(|(unit, _)| *unit == self).map(|(_, name)| *name).expect("every unit has a row")
    }

    /// Looks up a unit by its name.
    pub fn named(name: &str) -> Option<Unit> {
        UNITS.iter().find(|(_, n)| *n == name).map(|(unit, _)| *unit)
    }

    pub(crate) fn bucket(self, wall_s: i64) -> Bucket {
        let of_size = |size_s: i64| {
            let start_s = wall_s.div_euclid(size_s) * size_s;
            Bucket { start_s, end_s: start_s + size_s, number: start_s }
        };
        let from_dates = |start_s: i64, end_s: Option<i64>| Bucket {
            start_s,
            end_s: end_s.unwrap_or(i64::MAX), // the last month or year of the calendar
            number: start_s,
        };
        match self {
            Unit::Second => of_size(1),
            Unit::Minute => of_size(60),
            Unit::Hour => of_size(3600),
            Unit::Day => of_size(DAY_S),
            Unit::Week => {
                let day = of_size(DAY_S);
                let start_s = day.start_s - weekday(wall_s) * DAY_S;
                from_dates(start_s, Some(start_s + 7 * DAY_S))
            }
            Unit::Month => {
                let (year, month) = (date(wall_s).year(), date(wall_s).month());
                let start_s = day_start_s(year, month, 1).expect("a date has a valid month");
                let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
                from_dates(start_s, day_start_s(next_year, next_month, 1))
            }
            Unit::Year => {
                let year = date(wall_s).year();
                from_dates(day_start_s(year, 1, 1).expect("a date has a valid year"), day_start_s(year + 1, 1, 1))
            }
            Unit::HourOfDay => {
                let hour = of_size(3600);
                Bucket { number: hour.start_s.rem_euclid(DAY_S) / 3600, ..hour }
            }
            Unit::Weekday => Bucket { number: weekday(wall_s), ..of_size(DAY_S) },
            Unit::Step(step) => of_size(step.seconds()),
        }
    }

    /// True if every bucket of this unit is within one bucket of `larger`.
    pub(crate) fn is_within(self, larger: Unit) -> bool {
        let fits = |size_s: i64| self.size_s().is_some_and(|own_s| size_s % own_s == 0);
        match larger {
            _ if self == larger => true,
            Unit::HourOfDay => fits(3600),
            Unit::Year if self == Unit::Month => true,
            Unit::Week | Unit::Month | Unit::Year | Unit::Weekday => fits(DAY_S),
            _ => larger.size_s().is_some_and(fits),
        }
    }

    /// Returns the number of the bucket of `larger` that contains the bucket with this number.
    pub(crate) fn number_in(self, larger: Unit, number: i64) -> i64 {
        if self == larger { number } else { larger.bucket(number).number }
    }

    /// Length of its buckets in seconds, if all are equally long and each has a key of its own.
    fn size_s(self) -> Option<i64> {
        match self {
            Unit::Second => Some(1),
            Unit::Minute => Some(60),
            Unit::Hour => Some(3600),
            Unit::Day => Some(DAY_S),
            Unit::Step(step) => Some(step.seconds()),
            Unit::Week | Unit::Month | Unit::Year | Unit::HourOfDay | Unit::Weekday => None,
        }
    }

    /// True if there is a bucket with this number.
    pub(crate) fn has_bucket(self, number: i64) -> bool {
        match self {
            Unit::HourOfDay => (0..24).contains(&number),
            Unit::Weekday => (0..7).contains(&number),
            _ => (FIRST_S..=LAST_S).contains(&number) && self.bucket(number).number == number,
        }
    }

    /// Formats the key of the bucket with this number.
    pub(crate) fn key(self, number: i64) -> String {
        match self {
            Unit::HourOfDay => return format!("{number:02}"),
            Unit::Weekday => return WEEKDAYS[number.rem_euclid(7) as usize].to_owned(),
            _ => {}
        }
        let date = date(number);
        let time = chrono::NaiveTime::from_num_seconds_from_midnight_opt(number.rem_euclid(DAY_S) as u32, 0)
            .expect("the number is a second of a day");
        let day = || format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
        let finest = match self {
            Unit::Step(step) if step.seconds() < 60 => Unit::Second,
            Unit::Step(step) if step.seconds() < 3600 => Unit::Minute,
            Unit::Step(_) => Unit::Hour,
            unit => unit,
        };
        match finest {
            Unit::Second => format!("{}T{:02}:{:02}:{:02}", day(), time.hour(), time.minute(), time.second()),
            Unit::Minute => format!("{}T{:02}:{:02}", day(), time.hour(), time.minute()),
            Unit::Hour => format!("{}T{:02}", day(), time.hour()),
            Unit::Day => day(),
            Unit::Week => format!("{:04}-W{:02}", date.iso_week().year(), date.iso_week().week()),
            Unit::Month => format!("{:04}-{:02}", date.year(), date.month()),
            Unit::Year | Unit::HourOfDay | Unit::Weekday | Unit::Step(_) => format!("{:04}", date.year()),
        }
    }
}

impl Named for Unit {
    const KIND: &'static str = "a unit of time";

    fn name(self) -> &'static str {
        self.name()
    }

    fn named(name: &str) -> Option<Unit> {
        Unit::canonical(name).ok()
    }
}

impl Unit {
    /// Looks up a unit by its own name, or parses the length of a step: `5m`, `15 min`. Other names are not known.
    pub(crate) fn canonical(text: &str) -> Result<Unit, UnitError> {
        if let Some(unit) = Unit::named(text) {
            return Ok(unit);
        }
        let length = length::one(text).ok_or(UnitError::Unknown)?;
        let refused = match length.unit_s {
            1 => UnitError::Seconds,
            60 => UnitError::Minutes,
            3600 => UnitError::Hours,
            _ => UnitError::Days,
        };
        match length.seconds().ok_or(refused)? {
            1 => Ok(Unit::Second),
            60 => Ok(Unit::Minute),
            3600 => Ok(Unit::Hour),
            DAY_S => Ok(Unit::Day),
            WEEK_S => Ok(Unit::Week),
            seconds => Step::of_seconds(seconds).map(Unit::Step).ok_or(refused),
        }
    }
}

const WEEK_S: i64 = 7 * DAY_S;

/// Returns the weekday, where Monday is 0. 1970-01-01 was a Thursday.
pub(super) fn weekday(wall_s: i64) -> i64 {
    (wall_s.div_euclid(DAY_S) + 3).rem_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Clock;

    fn key(unit: Unit, text: &[u8; 26]) -> String {
        let stamp = Clock::default().time_local(text).unwrap();
        let bucket = unit.bucket(stamp.wall_s);
        assert!(bucket.start_s <= stamp.wall_s && stamp.wall_s < bucket.end_s);
        assert_eq!(unit.bucket(bucket.start_s), bucket, "a bucket contains its start");
        assert!(unit.has_bucket(bucket.number));
        unit.key(bucket.number)
    }

    #[test]
    fn every_unit_has_one_table_row() {
        for unit in Unit::all() {
            assert_eq!(Unit::named(unit.name()), Some(unit));
        }
        assert_eq!(Unit::all().count(), 9);
        assert_eq!(Unit::named("dya"), None);
    }

    #[test]
    fn unit_is_within_another_if_no_bucket_of_it_is_in_two() {
        let seconds = (0..=43_200).step_by(7).chain(0..300).chain([59, 60, 599, 600]);
        let hours = (0..800 * 24).map(|hour| hour * 3600 - 40 * DAY_S);
        let times: Vec<i64> = seconds.chain(hours).collect();
        let units: Vec<Unit> = Unit::all().chain(Step::all().map(Unit::Step)).collect();
        let numbers = |unit: Unit| times.iter().map(|time| unit.bucket(*time).number).collect::<Vec<i64>>();
        let all: Vec<(Unit, Vec<i64>)> = units.iter().map(|unit| (*unit, numbers(*unit))).collect();
        for (unit, numbers) in &all {
            for (larger, larger_numbers) in &all {
                let mut within = std::collections::HashMap::new();
                let pairs = || numbers.iter().zip(larger_numbers);
                let is_within = pairs().all(|(number, larger)| within.entry(number).or_insert(larger) == &larger);
                assert_eq!(unit.is_within(*larger), is_within, "{} in {}", unit.name(), larger.name());
                if is_within {
                    assert!(pairs().all(|(number, of_larger)| unit.number_in(*larger, *number) == *of_larger));
                }
            }
        }
    }

    #[test]
    fn every_unit_has_its_key_format() {
        let rows = [
            (Unit::Second, "2022-04-05T03:45:05"),
            (Unit::Minute, "2022-04-05T03:45"),
            (Unit::Hour, "2022-04-05T03"),
            (Unit::Day, "2022-04-05"),
            (Unit::Week, "2022-W14"),
            (Unit::Month, "2022-04"),
            (Unit::Year, "2022"),
            (Unit::HourOfDay, "03"),
            (Unit::Weekday, "Tue"),
        ];
        for (unit, expected) in rows {
            assert_eq!(key(unit, b"05/Apr/2022:03:45:05 +0000"), expected);
        }
    }

    #[test]
    fn step_keys_are_their_start() {
        let rows = [
            ("2s", "2022-04-05T03:47:52"),
            ("30s", "2022-04-05T03:47:30"),
            ("2m", "2022-04-05T03:46"),
            ("15m", "2022-04-05T03:45"),
            ("2h", "2022-04-05T02"),
            ("6h", "2022-04-05T00"),
        ];
        for (step, expected) in rows {
            assert_eq!(key(step.parse().unwrap(), b"05/Apr/2022:03:47:53 +0100"), expected, "{step}");
        }
        for step in Step::all() {
            key(Unit::Step(step), b"01/Jan/0001:00:00:00 +0000");
            assert!(key(Unit::Step(step), b"31/Dec/9999:23:59:59 +0000").starts_with("9999-12-31T"));
        }
    }

    #[test]
    fn first_and_last_day_of_the_calendar_have_buckets() {
        for unit in Unit::all() {
            key(unit, b"01/Jan/0001:00:00:00 +0000");
            key(unit, b"31/Dec/9999:23:59:59 +0000");
        }
        let none = [(Unit::Second, FIRST_S - 1), (Unit::Minute, 30), (Unit::Week, 0), (Unit::Year, LAST_S + 1)];
        let none = none.into_iter().chain([(Unit::HourOfDay, 24), (Unit::Weekday, -1), (Unit::Day, i64::MIN)]);
        none.for_each(|(unit, number)| assert!(!unit.has_bucket(number), "{unit:?} {number}"));
        assert_eq!(key(Unit::Week, b"01/Jan/0001:00:00:00 +0000"), "0001-W01");
        assert_eq!(key(Unit::Week, b"31/Dec/9999:00:00:00 +0000"), "9999-W52");
    }

    #[test]
    fn weeks_belong_to_the_year_of_their_thursday() {
        assert_eq!(key(Unit::Week, b"01/Jan/2021:12:00:00 +0000"), "2020-W53");
        assert_eq!(key(Unit::Week, b"31/Dec/2018:12:00:00 +0000"), "2019-W01");
        assert_eq!(key(Unit::Weekday, b"04/Jan/1960:12:00:00 +0000"), "Mon");
    }
}
