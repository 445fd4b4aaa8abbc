//! Other names that users type for units of time: `daily` is the day.

use std::str::FromStr;

use super::step::UnitError;
use super::unit::Unit;

/// THE TABLE of other names for units. `--by daily` is `--by day`.
const ALIASES: [(&str, Unit); 23] = [
    ("seconds", Unit::Second),
    ("secondly", Unit::Second),
    ("sec", Unit::Second),
    ("minutes", Unit::Minute),
    ("minutely", Unit::Minute),
    ("min", Unit::Minute),
    ("hours", Unit::Hour),
    ("hourly", Unit::Hour),
    ("days", Unit::Day),
    ("daily", Unit::Day),
    ("date", Unit::Day),
    ("weeks", Unit::Week),
    ("weekly", Unit::Week),
    ("months", Unit::Month),
    ("monthly", Unit::Month),
    ("years", Unit::Year),
    ("yearly", Unit::Year),
    ("annually", Unit::Year),
    ("hour_of_day", Unit::HourOfDay),
    ("hourofday", Unit::HourOfDay),
    ("weekdays", Unit::Weekday),
    ("day-of-week", Unit::Weekday),
    ("dow", Unit::Weekday),
];

/// Parses a name, one of the other names, such as `daily`, in any case, or the length of a step: `5m`.
impl FromStr for Unit {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Unit, UnitError> {
        let text = text.trim();
        let word = text.to_ascii_lowercase();
        let alias = ALIASES.iter().find(|(alias, _)| *alias == word).map(|(_, unit)| *unit);
        alias.or_else(|| Unit::named(&word)).map_or_else(|| Unit::canonical(text), Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_units_and_no_names() {
        for (i, (alias, unit)) in ALIASES.iter().enumerate() {
            assert_eq!(alias.to_uppercase().parse(), Ok(*unit), "{alias}");
            assert_eq!(Unit::canonical(alias), Err(UnitError::Unknown), "{alias}");
            assert!(ALIASES[..i].iter().all(|(other, _)| other != alias), "{alias}");
        }
        let rows = [
            ("15min", "15m"),
            ("15 minutes", "15m"),
            ("6 hours", "6h"),
            ("1hour", "hour"),
            ("Day", "day"),
            (" day", "day"),
        ];
        for (text, expected) in rows {
            assert_eq!(text.parse::<Unit>().map(Unit::name), Ok(expected), "{text}");
        }
    }
}
