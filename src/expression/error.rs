//! Syntax errors in a user's text, with a caret under the mistake.

use std::fmt;

/// An error in a filter or an expression, with its place in the text.
///
/// ```
/// let error = "status >> 500".parse::<logstat::WhereExpression>().unwrap_err();
/// assert_eq!(error.to_string(), "expected a value, found '>'\n  status >> 500\n          ^");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    text: String,
    at: usize,
    what: String,
    unknown: Option<String>,
    /// Boxed, because it is rare and makes every result larger.
    mistyped: Option<Box<(String, Vec<&'static str>)>>,
}

impl SyntaxError {
    /// Makes an error. `what` may quote the text: it is escaped here, so callers can print it.
    pub(crate) fn new(text: &str, at: usize, what: impl AsRef<str>) -> SyntaxError {
        let what = crate::text::printable(what.as_ref().as_bytes());
        SyntaxError { text: text.to_owned(), at, what, unknown: None, mistyped: None }
    }

    /// Makes the error for an unknown name.
    pub(crate) fn unknown_name(text: &str, at: usize, name: &str) -> SyntaxError {
        let what = format!("unknown name '{name}'");
        SyntaxError { unknown: Some(name.to_owned()), ..SyntaxError::new(text, at, what) }
    }

    /// Makes the error for a word that is none of the words that can be meant.
    pub(crate) fn none_of(
        text: &str,
        at: usize,
        word: &str,
        words: Vec<&'static str>,
        what: impl AsRef<str>,
    ) -> SyntaxError {
        SyntaxError { mistyped: Some(Box::new((word.to_owned(), words))), ..SyntaxError::new(text, at, what) }
    }

    /// The message, in one line.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Byte offset of the mistake in the text.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The unknown name, if that is the mistake.
    pub fn unknown(&self) -> Option<&str> {
        self.unknown.as_deref()
    }

    /// A word that is none of those that can be meant, with these, if that is the mistake.
    pub fn mistyped(&self) -> Option<(&str, &[&'static str])> {
        self.mistyped.as_deref().map(|(word, words)| (&**word, &**words))
    }

    /// The text with a caret under the mistake in a second line. A long text is cut to the part near the mistake.
    pub fn shown(&self) -> String {
        let at = self.at.min(self.text.len());
        let shown = |bytes: &[u8]| crate::text::printable(bytes).chars().collect::<Vec<char>>();
        let (before, behind) = (shown(&self.text.as_bytes()[..at]), shown(&self.text.as_bytes()[at..]));
        let cut = before.len().saturating_sub(NEAR);
        let dots = |is_cut| if is_cut { "…" } else { "" };
        let start: String = before[cut..].iter().collect();
        let end: String = behind.iter().take(NEAR).collect();
        let caret_at = before.len() - cut + dots(cut > 0).chars().count();
        format!("  {}{start}{end}{}\n  {:caret_at$}^", dots(cut > 0), dots(behind.len() > NEAR), "")
    }
}

/// Maximum number of characters shown before the mistake, and after it.
const NEAR: usize = 60;

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.what, self.shown())
    }
}

impl std::error::Error for SyntaxError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_around_the_mistake() {
        let text = "x".repeat(1000) + "!" + &"y".repeat(1000);
        let shown = SyntaxError::new(&text, 1000, "").shown();
        assert_eq!(shown, format!("  …{}!{}…\n  {:61}^", "x".repeat(60), "y".repeat(59), ""));
        assert_eq!(SyntaxError::new("a ! b", 2, "").shown(), "  a ! b\n    ^");
    }
}
