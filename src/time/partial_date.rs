//! Parses a date and time in figures, given as far as the user likes: `2022`, `2022-04`, `2022-W14`, … to the second,
//! `05/Apr/2022:03:45` as in logs, or `05.04.2022`. After the second, an offset may follow.

use super::clock::MONTHS;
use super::moment_error::MomentError;
use super::time_of_day::TimeOfDay;
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

/// A date before it is known to exist.
struct Date {
    year: u32,
    /// Month from 1 to 12, or the ISO week if the unit is the week.
    month: u32,
    day: u32,
    unit: Unit,
}

/// Parser of a date at the start of a text; returns the date with the rest of the text, or `None` for another form.
type Reader = fn(&[u8]) -> Option<(Date, &[u8])>;

/// The forms of dates. No text has two of them.
const DATES: [Reader; 3] = [year_first, with_month_name, with_dots];

impl PartialDate {
    /// Returns `None` if the text does not begin like a date.
    pub(super) fn read(text: &str) -> Option<Result<PartialDate, MomentError>> {
        // A time copied from a log may have its brackets.
        let text = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
        if is_ambiguous(text.as_bytes()) {
            return Some(Err(MomentError::Ambiguous));
        }
        let (date, rest) = DATES.iter().find_map(|read| read(text.as_bytes()))?;
        let rest = &text[text.len() - rest.len()..];
        Some(PartialDate::of(&date, rest))
    }

    /// A date, with the time of day and the offset that may follow it.
    fn of(date: &Date, rest: &str) -> Result<PartialDate, MomentError> {
        let (mut after_s, mut unit, mut offset) = (0, date.unit, None);
        if !rest.is_empty() {
            let time = rest.strip_prefix(['T', 't', ' ', ':']).filter(|_| date.unit == Unit::Day);
            let (time, rest) = TimeOfDay::split(time.ok_or(MomentError::Shape)?.trim_start())?;
            (after_s, unit) = (time.seconds, time.unit);
            offset = offset_min(rest.trim_start().as_bytes())?;
            if offset.is_some() && unit != Unit::Second {
                return Err(MomentError::Shape);
            }
        }
        let day_s = date.start_s().ok_or(MomentError::Nonexistent)?;
        Ok(PartialDate { wall_s: day_s + after_s, unit, offset_min: offset })
    }
}

impl Date {
    /// Returns the wall clock at its beginning, or `None` if there is no such date.
    fn start_s(&self) -> Option<i64> {
        if self.unit != Unit::Week {
            return day_start_s(self.year as i32, self.month, self.day);
        }
        // The first ISO 8601 week of a year is the one with 4 January.
        let fourth = day_start_s(self.year as i32, 1, 4)?;
        let wall_s = Unit::Week.bucket(fourth).start_s + (i64::from(self.month) - 1) * 7 * DAY_S;
        let named = format!("{:04}-W{:02}", self.year, self.month);
        ((1..=53).contains(&self.month) && Unit::Week.key(wall_s) == named).then_some(wall_s)
    }
}

/// Parses `2022`, `2022-04`, `2022-04-05`, `2022/04/05` or `2022-W14`.
fn year_first(text: &[u8]) -> Option<(Date, &[u8])> {
    let (year, rest) = digits(text, 4)?;
    let of = |month, day, unit| Date { year, month, day, unit };
    let Some((separator @ (b'-' | b'/'), after)) = rest.split_first() else {
        return Some((of(1, 1, Unit::Year), rest));
    };
    if let [b'-', b'W' | b'w', week @ ..] = rest {
        return digits(week, 2).map(|(week, rest)| (of(week, 1, Unit::Week), rest));
    }
    let (month, rest) = digits(after, 2)?;
    match rest.strip_prefix(&[*separator]) {
        None => Some((of(month, 1, Unit::Month), rest)),
        Some(after) => digits(after, 2).map(|(day, rest)| (of(month, day, Unit::Day), rest)),
    }
}

/// Parses `05/Apr/2022`, `5 Apr 2022`.
fn with_month_name(text: &[u8]) -> Option<(Date, &[u8])> {
    let (day, rest) = day_of_month(text)?;
    let (separator, rest) = rest.split_first().filter(|(byte, _)| b"/- ".contains(byte))?;
    let (name, rest) = rest.split_at_checked(3)?;
    let month = MONTHS.iter().zip(1..).find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, month)| month)?;
    let (year, rest) = digits(rest.strip_prefix(&[*separator])?, 4)?;
    Some((Date { year, month, day, unit: Unit::Day }, rest))
}

/// Parses `05.04.2022`, the day first.
fn with_dots(text: &[u8]) -> Option<(Date, &[u8])> {
    let (day, rest) = day_of_month(text)?;
    let (month, rest) = day_of_month(rest.strip_prefix(b".")?)?;
    let (year, rest) = digits(rest.strip_prefix(b".")?, 4)?;
    Some((Date { year, month, day, unit: Unit::Day }, rest))
}

/// True for `04/05/2022`: some countries write the day first, others the month.
fn is_ambiguous(text: &[u8]) -> bool {
    let year = |text| -> Option<u32> {
        let (_, rest) = day_of_month(text)?;
        let (separator, rest) = rest.split_first().filter(|(byte, _)| b"/-".contains(byte))?;
        let (_, rest) = day_of_month(rest)?;
        digits(rest.strip_prefix(&[*separator])?, 4).map(|(year, _)| year)
    };
    year(text).is_some()
}

/// Splits a number of one or two digits off the start of a text.
fn day_of_month(text: &[u8]) -> Option<(u32, &[u8])> {
    digits(text, 2).or_else(|| digits(text, 1))
}

/// Parses an offset: nothing, `Z`, `+02:00` or `+0200`.
pub(super) fn offset_min(raw: &[u8]) -> Result<Option<i16>, MomentError> {
    let (sign, hours, minutes) = match *raw {
        [] => return Ok(None),
        [b'Z' | b'z'] => return Ok(Some(0)),
        [sign @ (b'+' | b'-'), a, b, b':', c, d] | [sign @ (b'+' | b'-'), a, b, c, d] => {
            let number = |pair: [u8; 2]| digits(&pair, 2).map(|(number, _)| number).ok_or(MomentError::Shape);
            (sign, number([a, b])?, number([c, d])?)
        }
        _ => return Err(MomentError::Shape),
    };
    if hours > 23 || minutes > 59 {
        return Err(MomentError::Nonexistent);
    }
    let size = (hours * 60 + minutes) as i16;
    Ok(Some(if sign == b'-' { -size } else { size }))
}

/// Splits a number of exactly `width` digits off the start of a text. No digit may follow.
fn digits(text: &[u8], width: usize) -> Option<(u32, &[u8])> {
    let (number, rest) = text.split_at_checked(width)?;
    let is_whole = number.iter().all(u8::is_ascii_digit) && !rest.first().is_some_and(u8::is_ascii_digit);
    is_whole.then(|| (number.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PartialDate, MomentError> {
        PartialDate::read(text).unwrap_or(Err(MomentError::Shape))
    }

    #[test]
    fn partial_times_start_at_the_beginning_of_their_period() {
        let rows = [
            ("2022", "2022-01-01T00:00:00", Unit::Year, None),
            ("2022-04", "2022-04-01T00:00:00", Unit::Month, None),
            ("2022/04", "2022-04-01T00:00:00", Unit::Month, None),
            ("2022-W14", "2022-04-04T00:00:00", Unit::Week, None),
            ("2020-W53", "2020-12-28T00:00:00", Unit::Week, None),
            ("2019-W01", "2018-12-31T00:00:00", Unit::Week, None),
            ("2022-04-05", "2022-04-05T00:00:00", Unit::Day, None),
            ("2022/04/05", "2022-04-05T00:00:00", Unit::Day, None),
            ("05.04.2022", "2022-04-05T00:00:00", Unit::Day, None),
            ("5.4.2022", "2022-04-05T00:00:00", Unit::Day, None),
            ("05/Apr/2022", "2022-04-05T00:00:00", Unit::Day, None),
            ("5 apr 2022", "2022-04-05T00:00:00", Unit::Day, None),
            ("2022-04-05T03", "2022-04-05T03:00:00", Unit::Hour, None),
            ("2022-04-05 3pm", "2022-04-05T15:00:00", Unit::Hour, None),
            ("05/Apr/2022:03", "2022-04-05T03:00:00", Unit::Hour, None),
            ("2022-04-05 03:45", "2022-04-05T03:45:00", Unit::Minute, None),
            ("2022/04/05 03:45", "2022-04-05T03:45:00", Unit::Minute, None),
            ("05.04.2022 03:45", "2022-04-05T03:45:00", Unit::Minute, None),
            ("05/Apr/2022:03:45:05", "2022-04-05T03:45:05", Unit::Second, None),
            ("05/Apr/2022:03:45:05 +0800", "2022-04-05T03:45:05", Unit::Second, Some(480)),
            ("[05/Apr/2022:03:45:05 +0000]", "2022-04-05T03:45:05", Unit::Second, Some(0)),
            ("2022-04-05T03:45:05", "2022-04-05T03:45:05", Unit::Second, None),
            ("2022-04-05T03:45:05Z", "2022-04-05T03:45:05", Unit::Second, Some(0)),
            ("2022-04-05 03:45:05 Z", "2022-04-05T03:45:05", Unit::Second, Some(0)),
            ("2022-04-05T03:45:05+05:30", "2022-04-05T03:45:05", Unit::Second, Some(330)),
            ("2022-04-05 03:45:05-0330", "2022-04-05T03:45:05", Unit::Second, Some(-210)),
        ];
        for (text, expected, unit, offset_min) in rows {
            let found = read(text).unwrap();
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
                let found = read(&key).unwrap();
                assert_eq!((found.wall_s, found.unit), (bucket.start_s, unit), "{key}");
            }
        }
    }

    #[test]
    fn invalid_times_are_refused() {
        let shapes = [
            "",
            "22",
            "20220405",
            "2022-",
            "2022-4",
            "2022/04-05",
            "2022-04-05T",
            "2022Z",
            "2022 10:00",
            "2022-04-05Z",
            "2022-04-05T03Z",
            "2022-W1",
            "2022-W014",
            "2022-W14T03",
            "05/Apr",
            "05/Apr-2022",
            "05/Avr/2022",
            "[2022",
            "2022-04-05T03:45:05+2",
            "2022-04-05T03:45:05+02:0",
            "2022-04-05T03:45:05.5",
        ];
        for text in shapes {
            assert_eq!(read(text), Err(MomentError::Shape), "{text}");
        }
        let missing = [
            "0000",
            "2022-13",
            "2022-02-29",
            "30/Feb/2022",
            "05.13.2022",
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
            assert_eq!(read(text), Err(MomentError::Nonexistent), "{text}");
        }
        for text in ["04/05/2022", "4-5-2022", "04/05/2022 10:00"] {
            assert_eq!(read(text), Err(MomentError::Ambiguous), "{text}");
        }
    }
}
