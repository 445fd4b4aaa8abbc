//! The value of `--keep`: the number of days that a state keeps.

use std::fmt;

use super::messages::shown;

/// Number of days that a state keeps, counted back from its last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeptDays(u32);

/// THE TABLE of units, in days. A month has no fixed length.
const UNITS: [(&str, u32); 6] = [("d", 1), ("day", 1), ("days", 1), ("w", 7), ("week", 7), ("weeks", 7)];

/// Limit on the number of days: years have at most four digits.
const MOST: u32 = 3_652_059;

impl KeptDays {
    /// Parses `90d`, `52w`, `90 days`.
    pub(crate) fn parse(text: &str) -> Result<KeptDays, String> {
        let refusal = || {
            let number = text.trim();
            let hint = match number.parse::<u32>() {
                Ok(1..) => format!("\n  for days:  --keep {number}d"),
                _ => String::new(),
            };
            format!("--keep takes a number of days or weeks, such as 90d or 52w, not '{}'{hint}", shown(text))
        };
        let lower = text.trim().to_ascii_lowercase();
        let word = lower.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = lower[..lower.len() - word.len()].parse::<u32>().ok();
        let unit = UNITS.iter().find(|(name, _)| *name == word.trim_start()).map(|(_, days)| *days);
        let days = number.zip(unit).and_then(|(number, days)| number.checked_mul(days));
        days.filter(|days| (1..=MOST).contains(days)).map(KeptDays).ok_or_else(refusal)
    }

    /// The number of days, at least 1.
    pub(crate) fn days(self) -> u32 {
        self.0
    }
}

/// Written as `90d`.
impl fmt::Display for KeptDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_weeks_are_parsed() {
        let rows = [
            ("90d", Some("90d")),
            ("1d", Some("1d")),
            ("52w", Some("364d")),
            ("90 days", Some("90d")),
            ("2 Weeks", Some("14d")),
            ("0d", None),
            ("90", None),
            ("3m", None),
            ("1y", None),
            ("-1d", None),
            ("1.5d", None),
            ("99999999999d", None),
            ("4000000000w", None),
            ("9999999d", None),
            ("d", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(KeptDays::parse(text).ok().map(|kept| kept.to_string()).as_deref(), expected, "{text}");
        }
        assert!(KeptDays::parse("90").unwrap_err().ends_with("not '90'\n  for days:  --keep 90d"));
    }
}
