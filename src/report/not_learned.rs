//! The note about routes that could not be learned.

use super::{Note, NoteCode};
use crate::dimension::Dimension;
use crate::message::{Setting, message};
use crate::tally::{Tally, Unescaped};

/// Returns the note if a ranking of routes has dropped keys. `limit` is the setting that made it drop them.
pub(super) fn not_learned(tally: &Tally<Unescaped>, limit: Setting) -> Option<Note> {
    let has_routes = |dimension: Dimension| dimension.parts().any(Dimension::is_learned);
    let ranking = tally.tables.iter().find(|table| table.max_error.is_some() && has_routes(table.dimension))?;
    let text = message![
        format!("the ranking of {} dropped keys, so names of pages are not grouped as ", ranking.dimension.name()),
        "{slug}; to group them, use a larger ",
        limit
    ];
    Some(Note::new(NoteCode::RoutesNotLearned, text))
}
