//! The report of the hits that have one key of a dimension.

use super::groups::written_of;
use super::{Lines, Period, Report};
use crate::tally::{InputLedger, Tally, Unescaped};

/// A report of the hits that have one key.
///
/// It has the numbers that a filter for this key would give. Lines that are not such hits, inputs, notes and warnings
/// are only in the report of all hits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PartReport {
    /// The key as rankings have it: `example.com`, `2022-04-05`.
    pub key: String,
    /// The report of these hits.
    pub report: Report,
}

/// Returns the reports of all keys, still without sections, and the tallies for their sections. `whole` is the report
/// of all hits, also without sections.
pub(super) fn parts<'t>(whole: &Report, tally: &'t Tally<Unescaped>) -> Vec<(PartReport, &'t Tally<Unescaped>)> {
    let Some(by_key) = &tally.by_key else { return Vec::new() };
    let part = |(key, tally): (&Vec<u8>, &'t Tally<Unescaped>)| {
        let hits = tally.ledger.inputs.iter().map(InputLedger::parsed).sum();
        let report = Report {
            inputs: Vec::new(),
            lines: Lines { read: hits, parsed: hits, ..Lines::default() },
            filtered_reasons: Vec::new(),
            malformed_reasons: Vec::new(),
            malformed_samples: Vec::new(),
            notes: Vec::new(),
            period: Period {
                first: tally.period.map(|(first, _)| first.to_string()),
                last: tally.period.map(|(_, last)| last.to_string()),
                ..whole.period.clone()
            },
            empty_inputs: 0,
            no_times: None,
            ..whole.clone()
        };
        (PartReport { key: written_of(by_key.dimension, key), report }, tally)
    };
    by_key.tallies.iter().map(part).collect()
}
