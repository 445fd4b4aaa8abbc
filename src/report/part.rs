//! The reports of the parts of all hits.

use super::groups::written_of;
use super::{Lines, Period, Report};
use crate::tally::Part;

/// A report of a part of all hits: those that have one key of a dimension, or those of all keys that have no report of
/// their own.
///
/// It has the numbers that a filter for these keys would give. Lines that are not such hits, inputs, notes, warnings and
/// verdicts are only in the report of all hits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PartReport {
    /// The key as rankings have it: `example.com`, `2022-04-05`. `None` for the hits of all other keys.
    pub key: Option<String>,
    /// Number of keys that these hits have: 1 if there is a `key`. `None` if it is not known, because a limit of memory
    /// was reached.
    pub keys: Option<u64>,
    /// The report of these hits.
    pub report: Report,
}

/// Returns the report of a part, still without sections. `whole` is the report of all hits, also without sections.
pub(super) fn of_part(whole: &Report, part: &Part) -> PartReport {
    let hits = part.hits;
    let report = Report {
        inputs: Vec::new(),
        lines: Lines { read: hits, parsed: hits, ..Lines::default() },
        filtered_reasons: Vec::new(),
        malformed_reasons: Vec::new(),
        malformed_samples: Vec::new(),
        notes: Vec::new(),
        period: Period {
            first: part.tally.period.map(|(first, _)| first.to_string()),
            last: part.tally.period.map(|(_, last)| last.to_string()),
            ..whole.period.clone()
        },
        empty_inputs: 0,
        no_times: None,
        ..whole.clone()
    };
    let key = part.key.as_ref().map(|key| written_of(part.dimension, key));
    PartReport { key, keys: part.keys, report }
}
