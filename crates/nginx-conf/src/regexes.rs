//! Translates nginx's regular expressions, which are those of PCRE, to the `regex` crate.
//!
//! Most patterns mean the same in both. Other patterns are rewritten here, or rejected with a reason: it is better to
//! report a skipped location than to choose it for the wrong paths.

use std::fmt::Write;

use regex::bytes::{Regex, RegexBuilder};

/// Maximum size of a compiled pattern in bytes: far more than a location needs, but less than `(.{1000}){1000}` takes.
const SIZE_LIMIT: usize = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Sensitive,
    Insensitive,
}

/// Compiles a pattern. The error is the reason why it is not supported.
pub(crate) fn compile(pattern: &str, case: Case) -> Result<Regex, String> {
    let translated = translate(pattern)?;
    RegexBuilder::new(&translated)
        .unicode(false)
        .case_insensitive(case == Case::Insensitive)
        .size_limit(SIZE_LIMIT)
        .build()
        .map_err(|error| reason(&error))
}

fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "too large".to_owned(),
        // The message has several lines; the last one is the reason.
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    }
}

/// Rewrites syntax that only PCRE supports, or that means something else in PCRE.
fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    let mut class_len: Option<usize> = None;
    let mut may_repeat_again = false;
    while let Some(c) = rest.chars().next() {
        let mut len = c.len_utf8();
        let is_quantifier = class_len.is_none() && (matches!(c, '*' | '+' | '?') || braces_len(rest).is_some());
        match c {
            '\\' => len += escaped(&mut out, &rest[1..], class_len.is_some()),
            '[' if class_len.is_none() => {
                // A `]` right after `[` or `[^` does not end the class.
                len +=
                    ["^]", "]", "^"].iter().find(|start| rest[1..].starts_with(**start)).map_or(0, |start| start.len());
                out.push_str(&rest[..len].replace(']', "\\]"));
                class_len = Some(0);
            }
            '[' if !rest.starts_with("[:") => out.push_str("\\["),
            '[' => {
                len = rest.find(":]").map_or(1, |end| end + 2);
                out.push_str(&rest[..len]);
            }
            ']' if class_len.is_some() => {
                out.push(']');
                class_len = None;
            }
            // In the crate, these can form class intersections and differences; in PCRE they are literals.
            '&' | '~' if class_len.is_some() => write!(out, "\\{c}").expect("writing to a String cannot fail"),
            '$' if class_len.is_none() => out.push_str("(?:\\n?\\z)"),
            '(' if class_len.is_none() && rest.starts_with("(?>") => {
                return Err("atomic groups are not supported".to_owned());
            }
            '+' if may_repeat_again => return Err("possessive quantifiers are not supported".to_owned()),
            '{' if class_len.is_none() && !is_quantifier => out.push_str("\\{"),
            '{' if class_len.is_none() => {
                len = braces_len(rest).unwrap_or(1);
                out.push_str(&rest[..len]);
            }
            c => out.push(c),
        }
        may_repeat_again = is_quantifier && !may_repeat_again && !out.ends_with("(?");
        rest = &rest[len..];
    }
    Ok(out)
}

/// Writes an escape sequence. `rest` is the text after the backslash; returns how many bytes of it were consumed.
fn escaped(out: &mut String, rest: &str, in_class: bool) -> usize {
    let Some(c) = rest.chars().next() else {
        out.push('\\');
        return 0;
    };
    match c {
        'Z' if !in_class => out.push_str("(?:\\n?\\z)"),
        // An escaped character that is neither letter nor digit is a literal, even `<`, `>` and `_`, whose escapes mean
        // something else in the crate or are errors.
        c if !c.is_alphanumeric() => {
            if regex_syntax_char(c) {
                out.push('\\');
            }
            out.push(c);
        }
        c => {
            out.push('\\');
            out.push(c);
            // A range cannot begin with a class: in `[\w-.]`, the `-` is a literal.
            if in_class && matches!(c, 'w' | 'W' | 'd' | 'D' | 's' | 'S') && rest[1..].starts_with('-') {
                out.push_str("\\-");
                return 2;
            }
        }
    }
    c.len_utf8()
}

/// True for a character that has a special meaning unless it is escaped.
fn regex_syntax_char(c: char) -> bool {
    matches!(
        c,
        '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' | '#' | '&' | '-' | '~'
    )
}

/// Length of `{2}`, `{2,}` or `{2,3}`; any other brace is a literal.
fn braces_len(text: &str) -> Option<usize> {
    let (counts, _) = text.strip_prefix('{')?.split_once('}')?;
    let (least, most) = counts.split_once(',').unwrap_or((counts, ""));
    let is_number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    (!least.is_empty() && is_number(least) && is_number(most)).then_some(counts.len() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_nginx() {
        for (pattern, text, expected) in [
            (r"\.php$", "/a.php", true),
            (r"\.php$", "/a.php/b", false),
            // In PCRE, `$` also matches before a trailing line feed; attackers use this with /a.php%0A.
            (r"\.php$", "/a.php\n", true),
            (r"\.php$", "/a.php\n\n", false),
            (r"^/(a|b)/\d{2,3}/", "/a/123/", true),
            (r"^/a{2}$", "/aa", true),
            (r"^/{a}/{,3}$", "/{a}/{,3}", true),
            (r"^\/x\-y\_z\<\>\%$", "/x-y_z<>%", true),
            (r"[\w-.]+$", "-.", true),
            (r"^/[[]a[]]$", "/[a]", true),
            (r"^/[^]]$", "/a", true),
            (r"^/[a&&b~~]+$", "/&~ab", true),
            (r"^/[[:digit:]]+$", "/12", true),
            (r"^/a\Z", "/a", true),
            (r"^/.$", "/\u{e9}", false),
            (r"^/..$", "/\u{e9}", true),
            (r"^/é", "/é", true),
            (r"(?i)^/A", "/a", true),
            (r"^/(?:a+?|b*?|c??)d", "/ad", true),
            (r"^/(?<name>[^/]+)/(?P<other>.*)$", "/a/b", true),
            (r"a|", "", true),
        ] {
            let regex = compile(pattern, Case::Sensitive).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            assert_eq!(regex.is_match(text.as_bytes()), expected, "{pattern} {text:?}");
        }
        assert!(compile("^/IMG", Case::Insensitive).unwrap().is_match(b"/img"));
    }

    #[test]
    fn unsupported_syntax_is_reported() {
        for (pattern, expected) in [
            ("^/(?!api)", "look-around, including look-ahead and look-behind, is not supported"),
            ("(?<=a)b", "look-around, including look-ahead and look-behind, is not supported"),
            (r"(a)\1", "backreferences are not supported"),
            ("a++", "possessive quantifiers are not supported"),
            ("a{2}+", "possessive quantifiers are not supported"),
            ("^/(?>a|ab)c", "atomic groups are not supported"),
            ("((a)", "unclosed group"),
            ("(.{1000}){1000}", "too large"),
        ] {
            assert_eq!(compile(pattern, Case::Sensitive).unwrap_err(), expected, "{pattern}");
        }
        assert!(compile("[a", Case::Sensitive).is_err() && compile("a\\", Case::Sensitive).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_pattern_is_compiled_or_refused(pattern: String, parts in proptest::collection::vec(
            proptest::sample::select(vec!["[", "]", "^", "\\", "{", "}", "1", ",", "(", ")", "?", "+", "$", "é", "a", "-", ":"]), 0..10),
        ) {
            for pattern in [pattern, parts.concat()] {
                let _ = compile(&pattern, Case::Insensitive);
            }
        }
    }
}
