//! Chunks × plan × filter → one merged tally: what is needed is put together here, `scan` shares the chunks out among
//! workers, and a worker counts them, lines in envelopes by a loop of their own.

pub(crate) mod columns;
mod enveloped;
#[cfg(unix)]
#[cfg(test)]
mod lost_tests;
pub(crate) mod memory;
mod now;
mod rounds;
pub(crate) mod scan;
mod seek;
mod threads;
pub(crate) mod worker;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use crate::dimension::Extras;
use crate::envelope::Worn;
use crate::error::{Error, ErrorKind};
use crate::filter::{Filter, Period};
use crate::format::{Detector, LogFormat};
use crate::input::{Access, Cut, Input, Opener, SMALL_BYTES, Source};
use crate::keys::Seed;
use crate::measure::UvMethod;
use crate::nginx::NginxFormat;
use crate::phases::{Phases, Stopwatch};
use crate::progress::Progress;
use crate::question::{MaxKeys, MaxMemory, Question};
use crate::rejects::{Collector, Rejects};
use crate::report::{self, CountedInput, Report};
use crate::tally::{Bounded, Degraded, TablePlan, Tally};

use columns::Columns;
use memory::{Degrading, MemoryLimit};
use scan::{MET, Met, Scan};
pub use seek::Seek;
pub use threads::FewThreads;

/// How to count: what changes the speed and never the answer.
#[derive(Clone, Debug)]
pub struct Engine {
    /// Number of threads; 0 for as many as the machine has. If the system starts fewer, those count, or the caller's thread
    /// alone: see [`Outcome::few_threads`].
    pub threads: usize,
    /// How many bytes a worker takes at a time.
    pub chunk_bytes: usize,
    /// How files are read.
    pub access: Access,
    /// Number of files that are kept open until they are read. The others are opened again, which takes a little longer, and
    /// read in chunks rather than mapped. If the system grants too few descriptors for these, none is kept open.
    pub kept_open: usize,
    /// Which files are searched for a period rather than read from end to end.
    pub seek: Seek,
    /// The seed of the tables' hashes; random unless given.
    pub seed: Option<u64>,
    /// The memory in bytes that tables may take, by a formula that is near to what they take; no limit. Beyond it the count
    /// fails. [`Question::max_memory`] makes tables smaller instead.
    pub memory_limit: Option<u64>,
    /// Told what is read, if somebody wants to know.
    pub progress: Option<Arc<Progress>>,
}

/// Files that are kept open unless the caller says how many. Most systems grant a process twice as many descriptors.
const KEPT_OPEN: usize = 128;

impl Default for Engine {
    fn default() -> Self {
        Engine {
            threads: 0,
            chunk_bytes: 1 << 20,
            access: Access::default(),
            kept_open: KEPT_OPEN,
            seek: Seek::default(),
            seed: None,
            memory_limit: None,
            progress: None,
        }
    }
}

impl Engine {
    /// How inputs are cut into chunks. Files that may be searched for a period are mapped, however small they are.
    pub(crate) fn cut(&self, max_line: usize) -> Cut {
        let small_bytes = SMALL_BYTES.min(self.seek.least_bytes());
        Cut { chunk_bytes: self.chunk_bytes.max(1), max_line, small_bytes }
    }
}

/// What was counted, and what went wrong on the way.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// `None` where no input could be read.
    pub report: Option<Report>,
    /// The malformed lines of the inputs in the report, if the question keeps them.
    pub rejects: Option<Rejects>,
    /// Inputs that failed, wholly or in part; the others are in the report, which has these as warnings.
    pub problems: Vec<Error>,
    /// Set if fewer threads counted than the engine asked for, which makes a count slower and changes no number.
    pub few_threads: Option<FewThreads>,
    /// How long it took.
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
/// What concerns an input is among the problems of the outcome, an input that fits no format too. An error is
/// [`ErrorKind::NotLogged`] where the question asks by name for what no input logs, [`ErrorKind::ReadOnce`] where it
/// counts from the last line of an input that cannot be read twice, [`ErrorKind::NotBounded`] where a ranking that may drop
/// keys is to tell more than counts, [`ErrorKind::MemoryLimit`] where the tables need more memory than they may take,
/// [`ErrorKind::Pair`] where a pair stands where one dimension belongs, and [`ErrorKind::TooManyBuckets`] where a timeline with all its empty buckets would have
/// no end.
pub fn count(question: &Question, inputs: Vec<Input>, engine: &Engine) -> Result<Outcome, Error> {
    let watch = Stopwatch::start();
    let period = Period::new(question.since, question.until, question.date, now::now(question, &inputs, engine)?);
    let cut = engine.cut(question.max_line);
    let opener = Opener::new(engine.access, cut, engine.progress.as_ref(), engine.kept_open);
    let (mut sources, problems) = opener.open_all(inputs)?;
    // Where a mapped file loses pages, all inputs are read again.
    if !sources.iter().all(Source::can_restart) {
        sources.iter_mut().for_each(Source::unmap);
    }
    count_opened(question, period, sources, problems, engine, watch)
}

/// Counts the lines of inputs that are open.
fn count_opened(
    question: &Question,
    period: Period,
    mut sources: Vec<Source>,
    mut problems: Vec<Error>,
    engine: &Engine,
    mut watch: Stopwatch,
) -> Result<Outcome, Error> {
    if sources.is_empty() {
        let phases = Phases { opening: watch.lap(), ..Phases::default() };
        return Ok(Outcome { report: None, rejects: None, problems, few_threads: None, phases });
    }
    if let Some(detail) = question.misplaced_pair() {
        return Err(ErrorKind::Pair { detail }.into());
    }
    if question.max_keys.is_some()
        && let Some(asked) = report::unbounded(question)
    {
        return Err(ErrorKind::NotBounded { asked }.into());
    }
    let plan = report::tables(question);
    let columns = Columns::new(question, &plan)?;
    let (formats, own) = formats(question, columns.extras(), &sources);
    let detector = Detector::new(&formats);
    let run = Run {
        question,
        engine,
        period,
        plan: &plan,
        columns: &columns,
        formats: &formats,
        own: &own,
        detector: &detector,
    };
    let opening = watch.lap();
    let mut counted = run.count(&mut sources)?;
    if sources.iter().any(Source::has_lost) {
        // Text of lost pages may have been counted, so nothing of it is kept.
        drop(counted);
        engine.progress.iter().for_each(|progress| progress.restart());
        for source in &mut sources {
            source.restart()?;
        }
        counted = run.count(&mut sources)?;
    }
    let Counted { tally, met, mut rejects, few_threads, mut phases } = counted;
    phases.opening += opening;
    watch.lap();
    // An input that fits no format is no part of the report, and its lines are none of the malformed ones.
    let left_out = tally.ledger.inputs.iter().enumerate().filter(|(_, ledger)| ledger.fits_nothing());
    left_out.for_each(|(input, _)| rejects.iter_mut().for_each(|rejects| rejects.forget(input)));
    phases.finding_formats = met.iter().map(|met| met.took).sum();
    let counted = sources.into_iter().zip(&met).map(|(source, met)| CountedInput {
        source,
        envelope: met.envelope.as_ref().map(Worn::name),
        formats: &met.formats,
        foreign: met.foreign.as_ref(),
        fitting_preset: met.fitting_preset.as_deref(),
        beginning: met.beginning,
    });
    let question = &as_counted(question, tally.degraded);
    let mut assembled = report::assemble(question, &plan, &formats, counted.collect(), &tally, period)?;
    problems.extend(assembled.problems);
    assembled.report.iter_mut().for_each(|report| report.warn(&problems));
    phases.assembling = watch.lap();
    drop(tally);
    phases.releasing = watch.lap();
    Ok(Outcome { report: assembled.report, rejects, problems, few_threads, phases })
}

/// The question that was answered: the same, but for what a limit of memory changed.
fn as_counted(question: &Question, degraded: Option<Degraded>) -> Cow<'_, Question> {
    let Some(Degraded { max_keys, hll, .. }) = degraded else { return Cow::Borrowed(question) };
    let max_keys = max_keys.and_then(MaxKeys::new).or(question.max_keys);
    Cow::Owned(Question { max_keys, uv: hll.map_or(question.uv, UvMethod::Hll), ..question.clone() })
}

/// A question made ready for its inputs.
struct Run<'r, 'f> {
    question: &'r Question,
    engine: &'r Engine,
    period: Period,
    plan: &'r [TablePlan],
    columns: &'r Columns<'r>,
    formats: &'f [LogFormat],
    own: &'r [Vec<usize>],
    detector: &'r Detector<'f>,
}

/// Everything that was counted of the inputs, settled.
struct Counted<'f> {
    tally: Tally,
    met: Vec<Met<'f>>,
    rejects: Option<Rejects>,
    few_threads: Option<FewThreads>,
    phases: Phases,
}

impl<'f> Run<'_, 'f> {
    /// Counts the lines of all inputs, from their start.
    fn count(&self, sources: &mut [Source]) -> Result<Counted<'f>, Error> {
        let Run { question, engine, period, plan, columns, formats, own, detector } = *self;
        let mut watch = Stopwatch::start();
        let met: Vec<_> = sources.iter().map(|_| OnceLock::new()).collect();
        seek::narrow(engine.seek, question, period, sources, &met, detector, own);
        let seed = engine.seed.map_or_else(Seed::random, Seed::fixed);
        let filter = Filter::new(period, &question.filters, columns.extras(), seed);
        let visitor = columns.visitor();
        let used = Tally::needs(plan, columns.visitor_fields()).and(filter.needs());
        let steps = columns.steps(used, seed);
        let watched = Tally::watches(plan, steps.needs(), visitor.from);
        let server = |source: &Source| question.nginx_conf.as_ref()?.server_of_file(&source.path);
        let scan = Scan {
            sources,
            met: &met,
            own,
            formats,
            detector,
            max_line: question.max_line,
            filter,
            servers: &sources.iter().map(server).collect::<Vec<_>>(),
            rejects: question.keep_rejects.then(Collector::new),
            uv: question.uv,
            memory: MemoryLimit::new(engine.memory_limit),
            filler: columns.filler(formats, &steps, watched),
            steps,
        };
        let opening = watch.lap();
        let keys_rounds = question.max_keys.map(MaxKeys::round_bytes);
        let round_bytes = keys_rounds.into_iter().chain(question.max_memory.map(MaxMemory::round_bytes)).min();
        let (mut tally, mut phases, few_threads, bounded, degraded) = match round_bytes {
            None => {
                let tally = || Tally::new(plan, question.uv, visitor, seed);
                let (tally, phases, few) = scan.run(engine.threads, tally)?;
                (tally, phases, few, None, None)
            }
            Some(round_bytes) => {
                let may_bound = report::unbounded(question).is_none();
                let (others, rankings) =
                    if may_bound { report::tables_and_rankings(question) } else { (plan.to_vec(), Vec::new()) };
                let most = question.max_keys.map_or(usize::MAX, MaxKeys::keys);
                let mut bounded = Bounded::new(&rankings, columns.extras(), most, seed);
                let mut degrading = question.max_memory.map(|limit| Degrading::new(limit, may_bound, question.uv));
                let tally = |uv| Tally::new(&others, uv, visitor, seed).with_rankings(&rankings, columns.extras());
                let (tally, phases, few) =
                    scan.run_in_rounds(engine.threads, round_bytes, &mut bounded, degrading.as_mut(), &tally)?;
                (tally, phases, few, Some(bounded), degrading.and_then(|degrading| degrading.degraded))
            }
        };
        watch.lap();
        let rankings = std::mem::take(&mut tally.rankings);
        let mut tally = tally.settle();
        tally.degraded = degraded;
        tally.tables.extend(bounded.map_or_else(Vec::new, |bounded| bounded.finish(rankings)));
        (phases.opening, phases.settling) = (opening, watch.lap());
        let rejects = scan.rejects.map(Collector::into_rejects);
        let met: Vec<_> = met.into_iter().map(|met| met.into_inner().expect(MET)).collect();
        Ok(Counted { tally, met, rejects, few_threads, phases })
    }
}

/// The formats to try, as the question has them, and which of them are configured for each input.
pub(crate) fn formats(question: &Question, extras: &Extras, sources: &[Source]) -> (Vec<LogFormat>, Vec<Vec<usize>>) {
    let names_list = question.real_ip.as_ref().is_some_and(|real_ip| !real_ip.is_in_place());
    let (formats, own) = formats_in_use(question, sources);
    let formats = formats
        .into_iter()
        .map(|format| format.with_fields(&question.fields))
        .map(|format| if names_list { format.without_address_list() } else { format })
        .map(|format| format.ranking(&extras.names()));
    (formats.collect(), own)
}

/// The formats to try, and which of them are configured for each input. These are the formats that are given; otherwise
/// presets and the formats of the configuration. The configured ones are those of the `access_log` that names the input, or all
/// if none does.
fn formats_in_use(question: &Question, sources: &[Source]) -> (Vec<LogFormat>, Vec<Vec<usize>>) {
    let none = vec![Vec::new(); sources.len()];
    if !question.log_formats.is_empty() {
        return (question.log_formats.clone(), none);
    }
    let mut formats = LogFormat::all_presets();
    let Some(conf) = &question.nginx_conf else { return (formats, none) };
    let presets = formats.len();
    // Of one that no line could be read by, `NginxConf::skipped` tells.
    let read: Vec<_> =
        conf.formats().iter().filter_map(|format| Some((format.name(), format.log_format().ok()?))).collect();
    let place = |format: &NginxFormat| read.iter().position(|(name, _)| *name == format.name());
    let of = |source: &Source| {
        let named = conf.formats_of_file(&source.path).into_iter().filter_map(place).map(|at| presets + at);
        let named: Vec<usize> = named.collect();
        if named.is_empty() { (presets..presets + read.len()).collect() } else { named }
    };
    let own = sources.iter().map(of).collect();
    formats.extend(read.iter().map(|(_, format)| format.clone()));
    (formats, own)
}
