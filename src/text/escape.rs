//! nginx's escapes in a log: `\xHH` for a byte, and `\"` and `\\` as other servers write them.
//!
//! They are undone once per distinct key. The few requests that contain escapes are unescaped before they are split.

use std::borrow::Cow;

/// Undoes the escapes.
pub(crate) fn undo_escapes(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(mut at) = memchr::memchr(b'\\', raw) else { return Cow::Borrowed(raw) };
    let mut out = Vec::with_capacity(raw.len());
    let mut done = 0;
    loop {
        let (byte, len) = match raw[at..] {
            [_, quoted @ (b'"' | b'\\'), ..] => (quoted, 2),
            [_, b'x', high, low, ..] => match (hex(high), hex(low)) {
                (Some(high), Some(low)) => (high * 16 + low, 4),
                _ => (b'\\', 1),
            },
            _ => (b'\\', 1),
        };
        out.extend_from_slice(&raw[done..at]);
        out.push(byte);
        done = at + len;
        match memchr::memchr(b'\\', &raw[done..]) {
            Some(next) => at = done + next,
            None => break,
        }
    }
    out.extend_from_slice(&raw[done..]);
    Cow::Owned(out)
}

/// Escapes every backslash, so that [`undo_escapes`] restores the bytes.
pub(crate) fn escape_backslashes(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len() + 8);
    for &byte in bytes {
        out.push(byte);
        if byte == b'\\' {
            out.push(b'\\');
        }
    }
    Cow::Owned(out)
}

/// The value of a hexadecimal digit.
pub(crate) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|d| d as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::bytes::{Captures, Regex};

    fn by_regex(raw: &[u8]) -> Vec<u8> {
        let rule = Regex::new(r#"(?-u)\\(?:x([0-9A-Fa-f]{2})|(["\\]))"#).unwrap();
        rule.replace_all(raw, |m: &Captures<'_>| match m.get(1) {
            Some(digits) => vec![u8::from_str_radix(std::str::from_utf8(digits.as_bytes()).unwrap(), 16).unwrap()],
            None => m[2].to_vec(),
        })
        .into_owned()
    }

    proptest::proptest! {
        #[test]
        fn undo_escapes_agrees_with_regex(
            parts in proptest::collection::vec(proptest::sample::select(vec!["\\", "x", "4", "1", "\"", "f", "F", "g", "é", "\\x"]), 0..12),
        ) {
            let raw = parts.concat();
            proptest::prop_assert_eq!(undo_escapes(raw.as_bytes()).into_owned(), by_regex(raw.as_bytes()));
            proptest::prop_assert_eq!(undo_escapes(&escape_backslashes(raw.as_bytes())).into_owned(), raw.as_bytes());
        }
    }

    #[test]
    fn undoes_bytes_and_quotes() {
        for (raw, bytes) in
            [(r"\xD0\x9f", &b"\xd0\x9f"[..]), (r#"\"\\x41"#, br#""\x41"#), (r"\x4", br"\x4"), (r"a\", br"a\")]
        {
            assert_eq!(undo_escapes(raw.as_bytes()), bytes);
        }
    }
}
