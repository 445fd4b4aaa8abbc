//! Times of day as users type them: `10`, `10:00`, `10:00:05`, `10am`.

use super::Unit;
use super::moment_error::MomentError;

/// A time of day, with its precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeOfDay {
    /// Seconds since midnight.
    pub(super) seconds: i64,
    /// Precision: the hour, minute or second.
    pub(super) unit: Unit,
}

impl TimeOfDay {
    /// Parses a time of day at the start of a text; returns it with the rest of the text.
    pub(super) fn split(text: &str) -> Result<(TimeOfDay, &str), MomentError> {
        let (mut rest, mut unit) = (text, Unit::Hour);
        let mut values = [0; 3];
        for (i, completes) in [Unit::Hour, Unit::Minute, Unit::Second].into_iter().enumerate() {
            if i > 0 {
                let Some(after) = rest.strip_prefix(':') else { break };
                rest = after;
            }
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            // An hour may have one digit.
            if !(if i == 0 { 1..=2 } else { 2..=2 }).contains(&digits) {
                return Err(MomentError::Shape);
            }
            values[i] = rest[..digits].parse().map_err(|_| MomentError::Shape)?;
            (rest, unit) = (&rest[digits..], completes);
        }
        let [mut hour, minute, second] = values;
        if let Some((half_starts_at, after)) = half_of_day(rest) {
            if !(1..=12).contains(&hour) {
                return Err(MomentError::Nonexistent);
            }
            (hour, rest) = (hour % 12 + half_starts_at, after);
        }
        if hour > 23 || minute > 59 || second > 59 {
            return Err(MomentError::Nonexistent);
        }
        Ok((TimeOfDay { seconds: hour * 3600 + minute * 60 + second, unit }, rest))
    }

    /// Parses a whole text as a time of day.
    pub(super) fn read(text: &str) -> Result<TimeOfDay, MomentError> {
        TimeOfDay::split(text).and_then(|(time, rest)| if rest.is_empty() { Ok(time) } else { Err(MomentError::Shape) })
    }
}

/// Splits `am` or `pm` off the start of a text; returns the hour at which that half of the day starts.
fn half_of_day(text: &str) -> Option<(i64, &str)> {
    let text = text.trim_start();
    let (half, rest) = text.split_at_checked(2)?;
    match () {
        () if half.eq_ignore_ascii_case("am") => Some((0, rest)),
        () if half.eq_ignore_ascii_case("pm") => Some((12, rest)),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_may_be_of_half_a_day() {
        let rows = [
            ("10", "10:00:00", Unit::Hour),
            ("7", "07:00:00", Unit::Hour),
            ("10:00", "10:00:00", Unit::Minute),
            ("9:05", "09:05:00", Unit::Minute),
            ("23:59:59", "23:59:59", Unit::Second),
            ("10am", "10:00:00", Unit::Hour),
            ("10 PM", "22:00:00", Unit::Hour),
            ("12am", "00:00:00", Unit::Hour),
            ("12pm", "12:00:00", Unit::Hour),
            ("1:30pm", "13:30:00", Unit::Minute),
        ];
        for (text, expected, unit) in rows {
            let found = TimeOfDay::read(text).unwrap();
            assert_eq!(format!("1970-01-01T{expected}"), Unit::Second.key(found.seconds), "{text}");
            assert_eq!(found.unit, unit, "{text}");
        }
        for text in ["", "100", "10:", "10:0", "10:00:", "10:00:5", "10:00:05:", "am", "10x", "10:00 ", "-1"] {
            assert_eq!(TimeOfDay::read(text), Err(MomentError::Shape), "{text}");
        }
        for text in ["24", "24:00", "10:60", "10:00:60", "13pm", "0am"] {
            assert_eq!(TimeOfDay::read(text), Err(MomentError::Nonexistent), "{text}");
        }
    }
}
