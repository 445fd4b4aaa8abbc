//! What a configuration says and the choice between static and dynamic does not follow. It is told, not hidden.

use std::fmt;

use super::place::Place;
use super::tree::Directive;

/// A directive that is not followed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unheeded {
    /// As it stands in the file.
    pub(super) written: String,
    pub(super) place: Place,
    pub(super) why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// It depends on headers, methods, or what else a path does not tell.
    NotThePath,
    /// Its regular expression cannot be compiled, for this reason.
    Regex(String),
}

impl Unheeded {
    pub(super) fn new(directive: &Directive, why: Why) -> Self {
        Unheeded { written: directive.written(), place: directive.name.place.clone(), why }
    }
}

impl fmt::Display for Unheeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Why::NotThePath => write!(f, "{}: depends on more than the path", self.written),
            Why::Regex(why) => write!(f, "{}: its regular expression is skipped: {why}", self.written),
        }
    }
}
