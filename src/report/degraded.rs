//! The note about numbers that a memory limit made approximate.

use super::{Note, NoteCode};
use crate::error::bytes_in_words;
use crate::tally::{Degraded, Tally, Unescaped};

/// Returns the note if anything became approximate. A bounded ranking that did not exceed its bound is exact.
pub(super) fn degraded(tally: &Tally<Unescaped>) -> Option<Note> {
    let Degraded { limit_bytes, max_keys, hll } = tally.degraded?;
    let cut = tally.tables.iter().filter(|table| table.max_error.is_some());
    let names: Vec<_> = cut.map(|table| table.dimension.name()).collect();
    let rankings = max_keys.and_then(|most| match &names[..] {
        [] => None,
        [one] => Some(format!("the ranking of {one} keeps {most} keys, and is approximate")),
        several => Some(format!("the rankings of {} keep {most} keys each, and are approximate", several.join(", "))),
    });
    let visitors = hll.map(|precision| {
        format!("visitors are estimated, with a standard error of {:.2}%", 100.0 * precision.standard_error())
    });
    let changes: Vec<_> = rankings.into_iter().chain(visitors).collect();
    (!changes.is_empty()).then(|| {
        let text =
            format!("to keep the tables within {} of memory, {}", bytes_in_words(limit_bytes), changes.join("; "));
        Note::new(NoteCode::DegradedToMemory, text)
    })
}
