//! Parses a date and time in digits, given as far as the user likes: `2022`, `2022-04`, `2022-W14`, … to the second.
//! After the second, an offset may follow.

use super::moment_error::MomentError;
use super::{DAY_S, Unit, day_start_s};

/// A parsed date or time, with its precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PartialDate {
    /// Wall clock at the beginning of the named period, in seconds since 1970.
    pub(super) wall_s: i64,
    /// Precision: the year, month … or second that is named.
    pub(super) unit: Unit,
    /// Offset from UTC in minutes, if one was given.
    pub(super) offset_min: Option<i16>,
}

/// For each part: number of digits, allowed separators before it, and the unit that it completes.
const PARTS: [(usize, &[u8], Unit); 6] = [
    (4, b"", Unit::Year),
    (2, b"-", Unit::Month),
    (2, b"-", Unit::Day),
    (2, b"T ", Unit::Hour),
    (2, b":", Unit::Minute),
    (2, b":", Unit::Second),
];

impl PartialDate {
    pub(super) fn read(text: &str) -> Result<PartialDate, MomentError> {
        if let Some((year, week)) = text.split_once("-W") {
            return week_of(digits(year.as_bytes(), 4)?, digits(week.as_bytes(), 2)?);
        }
        let mut values = [0, 1, 1, 0, 0, 0];
        let (mut rest, mut unit) = (text.as_bytes(), Unit::Year);
        for (i, (width, separators, completes)) in PARTS.into_iter().enumerate() {
            if i > 0 {
                let Some((separator, after)) = rest.split_first() else { break };
                if !separators.contains(separator) {
                    return Err(MomentError::Shape);
                }
                rest = after;
            }
            let (part, after) = rest.split_at_checked(width).ok_or(MomentError::Shape)?;
            values[i] = digits(part, width)?;
            (rest, unit) = (after, completes);
        }
        let offset_min = offset_min(rest)?;
        let [year, month, day, hour, minute, second] = values;
        match day_start_s(year as i32, month, day) {
            Some(day_s) if hour < 24 && minute < 60 && second < 60 => {
                let wall_s = day_s + i64::from(hour * 3600 + minute * 60 + second);
                Ok(PartialDate { wall_s, unit, offset_min })
            }
            _ => Err(MomentError::Nonexistent),
        }
    }
}

/// Returns the Monday of an ISO 8601 week. The first week of a year is the one with 4 January.
fn week_of(year: u32, week: u32) -> Result<PartialDate, MomentError> {
    let fourth = day_start_s(year as i32, 1, 4).ok_or(MomentError::Nonexistent)?;
    let wall_s = Unit::Week.bucket(fourth).start_s + (i64::from(week) - 1) * 7 * DAY_S;
    let named = format!("{year:04}-W{week:02}");
    let is_one = (1..=53).contains(&week) && Unit::Week.key(wall_s) == named;
    is_one.then_some(PartialDate { wall_s, unit: Unit::Week, offset_min: None }).ok_or(MomentError::Nonexistent)
}

/// Parses an offset: nothing, `Z`, `+02:00` or `+0200`.
pub(super) fn offset_min(raw: &[u8]) -> Result<Option<i16>, MomentError> {
    let (sign, hours, minutes) = match *raw {
        [] => return Ok(None),
        [b'Z' | b'z'] => return Ok(Some(0)),
        [sign @ (b'+' | b'-'), a, b, b':', c, d] | [sign @ (b'+' | b'-'), a, b, c, d] => {
            (sign, digits(&[a, b], 2)?, digits(&[c, d], 2)?)
        }
        _ => return Err(MomentError::Shape),
    };
    if hours > 23 || minutes > 59 {
        return Err(MomentError::Nonexistent);
    }
    let size = (hours * 60 + minutes) as i16;
    Ok(Some(if sign == b'-' { -size } else { size }))
}

/// Parses exactly `width` ASCII digits.
fn digits(raw: &[u8], width: usize) -> Result<u32, MomentError> {
    if raw.len() != width || !raw.iter().all(u8::is_ascii_digit) {
        return Err(MomentError::Shape);
    }
    Ok(raw.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_times_start_at_the_beginning_of_their_period() {
        let rows = [
            ("2022", "2022-01-01T00:00:00", Unit::Year, None),
            ("2022-04", "2022-04-01T00:00:00", Unit::Month, None),
            ("2022-W14", "2022-04-04T00:00:00", Unit::Week, None),
            ("2020-W53", "2020-12-28T00:00:00", Unit::Week, None),
            ("2019-W01", "2018-12-31T00:00:00", Unit::Week, None),
            ("2022-04-05", "2022-04-05T00:00:00", Unit::Day, None),
            ("2022-04-05T03", "2022-04-05T03:00:00", Unit::Hour, None),
            ("2022-04-05 03:45", "2022-04-05T03:45:00", Unit::Minute, None),
            ("2022-04-05T03:45:05", "2022-04-05T03:45:05", Unit::Second, None),
            ("2022-04-05T03:45:05Z", "2022-04-05T03:45:05", Unit::Second, Some(0)),
            ("2022-04-05T03:45:05+05:30", "2022-04-05T03:45:05", Unit::Second, Some(330)),
            ("2022-04-05 03:45:05-0330", "2022-04-05T03:45:05", Unit::Second, Some(-210)),
        ];
        for (text, expected, unit, offset_min) in rows {
            let found = PartialDate::read(text).unwrap();
            assert_eq!((Unit::Second.key(found.wall_s).as_str(), found.unit), (expected, unit), "{text}");
            assert_eq!(found.offset_min, offset_min, "{text}");
        }
    }

    #[test]
    fn timeline_keys_can_be_parsed() {
        for wall_s in [1_649_130_305, -62_135_596_800, 253_402_300_799, 1_609_459_199] {
            for unit in [Unit::Second, Unit::Minute, Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Year] {
                let bucket = unit.bucket(wall_s);
                let key = unit.key(bucket.number);
                let found = PartialDate::read(&key).unwrap();
                assert_eq!((found.wall_s, found.unit), (bucket.start_s, unit), "{key}");
            }
        }
    }

    #[test]
    fn invalid_times_are_refused() {
        let shapes = [
            "",
            "22",
            "2022-",
            "2022-4",
            "2022/04",
            "2022-04-05T",
            "2022Z",
            "2022-04-05Z",
            "2022-W1",
            "2022-W014",
            "2022-04-05T03:45:05 Z",
            "2022-04-05T03:45:05+2",
            "2022-04-05T03:45:05+02:0",
            "2022-04-05T03:45:05.5",
        ];
        for text in shapes {
            assert_eq!(PartialDate::read(text), Err(MomentError::Shape), "{text}");
        }
        let missing = [
            "0000",
            "2022-13",
            "2022-02-29",
            "2022-04-05T24",
            "2022-04-05T03:60",
            "2022-04-05T03:45:60",
            "2022-W00",
            "2022-W53",
            "2022-W99",
            "0000-W01",
            "2022-04-05T03:45:05+24:00",
            "2022-04-05T03:45:05-00:60",
        ];
        for text in missing {
            assert_eq!(PartialDate::read(text), Err(MomentError::Nonexistent), "{text}");
        }
    }
}
