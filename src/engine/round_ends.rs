//! The ends of rounds, at which rankings drop keys and tables are kept within a limit of memory.

use super::degrading::Degrading;
use super::memory_limit::MemoryLimit;
use super::worker::Worker;
use crate::error::Error;
use crate::keys::Seed;
use crate::measure::UvMethod;
use crate::question::{Counting, MaxKeys, MaxMemory, Plan};
use crate::tally::{Bounded, Bytes, Degraded, Table, Tally, Unescaped};

/// The rankings of all rounds, and the changes that keep all tables within a limit of memory.
#[derive(Clone)]
pub(super) struct RoundEnds {
    pub(super) round_bytes: u64,
    bounded: Bounded,
    degrading: Option<Degrading>,
    /// The memory of the rankings that the scan's sums have.
    memory_counted: Bytes,
}

impl RoundEnds {
    /// `None` if the question limits neither keys nor memory: then there are no rounds.
    pub(super) fn new(counting: &Counting, plan: &Plan, seed: Seed) -> Option<RoundEnds> {
        let of_keys = counting.max_keys.map(MaxKeys::round_bytes);
        let of_memory = counting.max_memory.map(MaxMemory::round_bytes);
        let round_bytes = of_keys.into_iter().chain(of_memory).min()?;
        let most = counting.max_keys.map_or(usize::MAX, MaxKeys::keys);
        let bounded = Bounded::new(plan.rankings(), &plan.extras, most, seed);
        let degrading = counting.max_memory.map(|limit| Degrading::new(limit, counting.uv));
        Some(RoundEnds { round_bytes, bounded, degrading, memory_counted: Bytes::default() })
    }

    /// Ends a round, of which all that was counted is with these workers.
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

    /// The rankings, given the parts of them that no end of a round has taken, and what was done to keep the limit of memory.
    pub(super) fn finish(self, rest: Vec<Table>) -> (Vec<Table<Unescaped>>, Option<Degraded>) {
        (self.bounded.finish(rest), self.degrading.and_then(|degrading| degrading.degraded))
    }
}

/// The rounds of text that is fed, which end where the bytes of all inputs together say.
#[derive(Clone)]
pub(super) struct FedRounds {
    pub(super) ends: RoundEnds,
    /// Bytes that were counted, and the number of bytes at which the round ends.
    counted: u64,
    until: u64,
}

impl FedRounds {
    pub(super) fn new(ends: RoundEnds) -> FedRounds {
        FedRounds { counted: 0, until: ends.round_bytes, ends }
    }

    /// Bytes that are left of the round: a line that starts after them is of the next one.
    pub(super) fn left(&self) -> u64 {
        self.until - self.counted
    }

    /// Goes on by lines of this many bytes; true if the round ends after them.
    pub(super) fn ends_after(&mut self, bytes: u64) -> bool {
        self.counted += bytes;
        let is_over = self.counted >= self.until;
        if is_over {
            self.until += (self.counted - self.until + 1).next_multiple_of(self.ends.round_bytes);
        }
        is_over
    }
}
