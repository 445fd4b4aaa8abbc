//! Work at the ends of rounds: rankings drop keys, and tables are kept within a limit of memory.

use super::degrading::Degrading;
use super::memory_limit::MemoryLimit;
use super::worker::Worker;
use crate::error::Error;
use crate::keys::Seed;
use crate::measure::UvMethod;
use crate::question::{MaxKeys, MaxMemory, Plan, Question};
use crate::tally::{Bounded, Bytes, Degraded, Table, Tally, Unescaped};

/// The rankings of all rounds so far, and the changes that keep all tables within a limit of memory.
#[derive(Clone)]
pub(super) struct RoundEnds {
    pub(super) round_bytes: u64,
    bounded: Bounded,
    degrading: Option<Degrading>,
    /// Bytes of the rankings that are already included in the scan's sums.
    memory_counted: Bytes,
}

impl RoundEnds {
    /// Returns `None` if the question limits neither keys nor memory: then it is not counted in rounds.
    pub(super) fn new(Question { counting, showing, .. }: &Question, plan: &Plan, seed: Seed) -> Option<RoundEnds> {
        let of_keys = counting.max_keys.map(MaxKeys::round_bytes);
        let of_memory = counting.max_memory.map(MaxMemory::round_bytes);
        let round_bytes = of_keys.into_iter().chain(of_memory).min()?;
        let most = counting.max_keys.map_or(usize::MAX, MaxKeys::keys);
        let bounded = Bounded::new(plan.rankings(), &plan.variable_columns, most, seed);
        let degrading = counting.max_memory.map(|limit| Degrading::new(limit, counting.uv, showing.each_limit));
        Some(RoundEnds { round_bytes, bounded, degrading, memory_counted: Bytes::default() })
    }

    /// Ends a round. The tallies of these workers must have everything that was counted in it.
    pub(super) fn end_round(
        &mut self,
        memory: &MemoryLimit,
        workers: &mut [Worker<'_, '_>],
        empty: &dyn Fn(UvMethod) -> Tally,
    ) -> Result<(), Error> {
        self.bounded
            .end_round(&mut workers.iter_mut().map(|worker| &mut worker.tally.rankings[..]).collect::<Vec<_>>());
        if let Some(degrading) = &mut self.degrading {
            degrading.end_round(workers, &mut self.bounded, empty)?;
        }
        memory.check_rankings(&mut self.bounded, &mut self.memory_counted);
        Ok(())
    }

    /// Returns the final rankings, and the changes that kept tables within the limit of memory. `rest` is the part of
    /// the rankings that no end of a round has taken.
    pub(super) fn finish(self, rest: Vec<Table>) -> (Vec<Table<Unescaped>>, Option<Degraded>) {
        (self.bounded.finish(rest), self.degrading.and_then(|degrading| degrading.degraded))
    }
}

/// The rounds of text that is fed. They end by the number of bytes of all inputs together.
#[derive(Clone)]
pub(super) struct FedRounds {
    pub(super) ends: RoundEnds,
    /// Bytes counted so far, and the number of bytes at which the round ends.
    counted: u64,
    until: u64,
}

impl FedRounds {
    pub(super) fn new(ends: RoundEnds) -> FedRounds {
        FedRounds { counted: 0, until: ends.round_bytes, ends }
    }

    /// Bytes left in the round. A line that starts after them belongs to the next round.
    pub(super) fn left(&self) -> u64 {
        self.until - self.counted
    }

    /// Adds lines of this many bytes. True if the round ends after them.
    pub(super) fn ends_after(&mut self, bytes: u64) -> bool {
        self.counted += bytes;
        let is_over = self.counted >= self.until;
        if is_over {
            self.until += (self.counted - self.until + 1).next_multiple_of(self.ends.round_bytes);
        }
        is_over
    }
}
