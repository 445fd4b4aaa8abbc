//! Places in the files of a configuration.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::printable::printable;

/// A place in a file of the configuration. Written as `nginx.conf:12:5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub(crate) file: Arc<Path>,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Place {
    /// The file, which may be an included one.
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

/// A piece of text and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Without quotes and escapes. Bytes that are not UTF-8 in the file are U+FFFD here: such a word names nothing.
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

/// A path for people, whatever bytes it holds.
pub(crate) fn shown_path(path: &Path) -> String {
    printable(path.as_os_str().as_encoded_bytes())
}

/// Text of a configuration for people, whatever it holds.
pub(crate) fn shown(text: &str) -> String {
    printable(text.as_bytes())
}
