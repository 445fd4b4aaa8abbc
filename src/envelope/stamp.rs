//! Length of the time at the start of an envelope. Its value is not needed, because nginx's lines have their own time.

use crate::time::MONTHS;

/// True if `text` begins with bytes of this shape, where `0` means any digit.
pub(super) fn has_shape(text: &[u8], shape: &[u8]) -> bool {
    text.len() >= shape.len()
        && text
            .iter()
            .zip(shape)
            .all(|(byte, shape)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape })
}

/// Length in bytes of the fraction of a second at the start of `text`: 0, or a point (or comma) and digits.
pub(super) fn fraction(text: &[u8]) -> usize {
    match text {
        [b'.' | b',', digits @ ..] => match digits.iter().take_while(|b| b.is_ascii_digit()).count() {
            0 => 0,
            len => 1 + len,
        },
        _ => 0,
    }
}

/// True for the date of `$time_local`: `05/Jan/2026`.
pub(super) fn is_date(text: &[u8]) -> bool {
    text.len() == 11
        && has_shape(text, b"00/")
        && text[3..6].iter().all(u8::is_ascii_alphabetic)
        && has_shape(&text[6..], b"/0000")
}

/// Length of an RFC 3339 time without fraction and zone: `2026-11-21T10:00:00`.
pub(super) fn without_zone(text: &[u8]) -> Option<usize> {
    let wall = b"0000-00-00T00:00:00";
    (has_shape(text, wall) && !matches!(text.get(wall.len()), Some(b'.' | b',' | b'Z' | b'+' | b'-')))
        .then_some(wall.len())
}

/// Number of decimals of the second in a text that begins with an RFC 3339 time.
pub(super) fn decimals(text: &[u8]) -> usize {
    fraction(&text[b"0000-00-00T00:00:00".len()..]).saturating_sub(1)
}

/// Length of an RFC 3339 time or a variant: `2026-11-21T10:00:00`, an optional fraction, and `Z`, `+00:00` or `+0000`.
pub(super) fn rfc3339(text: &[u8]) -> Option<usize> {
    let wall = b"0000-00-00T00:00:00";
    if !has_shape(text, wall) {
        return None;
    }
    let len = wall.len() + fraction(&text[wall.len()..]);
    let zone = match &text[len..] {
        [b'Z', ..] => 1,
        [b'+' | b'-', zone @ ..] if has_shape(zone, b"00:00") => 6,
        [b'+' | b'-', zone @ ..] if has_shape(zone, b"0000") => 5,
        _ => return None,
    };
    Some(len + zone)
}

/// Length of the time that docker puts before a line: RFC 3339 in UTC, with a `Z`, which nginx never writes.
pub(super) fn docker(text: &[u8]) -> Option<usize> {
    rfc3339(text).filter(|len| text[len - 1] == b'Z')
}

/// Length of an RFC 3164 time, `Nov 21 10:00:00`, with an optional fraction (journald can add one).
pub(super) fn rfc3164(text: &[u8]) -> Option<usize> {
    let (month, rest) = text.split_first_chunk::<3>()?;
    let is_time = MONTHS.contains(&month) && (has_shape(rest, b" 00 00:00:00") || has_shape(rest, b"  0 00:00:00"));
    is_time.then(|| 15 + fraction(&text[15..]))
}

/// Length of a time of `journalctl -o short-full`: `Sat 2026-11-21 10:00:00 CET`.
pub(super) fn journald_full(text: &[u8]) -> Option<usize> {
    let (day, rest) = text.split_first_chunk::<4>()?;
    let wall = b"0000-00-00 00:00:00";
    if !day[..3].iter().all(u8::is_ascii_alphabetic) || day[3] != b' ' || !has_shape(rest, wall) {
        return None;
    }
    let len = 4 + wall.len() + fraction(&rest[wall.len()..]);
    let zone = text[len..].strip_prefix(b" ")?.iter().take_while(|b| **b != b' ').count();
    (zone > 0).then_some(len + 1 + zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_their_lengths() {
        type Length = fn(&[u8]) -> Option<usize>;
        let rows: &[(Length, &str, &str)] = &[
            (rfc3339, "2026-11-21T10:00:00Z", " x"),
            (rfc3339, "2026-11-21T10:00:00.123456789Z", ""),
            (rfc3339, "2026-11-21T10:00:00,123+08:00", " "),
            (rfc3339, "2026-11-21T10:00:00-0300", ":00"),
            (docker, "2026-11-21T10:00:00.1Z", "Z"),
            (without_zone, "2026-11-21T10:00:00", " x"),
            (rfc3164, "Nov 21 10:00:00", " web"),
            (rfc3164, "Nov  1 10:00:00", "."),
            (rfc3164, "Nov 01 10:00:00.123456", " "),
            (journald_full, "Sat 2026-11-21 10:00:00 UTC", " web"),
            (journald_full, "Sat 2026-11-21 10:00:00.123456 +03", " "),
        ];
        for (length, time, after) in rows {
            assert_eq!(length(format!("{time}{after}").as_bytes()), Some(time.len()), "{time}{after}");
            for len in 0..15 {
                assert_eq!(length(&time.as_bytes()[..len]), None, "{time}");
            }
        }
        let none: &[(Length, &str)] = &[
            (rfc3339, "2026-11-21T10:00:00"),
            (rfc3339, "2026-11-21T10:00:00.Z"),
            (rfc3339, "2026-11-21 10:00:00Z"),
            (docker, "2026-11-21T10:00:00+00:00"),
            (without_zone, "2026-11-21T10:00:00Z"),
            (without_zone, "2026-11-21T10:00:00.1"),
            (without_zone, "2026-11-21T10:00:00+00:00"),
            (rfc3164, "nov 21 10:00:00"),
            (rfc3164, "Nov 1 10:00:00 "),
            (journald_full, "Sat 2026-11-21 10:00:00 "),
        ];
        for (length, time) in none {
            assert_eq!(length(time.as_bytes()), None, "{time}");
        }
    }

    #[test]
    fn dates_are_recognized() {
        assert!(is_date(b"05/Jan/2026"));
        for other in ["05/Jan/2026/a", "05/Jan/202", "var/log/ngi", ""] {
            assert!(!is_date(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn decimals_are_counted() {
        assert_eq!(decimals(b"2026-11-21T10:00:00Z"), 0);
        assert_eq!(decimals(b"2026-11-21T10:00:00.123456Z"), 6);
        assert_eq!(decimals(b"2026-11-21T10:00:00.123456789+01:00 1.5"), 9);
    }
}
