//! The reason why a line is malformed.

use crate::by_name::serde_by_name;

/// The reason why a line is malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It matches no format in use.
    NoMatch,
    /// Its date or time does not exist.
    BadTime,
    /// A number is beyond 64 bits.
    BadNumber,
    /// It is longer than [`Question::max_line`](crate::Question::max_line).
    TooLong,
    /// It matches no format and holds NULs, as files do after a crash.
    Nul,
    /// It holds the beginning of a second line, as after a full disk.
    Glued,
    /// It begins like JSON, but its brackets, quotes or commas do not match.
    BadJson,
    /// It was written by a program other than nginx's access log.
    OtherProgram,
}

/// THE TABLE of reasons and their names, in the order of reports.
const REASONS: [(Reason, &str); 8] = [
    (Reason::NoMatch, "no match"),
    (Reason::BadTime, "bad time"),
    (Reason::BadNumber, "bad number"),
    (Reason::TooLong, "too long"),
    (Reason::Nul, "NUL"),
    (Reason::Glued, "glued"),
    (Reason::BadJson, "bad JSON"),
    (Reason::OtherProgram, "other program"),
];

impl Reason {
    /// The number of reasons.
    pub(crate) const COUNT: usize = REASONS.len();

    /// Every reason, in the order of reports.
    pub fn all() -> impl Iterator<Item = Reason> {
        REASONS.iter().map(|(reason, _)| *reason)
    }

    /// The name in reports and data: `no match`.
    pub fn name(self) -> &'static str {
        REASONS[self as usize].1
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

serde_by_name!(Reason, "a reason why a line is malformed", |name| Reason::all().find(|reason| reason.name() == name));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_in_table_order() {
        assert!(REASONS.iter().enumerate().all(|(at, (reason, _))| *reason as usize == at));
    }
}
