//! A count that is fed text and can report at any time. Counting files uses it too: workers count the text of the
//! files.

use std::ops::Range;
use std::sync::OnceLock;

use super::Outcome;
use super::borders;
use super::conclude::{CountedLog, EndedInput, conclude};
use super::enveloped::count_open_lines;
use super::prepared::PreparedQuestion;
use super::round_ends::FedRounds;
use super::run::Run;
use super::scan::Scan;
use super::seek;
use super::taking::Taking;
use super::threads::FewThreads;
use super::worker::Worker;
use crate::error::{Error, ErrorKind};
use crate::input::{Chunk, Fed, Source};
use crate::measure::UvMethod;
use crate::phases::{Phases, Stopwatch};
use crate::rejects::Collector;
use crate::tally::{Bytes, Tally, Unescaped};

/// A count that is fed text piece by piece and can report at any time.
///
/// Pieces may be cut anywhere, and pieces of several inputs may come in any order. A [snapshot](Session::snapshot) is
/// the outcome that [`count`](crate::count) would have for the text so far, up to the last line feed of each input. A
/// line without its line feed waits for it. At the [end](Session::finish), the last line of an input needs none.
///
/// As for files, the formats of an input are detected from its first MiB. Until that much is there, the text of the
/// input is held, and each snapshot detects the formats again. After that, text is counted in pieces of
/// [`Engine::chunk_bytes`](crate::Engine::chunk_bytes).
///
/// If the question limits [keys](crate::MaxKeys) or [memory](crate::MaxMemory), text is counted in rounds. With one
/// input, these are the rounds of a file. With several, they depend on the order in which the inputs are fed.
///
/// ```
/// use logstat::{Engine, PreparedQuestion, Question, Session};
/// let (question, engine) = (Question::new(), Engine::new());
/// let prepared = PreparedQuestion::new(&question, &engine, ["access.log"])?;
/// let mut session = Session::new(&prepared);
/// let pv = |outcome: logstat::Outcome| outcome.report.and_then(|report| report.summary).map(|summary| summary.row.pv);
/// let line = "10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] \"GET / HTTP/1.1\" 200 512 \"-\" \"curl/8.5\"\n";
/// session.feed(0, line.as_bytes())?;
/// session.feed(0, &line.as_bytes()[..20])?;
/// assert_eq!(pv(session.snapshot()?), Some(1));
/// session.feed(0, &line.as_bytes()[20..])?;
/// assert_eq!(pv(session.finish()?), Some(2));
/// # Ok::<(), logstat::Error>(())
/// ```
pub struct Session<'p> {
    pub(super) prepared: &'p PreparedQuestion<'p>,
    pub(super) scan: Scan<'p>,
    pub(super) tally: Tally,
    /// Bytes of the tally that are already included in the scan's sums.
    memory_counted: Bytes,
    rounds: Option<FedRounds>,
    /// The bytes of each input whose lines are counted.
    pub(super) ranges: Vec<Range<u64>>,
    /// The text of each input that is not counted yet.
    fed: Vec<Fed>,
    pub(super) few_threads: Option<FewThreads>,
    pub(super) phases: Phases,
}

/// A line whose last part is missing after this many bytes is counted without it: its program may have ended, and the
/// lines after its first part should not wait forever.
const WAITING_BYTES: u64 = 1 << 20;

/// What to do with a last line that has no line feed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LastLine {
    Counts,
    Waits,
}

impl<'p> Session<'p> {
    /// Starts a count.
    pub fn new(prepared: &'p PreparedQuestion<'_>) -> Session<'p> {
        Session {
            prepared,
            scan: prepared.scan(),
            tally: prepared.empty_tally(prepared.question.counting.uv),
            memory_counted: Bytes::default(),
            rounds: prepared.round_ends().map(FedRounds::new),
            ranges: vec![0..u64::MAX; prepared.paths.len()],
            fed: vec![Fed::default(); prepared.paths.len()],
            few_threads: None,
            phases: Phases::default(),
        }
    }

    /// Takes the next piece of an input's text, not compressed. `input` is the index of its name in the prepared
    /// question.
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchInput`] if there is no input with this index, and [`ErrorKind::MemoryLimit`] if tables exceed
    /// the engine's or the question's limit.
    pub fn feed(&mut self, input: usize, text: &[u8]) -> Result<(), Error> {
        let inputs = self.fed.len();
        if input >= inputs {
            return Err(ErrorKind::NoSuchInput { input, inputs }.into());
        }
        let chunk_bytes = self.prepared.engine.chunk_bytes.max(1);
        for piece in text.chunks(chunk_bytes) {
            let fed = &mut self.fed[input];
            fed.push(piece);
            let sniffed = match (self.scan.sniffed[input].get(), fed.head()) {
                (Some(sniffed), _) => sniffed,
                (None, Some(head)) => self.scan.sniff(input, head, None),
                (None, None) => continue,
            };
            if sniffed.is_refused() {
                fed.clear();
            } else if fed.len() >= chunk_bytes {
                if fed.has_line() {
                    self.count_held(input, LastLine::Waits)?;
                }
                self.fed[input].release(self.scan.max_line);
            }
        }
        Ok(())
    }

    /// Returns the outcome for the lines that have ended so far. Its [`rejects`](Outcome::rejects) are `None`: only
    /// [`finish`](Session::finish) returns them.
    ///
    /// # Errors
    /// The errors of [`count`](crate::count) that are detected after counting, and [`ErrorKind::MemoryLimit`].
    pub fn snapshot(&self) -> Result<Outcome, Error> {
        let mut scan = self.prepared.scan();
        scan.sniffed.clone_from(&self.scan.sniffed);
        scan.rejects = None;
        scan.taking.clone_from(&self.scan.taking);
        // The end of a round may drop keys, so it needs everything that was counted. With rounds, tables stay small, so
        // cloning the tally is cheap.
        let (so_far, tally) = match self.rounds {
            None => (Some(self.tally.snapshot()), self.prepared.empty_tally(self.scan.uv)),
            Some(_) => (None, self.tally.clone()),
        };
        let held = Session {
            prepared: self.prepared,
            scan,
            tally,
            memory_counted: Bytes::default(),
            rounds: self.rounds.clone(),
            ranges: self.ranges.clone(),
            fed: self.fed.clone(),
            few_threads: None,
            phases: self.phases.clone(),
        };
        held.end(LastLine::Waits, so_far)
    }

    /// Returns the outcome for all text that was fed.
    ///
    /// # Errors
    /// The errors of [`count`](crate::count) that are detected after counting, and [`ErrorKind::MemoryLimit`].
    pub fn finish(self) -> Result<Outcome, Error> {
        self.end(LastLine::Counts, None)
    }

    /// Counts the lines that are held, and reports on them and on everything counted before.
    fn end(mut self, last_line: LastLine, so_far: Option<Tally<Unescaped>>) -> Result<Outcome, Error> {
        for input in 0..self.fed.len() {
            let fed = &mut self.fed[input];
            if last_line == LastLine::Waits {
                fed.drop_last_line();
            }
            if !self.scan.sniff(input, fed.head_at_end(), None).is_refused() && fed.len() > 0 {
                self.count_held(input, last_line)?;
            }
        }
        self.end_round()?;
        let paths = &self.prepared.paths;
        self.conclude(|| paths.iter().cloned().map(EndedInput::of_text).collect(), Vec::new(), so_far)
    }

    /// Counts the lines of open inputs with the engine's number of threads.
    pub(super) fn scan(&mut self, sources: &mut [Source]) -> Result<(), Error> {
        let PreparedQuestion { question, engine, period, .. } = *self.prepared;
        let mut watch = Stopwatch::start();
        let covers = seek::narrow(engine.seek, &question.reading, period, sources, &self.scan);
        let opening = watch.lap();
        let run = Run { scan: &self.scan, sources };
        let empty = |uv| self.prepared.empty_tally(uv);
        let (tally, phases, few_threads) = match &mut self.rounds {
            None => run.count_at_once(engine.threads, || empty(question.counting.uv))?,
            Some(rounds) => run.count_in_rounds(engine.threads, &mut rounds.ends, &empty)?,
        };
        (self.tally, self.few_threads) = (tally, few_threads);
        borders::read_around(&self.scan, sources);
        self.ranges = sources.iter().map(Source::range).collect();
        covers.into_iter().for_each(|(input, cover)| self.tally.ledger.inputs[input].cover(cover));
        self.phases = Phases { opening: self.phases.opening + opening, ..phases };
        Ok(())
    }

    /// Ends inputs before a last line whose last part is missing, if they are asked to leave it out. Returns true if
    /// there is one: then the lines after its first part were counted, and all must be counted again.
    pub(super) fn leave_out_unfinished(&self, sources: &mut [Source]) -> bool {
        if !sources.iter().all(Source::can_restart) {
            return false;
        }
        let mut must_recount = false;
        for (input, source) in sources.iter_mut().enumerate().filter(|(_, source)| source.has_finished_lines_only()) {
            let Some(detected) = borders::split_envelope(&self.scan, input) else { continue };
            let open = detected.reassembly.crossing(&source.range()).open;
            let starts = open.iter().map(|(_, line)| line.position.offset);
            let oldest = source.covered().end.saturating_sub(WAITING_BYTES);
            if let Some(end) = starts.filter(|start| *start >= oldest).min() {
                source.end_at(end);
                must_recount = true;
            }
        }
        must_recount
    }

    /// Counts the held lines of an input.
    fn count_held(&mut self, input: usize, last_line: LastLine) -> Result<(), Error> {
        self.with_worker(|worker, mut rounds, fed, empty| {
            let fed = &mut fed[input];
            while let Some(chunk) = fed.lines(rounds.as_ref().map_or(u64::MAX, |rounds| fed.offset() + rounds.left())) {
                count_chunk(worker, rounds.as_deref_mut(), input, chunk, empty)?;
            }
            match last_line {
                LastLine::Counts => {
                    fed.last_line().map_or(Ok(()), |line| count_chunk(worker, rounds, input, line, empty))
                }
                LastLine::Waits => Ok(()),
            }
        })
    }

    fn end_round(&mut self) -> Result<(), Error> {
        self.with_worker(|worker, rounds, _, empty| match rounds {
            Some(rounds) => rounds.ends.end_round(&worker.scan.memory, std::slice::from_mut(worker), empty),
            None => Ok(()),
        })
    }

    /// Runs `work` with a worker that continues the tally.
    fn with_worker(
        &mut self,
        work: impl FnOnce(
            &mut Worker<'_, 'p>,
            Option<&mut FedRounds>,
            &mut [Fed],
            &dyn Fn(UvMethod) -> Tally,
        ) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Session { prepared, scan, tally, memory_counted, rounds, fed, .. } = self;
        let empty = |uv| prepared.empty_tally(uv);
        let mut worker = Worker::new(scan, std::mem::replace(tally, empty(scan.uv)));
        worker.memory_counted = *memory_counted;
        let done = work(&mut worker, rounds.as_mut(), fed, &empty);
        (*tally, *memory_counted) = (worker.tally, worker.memory_counted);
        done
    }

    /// Makes the report. `problems` are those of inputs that could not be opened. `so_far` is what was counted before,
    /// already unescaped.
    pub(super) fn conclude(
        self,
        inputs: impl FnOnce() -> Vec<EndedInput>,
        problems: Vec<Error>,
        so_far: Option<Tally<Unescaped>>,
    ) -> Result<Outcome, Error> {
        let prepared = self.prepared;
        let (counted, inputs) = self.finish_counting(inputs, so_far);
        conclude(prepared, inputs, counted, problems)
    }

    /// Ends the count. `so_far` is what was counted before, already unescaped.
    pub(super) fn finish_counting(
        self,
        inputs: impl FnOnce() -> Vec<EndedInput>,
        so_far: Option<Tally<Unescaped>>,
    ) -> (CountedLog<'p>, Vec<EndedInput>) {
        let Session { prepared, scan, tally, rounds, ranges, few_threads, mut phases, .. } = self;
        let mut watch = Stopwatch::start();
        let mut tally = count_open_lines(&scan, tally, &ranges);
        let rest = std::mem::take(&mut tally.rankings);
        let mut tally = match so_far {
            Some(mut so_far) => {
                so_far.merge(&tally);
                so_far
            }
            None => tally.unescape(),
        };
        if let Some(rounds) = rounds {
            let (rankings, degraded) = rounds.ends.finish(rest);
            tally.tables.extend(rankings);
            tally.degraded = degraded;
        }
        let parts = tally.divide(prepared.question.showing.each_limit);
        phases.settling = watch.lap();
        let sniffed = scan.sniffed.into_iter().filter_map(OnceLock::into_inner).collect();
        let rejects = scan.rejects.map(Collector::into_rejects);
        let requests = match scan.taking {
            Some(Taking::Requests(shared)) => Some(shared.into_all()),
            Some(Taking::Lines(_)) | None => None,
        };
        let inputs = inputs();
        phases.assembling = watch.lap();
        (CountedLog { tally, parts, sniffed, rejects, requests, few_threads, phases }, inputs)
    }
}

/// Counts a chunk that starts in the current round.
fn count_chunk(
    worker: &mut Worker<'_, '_>,
    rounds: Option<&mut FedRounds>,
    input: usize,
    chunk: Chunk<'_>,
    empty: &dyn Fn(UvMethod) -> Tally,
) -> Result<(), Error> {
    worker.count(input, chunk);
    worker.check_memory();
    let memory = &worker.scan.memory;
    if let Some(error) = memory.error(std::iter::once(&mut worker.tally)) {
        return Err(error);
    }
    let Some(rounds) = rounds else { return Ok(()) };
    if rounds.ends_after(chunk.bytes.len() as u64 + chunk.left_out) {
        rounds.ends.end_round(memory, std::slice::from_mut(worker), empty)?;
    }
    Ok(())
}
