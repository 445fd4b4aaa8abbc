//! Sharing the chunks of all inputs out among workers. With threads.rs the home of rayon.

use std::collections::VecDeque;
use std::time::Duration;

use rayon::ThreadPool;

use super::first_lines::Met;
use super::scan::Scan;
use super::threads::{self, FewThreads, Threads};
use super::worker::Worker;
use crate::error::Error;
use crate::input::{Source, Taken, Wait};
use crate::phases::{Phases, Stopwatch};
use crate::tally::Tally;

/// How far workers go in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) input: usize,
    /// No line is taken that starts at this byte of the text, or after it.
    pub(super) until: u64,
}

/// The inputs, and how their lines are counted.
#[derive(Clone, Copy)]
pub(super) struct Run<'r, 'f> {
    pub(super) scan: &'r Scan<'f>,
    pub(super) sources: &'r [Source],
}

impl<'f> Run<'_, 'f> {
    /// Lets workers take chunks until there are none, and merges what they counted.
    pub(super) fn at_once(
        &self,
        threads: usize,
        empty: impl Fn() -> Tally + Sync,
    ) -> Result<(Tally, Phases, Option<FewThreads>), Error> {
        let Threads { pool, few } = self.threads(threads);
        let mut watch = Stopwatch::start();
        let all: Vec<_> = (0..self.sources.len()).map(|input| Stretch { input, until: u64::MAX }).collect();
        let work = || {
            let mut worker = Worker::new(self.scan, empty());
            self.work(&mut worker, &all);
            worker
        };
        let mut workers = pool.as_ref().map_or_else(|| vec![work()], |pool| pool.broadcast(|_| work()));
        if let Some(error) = self.scan.memory.error(workers.iter_mut().map(|worker| &mut worker.tally)) {
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
        let tally = merged.expect("there is a worker");
        // What one worker counted is merged with nothing.
        let merging = if pool.is_some() { watch.lap() } else { Duration::ZERO };
        (tally, Phases { workers, merging, ..Phases::default() })
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
                    if self.scan.memory.is_exceeded() {
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

    /// The next chunk of an input that starts before `until`; its formats are found out before the first is taken.
    fn take<'b>(&'b self, input: usize, until: u64, wait: Wait, buffer: &'b mut Vec<u8>) -> Taken<'b> {
        let (source, met) = (&self.sources[input], &self.scan.met[input]);
        if met.get().is_none() {
            let looked = source.with_head(wait, buffer, |head| {
                self.scan.meet(input, head, source.is_device);
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
    all.absorb(others);
    Some(all)
}
