//! The memory that tables take, against two limits: the question's, at the ends of rounds, which makes tables smaller, and the
//! engine's, at any time, which ends the count.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::worker::Worker;
use crate::error::{Error, ErrorKind, bytes_in_words};
use crate::measure::SizeOf;
use crate::measure::{Precision, UvMethod};
use crate::question::MaxMemory;
use crate::tally::{Bounded, Bytes, Degraded, Tally};

/// The engine's limit, and the memory that the tables of all workers take.
#[derive(Debug)]
pub(crate) struct MemoryLimit {
    bytes: Option<u64>,
    at_least: AtomicU64,
    at_most: AtomicU64,
    is_exceeded: AtomicBool,
}

impl MemoryLimit {
    /// A limit of this many bytes, or none.
    pub(crate) fn new(bytes: Option<u64>) -> MemoryLimit {
        let (at_least, at_most) = (AtomicU64::new(0), AtomicU64::new(0));
        MemoryLimit { bytes, at_least, at_most, is_exceeded: AtomicBool::new(false) }
    }

    pub(super) fn is_exceeded(&self) -> bool {
        self.is_exceeded.load(Ordering::Relaxed)
    }

    /// Sees to it that the sums have a worker's tables as they are now. Sets are looked at one by one only if the limit may be
    /// exceeded. `counted` is what the sums have of these tables.
    pub(super) fn check(&self, tally: &mut Tally, counted: &mut Bytes) {
        let Some(limit) = self.bytes else { return };
        if self.update(tally.bounds(), counted).at_most > limit
            && self.update(tally.exact_bounds(), counted).at_least > limit
        {
            self.is_exceeded.store(true, Ordering::Relaxed);
        }
    }

    /// Sees to it that the sums have the rankings of all rounds as they are now.
    pub(super) fn check_rankings(&self, bounded: &mut Bounded, counted: &mut Bytes) {
        if self.bytes.is_some() {
            let bytes = bounded.bytes(SizeOf::Whole { visitors: 0 });
            self.update(Bytes { at_least: bytes, at_most: bytes }, counted);
        }
    }

    /// Replaces a share of the sums, and returns these.
    fn update(&self, now: Bytes, counted: &mut Bytes) -> Bytes {
        let then = std::mem::replace(counted, now);
        // Wrapping, as the numbers may become smaller.
        let sum = |all: &AtomicU64, now: u64, then: u64| {
            let change = now.wrapping_sub(then);
            all.fetch_add(change, Ordering::Relaxed).wrapping_add(change)
        };
        Bytes {
            at_least: sum(&self.at_least, now.at_least, then.at_least),
            at_most: sum(&self.at_most, now.at_most, then.at_most),
        }
    }

    /// The error if the limit is exceeded.
    pub(super) fn error(&self, workers: &mut [Worker<'_, '_>]) -> Option<Error> {
        let limit_bytes = self.bytes.filter(|_| self.is_exceeded())?;
        let mut parts: Vec<(&str, u64)> = Vec::new();
        for worker in workers {
            let more = worker.tally.parts();
            parts.resize(more.len(), ("", 0));
            parts.iter_mut().zip(more).for_each(|(sum, (name, bytes))| *sum = (name, sum.1 + bytes));
        }
        Some(ErrorKind::MemoryLimit { limit_bytes, is_asked: false, largest: largest(parts) }.into())
    }
}

/// Number of parts that a message names.
const NAMED: usize = 3;

/// `visitors 812 MiB, path 92 MiB`.
fn largest(mut parts: Vec<(&str, u64)>) -> String {
    parts.sort_by(|(a, a_bytes), (b, b_bytes)| b_bytes.cmp(a_bytes).then(a.cmp(b)));
    let words = parts.into_iter().take(NAMED).map(|(name, bytes)| format!("{name} {}", bytes_in_words(bytes)));
    words.collect::<Vec<_>>().join(", ")
}

/// Bytes of a key of a ranking, if keys of up to 150 bytes are the rule. Rankings are bounded to as many keys as fit into half
/// of the limit.
const BYTES_A_KEY: u64 = 256;
/// Rankings are not bounded to fewer keys than these.
const LEAST_KEYS: usize = 128;

/// The question's limit, and what has been done to keep it.
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
            first.tally.merge(other.take_tally(empty(self.uv)));
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
