//! What is wrong with a configuration, and where.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::place::{Place, shown_path};

/// Why a configuration could not be read: `nginx.conf:12:5: unknown log format "mian"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NginxConfError(Box<Wrong>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Wrong {
    file: Arc<Path>,
    /// None where the file itself could not be read.
    at: Option<(u32, u32)>,
    message: String,
}

impl NginxConfError {
    pub(super) fn at(place: &Place, message: impl Into<String>) -> Self {
        let at = Some((place.line, place.column));
        NginxConfError(Box::new(Wrong { file: place.file.clone(), at, message: message.into() }))
    }

    pub(super) fn of_file(file: &Path, message: impl Into<String>) -> Self {
        NginxConfError(Box::new(Wrong { file: file.into(), at: None, message: message.into() }))
    }

    /// The file in which it stands, which may be an included one.
    pub fn path(&self) -> &Path {
        &self.0.file
    }

    /// Line and column (in characters), both counted from 1; `None` where the file as a whole could not be read.
    pub fn line_and_column(&self) -> Option<(u32, u32)> {
        self.0.at
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for NginxConfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", shown_path(&self.0.file))?;
        if let Some((line, column)) = self.0.at {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.0.message)
    }
}

impl std::error::Error for NginxConfError {}
