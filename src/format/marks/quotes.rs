//! The quotes of a line, and the end of a quoted value.

/// Positions of the quotes of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quotes<'q> {
    /// Not scanned, or the line has a backslash that may escape a quote.
    Unknown,
    /// Positions of all quotes in the chunk; the line starts at `start`.
    At { places: &'q [u32], start: u32 },
}

/// Position of the first unescaped quote at or after `at`; true if there is a backslash between `at` and it. Removes
/// the quotes before `at` from the list.
#[inline]
pub(in crate::format) fn next_quote(quotes: &mut Quotes<'_>, line: &[u8], at: usize) -> Option<(usize, bool)> {
    match quotes {
        Quotes::At { places, start } => loop {
            let (first, rest) = places.split_first()?;
            let place = (*first - *start) as usize;
            if place >= at {
                return Some((place, false));
            }
            *places = rest;
        },
        Quotes::Unknown => closing_quote(&line[at..]).map(|(end, has_escape)| (at + end, has_escape)),
    }
}

/// Position of the first unescaped quote; true if there is a backslash before it.
#[inline]
pub(crate) fn closing_quote(text: &[u8]) -> Option<(usize, bool)> {
    let first = memchr::memchr2(b'"', b'\\', text)?;
    if text[first] == b'"' { Some((first, false)) } else { Some((end_after_closing_quote(text, first)?, true)) }
}

/// The same, starting at a backslash.
fn end_after_closing_quote(text: &[u8], backslash: usize) -> Option<usize> {
    let mut at = backslash;
    while text[at] == b'\\' {
        at += 2;
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_quotes_do_not_close() {
        assert_eq!(closing_quote(br#"a\"b" "#), Some((4, true)));
        assert_eq!(closing_quote(br#"a\\" "#), Some((3, true)));
        assert_eq!(closing_quote(br#"a" "#), Some((1, false)));
        assert_eq!(closing_quote(br#"a\\\" "#), None);
        assert_eq!(closing_quote(br"a\"), None);
        assert_eq!(closing_quote(b""), None);
    }
}
