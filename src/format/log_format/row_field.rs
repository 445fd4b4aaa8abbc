//! Writes the value of a step into the row, as the field that its variable feeds.

use super::plan::{RowField, Step};
use super::user::{self, UserAndTime};
use super::value_end::ValueEnd;
use crate::batch::{MISSING, Status};
use crate::format::Reason;
use crate::format::digits::digits;
use crate::format::row::Row;
use crate::format::slot::Slot;
use crate::format::time_unit::TimeUnit;
use crate::format::timestamp;
use crate::time::{Clock, Rfc3339};

/// The result of writing a value.
pub(super) enum WriteResult {
    Done,
    /// The value has the right shape, but does not exist.
    InvalidValue(Reason),
    /// The text is not a value of this step.
    WrongShape,
    /// The text is two lines in one. No other reading of the line can be right.
    TwoLines,
}

/// Writes a value into the row.
#[inline(always)]
pub(in crate::format) fn put<'a>(step: &Step, value: &'a [u8], clock: &mut Clock, row: &mut Row<'a>) -> WriteResult {
    if !matches!(step.value_end, ValueEnd::UserAndTime) {
        return put_value(step.row_field, value, clock, row)
            .map_or_else(WriteResult::InvalidValue, |()| WriteResult::Done);
    }
    match user::read(value, clock) {
        UserAndTime::Both(user, time) => {
            write_text(step.row_field, user, row);
            (row.stamp, row.has_assumed_utc) = (time.stamp, !time.has_offset);
            WriteResult::Done
        }
        UserAndTime::NoSuchTime => WriteResult::InvalidValue(Reason::BadTime),
        UserAndTime::Neither => WriteResult::WrongShape,
        UserAndTime::TwoLines => WriteResult::TwoLines,
    }
}

/// True if a value is missing: `-`, or empty with `escape=json` and `escape=none`.
fn is_missing(value: &[u8]) -> bool {
    value.is_empty() || value == MISSING
}

/// Writes a value into the row. The value must have the shape of its variable; an error means that it does not exist.
#[inline]
fn put_value<'a>(row_field: RowField, value: &'a [u8], clock: &mut Clock, row: &mut Row<'a>) -> Result<(), Reason> {
    match row_field {
        RowField::Text(_) => write_text(row_field, value, row),
        RowField::Time => {
            let time = timestamp::read(value, &mut Rfc3339::default(), clock);
            let time = time.map_err(|_| Reason::BadTime)?;
            row.stamp = time.stamp;
            row.has_assumed_utc = !time.has_offset;
        }
        RowField::Status if is_missing(value) => row.status = Status::MISSING,
        RowField::Status => row.status = value.iter().fold(0, |code, digit| code * 10 + u16::from(digit & 15)).into(),
        RowField::Bytes if is_missing(value) => row.bytes = 0,
        RowField::Bytes => row.bytes = digits(value).0.ok_or(Reason::BadNumber)?,
        RowField::RequestTime(_) if is_missing(value) => row.time_ms = None,
        RowField::RequestTime(unit) => row.time_ms = Some(milliseconds(value, unit).ok_or(Reason::BadNumber)?),
    }
    Ok(())
}

/// Writes a text into its slot.
#[inline]
fn write_text<'a>(row_field: RowField, value: &'a [u8], row: &mut Row<'a>) {
    if let RowField::Text(slot) = row_field {
        row.set_text(slot, value);
        if slot == Slot::REQUEST {
            row.has_escaped_request = value.contains(&b'\\');
        }
    }
}

/// Parses a duration as whole milliseconds, rounded down: `0.022` or `3` in the unit of the variable, `22ms`, `0.004s`,
/// `900us`. `None` beyond 64 bits.
fn milliseconds(value: &[u8], unit: TimeUnit) -> Option<u64> {
    let (whole, len) = digits(value);
    let (fraction, suffix) = match &value[len..] {
        [b'.', rest @ ..] => rest.split_at(digits(rest).1),
        suffix => (&[][..], suffix),
    };
    let digit = |place: usize| fraction.get(place).map_or(0, |digit| u64::from(digit - b'0'));
    match (suffix, unit) {
        (b"ms", _) | (b"", TimeUnit::Milliseconds) => whole,
        (b"us", _) | (b"", TimeUnit::Microseconds) => whole.map(|us| us / 1000),
        (b"", TimeUnit::Nanoseconds) => whole.map(|ns| ns / 1_000_000),
        _ => whole?.checked_mul(1000)?.checked_add(digit(0) * 100 + digit(1) * 10 + digit(2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_truncated_to_milliseconds() {
        for (text, expected) in [
            ("0.022", Some(22)),
            ("0.004s", Some(4)),
            ("22ms", Some(22)),
            ("1.9ms", Some(1)),
            ("1999us", Some(1)),
            ("3", Some(3000)),
            ("1.5", Some(1500)),
            ("0.0019", Some(1)),
            ("18446744073709551.615", Some(u64::MAX)),
            ("18446744073709551.616", None),
            ("18446744073709551616ms", None),
        ] {
            assert_eq!(milliseconds(text.as_bytes(), TimeUnit::Seconds), expected, "{text}");
        }
        assert_eq!(milliseconds(b"22", TimeUnit::Milliseconds), Some(22));
        assert_eq!(milliseconds(b"2999", TimeUnit::Microseconds), Some(2));
    }
}
