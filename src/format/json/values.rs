//! Reads numbers and times from JSON logs: quoted or not, written by nginx or by other programs.

use crate::batch::Status;
use crate::format::Reason;
use crate::format::digits::digits;
use crate::format::time_unit::TimeUnit;
use crate::format::timestamp;
use crate::time::{Clock, Fault, Rfc3339, Stamp, epoch};

/// Reads a time: every spelling of text formats, and seconds since 1970 with an exponent. Without an offset it is UTC.
pub(in crate::format) fn stamp(text: &[u8], times: &mut Rfc3339, clock: &mut Clock) -> Result<Stamp, Reason> {
    let local = text.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]")).unwrap_or(text);
    let read = match <&[u8; 26]>::try_from(local) {
        Ok(local) if local[2] == b'/' => clock.time_local(local),
        _ => times.stamp(text, clock).inspect(|_| {
            if !has_offset(text) {
                clock.assume_utc();
            }
        }),
    };
    match read {
        Ok(stamp) => Ok(stamp),
        Err(Fault::Shape) => other_stamp(local, times, clock),
        Err(Fault::Nonexistent) => Err(Reason::BadTime),
    }
}

/// True if an RFC 3339 time has an offset.
fn has_offset(text: &[u8]) -> bool {
    text.iter().skip(19).any(|b| matches!(b, b'Z' | b'z' | b'+' | b'-'))
}

/// Reads a time in one of the rarer spellings.
#[cold]
fn other_stamp(text: &[u8], times: &mut Rfc3339, clock: &mut Clock) -> Result<Stamp, Reason> {
    match timestamp::read(text, times, clock) {
        Ok(time) => {
            if !time.has_offset {
                clock.assume_utc();
            }
            Ok(time.stamp)
        }
        Err(Fault::Shape) => Decimal::read(text).and_then(|d| d.whole(0)).map(epoch).ok_or(Reason::BadTime),
        Err(Fault::Nonexistent) => Err(Reason::BadTime),
    }
}

/// Reads a status, a number below 1000. nginx writes `000` if there is none.
pub(in crate::format) fn status(text: &[u8]) -> Result<Status, Reason> {
    if let [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'] = text {
        let digit = |d: &u8| u16::from(d - b'0');
        return Ok(Status::new(digit(a) * 100 + digit(b) * 10 + digit(c)));
    }
    match Decimal::read(text).and_then(|d| d.whole(0)) {
        Some(code) if code < 1000 => Ok(Status::new(code as u16)),
        _ => Err(Reason::BadNumber),
    }
}

/// Reads a number of bytes; a fraction is dropped.
pub(in crate::format) fn bytes(text: &[u8]) -> Result<u64, Reason> {
    match digits(text) {
        (Some(value), len) if len > 0 && len == text.len() => Ok(value),
        _ => Decimal::read(text).and_then(|d| d.whole(0)).ok_or(Reason::BadNumber),
    }
}

/// Reads a duration in whole milliseconds. Fractions of a millisecond are truncated, as nginx does for `$request_time`.
/// A negative number is an error. Other programs than nginx write exponents: `1.2e-05`.
pub(super) fn milliseconds(text: &[u8], unit: TimeUnit) -> Result<u64, Reason> {
    // Fast path for nginx's own spelling.
    if let ([whole @ .., b'.', a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'], TimeUnit::Seconds) = (text, unit)
        && let (Some(seconds), len) = digits(whole)
        && len > 0
        && len == whole.len()
    {
        let digit = |d: &u8| u64::from(d - b'0');
        let fraction_ms = digit(a) * 100 + digit(b) * 10 + digit(c);
        return seconds.checked_mul(1000).and_then(|ms| ms.checked_add(fraction_ms)).ok_or(Reason::BadNumber);
    }
    in_units(text, unit, 0).ok_or(Reason::BadNumber)
}

/// A duration in whole milliseconds and the nanoseconds beyond them; `None` for any text that [`milliseconds`] refuses.
pub(crate) fn duration(text: &[u8], unit: TimeUnit) -> Option<(u64, u64)> {
    let ms = milliseconds(text, unit).ok()?;
    // So long a time that its nanoseconds do not fit is not that exact.
    let ns = in_units(text, unit, 6).map_or(0, |ns| ns % 1_000_000);
    Some((ms, ns))
}

/// A duration in whole units of 10^-`power` milliseconds.
fn in_units(text: &[u8], unit: TimeUnit, power: i64) -> Option<u64> {
    let (text, unit) = with_suffix(text).unwrap_or((text, unit));
    let exponent = match unit {
        TimeUnit::Milliseconds => 0,
        TimeUnit::Microseconds => -3,
        TimeUnit::Nanoseconds => -6,
        TimeUnit::Seconds | TimeUnit::SecondsIfDecimal | TimeUnit::SecondsUnlessEnvoy => 3,
    };
    Decimal::read(text)?.whole(exponent + power)
}

/// Splits a duration with a unit, such as `26ms` or `0.004s`, into number and unit.
fn with_suffix(text: &[u8]) -> Option<(&[u8], TimeUnit)> {
    const SUFFIXES: [(&str, TimeUnit); 6] = [
        ("ms", TimeUnit::Milliseconds),
        ("us", TimeUnit::Microseconds),
        ("µs", TimeUnit::Microseconds),
        ("μs", TimeUnit::Microseconds),
        ("ns", TimeUnit::Nanoseconds),
        ("s", TimeUnit::Seconds),
    ];
    SUFFIXES.iter().find_map(|(suffix, unit)| Some((text.strip_suffix(suffix.as_bytes())?, *unit)))
}

/// A number without a sign: digits times a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Decimal {
    /// The leading digits, as many as fit; always more than a 64-bit number has.
    digits: u128,
    exponent: i64,
}

impl Decimal {
    /// Parses all of `text` as digits, optionally with a fraction and an exponent.
    fn read(text: &[u8]) -> Option<Decimal> {
        let (whole, mut rest) = text.split_at(leading_digits(text));
        let mut number = Decimal { digits: 0, exponent: 0 };
        for digit in whole {
            // After the first digit that does not fit, no other does.
            number.exponent += i64::from(!number.push(*digit));
        }
        if let [b'.', after @ ..] = rest {
            let (fraction, after) = after.split_at(leading_digits(after));
            if fraction.is_empty() {
                return None;
            }
            for digit in fraction {
                number.exponent -= i64::from(number.push(*digit));
            }
            rest = after;
        }
        if let [b'e' | b'E', power @ ..] = rest {
            let (sign, power) = match power {
                [b'-', power @ ..] => (-1, power),
                [b'+', power @ ..] => (1, power),
                _ => (1, power),
            };
            let (value, len) = digits(power);
            if len == 0 {
                return None;
            }
            rest = &power[len..];
            // Larger exponents all have the same effect: no line has that many digits.
            let most = i64::from(u32::MAX) * 1000;
            number.exponent += sign * value.and_then(|v| i64::try_from(v).ok()).unwrap_or(most).min(most);
        }
        (!whole.is_empty() && rest.is_empty()).then_some(number)
    }

    /// Appends a digit if it fits.
    fn push(&mut self, digit: u8) -> bool {
        let has_room = self.digits < u128::MAX / 10 - 1;
        if has_room {
            self.digits = self.digits * 10 + u128::from(digit - b'0');
        }
        has_room
    }

    /// The number times this power of ten, truncated to an integer; `None` if it exceeds 64 bits.
    fn whole(self, power: i64) -> Option<u64> {
        let exponent = self.exponent + power;
        let power = u32::try_from(exponent.unsigned_abs()).ok().and_then(|power| 10_u128.checked_pow(power));
        let whole = match power {
            _ if self.digits == 0 => Some(0),
            Some(power) if exponent >= 0 => self.digits.checked_mul(power),
            Some(power) => Some(self.digits / power),
            None if exponent >= 0 => None,
            None => Some(0),
        };
        whole.and_then(|whole| u64::try_from(whole).ok())
    }
}

fn leading_digits(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_truncated_to_milliseconds() {
        use TimeUnit::{Microseconds, Milliseconds, Nanoseconds, Seconds};
        let rows = [
            ("0.106", Seconds, Some(106)),
            ("0.000", Seconds, Some(0)),
            ("12", Seconds, Some(12_000)),
            ("0.0019999", Seconds, Some(1)),
            ("0.000929675", Seconds, Some(0)),
            ("9.29e-07", Seconds, Some(0)),
            ("1.5E+1", Seconds, Some(15_000)),
            ("00.250", Seconds, Some(250)),
            ("18446744073709551.615", Seconds, Some(u64::MAX)),
            ("18446744073709551.616", Seconds, None),
            ("18446744073709551.6159", Seconds, Some(u64::MAX)),
            ("1e999999999999999999999", Seconds, None),
            ("0e999999999999999999999", Seconds, Some(0)),
            ("1e-999999999999999999999", Seconds, Some(0)),
            ("12.7", Milliseconds, Some(12)),
            ("1999", Microseconds, Some(1)),
            ("1234567890", Nanoseconds, Some(1234)),
            ("18446744073709551615000000", Nanoseconds, Some(u64::MAX)),
            ("-0.001", Seconds, None),
            ("-5000000", Nanoseconds, None),
            ("--1", Seconds, None),
            ("-", Seconds, None),
            (".5", Seconds, None),
            ("1.", Seconds, None),
            ("x.106", Seconds, None),
            (".106", Seconds, None),
            ("1.5ms", Seconds, Some(1)),
            ("0.004s", Milliseconds, Some(4)),
            ("1500us", Seconds, Some(1)),
            ("1500µs", Seconds, Some(1)),
            ("1500000ns", Seconds, Some(1)),
            ("-1ms", Seconds, None),
            ("1.5 ms", Seconds, None),
            ("ms", Seconds, None),
            ("1m2s", Seconds, None),
            ("1e", Seconds, None),
            ("0.1, 0.2", Seconds, None),
            ("", Seconds, None),
        ];
        for (text, unit, expected) in rows {
            assert_eq!(milliseconds(text.as_bytes(), unit).ok(), expected, "{text} {unit:?}");
        }
        // Four hundred digits are handled too.
        assert_eq!(milliseconds(format!("0.{}", "9".repeat(400)).as_bytes(), Seconds), Ok(999));
        assert_eq!(milliseconds("9".repeat(400).as_bytes(), Seconds), Err(Reason::BadNumber));
    }

    #[test]
    fn statuses_and_bytes_are_parsed() {
        for (text, expected) in [
            ("200", Some(200)),
            ("000", Some(0)),
            ("0", Some(0)),
            ("99", Some(99)),
            ("404.0", Some(404)),
            ("0123", Some(123)),
            ("1000", None),
            ("2x0", None),
            ("-1", None),
            ("", None),
            ("OK", None),
        ] {
            assert_eq!(status(text.as_bytes()).ok(), expected.map(Status::new), "{text}");
        }
        for (text, expected) in [
            ("512", Some(512)),
            ("0012", Some(12)),
            ("1.5e3", Some(1500)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551615.0", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("-1", None),
            ("12kB", None),
        ] {
            assert_eq!(bytes(text.as_bytes()).ok(), expected, "{text}");
        }
    }

    #[test]
    fn times_are_parsed_in_every_spelling() {
        let (mut times, mut clock) = (Rfc3339::default(), Clock::default());
        for (text, expected) in [
            ("05/Apr/2022:03:45:05 +0530", Some("2022-04-05T03:45:05+05:30")),
            ("[05/Apr/2022:03:45:05 +0530]", Some("2022-04-05T03:45:05+05:30")),
            ("2022-04-05T03:45:05+05:30", Some("2022-04-05T03:45:05+05:30")),
            ("2022-04-05 03:45:05.123456", Some("2022-04-05T03:45:05+00:00")),
            ("2022-04-05T03:45:05.123Z", Some("2022-04-05T03:45:05+00:00")),
            ("1649130305", Some("2022-04-05T03:45:05+00:00")),
            ("1649130305.999", Some("2022-04-05T03:45:05+00:00")),
            ("1.649130305999e9", Some("2022-04-05T03:45:05+00:00")),
            ("1649130305999", Some("2022-04-05T03:45:05+00:00")),
            ("05/Apr/2022:03:45:05", Some("2022-04-05T03:45:05+00:00")),
            ("05/Apr/2022:03:45:05.123 +0530", Some("2022-04-05T03:45:05+05:30")),
            ("2022-04-05 03:45:05 +0530", Some("2022-04-05T03:45:05+05:30")),
            ("Tue Apr  5 03:45:05 2022", Some("2022-04-05T03:45:05+00:00")),
            ("31/Feb/2022:03:45:05", None),
            ("31/Feb/2022:03:45:05 +0530", None),
            ("2022-13-05T03:45:05Z", None),
            ("-1", None),
            ("yesterday", None),
            ("", None),
        ] {
            let found = stamp(text.as_bytes(), &mut times, &mut clock).map(|s| s.to_string());
            assert_eq!(found, expected.map(str::to_owned).ok_or(Reason::BadTime), "{text}");
        }
        for (text, is_assumed) in [
            ("2022-04-05 03:45:05.123456", true),
            ("05/Apr/2022:03:45:05", true),
            ("2022-04-05T03:45:05Z", false),
            ("2022-04-05T03:45:05-05", false),
            ("05/Apr/2022:03:45:05 +0530", false),
            ("1649130305", false),
            ("2022-13-05T03:45:05", false),
        ] {
            clock.take_assumed_utc();
            let _ = stamp(text.as_bytes(), &mut times, &mut clock);
            assert_eq!(clock.take_assumed_utc(), is_assumed, "{text}");
        }
    }
}
