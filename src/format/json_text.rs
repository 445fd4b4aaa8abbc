//! JSON's own escapes, undone.

/// Appends the bytes that the text of a JSON string stands for.
///
/// Lenient: a surrogate without its other half is kept as its three bytes, nginx's `\xHH` of logs that look like JSON and
/// are not escaped for it is the byte, and a backslash that escapes nothing is itself.
pub(super) fn decode(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        if let [_, b'u', behind @ ..] = rest
            && let Some(unit) = hex(behind.get(..4))
        {
            rest = push_unit(unit, &behind[4..], out);
            continue;
        }
        let (byte, len) = match (rest, hex(rest.get(2..4))) {
            ([_, same @ (b'"' | b'\\' | b'/'), ..], _) => (*same, 2),
            ([_, b'n', ..], _) => (b'\n', 2),
            ([_, b't', ..], _) => (b'\t', 2),
            ([_, b'r', ..], _) => (b'\r', 2),
            ([_, b'b', ..], _) => (8, 2),
            ([_, b'f', ..], _) => (12, 2),
            ([_, b'x', ..], Some(byte)) => (byte as u8, 4),
            _ => (b'\\', 1),
        };
        out.push(byte);
        rest = &rest[len..];
    }
    out.extend_from_slice(rest);
}

/// Appends the character of a UTF-16 unit, and returns what is left behind it, and behind its other half.
fn push_unit<'r>(unit: u32, behind: &'r [u8], out: &mut Vec<u8>) -> &'r [u8] {
    let low = match behind {
        [b'\\', b'u', ..] if (0xD800..0xDC00).contains(&unit) => {
            hex(behind.get(2..6)).filter(|low| (0xDC00..0xE000).contains(low))
        }
        _ => None,
    };
    let (code, rest) =
        low.map_or((unit, behind), |low| (0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF), &behind[6..]));
    match char::from_u32(code) {
        Some(character) => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend([0xE0 | code >> 12, 0x80 | code >> 6 & 0x3F, 0x80 | code & 0x3F].map(|b| b as u8)),
    }
    rest
}

fn hex(digits: Option<&[u8]>) -> Option<u32> {
    digits?.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(raw: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        decode(raw, &mut out);
        out
    }

    #[test]
    fn escapes_are_undone() {
        let rows: &[(&str, &[u8])] = &[
            ("", b""),
            ("plain", b"plain"),
            (r#"a\"b\\c\/d"#, br#"a"b\c/d"#),
            (r"\n\t\r\b\f", b"\n\t\r\x08\x0c"),
            (r"\u0041\u00e9\u4E09", "Aé三".as_bytes()),
            (r"\u0000\u001F", b"\0\x1f"),
            (r"\ud83d\ude00", "😀".as_bytes()),
            (r"\ud83d", b"\xed\xa0\xbd"),
            (r"\ud83dx", b"\xed\xa0\xbdx"),
            (r"\ude00\ud83d", b"\xed\xb8\x80\xed\xa0\xbd"),
            (r"\ud83d\u0041", b"\xed\xa0\xbdA"),
            (r"\ud83d\ud83d\ude00", b"\xed\xa0\xbd\xf0\x9f\x98\x80"),
            (r"\x22\xFF\xfg", b"\"\xff\\xfg"),
            (r"\u12", br"\u12"),
            (r"\u12g4\q\", br"\u12g4\q\"),
        ];
        for (raw, expected) in rows {
            assert_eq!(decoded(raw.as_bytes()), *expected, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn what_serde_json_writes_is_read(text in any::<String>()) {
            let written = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(decoded(&written.as_bytes()[1..written.len() - 1]), text.as_bytes());
        }

        #[test]
        fn any_bytes_are_read(raw in prop::collection::vec(prop::sample::select(b"\\\\\\uxdD8cC0019fg\"n\xff".to_vec()), 0..40)) {
            prop_assert!(decoded(&raw).len() <= raw.len());
        }
    }
}
