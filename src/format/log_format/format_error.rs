//! The error of an invalid log format, shown with the place of the mistake.

use std::fmt;

use crate::text::printable;

/// A mistake in the text of a `log_format`, and the byte where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    pub(crate) text: String,
    pub(crate) at: usize,
    pub(crate) what: String,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // If there are several lines, show only the one with the mistake.
        let (before, after) = self.text.as_bytes().split_at(self.at);
        let before = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let after = after.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let text = printable(&[before, after].concat());
        let before = printable(before);
        let caret_at = before.chars().count();
        let what = printable(self.what.as_bytes());
        write!(f, "log format: {what}\n  {text}\n  {:caret_at$}^", "")
    }
}

impl std::error::Error for FormatError {}
