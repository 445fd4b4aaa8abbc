//! Severity of messages, by one rule: an error makes the exit code other than 0; a warning says that numbers may be
//! incomplete or differ from what the user expects; everything else is a note.

use std::fmt;

use logstat::{InputNote, NoteCode};

/// How much a message matters, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Note,
    Warning,
    Error,
}

/// THE TABLE of notes in a report that are warnings. The others are notes: they say how lines were read, and a number
/// that they make unknown is shown as unknown.
const WARNINGS: [NoteCode; 15] = [
    NoteCode::NotAsConfigured,
    NoteCode::NotAddresses,
    NoteCode::LikeCommon,
    NoteCode::TimesUnknown,
    NoteCode::VisitorsUnknown,
    NoteCode::PathsUnknown,
    NoteCode::StatusUnknown,
    NoteCode::BytesUnknown,
    NoteCode::BadValue,
    NoteCode::AddressListAlone,
    NoteCode::MaybeCopies,
    NoteCode::NotFollowed,
    NoteCode::GeoDamaged,
    NoteCode::OwnSiteUnknown,
    NoteCode::DegradedToMemory,
];

impl Severity {
    /// Severity of a note in a report.
    pub(crate) fn of(code: NoteCode) -> Severity {
        if WARNINGS.contains(&code) { Severity::Warning } else { Severity::Note }
    }

    /// Severity of a note about files that are not read: a warning if logs may be missing.
    pub(crate) fn of_unread(note: &InputNote) -> Severity {
        match note {
            InputNote::Unreadable { .. } | InputNote::NotSearched { .. } | InputNote::Within { .. } => {
                Severity::Warning
            }
            _ => Severity::Note,
        }
    }
}

/// Written as `error`, `warning` or `note`.
impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_listed_once_in_the_order_of_codes() {
        assert!(WARNINGS.is_sorted_by(|one, other| one < other));
        assert_eq!(Severity::of(NoteCode::MaybeCopies), Severity::Warning);
        assert_eq!(Severity::of(NoteCode::NotLogged), Severity::Note);
    }
}
