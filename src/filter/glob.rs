//! Globs over bytes: `*` matches any bytes, `?` one byte, `[a-z]` one byte of the set, `[!a-z]` one byte outside it.
//! Any other byte matches itself.
//!
//! Unlike in a shell, `*` also matches `/`, because a glob is compared with the whole path. `\xHH` is a byte as reports
//! write it. A backslash before any other byte makes that byte literal. A key copied from a report therefore matches
//! itself.

use std::fmt::Write;

/// A token of a glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Byte(u8),
    /// `?`
    One,
    /// `*`; never twice in a row.
    Any,
    /// One byte within these ranges or, if `is_not`, outside all of them.
    Within {
        ranges: Vec<(u8, u8)>,
        is_not: bool,
    },
}

/// Splits a glob into its parts. An error is the byte offset and what is wrong there.
pub(super) fn parse(glob: &[u8]) -> Result<Vec<Part>, (usize, &'static str)> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(byte) = glob.get(at) {
        match byte {
            b'*' => {
                if parts.last() != Some(&Part::Any) {
                    parts.push(Part::Any);
                }
                at += 1;
            }
            b'?' => {
                parts.push(Part::One);
                at += 1;
            }
            b'[' => {
                let (part, end) = within(glob, at)?;
                parts.push(part);
                at = end;
            }
            _ => {
                let (byte, end) = literal(glob, at);
                parts.push(Part::Byte(byte));
                at = end;
            }
        }
    }
    Ok(parts)
}

/// Reads one byte, which may be escaped; returns it with the offset of the next.
fn literal(glob: &[u8], at: usize) -> (u8, usize) {
    let hex = |digit: u8| char::from(digit).to_digit(16).map(|digit| digit as u8);
    match glob[at..] {
        [b'\\', b'x', high, low, ..] if hex(high).is_some() && hex(low).is_some() => {
            (hex(high).unwrap_or_default() << 4 | hex(low).unwrap_or_default(), at + 4)
        }
        [b'\\', byte, ..] => (byte, at + 2),
        _ => (glob[at], at + 1),
    }
}

/// Parses a set such as `[a-z_]`. A `]` in first place is literal, and so is a `-` in first or last place.
fn within(glob: &[u8], start: usize) -> Result<(Part, usize), (usize, &'static str)> {
    let is_not = matches!(glob.get(start + 1), Some(b'!' | b'^'));
    let first = start + 1 + usize::from(is_not);
    let mut ranges = Vec::new();
    let mut at = first;
    loop {
        match glob.get(at) {
            None => return Err((start, "this [ has no closing ]; for the character itself, write \\[")),
            Some(b']') if at > first => return Ok((Part::Within { ranges, is_not }, at + 1)),
            Some(_) => {}
        }
        let from_at = at;
        let (from, next) = literal(glob, at);
        at = next;
        match glob.get(at..) {
            Some([b'-', last, ..]) if *last != b']' => {
                let (to, next) = literal(glob, at + 1);
                if to < from {
                    return Err((from_at, "this range ends before it starts"));
                }
                ranges.push((from, to));
                at = next;
            }
            _ => ranges.push((from, from)),
        }
    }
}

/// Writes the equivalent regular expression over bytes.
pub(super) fn as_regex(parts: &[Part]) -> String {
    let mut regex = String::from(r"(?s-u)\A");
    let hex = |byte: u8| format!(r"\x{byte:02X}");
    for part in parts {
        match part {
            Part::Byte(byte) => regex += &hex(*byte),
            Part::One => regex.push('.'),
            Part::Any => regex += ".*",
            Part::Within { ranges, is_not } => {
                regex += if *is_not { "[^" } else { "[" };
                for (from, to) in ranges {
                    write!(regex, "{}-{}", hex(*from), hex(*to)).expect("writing to a String cannot fail");
                }
                regex.push(']');
            }
        }
    }
    regex + r"\z"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_the_offset_of_the_mistake() {
        for (glob, at) in [("/a[bc", 2), ("[]", 0), ("[!]", 0), ("a[z-a]", 2)] {
            assert_eq!(parse(glob.as_bytes()).map_err(|(at, _)| at), Err(at), "{glob}");
        }
    }

    #[test]
    fn globs_are_split_into_parts() {
        let byte = Part::Byte;
        assert_eq!(
            parse(br"a**\*\x5Cb\"),
            Ok(vec![byte(b'a'), Part::Any, byte(b'*'), byte(b'\\'), byte(b'b'), byte(b'\\')])
        );
        // An escape needs both digits; otherwise the backslash only makes the `x` literal.
        for (glob, rest) in [(&br"\xg1"[..], &b"xg1"[..]), (br"\x1g", b"x1g"), (br"\x1", b"x1"), (br"\xgg", b"xgg")] {
            assert_eq!(parse(glob), Ok(rest.iter().copied().map(byte).collect()), "{}", glob.escape_ascii());
        }
        let ranges = vec![(b']', b']'), (b'a', b'c'), (b'-', b'-')];
        assert_eq!(parse(b"[]a-c-]?"), Ok(vec![Part::Within { ranges, is_not: false }, Part::One]));
        let ranges = vec![(b'a', b'a'), (b'-', b'-')];
        assert_eq!(parse(b"[a-]"), Ok(vec![Part::Within { ranges, is_not: false }]));
        assert_eq!(parse(b"[^!]"), Ok(vec![Part::Within { ranges: vec![(b'!', b'!')], is_not: true }]));
    }
}
