//! The end of a count: what was counted becomes a report, and inputs are closed.

use super::Outcome;
use super::prepared::{Counted, Prepared};
use crate::envelope::Worn;
use crate::error::Error;
use crate::input::Source;
use crate::phases::Stopwatch;
use crate::report::{CountedInput, assemble};

/// Makes the report of everything that was counted. `problems` are those of inputs that could not be opened.
pub(super) fn conclude(
    prepared: &Prepared<'_>,
    sources: Vec<Source>,
    counted: Counted<'_>,
    mut problems: Vec<Error>,
) -> Result<Outcome, Error> {
    let mut watch = Stopwatch::start();
    let Counted { tally, met, mut rejects, few_threads, mut phases } = counted;
    // An input that fits no format is no part of the report, and its lines are none of the malformed ones.
    let left_out = tally.ledger.inputs.iter().enumerate().filter(|(_, ledger)| ledger.fits_nothing());
    left_out.for_each(|(input, _)| rejects.iter_mut().for_each(|rejects| rejects.forget(input)));
    phases.finding_formats = met.iter().map(|met| met.took).sum();
    let inputs = sources.into_iter().zip(&met).map(|(source, met)| CountedInput {
        path: source.path.clone(),
        compression: source.compression,
        is_found: source.is_found,
        skipped_bytes: source.skipped_bytes(),
        failure: source.into_failure(),
        envelope: met.envelope.as_ref().map(Worn::name),
        formats: &met.formats,
        foreign: met.foreign.as_ref(),
        fitting_preset: met.fitting_preset.as_deref(),
        beginning: met.beginning,
    });
    let Prepared { question, plan, formats, period, .. } = prepared;
    let mut assembled = assemble(question, plan, formats, inputs.collect(), &tally, *period)?;
    problems.extend(assembled.problems);
    assembled.report.iter_mut().for_each(|report| report.warn(&problems));
    phases.assembling = watch.lap();
    drop(tally);
    phases.releasing = watch.lap();
    Ok(Outcome { report: assembled.report, rejects, problems, few_threads, phases })
}
