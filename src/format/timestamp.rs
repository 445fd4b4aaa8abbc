//! Parses times as logs write them: nginx's three spellings and similar ones.
//!
//! - `05/Apr/2022:03:45:05 +0000`, like `$time_local`;
//! - `2022-04-05T03:45:05+00:00`, like `$time_iso8601`; a space may replace the `T`, and `Z` or `+0000` the offset;
//! - `Tue Apr  5 03:45:05 2022`, like C's `ctime`;
//! - `1649130305.123`, like `$msec`: seconds since 1970, or milli-, micro- or nanoseconds if the number is too large
//!   for seconds.
//!
//! A fraction of a second is accepted and dropped. A time without an offset is read as UTC, and the report says so.

use super::digits::digits;
use crate::time::{Clock, Fault, LAST_S, MONTHS, Rfc3339, Stamp, epoch};

/// All spellings as a regular expression.
pub(super) const PATTERN: &str = concat!(
    r"(?:[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?: [+-][0-9]{4})?",
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?:Z| ?[+-][0-9]{2}:?[0-9]{2})?",
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}",
    r"|[0-9]+(?:\.[0-9]+)?)",
);

/// A parsed time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) stamp: Stamp,
    /// False if the text has no offset, and UTC was assumed.
    pub(super) has_offset: bool,
}

/// Lengths in bytes of the times that a text begins with, longest first: with fraction and offset, without offset,
/// without either. Equal if there is no fraction or no offset; 0 if there is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lengths(pub(super) [usize; 3]);

const NONE: Lengths = Lengths([0; 3]);

/// True if `text` begins with `shape`. In a shape, `0` stands for any digit, `A` for an upper-case letter, `a` for a
/// lower-case one, `_` for a space or a digit, and `T` for itself or a space.
fn has_shape(text: &[u8], shape: &[u8]) -> bool {
    text.len() >= shape.len()
        && text.iter().zip(shape).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            b'a' => byte.is_ascii_lowercase(),
            b'_' => *byte == b' ' || byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b' '),
            other => byte == other,
        })
}

const LOCAL: &[u8] = b"00/Aaa/0000:00:00:00";
const ISO: &[u8] = b"0000-00-00T00:00:00";
const CTIME: &[u8] = b"Aaa Aaa _0 00:00:00 0000";

/// Lengths of the times that `text` begins with.
pub(super) fn lengths(text: &[u8]) -> Lengths {
    if has_shape(text, LOCAL) {
        let seconds = LOCAL.len();
        let fraction = seconds + fraction(&text[seconds..]);
        let is_offset = has_shape(&text[fraction..], b" +0000") || has_shape(&text[fraction..], b" -0000");
        return Lengths([if is_offset { fraction + 6 } else { fraction }, fraction, seconds]);
    }
    if has_shape(text, ISO) {
        let seconds = ISO.len();
        let fraction = seconds + fraction(&text[seconds..]);
        return Lengths([fraction + iso_offset(&text[fraction..]), fraction, seconds]);
    }
    if has_shape(text, CTIME) {
        return Lengths([CTIME.len(); 3]);
    }
    let whole = digits(text).1;
    if whole == 0 {
        return NONE;
    }
    let fraction = if text.get(whole) == Some(&b',') { 0 } else { fraction(&text[whole..]) };
    Lengths([whole + fraction, whole + fraction, whole])
}

/// Length of a fraction: a point or comma, then digits.
fn fraction(text: &[u8]) -> usize {
    match text {
        [b'.' | b',', rest @ ..] => match digits(rest).1 {
            0 => 0,
            len => 1 + len,
        },
        _ => 0,
    }
}

/// Length of an offset: `Z`, `+00:00` or `+0000`. A space may precede the last two.
fn iso_offset(text: &[u8]) -> usize {
    const SHAPES: [&[u8]; 9] =
        [b"Z", b"+00:00", b"-00:00", b"+0000", b"-0000", b" +00:00", b" -00:00", b" +0000", b" -0000"];
    SHAPES.into_iter().find(|shape| has_shape(text, shape)).map_or(0, <[u8]>::len)
}

/// Parses all of `text` as a time.
pub(super) fn read(text: &[u8], times: &mut Rfc3339, clock: &mut Clock) -> Result<Time, Fault> {
    let with_offset = |stamp| Time { stamp, has_offset: true };
    if let Ok(raw) = text.try_into()
        && text[2] == b'/'
    {
        return clock.time_local(raw).map(with_offset);
    }
    let Lengths([len, fraction, seconds]) = lengths(text);
    if len != text.len() || len == 0 {
        return Err(Fault::Shape);
    }
    let has_offset = len > fraction;
    if has_shape(text, LOCAL) {
        let mut plain = *b"00/Aaa/0000:00:00:00 +0000";
        plain[..seconds].copy_from_slice(&text[..seconds]);
        if has_offset {
            plain[seconds..].copy_from_slice(&text[fraction..]);
        }
        return clock.time_local(&plain).map(|stamp| Time { stamp, has_offset });
    }
    if has_shape(text, ISO) {
        let mut plain = [0; 32];
        let offset = text[fraction..].trim_ascii_start();
        plain[..seconds].copy_from_slice(&text[..seconds]);
        plain[seconds..seconds + offset.len()].copy_from_slice(offset);
        return times.stamp(&plain[..seconds + offset.len()], clock).map(|stamp| Time { stamp, has_offset });
    }
    if has_shape(text, CTIME) {
        if !MONTHS.iter().any(|month| **month == text[4..7]) {
            return Err(Fault::Nonexistent);
        }
        let mut plain = *b"00/Aaa/0000:00:00:00 +0000";
        plain[..2].copy_from_slice(&text[8..10]);
        plain[0] = if plain[0] == b' ' { b'0' } else { plain[0] };
        plain[3..6].copy_from_slice(&text[4..7]);
        plain[7..11].copy_from_slice(&text[20..24]);
        plain[12..20].copy_from_slice(&text[11..19]);
        return clock.time_local(&plain).map(|stamp| Time { stamp, has_offset: false });
    }
    match digits(text).0 {
        // A number with decimals is in seconds; only a whole number may be in a smaller unit.
        Some(number) if seconds == text.len() || number <= LAST_S as u64 => Ok(with_offset(epoch(number))),
        _ => Err(Fault::Nonexistent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::bytes::Regex;

    fn read_all(text: &str) -> Option<(String, bool)> {
        let time = read(text.as_bytes(), &mut Rfc3339::default(), &mut Clock::default()).ok()?;
        Some((time.stamp.to_string(), time.has_offset))
    }

    #[test]
    fn all_spellings_parse() {
        let utc = "2022-04-05T03:45:05+00:00";
        for (text, expected, has_offset) in [
            ("05/Apr/2022:03:45:05 +0000", utc, true),
            ("05/Apr/2022:03:45:05.123 +0000", utc, true),
            ("05/Apr/2022:03:45:05", utc, false),
            ("05/Apr/2022:03:45:05,5", utc, false),
            ("05/Apr/2022:03:45:05 -0330", "2022-04-05T03:45:05-03:30", true),
            ("2022-04-05T03:45:05+00:00", utc, true),
            ("2022-04-05T03:45:05Z", utc, true),
            ("2022-04-05 03:45:05", utc, false),
            ("2022-04-05 03:45:05.123456", utc, false),
            ("2022-04-05 03:45:05 +0800", "2022-04-05T03:45:05+08:00", true),
            ("2022-04-05T03:45:05.1-0330", "2022-04-05T03:45:05-03:30", true),
            ("Tue Apr  5 03:45:05 2022", utc, false),
            ("Fri Apr 15 03:45:05 2022", "2022-04-15T03:45:05+00:00", false),
            ("1649130305", utc, true),
            ("1649130305.123", utc, true),
            ("1649130305123", utc, true),
            ("1649130305123456", utc, true),
        ] {
            assert_eq!(read_all(text), Some((expected.to_owned(), has_offset)), "{text}");
        }
    }

    #[test]
    fn text_without_a_time_and_nonexistent_times_are_errors() {
        let fault = |text: &str| read(text.as_bytes(), &mut Rfc3339::default(), &mut Clock::default()).unwrap_err();
        for text in ["", "-", "05/Apr/2022", "2022-04-05", "2022-04-05T03:45:05 Z", "1649130305,1", "1.x", "Tue Apr 5"]
        {
            assert_eq!(fault(text), Fault::Shape, "{text}");
        }
        for text in [
            "31/Feb/2022:03:45:05",
            "05/Apx/2022:03:45:05.1",
            "2022-13-05 03:45:05",
            "Tue Apx  5 03:45:05 2022",
            "2022-04-05T03:45:05+24:00",
            "99999999999999999999",
            "253402300800.000",
        ] {
            assert_eq!(fault(text), Fault::Nonexistent, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn longest_length_matches_the_pattern(
            time in proptest::sample::select(vec![
                "05/Apr/2022:03:45:05", "2022-04-05T03:45:05", "2022-04-05 03:45:05", "Tue Apr  5 03:45:05 2022", "1649130305", "x", "",
            ]),
            fraction in proptest::sample::select(vec!["", ".1", ",123", ".", ".x"]),
            offset in proptest::sample::select(vec!["", " +0000", "+00:00", " -0330", "Z", " Z", "+00", " +08:00", "-0800", " +00:0x"]),
            rest in "[ -~]{0,3}",
        ) {
            let text = format!("{time}{fraction}{offset}{rest}");
            let rule = Regex::new(&format!(r"(?s-u)\A{PATTERN}")).unwrap();
            let expected = rule.find(text.as_bytes()).map_or(0, |found| found.len());
            let Lengths([longest, ..]) = lengths(text.as_bytes());
            proptest::prop_assert_eq!(longest, expected, "{}", text);
        }
    }
}
