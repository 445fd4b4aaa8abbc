//! Undoes the escapes of JSON text.
//!
//! Lenient: a lone surrogate is kept as its three bytes, and a backslash that escapes nothing stands for itself.

use bumpalo::Bump;

/// How to read `\x22`. JSON has no such escape, but nginx writes it to logs that look like JSON without `escape=json`.
#[derive(Clone, Copy)]
enum Hex {
    Escape,
    Text,
}

/// Appends the decoded bytes of a JSON string in a log; also undoes nginx's `\xHH`.
pub(in crate::format) fn decode(raw: &[u8], out: &mut Vec<u8>) {
    undo_each(raw, Hex::Escape, |part| out.extend_from_slice(part));
}

/// The decoded bytes of a JSON string.
pub(crate) fn undo_json<'b>(raw: &[u8], bump: &'b Bump) -> &'b [u8] {
    // No escape is shorter than its decoded bytes.
    let bytes = bump.alloc_slice_fill_copy(raw.len(), 0);
    let mut len = 0;
    undo_each(raw, Hex::Text, |part| {
        bytes[len..len + part.len()].copy_from_slice(part);
        len += part.len();
    });
    &bytes[..len]
}

/// Calls `put` with each piece of the decoded text.
#[inline]
fn undo_each(raw: &[u8], hex: Hex, mut put: impl FnMut(&[u8])) {
    let mut rest = raw;
    while let Some(backslash) = memchr::memchr(b'\\', rest) {
        put(&rest[..backslash]);
        let (stands_for, taken) = escape(&rest[backslash..], hex);
        put(&stands_for.bytes[..stands_for.len]);
        rest = &rest[backslash + taken..];
    }
    put(rest);
}

/// Up to four bytes.
struct SmallBytes {
    bytes: [u8; 4],
    len: usize,
}

impl SmallBytes {
    const fn one(byte: u8) -> SmallBytes {
        SmallBytes { bytes: [byte, 0, 0, 0], len: 1 }
    }

    fn of(c: char) -> SmallBytes {
        let mut bytes = [0; 4];
        let len = c.encode_utf8(&mut bytes).len();
        SmallBytes { bytes, len }
    }
}

/// Decodes the escape at the start of `text`; also returns its length. Inlined because nearly all results are a single
/// byte, which then needs no call to copy.
#[inline(always)]
fn escape(text: &[u8], hex: Hex) -> (SmallBytes, usize) {
    let byte = match text.get(1) {
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'b') => 0x08,
        Some(b'f') => 0x0c,
        Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
        Some(b'u') => return unicode(text).unwrap_or((SmallBytes::one(b'\\'), 1)),
        Some(b'x') if matches!(hex, Hex::Escape) => {
            return number(text.get(2..4)).map_or((SmallBytes::one(b'\\'), 1), |byte| (SmallBytes::one(byte as u8), 4));
        }
        _ => return (SmallBytes::one(b'\\'), 1),
    };
    (SmallBytes::one(byte), 2)
}

#[inline(never)]
fn unicode(text: &[u8]) -> Option<(SmallBytes, usize)> {
    let unit = number(text.get(2..6))?;
    if let Some(c) = char::from_u32(unit) {
        return Some((SmallBytes::of(c), 6));
    }
    if unit < 0xdc00
        && text[6..].starts_with(b"\\u")
        && let Some(low) = number(text.get(8..12)).filter(|low| (0xdc00..0xe000).contains(low))
        && let Some(c) = char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
    {
        return Some((SmallBytes::of(c), 12));
    }
    let bytes = [0xe0 | (unit >> 12) as u8, 0x80 | (unit >> 6 & 0x3f) as u8, 0x80 | (unit & 0x3f) as u8, 0];
    Some((SmallBytes { bytes, len: 3 }, 6))
}

fn number(hex_digits: Option<&[u8]>) -> Option<u32> {
    hex_digits?.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(raw: &[u8]) -> Vec<u8> {
        let mut out = b"before ".to_vec();
        decode(raw, &mut out);
        out.split_off(7)
    }

    fn undone(raw: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        undo_each(raw, Hex::Text, |part| out.extend_from_slice(part));
        out
    }

    #[test]
    fn escapes_are_undone() {
        let rows: &[(&str, &[u8])] = &[
            ("", b""),
            ("plain é", "plain é".as_bytes()),
            (r#"a\"b\\c\/d"#, br#"a"b\c/d"#),
            (r"\n\t\r\b\f", b"\n\t\r\x08\x0c"),
            (r"\u0041\u00e9\u4E09\ufffd", "Aé三\u{fffd}".as_bytes()),
            (r"\u003c\u003E\u0000\u001F", b"<>\0\x1f"),
            (r"\ud83d\ude00!", "😀!".as_bytes()),
            (r"\ud83d", b"\xed\xa0\xbd"),
            (r"\ud83dx", b"\xed\xa0\xbdx"),
            (r"\ude00\ud83d", b"\xed\xb8\x80\xed\xa0\xbd"),
            (r"\ud83d\u0041", b"\xed\xa0\xbdA"),
            (r"\ud83d\ud83d\ude00", b"\xed\xa0\xbd\xf0\x9f\x98\x80"),
            (r"\xfg\x1", br"\xfg\x1"),
            (r"\u12", br"\u12"),
            (r"\u12g4\q\", br"\u12g4\q\"),
        ];
        for (raw, expected) in rows {
            assert_eq!(decoded(raw.as_bytes()), *expected, "{raw}");
            assert_eq!(undone(raw.as_bytes()), *expected, "{raw}");
        }
    }

    #[test]
    fn hex_escapes_are_undone_only_for_nginx() {
        assert_eq!(decoded(br"\x22\xFF\\x22"), b"\"\xff\\x22");
        assert_eq!(undone(br"\x22\xFF\\x22"), br"\x22\xFF\x22");
    }

    proptest! {
        #[test]
        fn strings_from_serde_json_are_decoded(text in any::<String>()) {
            let written = serde_json::to_string(&text).unwrap();
            let raw = &written.as_bytes()[1..written.len() - 1];
            prop_assert_eq!(decoded(raw), text.as_bytes());
            prop_assert_eq!(undone(raw), text.as_bytes());
        }

        #[test]
        fn arbitrary_bytes_do_not_panic(raw in prop::collection::vec(prop::sample::select(b"\\\\\\uxdD8cC0019fg\"n\xff".to_vec()), 0..40)) {
            prop_assert!(decoded(&raw).len() <= raw.len());
            let bump = Bump::new();
            prop_assert_eq!(undo_json(&raw, &bump), undone(&raw));
        }
    }
}
