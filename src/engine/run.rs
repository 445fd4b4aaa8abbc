//! Distributes the chunks of all inputs to workers. rayon is imported only here and in threads.rs.

use std::collections::VecDeque;
use std::time::Duration;

use rayon::ThreadPool;

use super::scan::Scan;
use super::sniff::Sniffed;
use super::threads::{self, FewThreads, Threads};
use super::worker::Worker;
use crate::error::Error;
use crate::input::{Blocking, NextChunk, Source};
use crate::phases::{Phases, Stopwatch};
use crate::tally::Tally;

/// How far workers may read in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReadLimit {
    pub(super) input: usize,
    /// Byte of the text before which a line must start to be taken.
    pub(super) until: u64,
}

/// The inputs, and the settings with which their lines are counted.
#[derive(Clone, Copy)]
pub(super) struct Run<'r, 'f> {
    pub(super) scan: &'r Scan<'f>,
    pub(super) sources: &'r [Source],
}

impl<'f> Run<'_, 'f> {
    /// Lets workers count chunks until none are left, and merges their tallies.
    pub(super) fn count_at_once(
        &self,
        threads: usize,
        empty: impl Fn() -> Tally + Sync,
    ) -> Result<(Tally, Phases, Option<FewThreads>), Error> {
        let Threads { pool, few } = self.threads(threads);
        let mut watch = Stopwatch::start();
        let all: Vec<_> = (0..self.sources.len()).map(|input| ReadLimit { input, until: u64::MAX }).collect();
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
        // Never more workers than chunks; for one worker, no thread pool.
        let chunks = self.sources.iter().try_fold(0_usize, |sum, s| Some(sum + s.chunks_at_most()?));
        let workers = chunks.map_or(threads, |chunks| threads.min(chunks)).max(1);
        Threads::start(workers)
    }

    /// Merges the tallies of all workers after the last chunk. The returned phases have the workers' statistics and the
    /// time that merging took.
    pub(super) fn merged(&self, pool: Option<&ThreadPool>, workers: Vec<Worker<'_, 'f>>) -> (Tally, Phases) {
        let mut watch = Stopwatch::start();
        let (tallies, workers) = workers.into_iter().map(Worker::into_stats).unzip();
        let merged = match pool {
            None => merged(tallies),
            Some(pool) => pool.scope(|scope| {
                let releases = self.sources.iter().flat_map(Source::releases);
                releases.for_each(|release| scope.spawn(|_| release()));
                merged(tallies)
            }),
        };
        let tally = merged.expect("there is at least one worker");
        // With one worker there is nothing to merge.
        let merging = if pool.is_some() { watch.lap() } else { Duration::ZERO };
        (tally, Phases { workers, merging, ..Phases::default() })
    }

    /// Counts chunks until none are left.
    ///
    /// A worker takes chunks from the first input that no other worker is decompressing, and stays with that input. So
    /// files are decompressed in parallel, at most one per worker. If all remaining inputs are busy, workers take
    /// turns: one decompresses a chunk while the others count theirs.
    pub(super) fn work(&self, worker: &mut Worker<'_, 'f>, stretches: &[ReadLimit]) {
        let mut buffer = Vec::new();
        // The first entry is the input that the worker reads.
        let mut left: VecDeque<_> = stretches.iter().copied().collect();
        let mut busy = 0;
        let mut watch = Stopwatch::start();
        while let Some(ReadLimit { input, until }) = left.front().copied() {
            let wait = if busy < left.len() { Blocking::TryLock } else { Blocking::Lock };
            let taken = self.next_chunk(input, until, wait, &mut buffer);
            worker.stats.fetching += watch.lap();
            match taken {
                NextChunk::Chunk(chunk) => {
                    busy = 0;
                    if self.sources[input].is_before_part(&chunk) {
                        worker.pass_over(input, chunk);
                    } else {
                        worker.count(input, chunk);
                    }
                    worker.check_memory();
                    if self.scan.memory.is_exceeded() {
                        return;
                    }
                    worker.stats.counting += watch.lap();
                }
                NextChunk::Busy => {
                    busy += 1;
                    left.rotate_left(1);
                }
                NextChunk::End => {
                    busy = 0;
                    left.pop_front();
                }
            }
        }
    }

    /// Waits for the input, and returns its next chunk.
    pub(super) fn next_chunk_in_turn<'b>(&'b self, limit: ReadLimit, buffer: &'b mut Vec<u8>) -> NextChunk<'b> {
        self.next_chunk(limit.input, limit.until, Blocking::Lock, buffer)
    }

    /// Returns the next chunk of an input that starts before `until`. Detects the formats of the input before its first
    /// chunk.
    fn next_chunk<'b>(&'b self, input: usize, until: u64, wait: Blocking, buffer: &'b mut Vec<u8>) -> NextChunk<'b> {
        let (source, sniffed) = (&self.sources[input], &self.scan.sniffed[input]);
        if sniffed.get().is_none() {
            let looked = source.with_head(wait, buffer, |head| {
                self.scan.sniff(input, head, Some(source));
            });
            if looked.is_none() {
                return NextChunk::Busy;
            }
        }
        if sniffed.get().is_some_and(Sniffed::is_refused) {
            source.close();
            return NextChunk::End;
        }
        source.next(until, wait, buffer)
    }
}

/// Merges tallies pairwise in parallel: log2(workers) rounds.
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
