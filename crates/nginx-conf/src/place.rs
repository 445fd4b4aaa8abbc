//! Positions in the files of a configuration.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::printable::printable;

/// A position in a file of the configuration. Displayed as `nginx.conf:12:5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub(crate) file: Arc<Path>,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Place {
    /// The file; may be an included one.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The line, counted from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column in characters, counted from 1.
    pub fn column(&self) -> u32 {
        self.column
    }
}

/// A word of a configuration and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// The text without quotes and escapes. Invalid UTF-8 is replaced by U+FFFD; such a word matches no name.
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

/// A path made safe to print, whatever bytes it contains.
pub(crate) fn shown_path(path: &Path) -> String {
    printable(path.as_os_str().as_encoded_bytes())
}

/// Text of a configuration made safe to print, whatever it contains.
pub(crate) fn shown(text: &str) -> String {
    printable(text.as_bytes())
}
