//! Text as JSON escapes it, and back: what docker's json-file driver has done to a line is undone before anybody reads it.

use bumpalo::Bump;

/// Where the string ends that `text` is in: at its next quote that is not escaped.
pub(super) fn string_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[found] == b'"' {
            return Some(found);
        }
        at = found + 2;
    }
}

/// The bytes that a JSON string stands for.
pub(crate) fn undo<'b>(raw: &[u8], bump: &'b Bump) -> &'b [u8] {
    // No escape is shorter than what it stands for.
    let bytes = bump.alloc_slice_fill_copy(raw.len(), 0);
    let mut len = 0;
    let mut rest = raw;
    while let Some(backslash) = memchr::memchr(b'\\', rest) {
        bytes[len..len + backslash].copy_from_slice(&rest[..backslash]);
        len += backslash;
        let (stands_for, taken) = escape(&rest[backslash..]);
        bytes[len..len + stands_for.len].copy_from_slice(&stands_for.bytes[..stands_for.len]);
        len += stands_for.len;
        rest = &rest[backslash + taken..];
    }
    bytes[len..len + rest.len()].copy_from_slice(rest);
    &bytes[..len + rest.len()]
}

/// The same, behind what is in `out`.
pub(crate) fn undo_into(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(backslash) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..backslash]);
        let (stands_for, taken) = escape(&rest[backslash..]);
        out.extend_from_slice(&stands_for.bytes[..stands_for.len]);
        rest = &rest[backslash + taken..];
    }
    out.extend_from_slice(rest);
}

/// Up to four bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Few {
    bytes: [u8; 4],
    len: usize,
}

impl Few {
    const fn one(byte: u8) -> Few {
        Few { bytes: [byte, 0, 0, 0], len: 1 }
    }

    fn of(c: char) -> Few {
        let mut bytes = [0; 4];
        let len = c.encode_utf8(&mut bytes).len();
        Few { bytes, len }
    }
}

/// What the escape that `text` begins with stands for, and how long it is. A backslash that escapes nothing is one; half
/// a pair of surrogates is its three bytes.
fn escape(text: &[u8]) -> (Few, usize) {
    let byte = match text.get(1) {
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'b') => 0x08,
        Some(b'f') => 0x0c,
        Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
        Some(b'u') => return unicode(text).unwrap_or((Few::one(b'\\'), 1)),
        _ => return (Few::one(b'\\'), 1),
    };
    (Few::one(byte), 2)
}

fn unicode(text: &[u8]) -> Option<(Few, usize)> {
    let unit = code_unit(text)?;
    if let Some(c) = char::from_u32(unit) {
        return Some((Few::of(c), 6));
    }
    if unit < 0xdc00
        && let Some(low) = code_unit(&text[6..]).filter(|low| (0xdc00..0xe000).contains(low))
        && let Some(c) = char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
    {
        return Some((Few::of(c), 12));
    }
    let bytes = [0xe0 | (unit >> 12) as u8, 0x80 | (unit >> 6 & 0x3f) as u8, 0x80 | (unit & 0x3f) as u8, 0];
    Some((Few { bytes, len: 3 }, 6))
}

/// The number of `\u003c`.
fn code_unit(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.first_chunk::<4>()?;
    digits.iter().try_fold(0, |number, digit| Some(number << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        let rows: &[(&str, &[u8])] = &[
            ("", b""),
            ("plain é", "plain é".as_bytes()),
            (r#"\"\\\/\b\f\n\r\t"#, b"\"\\/\x08\x0c\n\r\t"),
            (r"\u003c\u003E\u0026\u0000", b"<>&\0"),
            (r"\u00e9\u20ac\ufffd", "é€\u{fffd}".as_bytes()),
            (r"\ud83d\ude00!", "😀!".as_bytes()),
            (r"\ud83d!", b"\xed\xa0\xbd!"),
            (r"\ud83d\u0041", b"\xed\xa0\xbdA"),
            (r"\ude00\ud83d", b"\xed\xb8\x80\xed\xa0\xbd"),
            (r"\x16\u12g4\", br"\x16\u12g4\"),
            (r"\u12", br"\u12"),
        ];
        for (raw, expected) in rows {
            assert_eq!(undo(raw.as_bytes(), &Bump::new()), *expected, "{raw}");
            let mut out = b"before ".to_vec();
            undo_into(raw.as_bytes(), &mut out);
            assert_eq!(out, [b"before ", *expected].concat(), "{raw}");
        }
    }

    #[test]
    fn strings_end_at_a_quote() {
        assert_eq!(string_end(br#"a"b"#), Some(1));
        assert_eq!(string_end(br#"a\"b\\"c"#), Some(6));
        assert_eq!(string_end(br#"a\""#), None);
        assert_eq!(string_end(br"a\"), None);
        assert_eq!(string_end(b""), None);
    }

    proptest::proptest! {
        #[test]
        fn both_ways_are_one(raw in r#"([a-z"é]|\\[\\"nu/x]|\\u[0-9a-f]{4}|\\ud[89a-f][0-9a-f]{2}){0,20}"#) {
            let mut out = Vec::new();
            undo_into(raw.as_bytes(), &mut out);
            let bump = Bump::new();
            proptest::prop_assert_eq!(undo(raw.as_bytes(), &bump), out);
        }
    }
}
