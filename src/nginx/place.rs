//! Where in which file something stands.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A place in a file of the configuration. Written as `nginx.conf:12:5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: Arc<Path>,
    /// Counted from 1.
    pub(crate) line: u32,
    /// In characters, counted from 1.
    pub(crate) column: u32,
}

/// A piece of text and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Without quotes and escapes. What is not UTF-8 in the file is U+FFFD here: such a word names nothing.
    pub(crate) text: String,
    /// The quote around it.
    pub(crate) quote: Option<char>,
    pub(crate) place: Place,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", shown_path(&self.file), self.line, self.column)
    }
}

/// A path as a person may see it, whatever bytes it holds.
pub(super) fn shown_path(path: &Path) -> String {
    crate::text::printable(path.as_os_str().as_encoded_bytes())
}

/// Text of a configuration as a person may see it, whatever it holds.
pub(super) fn shown(text: &str) -> String {
    crate::text::printable(text.as_bytes())
}
