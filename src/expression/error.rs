//! What is wrong with a text that a user wrote, and a caret under the place.

use std::fmt;

/// What is wrong with a filter or an expression, and where in its text.
///
/// ```
/// let error = "status >> 500".parse::<logstat::Where>().unwrap_err();
/// assert_eq!(error.to_string(), "'>' where a value was expected\n  status >> 500\n          ^");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    text: String,
    at: usize,
    what: String,
    unknown: Option<String>,
}

impl SyntaxError {
    pub(crate) fn new(text: &str, at: usize, what: impl Into<String>) -> SyntaxError {
        SyntaxError { text: text.to_owned(), at, what: what.into(), unknown: None }
    }

    /// The same of a name that nothing has.
    pub(crate) fn unknown_name(text: &str, at: usize, name: &str) -> SyntaxError {
        let what = format!("unknown name '{}'", crate::report::printable(name.as_bytes()));
        SyntaxError { unknown: Some(name.to_owned()), ..SyntaxError::new(text, at, what) }
    }

    /// What is wrong, in a line.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The byte of the text where it is.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The name that nothing has, if that is what is wrong.
    pub fn unknown(&self) -> Option<&str> {
        self.unknown.as_deref()
    }

    /// The text, and in a second line a caret under the place.
    pub fn shown(&self) -> String {
        let text = crate::report::printable(self.text.as_bytes());
        let before = crate::report::printable(&self.text.as_bytes()[..self.at.min(self.text.len())]);
        let caret_at = before.chars().count();
        format!("  {text}\n  {:caret_at$}^", "")
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.what, self.shown())
    }
}

impl std::error::Error for SyntaxError {}
