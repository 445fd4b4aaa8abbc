//! Ends a count: turns what was counted into a report.

use std::ops::Range;
use std::path::PathBuf;

use super::Outcome;
use super::prepared::PreparedQuestion;
use super::sniff::Sniffed;
use super::threads::FewThreads;
use crate::envelope::DetectedEnvelopes;
use crate::error::Error;
use crate::files::Compression;
use crate::input::Source;
use crate::phases::{Phases, Stopwatch};
use crate::rejects::Rejects;
use crate::report::{CountedInput, assemble};
use crate::requests::{FoundRequest, MostRequests, Request};
use crate::tally::{InputLedger, Part, Tally, Unescaped};
use crate::text::written;

/// Everything that was counted from the inputs.
pub(super) struct CountedLog<'f> {
    pub(super) tally: Tally<Unescaped>,
    /// The parts of all hits, if reports for the keys of a dimension are asked.
    pub(super) parts: Vec<Part>,
    pub(super) sniffed: Vec<Sniffed<'f>>,
    pub(super) rejects: Option<Rejects>,
    pub(super) requests: Option<MostRequests>,
    pub(super) few_threads: Option<FewThreads>,
    pub(super) phases: Phases,
}

/// An input after its last line is counted.
pub(super) struct EndedInput {
    pub(super) path: PathBuf,
    /// Its name in states, if that is given.
    pub(super) source_name: Option<String>,
    /// True for a regular file that was named by its path.
    pub(super) is_file: bool,
    /// The bytes of the lines that were taken.
    pub(super) covered: Range<u64>,
    /// True if no line of the text starts after them.
    pub(super) reaches_end: bool,
    compression: Option<Compression>,
    is_found: bool,
    skipped_bytes: (u64, u64),
    /// The bytes whose lines should be read; `None` for the whole text.
    part: Option<Range<u64>>,
    failure: Option<Error>,
}

impl EndedInput {
    /// Creates an input whose text was fed.
    pub(super) fn of_text(path: PathBuf) -> EndedInput {
        EndedInput {
            path,
            source_name: None,
            is_file: false,
            covered: 0..0,
            reaches_end: true,
            compression: None,
            is_found: false,
            skipped_bytes: (0, 0),
            part: None,
            failure: None,
        }
    }
}

impl EndedInput {
    /// Adds the findings from its first lines.
    pub(super) fn counted<'m>(self, sniffed: &'m Sniffed<'_>) -> CountedInput<'m> {
        CountedInput {
            path: self.path,
            compression: self.compression,
            is_found: self.is_found,
            skipped_bytes: self.skipped_bytes,
            part: self.part,
            failure: self.failure,
            envelope: sniffed.envelope.as_ref().map(DetectedEnvelopes::name),
            formats: &sniffed.formats,
            foreign: sniffed.foreign.as_ref(),
            fitting_preset: sniffed.fitting_preset.as_deref(),
            fits_whole_text: sniffed.fits_whole_text,
            beginning: sniffed.beginning,
        }
    }
}

impl From<Source> for EndedInput {
    fn from(source: Source) -> EndedInput {
        EndedInput {
            path: source.path.clone(),
            source_name: source.source_name.clone(),
            is_file: source.can_restart(),
            covered: source.covered(),
            reaches_end: source.reaches_end(),
            compression: source.compression,
            is_found: source.is_found,
            skipped_bytes: source.skipped_bytes(),
            part: source.part_of_text(),
            failure: source.into_failure(),
        }
    }
}

/// Makes the report of everything that was counted. `problems` are those of inputs that could not be opened.
pub(super) fn conclude(
    prepared: &PreparedQuestion<'_>,
    inputs: Vec<EndedInput>,
    counted: CountedLog<'_>,
    mut problems: Vec<Error>,
) -> Result<Outcome, Error> {
    let mut watch = Stopwatch::start();
    let CountedLog { mut tally, mut parts, sniffed, mut rejects, requests, few_threads, mut phases } = counted;
    phases.finding_formats = sniffed.iter().map(|sniffed| sniffed.took).sum();
    let inputs = inputs.into_iter().zip(&sniffed).map(|(input, sniffed)| input.counted(sniffed));
    let inputs: Vec<_> = inputs.collect();
    // An input that fits no format is not part of the report, so its lines are not rejects.
    let all = inputs.iter().zip(&tally.ledger.inputs).enumerate();
    let left_out = all.filter(|(_, (input, ledger))| input.fits_nothing(ledger));
    left_out.for_each(|(input, _)| rejects.iter_mut().for_each(|rejects| rejects.forget(input)));
    let found = requests.map(MostRequests::into_sorted).unwrap_or_default();
    let requests = found.into_iter().map(|found| request(found, &inputs, &tally.ledger.inputs)).collect();
    let PreparedQuestion { question, plan, formats, period, .. } = prepared;
    tally.learn_routes(&mut parts, &question.reading.key_rules.routes);
    let mut assembled = assemble(question, plan, formats, inputs, (&tally, &parts), *period)?;
    problems.extend(assembled.problems);
    assembled.report.iter_mut().for_each(|report| report.warn(&problems));
    phases.assembling += watch.lap();
    drop((tally, parts));
    phases.releasing = watch.lap();
    Ok(Outcome { report: assembled.report, rejects, requests, problems, few_threads, phases })
}

/// Adds the place of its line to a request.
fn request(found: FoundRequest, inputs: &[CountedInput<'_>], ledgers: &[InputLedger]) -> Request {
    let input = &inputs[found.rank.input];
    let line = ledgers[found.rank.input].line_number(found.chunk, found.line_in_chunk);
    Request {
        file: written(input.path.as_os_str().as_encoded_bytes()),
        line: input.has_line_numbers().then_some(line),
        fields: found.fields,
    }
}
