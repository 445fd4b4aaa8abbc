//! The note about numbers that a memory limit made approximate.

use super::{Note, NoteCode};
use crate::dimension::Dimension;
use crate::error::bytes_in_words;
use crate::tally::{Degraded, Tally, Unescaped};

/// Returns the note if anything became approximate. A bounded ranking that did not exceed its bound is exact. `each` is
/// the dimension of the parts of all hits.
pub(super) fn degraded(tally: &Tally<Unescaped>, each: Option<Dimension>) -> Option<Note> {
    let Degraded { limit_bytes, max_keys, hll, parts } = tally.degraded?;
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
    let parts = parts.zip(each).map(|(most, each)| {
        let those = match most {
            0 => format!("no {} has numbers of its own", each.singular()),
            1 => format!("only one {} has numbers of its own", each.singular()),
            _ => format!("only {most} {} have numbers of their own", each.plural()),
        };
        format!("{those}, and all others are counted together, even if they had more requests later")
    });
    let changes: Vec<_> = rankings.into_iter().chain(parts).chain(visitors).collect();
    (!changes.is_empty()).then(|| {
        let text =
            format!("to keep the tables within {} of memory, {}", bytes_in_words(limit_bytes), changes.join("; "));
        Note::new(NoteCode::DegradedToMemory, text)
    })
}
