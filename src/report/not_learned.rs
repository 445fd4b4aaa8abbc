//! Notes about routes that could not be learned.

use super::{Note, NoteCode};
use crate::batch::Fields;
use crate::dimension::Dimension;
use crate::keys::GroupId;
use crate::message::{Setting, message};
use crate::tally::{Tally, Unescaped};

/// Returns the note if a ranking of routes has dropped keys. `limit` is the setting that made it drop them.
pub(super) fn not_learned(tally: &Tally<Unescaped>, limit: Setting) -> Option<Note> {
    let ranking = tally.tables.iter().find(|table| table.max_error.is_some() && has_routes(table.dimension))?;
    let text = message![
        format!("the ranking of {} dropped keys, so names of pages are not grouped as ", ranking.dimension.name()),
        "{slug}; to group them, use a larger ",
        limit
    ];
    Some(Note::new(NoteCode::RoutesNotLearned, text))
}

/// Returns the note if filters have selected requests of several routes, and none that was served. `logged` are the
/// fields that any input logs.
pub(super) fn none_served(tally: &Tally<Unescaped>, has_filters: bool, logged: Fields) -> Option<Note> {
    let ranking = tally.tables.iter().find(|table| table.max_error.is_none() && has_routes(table.dimension))?;
    let counts = ranking.counts().filter(|_| has_filters && logged.contains(Fields::STATUS))?;
    let groups = (0..ranking.keys(&tally.visitors).len() as u32).map(|group| counts.of(GroupId(group)));
    let (mut routes, mut failed) = (0, 0);
    for counts in groups {
        if counts.served() > 0 {
            return None;
        }
        routes += 1;
        failed += counts.class[5];
    }
    let sort = if failed > 0 { " 5xx" } else { " 4xx" };
    let text = message![
        "names of pages are not grouped as {slug}, because the filters select no served request (2xx or 3xx); for the \
         errors of each route, select all requests and use ",
        Setting::Sort,
        sort
    ];
    (routes > 1).then(|| Note::new(NoteCode::RoutesNotLearned, text))
}

fn has_routes(dimension: Dimension) -> bool {
    dimension.parts().any(Dimension::is_learned)
}
