//! The question's limit on the memory of tables. It applies at the ends of rounds, and tables that exceed it are made
//! smaller.

use super::memory_limit::largest;
use super::worker::Worker;
use crate::error::{Error, ErrorKind};
use crate::measure::{Precision, SizeOf, UvMethod};
use crate::question::MaxMemory;
use crate::tally::{Bounded, Degraded, Tally};

/// Estimated bytes per key of a ranking, for keys of up to 150 bytes. Rankings are limited to as many keys as fit into
/// half of the memory limit.
const BYTES_A_KEY: u64 = 256;
/// Rankings are never limited to fewer keys than this.
const LEAST_KEYS: usize = 128;

/// Number of parts that are kept at first, so that those with the most hits in the whole log are very likely among them.
const PARTS: usize = 1024;

/// The limit, and what was done so far to keep it.
#[derive(Clone)]
pub(super) struct Degrading {
    limit: MaxMemory,
    pub(super) uv: UvMethod,
    pub(super) degraded: Option<Degraded>,
    /// The number of parts that are kept at first if there are too many.
    parts: usize,
}

impl Degrading {
    /// `each_limit` is the number of parts that are shown; 0 for all.
    pub(super) fn new(limit: MaxMemory, uv: UvMethod, each_limit: usize) -> Degrading {
        Degrading { limit, uv, degraded: None, parts: each_limit.max(PARTS) }
    }

    /// Ends a round. If the tables exceed the limit, merges them into those of the first worker and makes them smaller.
    ///
    /// Only the size of the merged tables decides. The sum of the parts is an upper bound of it, so nothing needs to be
    /// merged while the sum is within the limit.
    pub(super) fn end_round(
        &mut self,
        workers: &mut [Worker<'_, '_>],
        bounded: &mut Bounded,
        empty: &dyn Fn(UvMethod) -> Tally,
    ) -> Result<(), Error> {
        let parts: u64 = workers.iter_mut().map(|worker| worker.tally.part_bytes()).sum();
        if parts + bounded.bytes(SizeOf::Part) <= self.limit.bytes() {
            return Ok(());
        }
        let Some((first, others)) = workers.split_first_mut() else { return Ok(()) };
        for other in others.iter_mut() {
            first.tally.absorb(other.take_tally(empty(self.uv)));
            other.tally.keep_parts_of(&first.tally);
        }
        bounded.take(&mut first.tally.rankings);
        loop {
            let tables = first.tally.whole_bytes() + bounded.bytes(SizeOf::Whole { visitors: 0 });
            if tables <= self.limit.bytes() {
                return Ok(());
            }
            if !self.degrade(&mut first.tally, bounded) {
                let parts = first.tally.parts().into_iter().chain(bounded.parts()).collect();
                let limit_bytes = self.limit.bytes();
                return Err(ErrorKind::MemoryLimit { limit_bytes, is_asked: true, largest: largest(parts) }.into());
            }
            for other in others.iter_mut() {
                other.take_tally(empty(self.uv));
                other.tally.keep_parts_of(&first.tally);
            }
        }
    }

    /// Takes the next step, and returns false if none is left. The steps are: limit rankings or parts, then estimate
    /// visitors, then halve the limit of rankings or parts. A question has only one of both.
    fn degrade(&mut self, tally: &mut Tally, bounded: &mut Bounded) -> bool {
        let (limit_bytes, may_bound) = (self.limit.bytes(), bounded.has_rankings());
        let degraded = self.degraded.get_or_insert(Degraded { limit_bytes, max_keys: None, hll: None, parts: None });
        let first = self.limit.bytes() / 2 / (BYTES_A_KEY * tally.rankings.len().max(1) as u64);
        let first = usize::try_from(first).unwrap_or(usize::MAX).max(LEAST_KEYS);
        if may_bound && degraded.max_keys.is_none() && bounded.most() > first {
            bounded.bound(first);
            degraded.max_keys = Some(first);
            return true;
        }
        if degraded.parts.is_none() && tally.keep_parts(self.parts) {
            degraded.parts = Some(self.parts);
            return true;
        }
        let precision = Precision::default();
        if tally.use_sketches(precision) {
            self.uv = UvMethod::Hll(precision);
            degraded.hll = Some(precision);
            return true;
        }
        let half = bounded.most() / 2;
        if may_bound && half >= LEAST_KEYS {
            bounded.bound(half);
            degraded.max_keys = Some(half);
            return true;
        }
        let half = tally.named_parts() / 2;
        if tally.keep_parts(half) {
            degraded.parts = Some(half);
            return true;
        }
        false
    }
}
