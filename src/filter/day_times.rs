//! `--time 19:30-23:00`: spans of each day, by the wall clock.

use std::fmt;
use std::str::FromStr;

use super::include_exclude::IncludeExclude;
use crate::expression::SyntaxError;
use crate::time::Stamp;

const DAY_S: u32 = 86_400;

/// Spans of the day. Each includes its start but not its end, and wraps around midnight if the end is the smaller time.
/// A `!` before a span excludes it.
///
/// ```
/// let night: logstat::DayTimes = "22-06:30".parse()?;
/// assert!(night.matches(23 * 3600) && night.matches(6 * 3600 + 29 * 60) && !night.matches(6 * 3600 + 30 * 60));
/// # Ok::<(), logstat::SyntaxError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayTimes(IncludeExclude<TimeRange>);

/// A span in seconds since midnight; the end is excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TimeRange {
    from_s: u32,
    to_s: u32,
}

impl TimeRange {
    fn contains(self, second: u32) -> bool {
        if self.from_s < self.to_s {
            self.from_s <= second && second < self.to_s
        } else {
            self.from_s <= second || second < self.to_s
        }
    }
}

impl DayTimes {
    /// True if this second of the day, counted from midnight, is selected.
    pub fn matches(&self, second_of_day: u32) -> bool {
        self.0.matches(|time_range| time_range.contains(second_of_day))
    }

    /// Joins two lists into one.
    #[must_use]
    pub fn with(mut self, other: DayTimes) -> DayTimes {
        self.0.add(other.0);
        self
    }

    /// True if a wall-clock time is selected. False for a line without a time.
    pub(super) fn matches_wall_s(&self, wall_s: i64) -> bool {
        wall_s != Stamp::NONE.wall_s && self.matches(wall_s.rem_euclid(i64::from(DAY_S)) as u32)
    }

    /// True if no second of the day is selected.
    pub(super) fn is_empty(&self) -> bool {
        !(0..DAY_S).any(|second| self.matches(second))
    }
}

impl FromStr for DayTimes {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<DayTimes, SyntaxError> {
        IncludeExclude::read(text, time_range).map(DayTimes)
    }
}

impl fmt::Display for DayTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |second: u32| match (second / 3600, second / 60 % 60, second % 60) {
            (hours, minutes, 0) => format!("{hours:02}:{minutes:02}"),
            (hours, minutes, seconds) => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        };
        self.0.write(f, |range| format!("{}-{}", clock(range.from_s), clock(range.to_s)))
    }
}

fn time_range(word: &str) -> Result<TimeRange, String> {
    let read = word.split_once('-').and_then(|(from, to)| second_of_day(from.trim()).zip(second_of_day(to.trim())));
    match read {
        Some((from_s, to_s)) if from_s % DAY_S != to_s % DAY_S || (from_s, to_s) == (0, DAY_S) => {
            Ok(TimeRange { from_s: from_s % DAY_S, to_s })
        }
        Some(_) => Err("start and end are the same".to_owned()),
        None if second_of_day(word).is_some() => {
            let next = word.parse::<u32>().ok().filter(|hour| *hour < 24).map(|hour| hour + 1);
            Err(match next {
                Some(next) => format!("expected a start and an end: {word}-{next}"),
                None => "expected a start and an end: 19:30-23:00".to_owned(),
            })
        }
        None => Err("expected times of day: 19:30-23:00, 9-17, 22:00-06:00".to_owned()),
    }
}

/// Parses `9`, `09`, `09:30` or `09:30:15` into seconds since midnight; `24:00` is the end of the day.
fn second_of_day(text: &str) -> Option<u32> {
    let mut parts = text.split(':');
    let mut next = |most: u32, least_digits: usize| {
        let Some(digits) = parts.next() else { return Some(0) };
        let is_number = (least_digits..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse().ok().filter(|value| is_number && *value <= most)
    };
    let second = next(24, 1)? * 3600 + next(59, 2)? * 60 + next(59, 2)?;
    (parts.next().is_none() && second <= DAY_S).then_some(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> u32 {
        second_of_day(text).unwrap()
    }

    #[test]
    fn spans_include_their_start_and_exclude_their_end() {
        let rows = [
            ("19:30-23:00", "19:29:59", false),
            ("19:30-23:00", "19:30", true),
            ("19:30-23:00", "22:59:59", true),
            ("19:30-23:00", "23:00", false),
            ("4-5", "04:59:59", true),
            ("4-5", "05", false),
            ("22:00-06:00", "21:59:59", false),
            ("22:00-06:00", "22:00", true),
            ("22:00-06:00", "0", true),
            ("22:00-06:00", "05:59:59", true),
            ("22:00-06:00", "06:00", false),
            ("23-24:00", "23:59:59", true),
            ("23-24:00", "0", false),
            ("0-24", "12", true),
            ("24-01", "0:30", true),
            ("08-12, 13-17", "12:30", false),
            ("08-17,!12-13", "12:30", false),
            ("!12-13", "13", true),
        ];
        for (times, second, expected) in rows {
            assert_eq!(times.parse::<DayTimes>().unwrap().matches(at(second)), expected, "{times} {second}");
        }
        for text in [
            "",
            "9",
            "9-",
            "25-26",
            "24:01-25",
            "9:5-10",
            "09:60-10",
            "9-9",
            "24-0",
            "0-0",
            "a-b",
            "9-10-11",
            "1:2:3:4-5",
        ] {
            assert!(text.parse::<DayTimes>().is_err(), "{text}");
        }
        assert!("9-17,!8-18".parse::<DayTimes>().unwrap().is_empty());
        assert!(!"9-17,!8-16".parse::<DayTimes>().unwrap().is_empty());
    }

    #[test]
    fn times_of_day_parse_to_seconds() {
        let rows = [
            ("0", Some(0)),
            ("9", Some(9 * 3600)),
            ("09:30", Some(9 * 3600 + 30 * 60)),
            ("09:30:15", Some(9 * 3600 + 30 * 60 + 15)),
            ("24:00", Some(86_400)),
            ("24:00:01", None),
            ("24:01", None),
            ("01:02:03:04", None),
            ("01:60", None),
            ("01:02:60", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(second_of_day(text), expected, "{text}");
        }
    }

    #[test]
    fn days_begin_at_midnight_for_any_wall_clock() {
        let times: DayTimes = "0-1".parse().unwrap();
        let held = |wall_s| times.matches_wall_s(wall_s);
        assert!(held(0) && held(3599) && !held(3600) && !held(-1) && held(-86_400) && !held(Stamp::NONE.wall_s));
    }
}
