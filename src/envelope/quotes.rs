//! Whole lines in double quotes, as written by CSV exports: `"LINE"`.

use bumpalo::Bump;

use super::programs::is_other_program_line;
use super::{Sampled, Sender, Text, Unwrapped};

/// Opens `"LINE"`. Quotes inside are doubled, escaped with a backslash, or unchanged.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let text = line.trim_ascii_end().strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    Some(Unwrapped { text: unquoted(text), sender: Sender::Unknown, is_partial: false })
}

/// One line in this many may lack quotes: a footer, or a truncated line.
const OTHERS_ARE_RARER_THAN: usize = 20;

/// True if nearly every line of a sample is in quotes. A column name in the first line is not counted.
pub(super) fn are_everywhere(sample: &[Sampled<'_>]) -> bool {
    let others = sample.iter().enumerate().filter(|(_, line)| !line.is_wrapped && !is_other_program_line(line.text));
    let is_column = |(at, line): &(usize, &Sampled<'_>)| {
        *at == 0 && line.text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'@' | b' '))
    };
    others.filter(|line| !is_column(line)).count() * OTHERS_ARE_RARER_THAN <= sample.len()
}

/// The text between two quotes, with the rule for undoing the quotes inside it.
pub(super) fn unquoted(text: &[u8]) -> Text<'_> {
    let mut quotes = memchr::memchr_iter(b'"', text).peekable();
    if quotes.peek().is_none() {
        return Text::Inner(text);
    }
    if quotes.all(|at| is_escaped(text, at)) {
        return Text::Json(text);
    }
    if are_doubled(text) { Text::Doubled(text) } else { Text::Inner(text) }
}

/// True if an odd number of backslashes precedes `at`.
fn is_escaped(text: &[u8], at: usize) -> bool {
    text[..at].iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}

/// True if all quotes are in pairs.
fn are_doubled(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'"', rest) {
        match rest.get(at + 1) {
            Some(b'"') => rest = &rest[at + 2..],
            _ => return false,
        }
    }
    true
}

/// Replaces each pair of quotes by one quote.
pub(super) fn undo_doubled<'b>(text: &[u8], bump: &'b Bump) -> &'b [u8] {
    let bytes = bump.alloc_slice_fill_copy(text.len(), 0);
    let (mut len, mut rest) = (0, text);
    while let Some(at) = memchr::memchr(b'"', rest) {
        bytes[len..=len + at].copy_from_slice(&rest[..=at]);
        len += at + 1;
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    bytes[len..len + rest.len()].copy_from_slice(rest);
    len += rest.len();
    &bytes[..len]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn inner_quotes_follow_one_of_three_rules() {
        let rows: &[(&[u8], Option<Text<'_>>)] = &[
            (br#""a b""#, Some(Text::Inner(b"a b"))),
            (br#""""#, Some(Text::Inner(b""))),
            (br#""a "b" c""#, Some(Text::Inner(br#"a "b" c"#))),
            (br#""a "b" """#, Some(Text::Inner(br#"a "b" ""#))),
            (br#""a ""b"" c""#, Some(Text::Doubled(br#"a ""b"" c"#))),
            (br#""a """"""#, Some(Text::Doubled(br#"a """""#))),
            (br#""a \"b\" c""#, Some(Text::Json(br#"a \"b\" c"#))),
            (br#""a \x22b""#, Some(Text::Inner(br"a \x22b"))),
            (br#""a ""b"" " "#, Some(Text::Doubled(br#"a ""b"" "#))),
            (br#"""#, None),
            (br#""a"#, None),
            (br#"a""#, None),
            (b"", None),
        ];
        for (line, expected) in rows {
            let expected = expected.map(|text| Unwrapped { text, sender: Sender::Unknown, is_partial: false });
            assert_eq!(open(line), expected, "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn nearly_every_line_must_be_quoted() {
        let sampled = |line: &'static str| Sampled {
            text: line.as_bytes(),
            is_wrapped: open(line.as_bytes()).is_some(),
            ..Sampled::default()
        };
        for (lines, expected) in [
            (&["\"a\"", "\"b\""][..], true),
            (&["message", "\"a\""], true),
            (&["\"a\"", "line"], false),
            (&["1.2.3.4 - -", "\"a\""], false),
            (&["\"a\"", "2026/11/21 10:00:00 [error] 7#7: x"], true),
        ] {
            assert_eq!(
                are_everywhere(&lines.iter().map(|line| sampled(line)).collect::<Vec<_>>()),
                expected,
                "{lines:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn doubled_quotes_are_undone(text in "[a\"é ]{0,30}") {
            let bump = Bump::new();
            let doubled = text.replace('"', "\"\"");
            prop_assert!(are_doubled(doubled.as_bytes()));
            prop_assert_eq!(undo_doubled(doubled.as_bytes(), &bump), text.as_bytes());
        }

        #[test]
        fn arbitrary_text_does_not_panic(text in prop::collection::vec(prop::sample::select(b"\"\"\\a".to_vec()), 0..20)) {
            prop_assert!(undo_doubled(&text, &Bump::new()).len() <= text.len());
        }
    }
}
