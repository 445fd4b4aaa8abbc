//! Patterns of paths, as a site's own router has them.

use std::fmt;

use super::variable_part::is_uuid;

/// A pattern of paths, whose variable parts have names: `/shop/:id`, `/shop/{id}` or `shop/<int:pk>/`.
///
/// The first two forms mean the same: a part of at least one byte without `/`. The third is that of Django's `path()`,
/// whose types are `str`, `int`, `slug`, `uuid` and `path`; only a `path` contains slashes. The first slash of a pattern
/// is optional, the last is not. A pattern without variable parts keeps a path as it is.
///
/// ```
/// use logstat::RoutePattern;
/// let pattern: RoutePattern = "user/<int:pk>/".parse()?;
/// assert_eq!(pattern.route(), "/user/{pk}/");
/// assert!(pattern.matches(b"/user/17/") && !pattern.matches(b"/user/17") && !pattern.matches(b"/user/me/"));
/// assert_eq!("/shop/<id".parse::<RoutePattern>().unwrap_err().at(), 6);
/// # Ok::<(), logstat::SyntaxError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutePattern {
    parts: Vec<Part>,
    route: String,
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Literal(String),
    Variable { name: String, kind: PartKind },
}

/// What a variable part matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind {
    Str,
    Int,
    Slug,
    Uuid,
    Path,
}

/// THE TABLE of the types of variable parts.
const KINDS: [(PartKind, &str); 5] = [
    (PartKind::Str, "str"),
    (PartKind::Int, "int"),
    (PartKind::Slug, "slug"),
    (PartKind::Uuid, "uuid"),
    (PartKind::Path, "path"),
];

impl PartKind {
    /// All names, in the order of the table.
    pub(super) fn names() -> [&'static str; 5] {
        KINDS.map(|(_, name)| name)
    }

    pub(super) fn named(name: &str) -> Option<PartKind> {
        KINDS.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map(|(_, name)| *name).expect("every type has a row")
    }

    /// True if the type may have this byte. That is all there is to a type, except for the length of a UUID.
    fn has(self, byte: u8) -> bool {
        match self {
            PartKind::Str => byte != b'/',
            PartKind::Int => byte.is_ascii_digit(),
            PartKind::Slug => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            PartKind::Uuid => byte.is_ascii_hexdigit() || byte == b'-',
            PartKind::Path => true,
        }
    }
}

impl RoutePattern {
    /// Makes a pattern of parts, of which the first is a literal that starts with a slash.
    pub(super) fn new(parts: Vec<Part>) -> RoutePattern {
        let written = parts.iter().map(|part| match part {
            Part::Literal(text) => text.clone(),
            Part::Variable { name, .. } => format!("{{{name}}}"),
        });
        RoutePattern { route: written.collect(), parts }
    }

    /// The route of all paths that the pattern matches, with its names in braces: `/shop/{id}`.
    pub fn route(&self) -> &str {
        &self.route
    }

    /// True if the pattern matches the whole path, which has no query.
    pub fn matches(&self, path: &[u8]) -> bool {
        let Some(Part::Literal(first)) = self.parts.first() else { return false };
        if !path.starts_with(first.as_bytes()) {
            return false;
        }
        // The places in the path that the parts so far may end at. Tracking all of them takes time in proportion to the
        // path times the number of parts, whatever a visitor sends; backtracking may take forever.
        let mut ends = vec![false; path.len() + 1];
        ends[first.len()] = true;
        for part in &self.parts[1..] {
            ends = match part {
                Part::Literal(text) => after_literal(&ends, path, text.as_bytes()),
                Part::Variable { kind: PartKind::Uuid, .. } => after_uuid(&ends, path),
                Part::Variable { kind, .. } => after_run(&ends, path, *kind),
            };
        }
        ends[path.len()]
    }
}

fn after_literal(starts: &[bool], path: &[u8], text: &[u8]) -> Vec<bool> {
    let mut ends = vec![false; starts.len()];
    for (at, _) in starts.iter().enumerate().filter(|(_, is_start)| **is_start) {
        if path[at..].starts_with(text) {
            ends[at + text.len()] = true;
        }
    }
    ends
}

fn after_uuid(starts: &[bool], path: &[u8]) -> Vec<bool> {
    let mut ends = vec![false; starts.len()];
    for (at, _) in starts.iter().enumerate().filter(|(_, is_start)| **is_start) {
        if let Some(text) = path.get(at..at + super::variable_part::UUID)
            && is_uuid(text)
        {
            ends[at + text.len()] = true;
        }
    }
    ends
}

/// A run of at least one byte of the type, from any of the starts.
fn after_run(starts: &[bool], path: &[u8], kind: PartKind) -> Vec<bool> {
    let mut ends = vec![false; starts.len()];
    let mut is_in_run = false;
    for (at, byte) in path.iter().enumerate() {
        is_in_run = (is_in_run || starts[at]) && kind.has(*byte);
        ends[at + 1] = is_in_run;
    }
    ends
}

/// Writes the pattern with all types: `/user/<int:pk>/`. Equal patterns have equal texts, however they were given.
impl fmt::Display for RoutePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Literal(text) => f.write_str(text),
            Part::Variable { name, kind } => write!(f, "<{}:{name}>", kind.name()),
        })
    }
}
