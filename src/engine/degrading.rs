//! The question's limit of the memory that tables take, at the ends of rounds: beyond it tables are made smaller.

use super::memory_limit::largest;
use super::worker::Worker;
use crate::error::{Error, ErrorKind};
use crate::measure::{Precision, SizeOf, UvMethod};
use crate::question::MaxMemory;
use crate::tally::{Bounded, Degraded, Tally};

/// Bytes of a key of a ranking, if keys of up to 150 bytes are the rule. Rankings are bounded to as many keys as fit into half
/// of the limit.
const BYTES_A_KEY: u64 = 256;
/// Rankings are not bounded to fewer keys than these.
const LEAST_KEYS: usize = 128;

/// The question's limit, and what has been done to keep it.
#[derive(Clone)]
pub(super) struct Degrading {
    limit: MaxMemory,
    pub(super) uv: UvMethod,
    pub(super) degraded: Option<Degraded>,
}

impl Degrading {
    pub(super) fn new(limit: MaxMemory, uv: UvMethod) -> Degrading {
        Degrading { limit, uv, degraded: None }
    }

    /// Ends a round: if the tables are larger than the limit, they are merged into those of the first worker and made smaller.
    ///
    /// Whether they are is decided by the merged tables alone. What the parts come to is an upper bound of that: as long as it
    /// is within the limit, nothing needs to be merged.
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
            }
        }
    }

    /// Takes the next step, if there is one left: rankings are bounded, then visitors are estimated, then rankings are bounded to
    /// half as many keys.
    fn degrade(&mut self, tally: &mut Tally, bounded: &mut Bounded) -> bool {
        let (limit_bytes, may_bound) = (self.limit.bytes(), bounded.has_rankings());
        let degraded = self.degraded.get_or_insert(Degraded { limit_bytes, max_keys: None, hll: None });
        let first = self.limit.bytes() / 2 / (BYTES_A_KEY * tally.rankings.len().max(1) as u64);
        let first = usize::try_from(first).unwrap_or(usize::MAX).max(LEAST_KEYS);
        if may_bound && degraded.max_keys.is_none() && bounded.most() > first {
            bounded.bound(first);
            degraded.max_keys = Some(first);
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
        false
    }
}
