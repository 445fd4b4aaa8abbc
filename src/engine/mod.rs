//! Counts the lines of inputs: chunks × plan × filter → one merged tally. [`count`] opens the inputs, prepares the
//! question for them, lets workers scan them, and makes the report.

mod borders;
pub(crate) mod columns;
mod conclude;
mod databases;
mod degrading;
mod enveloped;
mod formats;
mod in_order;
mod lines;
#[cfg(unix)]
#[cfg(test)]
mod lost_tests;
pub(crate) mod memory_limit;
mod now;
mod of_state;
mod options;
mod prepared;
mod round_ends;
mod rounds;
#[cfg(test)]
mod route_laws;
mod run;
mod save;
#[cfg(test)]
mod save_tests;
mod saved_source;
pub(crate) mod scan;
mod seek;
mod session;
pub(crate) mod sniff;
mod taking;
mod threads;
pub(crate) mod worker;

use crate::error::Error;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::filter::Period;
use crate::input::{Input, Opener, Source};
use crate::phases::{Phases, Stopwatch};
use crate::question::Question;
use crate::rejects::Rejects;
use crate::report::Report;
use crate::requests::Request;

use conclude::EndedInput;
pub(crate) use formats::formats;
pub use lines::{SelectedLines, select_lines};
pub use options::Engine;
pub use prepared::PreparedQuestion;
pub use save::{StateOutcome, count_to_state};
pub use seek::Seek;
pub use session::Session;
pub use taking::LineForm;
pub use threads::FewThreads;
pub(crate) use threads::number as number_of_threads;

/// The result of a count, and what went wrong on the way.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// `None` if no input could be read.
    pub report: Option<Report>,
    /// The malformed lines of the inputs in the report, if the question keeps them.
    pub rejects: Option<Rejects>,
    /// The single requests that the question asks for, in their order.
    pub requests: Vec<Request>,
    /// Inputs that failed completely or in part. The report covers the other inputs, and has these problems as
    /// warnings.
    pub problems: Vec<Error>,
    /// Set if fewer threads counted than the engine asked for. The count is then slower, but no number changes.
    pub few_threads: Option<FewThreads>,
    /// Time spent in each phase.
    pub phases: Phases,
}

/// Counts the lines of `inputs`.
///
/// ```
/// use logstat::{Engine, Input, Question, count};
/// let line = r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5""#;
/// let outcome = count(&Question::default(), vec![Input::reader("a.log", line.as_bytes())], &Engine::default())?;
/// let summary = outcome.report.and_then(|r| r.summary).expect("one line was counted");
/// assert_eq!((summary.row.pv, summary.row.uv.known()), (1, Some(1)));
/// # Ok::<(), logstat::Error>(())
/// ```
///
/// # Errors
/// An input that fails, even one that fits no format, is not an error: it is listed in [`Outcome::problems`]. Errors
/// are:
/// - [`NotLogged`](ErrorKind::NotLogged) if the question names something that no input logs.
/// - [`ReadOnce`](ErrorKind::ReadOnce) if it counts from the last line and an input cannot be read twice.
/// - [`NotBounded`](ErrorKind::NotBounded) if a ranking that may drop keys has a column or order that needs all keys.
/// - [`MemoryLimit`](ErrorKind::MemoryLimit) if the tables exceed their limit of memory.
/// - [`PairNotAllowed`](ErrorKind::PairNotAllowed) if there is a pair where a single dimension is required.
/// - [`MetricNotAllowed`](ErrorKind::MetricNotAllowed) if a ranking or condition has a metric that its dimension cannot
///   have.
/// - [`NoDatabase`](ErrorKind::NoDatabase) if it names a place, and no database has it.
/// - [`TooManyVariables`](ErrorKind::TooManyVariables) if it names more variables than there are columns for.
/// - [`TooManyBuckets`](ErrorKind::TooManyBuckets) if a timeline with all its empty buckets has too many rows.
pub fn count(question: &Question, inputs: Vec<Input>, engine: &Engine) -> Result<Outcome, Error> {
    let watch = Stopwatch::start();
    let counting = &question.counting;
    let now = now::now(question, || now::last_s(question, &inputs, engine))?;
    let period = Period::new(counting.since, counting.until, counting.date, now);
    let (sources, problems) = open(question, inputs, engine)?;
    count_opened(question, period, sources, problems, engine, watch)
}

/// Opens inputs, and returns the errors of those that cannot be opened.
fn open(question: &Question, inputs: Vec<Input>, engine: &Engine) -> Result<(Vec<Source>, Vec<Error>), Error> {
    let chunk_options = engine.chunk_options(question.reading.max_line);
    let opener = Opener::new(engine.access, chunk_options, engine.progress.as_ref(), engine.kept_open);
    let (mut sources, problems) = opener.open_all(inputs)?;
    // If a mapped file loses pages, all inputs are read again. If any input cannot be, map no file.
    if !sources.iter().all(Source::can_restart) {
        sources.iter_mut().for_each(Source::unmap);
    }
    Ok((sources, problems))
}

/// Counts the lines of open inputs.
fn count_opened(
    question: &Question,
    period: Period,
    mut sources: Vec<Source>,
    problems: Vec<Error>,
    engine: &Engine,
    mut watch: Stopwatch,
) -> Result<Outcome, Error> {
    if sources.is_empty() {
        let phases = Phases { opening: watch.lap(), ..Phases::default() };
        return Ok(Outcome { report: None, rejects: None, requests: Vec::new(), problems, few_threads: None, phases });
    }
    let paths = sources.iter().map(|source| source.path.clone()).collect();
    let prepared = PreparedQuestion::of(question, engine, period, paths)?;
    let opening = watch.lap();
    let session = counted_session(&prepared, &mut sources)?;
    let mut outcome = session.conclude(|| sources.into_iter().map(EndedInput::from).collect(), problems, None)?;
    outcome.phases.opening += opening;
    Ok(outcome)
}

/// Counts all lines of open inputs.
fn counted_session<'p>(prepared: &'p PreparedQuestion<'_>, sources: &mut [Source]) -> Result<Session<'p>, Error> {
    let mut session = Session::new(prepared);
    session.scan(sources)?;
    // Text of lost pages may have been counted, or lines after the beginning of one that is unfinished. Then start over.
    if sources.iter().any(Source::has_lost) {
        session = recount(prepared, sources)?;
    }
    if session.leave_out_unfinished(sources) {
        session = recount(prepared, sources)?;
    }
    Ok(session)
}

/// Counts all inputs from their start.
fn recount<'p>(prepared: &'p PreparedQuestion<'_>, sources: &mut [Source]) -> Result<Session<'p>, Error> {
    prepared.engine.progress.iter().for_each(|progress| progress.restart());
    for source in &mut *sources {
        source.restart()?;
    }
    let mut session = Session::new(prepared);
    session.scan(sources)?;
    Ok(session)
}
