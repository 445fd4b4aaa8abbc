//! Counts in rounds, if rankings have a limited number of keys or tables a limit of memory.
//!
//! Only the inputs decide which lines are in a round: their names, their texts, and where lines start. So the result
//! does not depend on the number of workers, on chunks, on how inputs are read, or on the order in which they are
//! given.

use std::time::Duration;

use super::round_ends::RoundEnds;
use super::run::{ReadLimit, Run};
use super::threads::{FewThreads, Threads};
use super::worker::Worker;
use crate::error::Error;
use crate::input::Source;
use crate::measure::UvMethod;
use crate::phases::{Phases, Stopwatch};
use crate::tally::Tally;

/// Maximum number of inputs that are open at a time, so that files are decompressed in parallel. More would cost
/// memory: an open input holds the state of its codec.
const MAX_OPEN: usize = 8;

/// The rounds of a log. Each round reads all open inputs a bit further. If some have ended, it opens the next ones in
/// the order of their names.
struct Rounds<'s> {
    sources: &'s [Source],
    round_bytes: u64,
    /// Inputs that are not open yet; the next one is last.
    waiting: Vec<usize>,
    open: Vec<ReadLimit>,
}

impl<'s> Rounds<'s> {
    fn new(sources: &'s [Source], round_bytes: u64) -> Rounds<'s> {
        let mut waiting: Vec<usize> = (0..sources.len()).rev().collect();
        waiting.sort_by(|a, b| sources[*b].path.cmp(&sources[*a].path));
        Rounds { sources, round_bytes, waiting, open: Vec::new() }
    }

    /// Returns the next round. Everything of the round before must have been taken.
    fn next(&mut self) -> Option<&[ReadLimit]> {
        self.open.retain(|limit| !self.sources[limit.input].is_within(limit.until));
        while self.open.len() < MAX_OPEN
            && let Some(input) = self.waiting.pop()
        {
            self.open.push(ReadLimit { input, until: self.sources[input].range().start });
        }
        let share = (self.round_bytes / self.open.len().max(1) as u64).max(1);
        self.open.iter_mut().for_each(|limit| limit.until = limit.until.saturating_add(share));
        (!self.open.is_empty()).then_some(&self.open)
    }
}

impl Run<'_, '_> {
    /// Lets workers count the chunks of each round, and merges their tallies. Of rankings, the result has only the part
    /// that no end of a round has taken.
    pub(super) fn count_in_rounds(
        &self,
        threads: usize,
        ends: &mut RoundEnds,
        empty: &dyn Fn(UvMethod) -> Tally,
    ) -> Result<(Tally, Phases, Option<FewThreads>), Error> {
        let Threads { pool, few } = self.threads(threads);
        let (mut counting, mut merging, mut watch) = (Duration::ZERO, Duration::ZERO, Stopwatch::start());
        let threads = pool.as_ref().map_or(1, |pool| pool.current_num_threads());
        let mut workers: Vec<_> = (0..threads).map(|_| Worker::new(self.scan, empty(self.scan.uv))).collect();
        let mut rounds = Rounds::new(self.sources, ends.round_bytes);
        while let Some(stretches) = rounds.next() {
            match &pool {
                None => workers.iter_mut().for_each(|worker| self.work(worker, stretches)),
                Some(pool) => pool.scope(|scope| {
                    workers.iter_mut().for_each(|worker| scope.spawn(|_| self.work(worker, stretches)));
                }),
            }
            counting += watch.lap();
            if let Some(error) = self.scan.memory.error(workers.iter_mut().map(|worker| &mut worker.tally)) {
                return Err(error);
            }
            ends.end_round(&self.scan.memory, &mut workers, empty)?;
            merging += watch.lap();
        }
        let (tally, phases) = self.merged(pool.as_ref(), workers);
        Ok((tally, Phases { counting, merging: merging + phases.merging, ..phases }, few))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Access, Blocking, ChunkOptions, Input, NextChunk, Opener};

    /// Returns for each round the names of its inputs and how far they are read.
    fn rounds(inputs: &[(&str, usize)], round_bytes: u64) -> Vec<Vec<(String, u64)>> {
        let source = |(name, lines): &(&str, usize)| {
            let text = std::io::Cursor::new("123456789\n".repeat(*lines));
            let cut = ChunkOptions { chunk_bytes: 7, max_line: 100, small_bytes: 0 };
            Opener::new(Access::Read, cut, None, 0).open(Input::reader(name, text)).unwrap()
        };
        let sources: Vec<Source> = inputs.iter().map(source).collect();
        let mut rounds = Rounds::new(&sources, round_bytes);
        let (mut all, mut buffer) = (Vec::new(), Vec::new());
        while let Some(stretches) = rounds.next() {
            let name = |limit: &ReadLimit| sources[limit.input].path.to_string_lossy().into_owned();
            all.push(stretches.iter().map(|limit| (name(limit), limit.until)).collect());
            for ReadLimit { input, until } in stretches {
                while let NextChunk::Chunk(_) = sources[*input].next(*until, Blocking::Lock, &mut buffer) {}
            }
        }
        all
    }

    #[test]
    fn open_inputs_share_the_bytes_of_a_round() {
        let of = |all: &[(&str, u64)]| all.iter().map(|(name, until)| ((*name).to_owned(), *until)).collect::<Vec<_>>();
        assert_eq!(rounds(&[("a", 3)], 20), [of(&[("a", 20)]), of(&[("a", 40)])]);
        assert_eq!(rounds(&[("a", 2)], 20), [of(&[("a", 20)])]);
        assert_eq!(rounds(&[("a", 0)], 20), [of(&[("a", 20)])]);
        let two = [of(&[("a", 10), ("b", 10)]), of(&[("b", 30)])];
        assert_eq!(rounds(&[("a", 1), ("b", 3)], 20), two);
        assert_eq!(rounds(&[("b", 3), ("a", 1)], 20), two);
    }

    #[test]
    fn open_inputs_are_limited_and_all_are_read() {
        let names: Vec<String> = (10..40).map(|i| format!("{i}.log")).collect();
        let mut inputs: Vec<(&str, usize)> = names.iter().map(|name| (name.as_str(), name.len() % 4 + 1)).collect();
        let expected = rounds(&inputs, 100);
        inputs.reverse();
        assert_eq!(rounds(&inputs, 100), expected);
        assert!(expected.iter().all(|open| open.len() <= MAX_OPEN));
        let opened: std::collections::BTreeSet<_> = expected.iter().flatten().map(|(name, _)| name).collect();
        assert_eq!(opened.len(), names.len());
    }
}
