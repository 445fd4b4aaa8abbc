//! What a configuration says and the choice between static and dynamic does not follow. It is told, not hidden.

use std::collections::HashMap;
use std::fmt;

use super::place::{Place, shown};
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
    /// It leads to a path with this variable, which only nginx knows.
    Variable(String),
    /// It answers where a file is missing or access is refused, which the path does not show.
    Failure,
    /// It is code that may answer or lead elsewhere.
    Code,
    /// It belongs to a module that is not known here.
    Unknown,
    /// Its regular expression cannot be compiled, for this reason.
    Regex(String),
}

impl Unheeded {
    pub(super) fn new(directive: &Directive, why: Why) -> Self {
        Unheeded { written: directive.written(), place: directive.name.place.clone(), why }
    }

    /// The name of the directive.
    pub(super) fn name(&self) -> &str {
        self.written.split(' ').next().unwrap_or_default()
    }
}

/// One line for each name of a directive, with its first place and the number of others.
pub(super) fn by_name<'a>(all: impl Iterator<Item = &'a Unheeded>) -> Vec<String> {
    let mut names: HashMap<&str, usize> = HashMap::new();
    let mut firsts: Vec<(&Unheeded, usize)> = Vec::new();
    for unheeded in all {
        let at = *names.entry(unheeded.name()).or_insert(firsts.len());
        match firsts.get_mut(at) {
            Some((_, more)) => *more += 1,
            None => firsts.push((unheeded, 0)),
        }
    }
    let line = |(first, more): (&Unheeded, usize)| match more {
        0 => format!("{}: {first}", first.place),
        1 => format!("{}: {first} (and in 1 more place)", first.place),
        _ => format!("{}: {first} (and in {more} more places)", first.place),
    };
    firsts.into_iter().map(line).collect()
}

impl fmt::Display for Unheeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Why::NotThePath => write!(f, "{}: depends on more than the path", self.written),
            Why::Failure => write!(f, "{}: answers only where a file is missing or access is refused", self.written),
            Why::Variable(name) => write!(f, "{}: only nginx knows the value of ${}", self.written, shown(name)),
            Why::Code => write!(f, "{}: code that may answer the request or lead elsewhere", self.written),
            Why::Unknown => write!(f, "unknown directive {}: it may handle the request", self.written),
            Why::Regex(why) => write!(f, "{}: its regular expression is skipped: {why}", self.written),
        }
    }
}
