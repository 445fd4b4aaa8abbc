//! Builds a report from the tally of a state and the facts about its sources.

use std::collections::BTreeMap;

use super::no_times::no_times;
use super::sections::{Facts, with_sections, without_sections};
use super::unknown::unknown;
use super::{FormatReport, InputReport, Lines, MalformedSample, Report};
use crate::batch::{Fields, TextField};
use crate::dimension::Dimension;
use crate::error::Error;
use crate::filter;
use crate::format::{LogFormat, Reason};
use crate::note::Note;
use crate::question::{Question, Section};
use crate::tally::{Tally, Unescaped};

/// A text that a state has counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct SavedInput {
    pub(crate) name: String,
    pub(crate) envelope: Option<String>,
    /// Number of lines in each format, by the format's name.
    pub(crate) formats: BTreeMap<String, u64>,
    pub(crate) bytes: u64,
    pub(crate) lines: u64,
}

/// Facts of a state besides the numbers of its days.
#[derive(Clone, Debug, Default)]
pub(crate) struct SavedLog {
    /// In ascending order of names.
    pub(crate) inputs: Vec<SavedInput>,
    /// Without filtered lines.
    pub(crate) lines: Lines,
    pub(crate) malformed: BTreeMap<Reason, u64>,
    pub(crate) samples: Vec<MalformedSample>,
    /// True if lines have a list of addresses in the place of `$remote_addr`.
    pub(crate) has_lists: bool,
    pub(crate) notes: Vec<Note>,
}

/// Builds the report of a state. `selected` is the period of the question, and `tally` has the days in it.
pub(crate) fn of_state(
    question: &Question,
    log: SavedLog,
    tally: &Tally<Unescaped>,
    selected: filter::Period,
) -> Result<Report, Error> {
    let Question { counting, showing, .. } = question;
    let SavedLog { inputs, mut lines, malformed, samples, has_lists, mut notes } = log;
    lines.filtered = tally.ledger.filtered_by.iter().sum();
    let pv = lines.parsed - lines.filtered;
    let visitor: Vec<_> = counting.visitor.dimensions().map(Dimension::variable).collect();
    notes.extend(unknown(&tally.unknown, pv, (VISITOR, &visitor.join(" and ")), logged(tally, pv)));
    let mut formats: BTreeMap<&str, u64> = BTreeMap::new();
    for (format, lines) in inputs.iter().flat_map(|input| &input.formats) {
        *formats.entry(format).or_default() += lines;
    }
    let main = formats.iter().max_by_key(|(_, lines)| **lines).and_then(|(name, _)| name.parse::<LogFormat>().ok());
    let facts = Facts {
        empty_inputs: inputs.iter().filter(|input| input.lines == 0).count(),
        inputs: inputs.into_iter().map(input_report).collect(),
        lines,
        malformed_reasons: malformed.into_iter().filter(|(_, lines)| *lines > 0).collect(),
        malformed_samples: samples,
        has_lists,
        notes,
    };
    let report = without_sections(question, facts, tally);
    let report = with_sections(report, question, tally, selected)?;
    let asks_times = showing.shows(Section::Latency) && counting.durations.is_empty();
    let lacks_times = asks_times && report.latency.is_none();
    let main = main.as_ref().filter(|_| lacks_times);
    let no_times = main.and_then(|main| no_times(Some(main), Fields::NONE, &report.notes));
    Ok(Report { no_times, ..report })
}

fn input_report(input: SavedInput) -> InputReport {
    let SavedInput { name, envelope, formats, bytes, lines } = input;
    let mut formats: Vec<_> = formats.into_iter().map(|(format, lines)| FormatReport { format, lines }).collect();
    formats.retain(|format| format.lines > 0);
    formats.sort_by(|a, b| b.lines.cmp(&a.lines).then_with(|| a.format.cmp(&b.format)));
    InputReport {
        path: name,
        format: formats.first().map_or_else(|| "-".to_owned(), |first| first.format.clone()),
        formats,
        envelope,
        bytes,
        unread: None,
        lines,
        skipped_bytes: 0,
        keys: Vec::new(),
    }
}

/// Stands for the fields that identify a visitor, whichever they are.
const VISITOR: Fields = Fields::text(TextField::Addr);

/// The fields that some hits have. A state does not store which fields its logs have.
fn logged(tally: &Tally<Unescaped>, pv: u64) -> Fields {
    let unknown = tally.unknown;
    let rows = [
        (unknown.visitor, VISITOR),
        (unknown.status, Fields::STATUS),
        (unknown.bytes, Fields::BYTES),
        (unknown.path, Fields::text(TextField::Path)),
        (unknown.time, Fields::TIME),
    ];
    rows.iter().filter(|(lacking, _)| *lacking < pv).fold(Fields::NONE, |logged, (_, field)| logged.union(*field))
}
