//! The reason why a configuration cannot be read, and its place.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::place::{Place, shown_path};

/// The reason why a configuration cannot be read: `nginx.conf:12:5: unknown log format "mian"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<ErrorInner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct ErrorInner {
    file: Arc<Path>,
    /// Line and column; `None` if the error is about the file as a whole.
    at: Option<(u32, u32)>,
    directive: Option<String>,
    message: String,
}

impl Error {
    pub(crate) fn at(place: &Place, message: impl Into<String>) -> Self {
        let at = Some((place.line, place.column));
        Error(Box::new(ErrorInner { file: place.file.clone(), at, directive: None, message: message.into() }))
    }

    pub(crate) fn of_file(file: &Path, message: impl Into<String>) -> Self {
        Error(Box::new(ErrorInner { file: file.into(), at: None, directive: None, message: message.into() }))
    }

    /// Adds the name of the directive to the error.
    pub(crate) fn of(mut self, directive: &str) -> Self {
        self.0.directive = Some(directive.to_owned());
        self
    }

    /// The file; may be an included one.
    pub fn path(&self) -> &Path {
        &self.0.file
    }

    /// The line, counted from 1; `None` if the error is about the file as a whole.
    pub fn line(&self) -> Option<u32> {
        self.0.at.map(|(line, _)| line)
    }

    /// The column in characters, counted from 1; `None` if the error is about the file as a whole.
    pub fn column(&self) -> Option<u32> {
        self.0.at.map(|(_, column)| column)
    }

    /// The name of the directive that nginx would reject; `None` if the text cannot be split into directives.
    pub fn directive(&self) -> Option<&str> {
        self.0.directive.as_deref()
    }

    /// The reason, without the place. Safe on a terminal.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", shown_path(&self.0.file))?;
        if let Some((line, column)) = self.0.at {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.0.message)
    }
}

impl std::error::Error for Error {}
