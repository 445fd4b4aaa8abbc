//! Text from logs as shown in outputs and messages: UTF-8, safe on a terminal, and reversible for keys.

use std::fmt::Write;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Formats a key as in every output: `\xHH` for each byte that is not UTF-8, or that belongs to a control or format
/// character (Unicode Cc, Cf, Zl, Zp) or a backslash.
pub(crate) fn written(key: &[u8]) -> String {
    let mut out = String::with_capacity(key.len());
    for_each_unit(key, |unit| match unit {
        Unit::Char('\\') => out.push_str("\\x5C"),
        Unit::Char(c) => out.push(c),
        Unit::Escaped(bytes) => push_escaped(&mut out, bytes),
    });
    out
}

/// Makes text safe for a terminal: `\xHH` for each byte that is not UTF-8, or that belongs to a control or format
/// character (Unicode Cc, Cf, Zl, Zp). A backslash is not escaped, so that nginx's own escapes look as nginx wrote
/// them.
///
/// ```
/// assert_eq!(logstat::printable(b"/a\xff\x1b[31m"), r"/a\xFF\x1B[31m");
/// ```
pub fn printable(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for_each_unit(text, |unit| match unit {
        Unit::Char(c) => out.push(c),
        Unit::Escaped(bytes) => push_escaped(&mut out, bytes),
    });
    out
}

/// Returns as much [`printable`] text as fits into `most_bytes`. No character and no escape is split.
pub(crate) fn printable_within(text: &[u8], most_bytes: usize) -> String {
    let mut out = String::new();
    let mut is_full = false;
    for_each_unit(text, |unit| {
        let before = out.len();
        match unit {
            Unit::Char(c) => out.push(c),
            Unit::Escaped(bytes) => push_escaped(&mut out, bytes),
        }
        is_full |= out.len() > most_bytes;
        if is_full {
            out.truncate(before);
        }
    });
    out
}

enum Unit<'a> {
    /// A printable character.
    Char(char),
    /// The bytes of a character that is escaped, or a byte that is not UTF-8.
    Escaped(&'a [u8]),
}

fn for_each_unit(bytes: &[u8], mut visit: impl FnMut(Unit<'_>)) {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_printable(c) {
                visit(Unit::Char(c));
            } else {
                visit(Unit::Escaped(c.encode_utf8(&mut [0; 4]).as_bytes()));
            }
        }
        chunk.invalid().chunks(1).for_each(|byte| visit(Unit::Escaped(byte)));
    }
}

fn is_printable(c: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator};
    match c {
        ' '..='~' => true,
        _ => !matches!(c.general_category(), Control | Format | LineSeparator | ParagraphSeparator),
    }
}

fn push_escaped(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        write!(out, "\\x{byte:02X}").expect("writing to a String cannot fail");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unprintable_bytes_are_escaped() {
        let rows: &[(&[u8], &str)] = &[
            (b"/api/", "/api/"),
            ("/größe/日本".as_bytes(), "/größe/日本"),
            (b"/a\\b", r"/a\x5Cb"),
            (b"\x1b[31m\x07\n\x7f", r"\x1B[31m\x07\x0A\x7F"),
            (b"\xff\xc3(", r"\xFF\xC3("),
            (b"\xed\xa0\x80", r"\xED\xA0\x80"),
            (b"\xe2\x82", r"\xE2\x82"),
            ("\u{202e}x\u{200b}".as_bytes(), r"\xE2\x80\xAEx\xE2\x80\x8B"),
            ("\u{2028}\u{2029}\u{85}\u{ad}".as_bytes(), r"\xE2\x80\xA8\xE2\x80\xA9\xC2\x85\xC2\xAD"),
            ("\u{a0}".as_bytes(), "\u{a0}"),
        ];
        for (key, expected) in rows {
            assert_eq!(written(key), *expected);
        }
        assert_eq!(printable(b"\\x16\x16"), r"\x16\x16");
    }

    proptest::proptest! {
        #[test]
        fn different_keys_are_written_differently(a: Vec<u8>, b: Vec<u8>) {
            proptest::prop_assert_eq!(a == b, written(&a) == written(&b));
            proptest::prop_assert!(!written(&a).chars().any(char::is_control));
            proptest::prop_assert_eq!(crate::text::undo_escapes(written(&a).as_bytes()).into_owned(), a);
        }
    }

    #[test]
    fn truncation_never_splits_a_character_or_an_escape() {
        assert_eq!(printable_within(&[b'a'; 300], 200).len(), 200);
        assert_eq!(printable_within(&[0; 300], 200).len(), 200);
        assert_eq!(printable_within(&[0; 300], 203).len(), 200);
        assert_eq!(printable_within("aé".repeat(100).as_bytes(), 200), "aé".repeat(66) + "a");
        assert_eq!(printable_within(b"short", 200), "short");
    }
}
