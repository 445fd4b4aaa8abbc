//! Checks messages: none may contain a character that could move the cursor, change the direction of text, or hide.

use std::sync::LazyLock;

use regex::Regex;

/// Control characters, format characters (including those for bidirectional text), and line and paragraph separators.
static UNSAFE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]").expect("an expression"));

/// Panics if a text has an unsafe character other than a line feed.
pub(super) fn assert_safe(what: &str, text: &str) {
    assert_safe_but(what, text, "\n");
}

/// Panics if a text has an unsafe character that is not in `allowed`.
pub(super) fn assert_safe_but(what: &str, text: &str, allowed: &str) {
    let found = UNSAFE.find_iter(text).find(|found| !allowed.contains(found.as_str()));
    if let Some(found) = found {
        panic!("{what}: {:?} in {text:?}", found.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::assert_safe;

    #[test]
    fn unsafe_characters_are_detected() {
        assert_safe("fine", "größe 日本\n  \\x1B[31m");
        for text in ["\u{1b}[31m", "a\rb", "\t", "\u{202e}", "\u{200b}", "\u{2028}", "\u{feff}", "\u{85}"] {
            assert!(std::panic::catch_unwind(|| assert_safe("unsafe", text)).is_err(), "{text:?}");
        }
    }
}
