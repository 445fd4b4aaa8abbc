//! Globs over bytes: `*` any of them, `?` one, `[a-z]` one of these, `[!a-z]` one of the others; all else is itself.
//!
//! Unlike a shell's, `*` passes over `/`: paths are compared whole. `\xHH` is the byte as keys are written, and any other
//! byte behind a backslash is itself, so that a key from a report can be used as it is.

use std::fmt::Write;

/// A part of a glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Byte(u8),
    /// `?`
    One,
    /// `*`; no two of them are neighbours.
    Any,
    /// One byte within these ranges, or in none of them.
    Within {
        ranges: Vec<(u8, u8)>,
        is_not: bool,
    },
}

/// The parts of a glob; otherwise what is wrong, and at which byte.
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

/// A byte that may be escaped, and where the next is.
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

/// `[a-z_]`: a `]` that stands first, and a `-` that stands first or last, are themselves.
fn within(glob: &[u8], start: usize) -> Result<(Part, usize), (usize, &'static str)> {
    let is_not = matches!(glob.get(start + 1), Some(b'!' | b'^'));
    let first = start + 1 + usize::from(is_not);
    let mut ranges = Vec::new();
    let mut at = first;
    loop {
        match glob.get(at) {
            None => return Err((start, "no ] ends what begins here; a [ itself is \\[")),
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
                    return Err((from_at, "a range that ends before it begins"));
                }
                ranges.push((from, to));
                at = next;
            }
            _ => ranges.push((from, from)),
        }
    }
}

/// The regular expression, for bytes, that says the same.
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
                    write!(regex, "{}-{}", hex(*from), hex(*to)).expect("a String takes all that is written");
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
    fn what_is_wrong_has_its_place() {
        for (glob, at) in [("/a[bc", 2), ("[]", 0), ("[!]", 0), ("a[z-a]", 2)] {
            assert_eq!(parse(glob.as_bytes()).map_err(|(at, _)| at), Err(at), "{glob}");
        }
    }

    #[test]
    fn parts_are_what_is_written() {
        let byte = Part::Byte;
        assert_eq!(
            parse(br"a**\*\x5Cb\"),
            Ok(vec![byte(b'a'), Part::Any, byte(b'*'), byte(b'\\'), byte(b'b'), byte(b'\\')])
        );
        // Of an escape both digits must be there; else the backslash makes the x itself.
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
