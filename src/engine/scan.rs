//! Sharing the chunks of all inputs out among workers. With threads.rs the home of rayon.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rayon::ThreadPool;

use super::memory::MemoryLimit;
use super::rounds::Stretch;
use super::threads::{self, FewThreads, Threads};
use super::worker::Worker;
use crate::envelope::{self, Worn};
use crate::error::Error;
use crate::filter::Filter;
use crate::format::{Detector, Filler, FormatsOfFile, LogFormat};
use crate::input::{Source, Taken, Wait};
use crate::measure::UvMethod;
use crate::phases::{Phases, Stopwatch};
use crate::recognize::{Foreign, fitting_preset, recognize};
use crate::rejects::Collector;
use crate::report::Beginning;
use crate::steps::StepPlan;
use crate::tally::{InputLedger, Tally};
use crate::text::lines_of_head;

pub(super) const MET: &str = "a worker looks at the first lines of an input before any are counted";

/// What the first lines of an input tell.
pub(crate) struct Met<'f> {
    /// What its lines are in.
    pub(crate) envelope: Option<Worn>,
    pub(crate) formats: Arc<FormatsOfFile<'f>>,
    /// What the input is, if it is not an access log.
    pub(crate) foreign: Option<Foreign>,
    /// The preset that fits if the formats in use do not.
    pub(crate) fitting_preset: Option<String>,
    pub(crate) beginning: Beginning,
    /// How long it took to find that out.
    pub(crate) took: Duration,
}

impl<'f> Met<'f> {
    pub(crate) fn by(head: &[u8], source: &Source, detector: &Detector<'f>, own: &[usize]) -> Met<'f> {
        let mut watch = Stopwatch::start();
        let beginning = Beginning::of(head);
        let (envelope, of_file) = envelope::find(detector, own, lines_of_head(head));
        let foreign = recognize(head, source.is_device, envelope.as_ref(), &of_file);
        let fits_nothing = foreign.is_none() && of_file.nearest().is_some();
        let may_fit = fits_nothing && !detector.formats().iter().all(LogFormat::is_preset_alone);
        let fitting_preset = if may_fit { fitting_preset(head) } else { None };
        Met { envelope, formats: of_file, foreign, fitting_preset, beginning, took: watch.lap() }
    }

    /// True if no line of the input is counted.
    pub(crate) fn is_refused(&self) -> bool {
        self.foreign.as_ref().is_some_and(|foreign| foreign.is_certain)
    }
}

/// What every worker needs to know.
pub(crate) struct Scan<'s, 'f> {
    pub(crate) sources: &'s [Source],
    /// Found out by the worker that comes to an input first.
    pub(crate) met: &'s [OnceLock<Met<'f>>],
    /// The configured formats of each input; none without a configuration.
    pub(crate) own: &'s [Vec<usize>],
    pub(crate) formats: &'f [LogFormat],
    pub(crate) detector: &'s Detector<'f>,
    /// A line of more bytes is malformed.
    pub(crate) max_line: usize,
    pub(crate) filter: Filter,
    /// What happens to batches before they are counted.
    pub(crate) steps: StepPlan<'s>,
    /// The server that writes each input, where the configuration says so.
    pub(crate) servers: &'s [Option<usize>],
    pub(crate) filler: Filler<'s>,
    pub(crate) rejects: Option<Collector>,
    /// How visitors are counted at first.
    pub(crate) uv: UvMethod,
    pub(crate) memory: MemoryLimit,
}

impl<'f> Scan<'_, 'f> {
    /// Lets workers take chunks until there are none, and merges what they counted.
    pub(super) fn run(
        &self,
        threads: usize,
        tally: impl Fn() -> Tally + Sync,
    ) -> Result<(Tally, Phases, Option<FewThreads>), Error> {
        let Threads { pool, few } = self.threads(threads);
        let mut watch = Stopwatch::start();
        let all: Vec<_> = (0..self.sources.len()).map(|input| Stretch { input, until: u64::MAX }).collect();
        let work = || {
            let mut worker = self.worker(tally());
            self.work(&mut worker, &all);
            worker
        };
        let mut workers = pool.as_ref().map_or_else(|| vec![work()], |pool| pool.broadcast(|_| work()));
        if let Some(error) = self.memory.error(&mut workers) {
            return Err(error);
        }
        let counting = watch.lap();
        let (tally, phases) = self.merged(pool.as_ref(), workers);
        Ok((tally, Phases { counting, ..phases }, few))
    }

    /// Starts the threads that count.
    pub(super) fn threads(&self, asked: usize) -> Threads {
        let threads = threads::number(asked);
        // More workers than chunks would have nothing to do, and for one a pool is not worth its start.
        let chunks = self.sources.iter().try_fold(0_usize, |sum, s| Some(sum + s.chunks_at_most()?));
        let workers = chunks.map_or(threads, |chunks| threads.min(chunks)).max(1);
        Threads::start(workers)
    }

    /// All that was counted, once there are no more chunks, what each worker did, and how long it took to merge that.
    pub(super) fn merged(&self, pool: Option<&ThreadPool>, workers: Vec<Worker<'_, 'f>>) -> (Tally, Phases) {
        let mut watch = Stopwatch::start();
        let (tallies, workers) = workers.into_iter().map(Worker::into_share).unzip();
        let merged = match pool {
            None => merged(tallies),
            Some(pool) => pool.scope(|scope| {
                let releases = self.sources.iter().flat_map(Source::releases);
                releases.for_each(|release| scope.spawn(|_| release()));
                merged(tallies)
            }),
        };
        let tally = self.end(merged.expect("there is a worker"));
        // What one worker counted is merged with nothing.
        let merging = if pool.is_some() { watch.lap() } else { Duration::ZERO };
        (tally, Phases { workers, merging, ..Phases::default() })
    }

    pub(super) fn worker(&self, mut tally: Tally) -> Worker<'_, 'f> {
        tally.ledger.inputs = vec![InputLedger::default(); self.sources.len()];
        tally.by_instant = self.steps.has_zone();
        Worker::new(self, tally)
    }

    /// Takes chunks, as long as there are, from the first input that nobody else is decompressing, and stays with it: so
    /// files are decompressed side by side, as many as there are workers and no more. Where all that is left is busy,
    /// what one worker decompresses the others count in turn.
    pub(super) fn work(&self, worker: &mut Worker<'_, 'f>, stretches: &[Stretch]) {
        let mut buffer = Vec::new();
        // The first is the one that the worker is at.
        let mut left: VecDeque<_> = stretches.iter().copied().collect();
        let mut busy = 0;
        let mut watch = Stopwatch::start();
        while let Some(Stretch { input, until }) = left.front().copied() {
            let wait = if busy < left.len() { Wait::No } else { Wait::Yes };
            let taken = self.take(input, until, wait, &mut buffer);
            worker.share.fetching += watch.lap();
            match taken {
                Taken::Chunk(chunk) => {
                    busy = 0;
                    worker.count(input, chunk);
                    worker.check_memory();
                    if self.memory.is_exceeded() {
                        return;
                    }
                    worker.share.counting += watch.lap();
                }
                Taken::Busy => {
                    busy += 1;
                    left.rotate_left(1);
                }
                Taken::End => {
                    busy = 0;
                    left.pop_front();
                }
            }
        }
    }

    /// What the first lines of an input told, of which a chunk was taken.
    pub(super) fn met(&self, input: usize) -> &Met<'f> {
        self.met[input].get().expect(MET)
    }

    /// As much of a text as a line may be: what is kept of one that is too long, so that it is the same however much of
    /// it was read.
    pub(super) fn at_most<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[..text.len().min(self.max_line)]
    }

    /// The next chunk of an input that starts before `until`; its formats are found out before the first is taken.
    fn take<'b>(&'b self, input: usize, until: u64, wait: Wait, buffer: &'b mut Vec<u8>) -> Taken<'b> {
        let (source, met) = (&self.sources[input], &self.met[input]);
        if met.get().is_none() {
            let looked = source.with_head(wait, buffer, |head| {
                met.get_or_init(|| Met::by(head, source, self.detector, &self.own[input]));
            });
            if looked.is_none() {
                return Taken::Busy;
            }
        }
        if met.get().is_some_and(Met::is_refused) {
            source.close();
            return Taken::End;
        }
        source.next(until, wait, buffer)
    }
}

/// One tally of all: two and two are merged side by side, so that with twice as many workers it takes one merge longer,
/// not twice as long.
fn merged(mut tallies: Vec<Tally>) -> Option<Tally> {
    if tallies.len() < 2 {
        return tallies.pop();
    }
    let others = tallies.split_off(tallies.len() / 2);
    let (some, others) = rayon::join(|| merged(tallies), || merged(others));
    let (mut all, others) = some.zip(others)?;
    all.merge(others);
    Some(all)
}
