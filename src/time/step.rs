//! Steps of a timeline, such as `5m` or `6h`: a number of seconds, minutes or hours that divides the next larger unit.

use std::fmt;

/// A length of time that divides a minute, an hour or a day evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step(u8);

/// THE TABLE of steps: the name that a user types, and the length in seconds.
const STEPS: [(&str, i64); 26] = [
    ("2s", 2),
    ("3s", 3),
    ("4s", 4),
    ("5s", 5),
    ("6s", 6),
    ("10s", 10),
    ("12s", 12),
    ("15s", 15),
    ("20s", 20),
    ("30s", 30),
    ("2m", 120),
    ("3m", 180),
    ("4m", 240),
    ("5m", 300),
    ("6m", 360),
    ("10m", 600),
    ("12m", 720),
    ("15m", 900),
    ("20m", 1200),
    ("30m", 1800),
    ("2h", 7200),
    ("3h", 10_800),
    ("4h", 14_400),
    ("6h", 21_600),
    ("8h", 28_800),
    ("12h", 43_200),
];

impl Step {
    /// Every step, shortest first.
    pub fn all() -> impl Iterator<Item = Step> {
        (0..STEPS.len() as u8).map(Step)
    }

    /// The name that a user types: `15m`.
    pub fn name(self) -> &'static str {
        STEPS[usize::from(self.0)].0
    }

    /// Length in seconds.
    pub fn seconds(self) -> i64 {
        STEPS[usize::from(self.0)].1
    }

    pub(super) fn of_seconds(seconds: i64) -> Option<Step> {
        Step::all().find(|step| step.seconds() == seconds)
    }
}

/// Why a text is not a unit of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnitError {
    /// There is no unit of that name.
    Unknown,
    /// A number of seconds that does not divide a minute.
    Seconds,
    /// A number of minutes that does not divide an hour.
    Minutes,
    /// A number of hours that does not divide a day.
    Hours,
    /// A number of days or weeks other than one day or one week.
    Days,
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            UnitError::Unknown => "unknown unit",
            UnitError::Seconds => "a step of seconds must divide a minute: 1 2 3 4 5 6 10 12 15 20 or 30 s",
            UnitError::Minutes => "a step of minutes must divide an hour: 1 2 3 4 5 6 10 12 15 20 or 30 m",
            UnitError::Hours => "a step of hours must divide a day: 1 2 3 4 6 8 or 12 h",
            UnitError::Days => "a step must be shorter than a day; longer units are week, month and year",
        })
    }
}

impl std::error::Error for UnitError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Unit;

    #[test]
    fn steps_are_all_divisors_of_the_next_larger_unit() {
        let mut expected = Vec::new();
        for (letter, unit_s, larger) in [('s', 1, 60), ('m', 60, 60), ('h', 3600, 24)] {
            let divides = (2..larger).filter(|n| larger % n == 0);
            expected.extend(divides.map(|n| (format!("{n}{letter}"), n * unit_s)));
        }
        let steps: Vec<_> = Step::all().map(|step| (step.name().to_owned(), step.seconds())).collect();
        assert_eq!(steps, expected);
    }

    #[test]
    fn units_are_parsed_or_refused_with_a_reason() {
        for step in Step::all() {
            assert_eq!(step.name().parse(), Ok(Unit::Step(step)));
            assert_eq!(Unit::Step(step).name(), step.name());
        }
        for (text, unit) in [
            ("1s", Unit::Second),
            ("1m", Unit::Minute),
            ("60s", Unit::Minute),
            ("60m", Unit::Hour),
            ("1h", Unit::Hour),
            ("24h", Unit::Day),
            ("1d", Unit::Day),
            ("7d", Unit::Week),
            ("1w", Unit::Week),
            ("day", Unit::Day),
        ] {
            assert_eq!(text.parse(), Ok(unit), "{text}");
        }
        assert_eq!("120m".parse::<Unit>().map(Unit::name), Ok("2h"));
        for (text, error) in [
            ("7s", UnitError::Seconds),
            ("0s", UnitError::Seconds),
            ("90s", UnitError::Seconds),
            ("7m", UnitError::Minutes),
            ("90m", UnitError::Minutes),
            ("5h", UnitError::Hours),
            ("36h", UnitError::Hours),
            ("2d", UnitError::Days),
            ("2w", UnitError::Days),
            ("99999999999999999999m", UnitError::Minutes),
            ("m", UnitError::Unknown),
            ("-5m", UnitError::Unknown),
            ("5x", UnitError::Unknown),
            ("", UnitError::Unknown),
        ] {
            assert_eq!(text.parse::<Unit>(), Err(error), "{text}");
        }
    }
}
