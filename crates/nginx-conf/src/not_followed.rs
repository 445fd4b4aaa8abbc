//! Directives that are only partly understood. They are reported, and the static/dynamic decision ignores them.

use std::collections::HashMap;
use std::fmt;

use super::place::{Place, shown};
use super::tree::Directive;

/// A directive that may matter but is not followed. Displayed as `if ($http_x): depends on more than the path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFollowed {
    /// The directive as written.
    pub(crate) written: String,
    pub(crate) place: Place,
    pub(crate) why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Depends on headers, methods or anything else but the path.
    NotThePath,
    /// Leads to a path with this variable, which only nginx knows.
    Variable(String),
    /// Answers if a file is missing or access is denied, which the path does not show.
    Failure,
    /// Runs code that may answer or redirect.
    Code,
    /// Belongs to an unknown module.
    Unknown,
    /// Has a regular expression that cannot be compiled. Holds the reason.
    Regex(String),
}

impl NotFollowed {
    pub(crate) fn new(directive: &Directive, why: Why) -> Self {
        NotFollowed { written: directive.written(), place: directive.name.place.clone(), why }
    }

    /// The place of the directive.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The name of the directive.
    pub fn name(&self) -> &str {
        self.written.split(' ').next().unwrap_or_default()
    }
}

/// A directive that is skipped although it may decide how a request is answered. Displayed as `nginx.conf:12:5:
/// location ~ ^/(?!api) is skipped: …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub(crate) place: Place,
    pub(crate) message: String,
}

impl Skipped {
    /// The place of the directive.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The directive and the reason. Safe on a terminal.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Returns one row per directive name, with its first place and the number of further places.
pub(crate) fn by_name<'a>(all: impl Iterator<Item = &'a NotFollowed>) -> Vec<Skipped> {
    let mut names: HashMap<&str, usize> = HashMap::new();
    let mut firsts: Vec<(&NotFollowed, usize)> = Vec::new();
    for not_followed in all {
        let at = *names.entry(not_followed.name()).or_insert(firsts.len());
        match firsts.get_mut(at) {
            Some((_, more)) => *more += 1,
            None => firsts.push((not_followed, 0)),
        }
    }
    let row = |(first, more): (&NotFollowed, usize)| {
        let message = match more {
            0 => first.to_string(),
            1 => format!("{first} (and in 1 more place)"),
            _ => format!("{first} (and in {more} more places)"),
        };
        Skipped { place: first.place.clone(), message }
    };
    firsts.into_iter().map(row).collect()
}

impl fmt::Display for NotFollowed {
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
