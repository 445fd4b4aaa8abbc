//! A moment as a user gives it to `--since` and `--until`: `2022`, `2022-04`, … to the second.

use std::str::FromStr;

use super::day_start_s;

/// The beginning of a year, month, day, hour, minute or second of the logged wall clock.
///
/// ```
/// use logstat::Moment;
/// let day: Moment = "2022-04-05".parse()?;
/// assert_eq!(day, "2022-04-05 00:00:00".parse()?);
/// assert!("2022-02-30".parse::<Moment>().is_err());
/// # Ok::<(), logstat::MomentError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub(crate) wall_s: i64,
}

/// Why a text is no [`Moment`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MomentError {
    /// It is not `YYYY[-MM[-DD[Thh[:mm[:ss]]]]]`.
    Shape,
    /// It is, but the calendar has no such date or the day no such time.
    Nonexistent,
}

impl std::fmt::Display for MomentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            MomentError::Shape => {
                "expected a time such as 2022, 2022-04, 2022-04-05, 2022-04-05T03 or 2022-04-05T03:45:05"
            }
            MomentError::Nonexistent => "there is no such date or time",
        })
    }
}

impl std::error::Error for MomentError {}

/// How many digits each part has, and what may stand before it.
const PARTS: [(usize, &[u8]); 6] = [(4, b""), (2, b"-"), (2, b"-"), (2, b"T "), (2, b":"), (2, b":")];

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        let mut values = [0, 1, 1, 0, 0, 0];
        let mut rest = text.as_bytes();
        for (i, (width, separators)) in PARTS.into_iter().enumerate() {
            if i > 0 {
                let Some((separator, after)) = rest.split_first() else { break };
                if !separators.contains(separator) {
                    return Err(MomentError::Shape);
                }
                rest = after;
            }
            let (part, after) = rest.split_at_checked(width).ok_or(MomentError::Shape)?;
            if !part.iter().all(u8::is_ascii_digit) {
                return Err(MomentError::Shape);
            }
            values[i] = part.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
            rest = after;
        }
        if !rest.is_empty() {
            return Err(MomentError::Shape);
        }
        let [year, month, day, hour, minute, second] = values;
        match day_start_s(year as i32, month, day) {
            Some(day_s) if hour < 24 && minute < 60 && second < 60 => {
                Ok(Moment { wall_s: day_s + i64::from(hour * 3600 + minute * 60 + second) })
            }
            _ => Err(MomentError::Nonexistent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Unit;

    #[test]
    fn a_prefix_is_the_moment_it_begins() {
        let rows = [
            ("2022", "2022-01-01T00:00:00"),
            ("2022-04", "2022-04-01T00:00:00"),
            ("2022-04-05", "2022-04-05T00:00:00"),
            ("2022-04-05T03", "2022-04-05T03:00:00"),
            ("2022-04-05 03:45", "2022-04-05T03:45:00"),
            ("2022-04-05T03:45:05", "2022-04-05T03:45:05"),
        ];
        for (text, expected) in rows {
            assert_eq!(Unit::Second.key(text.parse::<Moment>().unwrap().wall_s), expected);
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in ["", "22", "2022-", "2022-4", "2022/04", "2022-04-05T", "2022-04-05T03:45:05Z", "tomorrow"] {
            assert_eq!(text.parse::<Moment>(), Err(MomentError::Shape), "{text}");
        }
        for text in ["0000", "2022-13", "2022-02-29", "2022-04-05T24", "2022-04-05T03:60", "2022-04-05T03:45:60"] {
            assert_eq!(text.parse::<Moment>(), Err(MomentError::Nonexistent), "{text}");
        }
    }
}
