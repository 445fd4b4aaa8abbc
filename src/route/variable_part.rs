//! The parts of a path that look like identifiers, and their names.

use std::borrow::Cow;

use super::extension;
use crate::time::day_named;

/// Minimum number of digits of a `{hex}`.
const HEX: usize = 8;

/// Names the variable parts of a segment, which must not be empty. Braces are percent-encoded, so that a brace in a
/// route always belongs to a name.
///
/// The whole segment may be variable, or the name of a file before its extension: `12345.jpg` is `{int}.jpg`. Hashes
/// that build tools add to file names are variable, too: `app.3f2a1b4c.js` is `app.{hex}.js`.
pub(super) fn named(segment: &[u8]) -> Cow<'_, [u8]> {
    if let Some(name) = name_of(segment) {
        return Cow::Borrowed(name.as_bytes());
    }
    if let Some((stem, extension)) = extension(segment) {
        if let Some(name) = name_of(stem) {
            return Cow::Owned([name.as_bytes(), b".", extension].concat());
        }
        let is_hash = |piece: &[u8]| is_uuid(piece) || is_hex(piece);
        if stem.len() > HEX && stem.split(|byte| *byte == b'.').any(is_hash) {
            let pieces = stem.split(|byte| *byte == b'.');
            let named = pieces.map(|piece| match name_of(piece).filter(|_| is_hash(piece)) {
                Some(name) => Cow::Borrowed(name.as_bytes()),
                None => without_braces(piece),
            });
            return Cow::Owned([&named.collect::<Vec<_>>().join(&b'.')[..], b".", extension].concat());
        }
    }
    without_braces(segment)
}

/// The name of a text that is variable as a whole. The order matters: some dates are numbers, too.
fn name_of(text: &[u8]) -> Option<&'static str> {
    if is_uuid(text) {
        Some("{uuid}")
    } else if is_date(text) {
        Some("{date}")
    } else if is_int(text) {
        Some("{int}")
    } else if is_hex(text) {
        Some("{hex}")
    } else {
        None
    }
}

/// True for 32 hex digits in groups of 8, 4, 4, 4 and 12.
pub(super) fn is_uuid(text: &[u8]) -> bool {
    let is_valid = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == UUID && text.iter().enumerate().all(is_valid)
}

/// Length of a UUID in bytes.
pub(super) const UUID: usize = 36;

/// True for `YYYY-MM-DD` and `YYYYMMDD` if the calendar has that day.
fn is_date(text: &[u8]) -> bool {
    let date = match text {
        [_, _, _, _, b'-', _, _, b'-', _, _] => text.try_into().unwrap_or_default(),
        [y, e, a, r, m, month, d, day] => [*y, *e, *a, *r, b'-', *m, *month, b'-', *d, *day],
        _ => return false,
    };
    let are_digits = date.iter().enumerate().all(|(at, byte)| matches!(at, 4 | 7) || byte.is_ascii_digit());
    are_digits && str::from_utf8(&date).is_ok_and(|date| day_named(date).is_some())
}

fn is_int(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// True for at least 8 hex digits, at least one of them a digit and one a letter.
fn is_hex(text: &[u8]) -> bool {
    text.len() >= HEX
        && text.iter().all(u8::is_ascii_hexdigit)
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_alphabetic)
}

fn without_braces(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| matches!(byte, b'{' | b'}')) {
        return Cow::Borrowed(text);
    }
    let mut encoded = Vec::with_capacity(text.len() + 4);
    for byte in text {
        match byte {
            b'{' => encoded.extend_from_slice(b"%7B"),
            b'}' => encoded.extend_from_slice(b"%7D"),
            other => encoded.push(*other),
        }
    }
    Cow::Owned(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_parts_are_named_in_order() {
        let rows = [
            ("123e4567-e89b-12d3-a456-426614174000", "{uuid}"),
            ("123E4567-E89B-12D3-A456-426614174000", "{uuid}"),
            ("00000000-0000-0000-0000-000000000000", "{uuid}"),
            ("123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-42661417400"),
            ("123e4567e89b12d3a456426614174000", "{hex}"),
            ("2024-02-29", "{date}"),
            ("2023-02-29", "2023-02-29"),
            ("20240229", "{date}"),
            ("20230229", "{int}"),
            ("20241301", "{int}"),
            ("00000101", "{int}"),
            ("2024-2-29", "2024-2-29"),
            ("2024/02", "2024/02"),
            ("0", "{int}"),
            ("007", "{int}"),
            ("99999999999999999999999999", "{int}"),
            ("-1", "-1"),
            ("1.5", "1.5"),
            ("\u{661}", "\u{661}"),
            ("a1b2c3d4", "{hex}"),
            ("A1B2C3D4", "{hex}"),
            ("a1b2c3d", "a1b2c3d"),
            ("deadbeef", "deadbeef"),
            ("12345678", "{int}"),
            ("a1b2c3g4", "a1b2c3g4"),
            ("%31", "%31"),
        ];
        for (segment, expected) in rows {
            assert_eq!(named(segment.as_bytes()), expected.as_bytes(), "{segment}");
        }
    }

    #[test]
    fn names_of_files_keep_their_extension() {
        let rows = [
            ("12345.jpg", "{int}.jpg"),
            ("12345.JPG", "{int}.JPG"),
            ("2024-01-31.html", "{date}.html"),
            ("123e4567-e89b-12d3-a456-426614174000.webp", "{uuid}.webp"),
            ("a1b2c3d4.js", "{hex}.js"),
            ("app.a1b2c3d4.js", "app.{hex}.js"),
            ("app.a1b2c3d4.chunk.js", "app.{hex}.chunk.js"),
            ("base.5af66c1b1797.css", "base.{hex}.css"),
            ("{x}.5af66c1b1797.css", "%7Bx%7D.{hex}.css"),
            ("jquery-3.6.0.min.js", "jquery-3.6.0.min.js"),
            ("app.12345678.js", "app.12345678.js"),
            ("app-a1b2c3d4.js", "app-a1b2c3d4.js"),
            ("12345.tar.gz", "12345.tar.gz"),
            ("192.168.0.1", "192.168.0.1"),
            ("12345.", "12345."),
            (".12345", ".12345"),
            ("12345.6", "12345.6"),
            ("12345.x-y", "12345.x-y"),
        ];
        for (segment, expected) in rows {
            assert_eq!(named(segment.as_bytes()), expected.as_bytes(), "{segment}");
        }
    }

    #[test]
    fn braces_belong_to_names_only() {
        for (segment, expected) in [("{int}", "%7Bint%7D"), ("a}{", "a%7D%7B"), ("%7Bint%7D", "%7Bint%7D")] {
            assert_eq!(named(segment.as_bytes()), expected.as_bytes(), "{segment}");
        }
    }
}
