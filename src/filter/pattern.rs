//! Patterns for texts: a glob, or a regular expression.

use std::str::FromStr;

use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

use super::glob::{self, Part};
use crate::expression::SyntaxError;

/// A glob that must match a whole text or, after a `~`, a regular expression that must match anywhere in it.
///
/// In a glob, `*` matches any bytes including `/`, `?` one byte, `[a-z]` one byte of the set and `[!a-z]` one byte
/// outside it. `\xHH` is the byte that a report writes that way. Both kinds match bytes, after nginx's escapes are
/// undone.
///
/// ```
/// use logstat::Pattern;
/// let (glob, regex): (Pattern, Pattern) = ("/api/*".parse()?, "~^/api/[0-9]+$".parse()?);
/// assert!(glob.matches(b"/api/users/7") && !glob.matches(b"/v2/api/"));
/// assert!(regex.matches(b"/api/7") && !regex.matches(b"/api/users/7"));
/// # Ok::<(), logstat::SyntaxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    matcher: Matcher,
}

/// The matcher of a pattern. Nearly all globs are simple and need no regular expression.
#[derive(Clone, Debug)]
enum Matcher {
    All,
    Equals(Box<[u8]>),
    SameInAnyCase(Box<[u8]>),
    StartsWith(Box<[u8]>),
    EndsWith(Box<[u8]>),
    Contains(Box<Finder<'static>>),
    Regex(Regex),
}

/// Size limit of a compiled expression, in bytes: far more than paths need, but too little for `(.{1000}){1000}`.
const SIZE_LIMIT: usize = 1 << 20;

impl Pattern {
    /// True if a text matches.
    pub fn matches(&self, text: &[u8]) -> bool {
        match &self.matcher {
            Matcher::All => true,
            Matcher::Equals(whole) => text == &**whole,
            Matcher::SameInAnyCase(whole) => text.eq_ignore_ascii_case(whole),
            Matcher::StartsWith(start) => text.starts_with(start),
            Matcher::EndsWith(end) => text.ends_with(end),
            Matcher::Contains(part) => part.find(text).is_some(),
            Matcher::Regex(regex) => regex.is_match(text),
        }
    }

    /// The only text that matches, if the pattern has no wildcards.
    pub(super) fn literal(&self) -> Option<&[u8]> {
        if let Matcher::Equals(whole) = &self.matcher { Some(whole) } else { None }
    }

    /// The pattern as the user typed it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True if matching is slow enough for its answers to be worth caching.
    pub(super) fn is_slow(&self) -> bool {
        matches!(self.matcher, Matcher::Regex(_))
    }

    /// The same pattern, matching ASCII letters in any case.
    pub(super) fn in_any_case(&self) -> Pattern {
        let of_regex = |regex: &str| builder(regex).case_insensitive(true).size_limit(4 * SIZE_LIMIT).build().ok();
        let matcher = match &self.matcher {
            Matcher::All => Some(Matcher::All),
            Matcher::Equals(whole) | Matcher::SameInAnyCase(whole) => Some(Matcher::SameInAnyCase(whole.clone())),
            Matcher::Regex(regex) => of_regex(regex.as_str()).map(Matcher::Regex),
            Matcher::StartsWith(_) | Matcher::EndsWith(_) | Matcher::Contains(_) => {
                let parts = glob::parse(self.text.as_bytes()).ok();
                parts.and_then(|parts| of_regex(&glob::as_regex(&parts))).map(Matcher::Regex)
            }
        };
        // No text of a valid pattern fails to compile again.
        Pattern { text: self.text.clone(), matcher: matcher.unwrap_or_else(|| self.matcher.clone()) }
    }

    /// Compiles a regular expression given without its `~`; `at` is its byte offset in `text`.
    pub(super) fn regex(text: &str, at: usize, regex: &str) -> Result<Pattern, SyntaxError> {
        let compiled = compiled(regex).map_err(|(place, what)| {
            let at = place.map_or(at, |place| at + place.min(regex.len()));
            SyntaxError::new(text, at, format!("invalid regular expression: {what}"))
        })?;
        Ok(Pattern { text: format!("~{regex}"), matcher: Matcher::Regex(compiled) })
    }
}

impl FromStr for Pattern {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Pattern, SyntaxError> {
        if let Some(regex) = text.strip_prefix('~') {
            return Pattern::regex(text, 1, regex);
        }
        if text.starts_with('!') {
            let what = "'!' cannot negate a pattern: use the option that excludes; for the character itself, write \
                 \\x21";
            return Err(SyntaxError::new(text, 0, what));
        }
        let parts = glob::parse(text.as_bytes()).map_err(|(at, what)| SyntaxError::new(text, at, what))?;
        let matcher = match simple(&parts) {
            Some(matcher) => matcher,
            None => {
                Matcher::Regex(compiled(&glob::as_regex(&parts)).map_err(|(_, what)| SyntaxError::new(text, 0, what))?)
            }
        };
        Ok(Pattern { text: text.to_owned(), matcher })
    }
}

/// Returns a fast matcher for a glob whose only wildcards are stars at its ends.
fn simple(parts: &[Part]) -> Option<Matcher> {
    let is_any = |part: Option<&Part>| part == Some(&Part::Any);
    let (leads, ends) = (is_any(parts.first()), is_any(parts.last()));
    let inner = match (leads, ends) {
        (true, true) if parts.len() == 1 => return Some(Matcher::All),
        (leads, ends) => &parts[usize::from(leads)..parts.len() - usize::from(ends)],
    };
    let bytes = |part: &Part| if let Part::Byte(byte) = part { Some(*byte) } else { None };
    let bytes: Box<[u8]> = inner.iter().map(bytes).collect::<Option<_>>()?;
    Some(match (leads, ends) {
        (false, false) => Matcher::Equals(bytes),
        (false, true) => Matcher::StartsWith(bytes),
        (true, false) => Matcher::EndsWith(bytes),
        (true, true) => Matcher::Contains(Box::new(Finder::new(&bytes).into_owned())),
    })
}

fn builder(regex: &str) -> RegexBuilder {
    let mut builder = RegexBuilder::new(regex);
    builder.unicode(false);
    builder
}

/// Compiles an expression over bytes. An error says what is wrong, and at which byte offset if that is known.
fn compiled(regex: &str) -> Result<Regex, (Option<usize>, String)> {
    builder(regex).size_limit(SIZE_LIMIT).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => (None, format!("it needs more than {} KiB when compiled", limit >> 10)),
        // The message has several lines: the expression, carets under the mistake, then what is wrong.
        other => {
            let said = other.to_string();
            let indent = "    ";
            let caret =
                said.lines().filter_map(|line| line.strip_prefix(indent)).find(|l| l.trim_start().starts_with('^'));
            let place = caret.map(|line| line.len() - line.trim_start().len()).filter(|_| regex.is_ascii());
            let last = said.lines().last().unwrap_or_default();
            (place, last.trim_start_matches("error: ").to_owned())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(text: &str) -> Pattern {
        text.parse().unwrap()
    }

    #[test]
    fn globs_match_whole_texts() {
        let rows: [(&str, &[u8], bool); 20] = [
            ("/api/*", b"/api/a/b", true),
            ("/api/*", b"/api", false),
            ("*.css", b"/a.css", true),
            ("*.css", b"/a.css/", false),
            ("*bot*", b"Googlebot/2.1", true),
            ("*bot*", b"GoogleBot", false),
            ("/", b"/", true),
            ("/", b"/a", false),
            ("*", b"", true),
            ("", b"", true),
            ("", b"a", false),
            ("/a/*/c", b"/a/b/b/c", true),
            ("/a/*/c", b"/a/c", false),
            ("/?", b"/\xff", true),
            ("/?", b"/\xc3\xa9", false),
            ("/[0-9a-f]*", b"/c0ffee", true),
            ("/[!0-9]*", b"/1", false),
            (r"/\*\[\xFF", b"/*[\xff", true),
            ("/gr\u{f6}\u{df}e", "/gr\u{f6}\u{df}e".as_bytes(), true),
            ("a*b", b"a\nb", true),
        ];
        for (glob, text, expected) in rows {
            assert_eq!(pattern(glob).matches(text), expected, "{glob} {text:?}");
        }
        let slow = |glob: &str| pattern(glob).is_slow();
        assert!(["*", "/a", "/a*", "*a", "*a*", "**a**", r"\**"].iter().all(|glob| !slow(glob)));
        assert!(["/a*b", "/?", "[a]", "~a"].iter().all(|glob| slow(glob)));
    }

    #[test]
    fn regular_expressions_match_anywhere_in_bytes() {
        let rows: [(&str, &[u8], bool); 7] = [
            ("~^/api/", b"/api/a", true),
            ("~^/api/", b"/v2/api/", false),
            ("~bot|spider", b"a spider", true),
            ("~(?i)BOT", b"Googlebot", true),
            (r"~^/\xff$", b"/\xff", true),
            ("~^/.$", "/\u{e9}".as_bytes(), false),
            ("~(?u)^/.$", "/\u{e9}".as_bytes(), true),
        ];
        for (regex, text, expected) in rows {
            assert_eq!(pattern(regex).matches(text), expected, "{regex} {text:?}");
        }
    }

    #[test]
    fn patterns_may_ignore_case() {
        for (text, fitting, other) in [
            ("post", "POST", "POSTS"),
            ("Get", "gEt", "ET"),
            ("p*", "PUT", "GET"),
            ("*t", "PUT", "DELETE"),
            ("*e*", "GET", "POST"),
            ("p?t", "PUT", "POST"),
            ("[a-h]*", "GET", "POST"),
            ("~^(get|head)$", "HEAD", "HEADS"),
            ("*", "x", ""),
        ] {
            let pattern = pattern(text).in_any_case();
            assert!(
                pattern.matches(fitting.as_bytes()) && (text == "*" || !pattern.matches(other.as_bytes())),
                "{text}"
            );
            assert_eq!(pattern.text(), text);
        }
    }

    #[test]
    fn errors_have_the_offset_of_the_mistake() {
        let rows = [
            ("~a(b", 2, "invalid regular expression: unclosed group"),
            (
                "~(?!a)",
                1,
                "invalid regular expression: look-around, including look-ahead and look-behind, is not supported",
            ),
            ("~(.{1000}){1000}", 1, "invalid regular expression: it needs more than 1024 KiB when compiled"),
            ("/a[b", 2, "this [ has no closing ]; for the character itself, write \\["),
        ];
        for (text, at, what) in rows {
            let error = text.parse::<Pattern>().unwrap_err();
            assert_eq!((error.at(), error.what()), (at, what), "{text}");
        }
        assert!("*a".repeat(100_000).parse::<Pattern>().is_err());
    }

    /// Slow reference by definition: a star matches nothing, or one byte and then again.
    fn reference(parts: &[Part], text: &[u8]) -> bool {
        match (parts, text) {
            ([], []) => true,
            ([], _) => false,
            ([Part::Any, rest @ ..], _) => reference(rest, text) || !text.is_empty() && reference(parts, &text[1..]),
            (_, []) => false,
            ([part, rest @ ..], [byte, behind @ ..]) => {
                let fits = match part {
                    Part::Byte(b) => b == byte,
                    Part::One | Part::Any => true,
                    Part::Within { ranges, is_not } => ranges.iter().any(|(a, z)| (a..=z).contains(&byte)) != *is_not,
                };
                fits && reference(rest, behind)
            }
        }
    }

    proptest! {
        #[test]
        fn globs_match_like_the_reference(
            globs in prop::collection::vec(
                prop::sample::select(vec!["*", "?", "a", "b", "/", "[ab]", "[!a]", "\\*", "\\xFF", "[a-b/]", "\n"]), 0..6),
            text in prop::collection::vec(prop::sample::select(b"ab/*\xff\n".to_vec()), 0..6),
        ) {
            let glob = globs.concat();
            let expected = reference(&glob::parse(glob.as_bytes()).unwrap(), &text);
            prop_assert_eq!(pattern(&glob).matches(&text), expected, "{} {:?}", glob, text);
        }
    }
}
