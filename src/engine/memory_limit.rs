//! The engine's limit on the memory of tables. It applies at any time, and a count that exceeds it fails.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::{Error, ErrorKind, bytes_in_words};
use crate::measure::SizeOf;
use crate::tally::{Bounded, Bytes, Tally};

/// The limit, and the memory that the tables of all workers use.
#[derive(Debug)]
pub(crate) struct MemoryLimit {
    bytes: Option<u64>,
    at_least: AtomicU64,
    at_most: AtomicU64,
    is_exceeded: AtomicBool,
}

impl MemoryLimit {
    /// Creates a limit of this many bytes; `None` for no limit.
    pub(crate) fn new(bytes: Option<u64>) -> MemoryLimit {
        let (at_least, at_most) = (AtomicU64::new(0), AtomicU64::new(0));
        MemoryLimit { bytes, at_least, at_most, is_exceeded: AtomicBool::new(false) }
    }

    pub(super) fn is_exceeded(&self) -> bool {
        self.is_exceeded.load(Ordering::Relaxed)
    }

    /// Updates the sums with the current size of a worker's tables. Measures sets one by one only if the limit may be
    /// exceeded. `counted` is the size of these tables that the sums already include.
    pub(super) fn check(&self, tally: &mut Tally, counted: &mut Bytes) {
        let Some(limit) = self.bytes else { return };
        if self.update(tally.bounds(), counted).at_most > limit
            && self.update(tally.exact_bounds(), counted).at_least > limit
        {
            self.is_exceeded.store(true, Ordering::Relaxed);
        }
    }

    /// Updates the sums with the current size of the rankings of all rounds.
    pub(super) fn check_rankings(&self, bounded: &mut Bounded, counted: &mut Bytes) {
        if self.bytes.is_some() {
            let bytes = bounded.bytes(SizeOf::Whole { visitors: 0 });
            self.update(Bytes { at_least: bytes, at_most: bytes }, counted);
        }
    }

    /// Replaces a share of the sums, and returns the new sums.
    fn update(&self, now: Bytes, counted: &mut Bytes) -> Bytes {
        let then = std::mem::replace(counted, now);
        // Wrapping, because a size may decrease.
        let sum = |all: &AtomicU64, now: u64, then: u64| {
            let change = now.wrapping_sub(then);
            all.fetch_add(change, Ordering::Relaxed).wrapping_add(change)
        };
        Bytes {
            at_least: sum(&self.at_least, now.at_least, then.at_least),
            at_most: sum(&self.at_most, now.at_most, then.at_most),
        }
    }

    /// Returns the error if the limit is exceeded.
    pub(super) fn error<'t>(&self, tallies: impl Iterator<Item = &'t mut Tally>) -> Option<Error> {
        let limit_bytes = self.bytes.filter(|_| self.is_exceeded())?;
        let mut parts: Vec<(&str, u64)> = Vec::new();
        for tally in tallies {
            let more = tally.parts();
            parts.resize(more.len(), ("", 0));
            parts.iter_mut().zip(more).for_each(|(sum, (name, bytes))| *sum = (name, sum.1 + bytes));
        }
        Some(ErrorKind::MemoryLimit { limit_bytes, is_asked: false, largest: largest(parts) }.into())
    }
}

/// Number of parts that the message names.
const NAMED: usize = 3;

/// Describes the largest parts: `visitors 812 MiB, path 92 MiB`.
pub(super) fn largest(mut parts: Vec<(&str, u64)>) -> String {
    parts.sort_by(|(a, a_bytes), (b, b_bytes)| b_bytes.cmp(a_bytes).then(a.cmp(b)));
    let words = parts.into_iter().take(NAMED).map(|(name, bytes)| format!("{name} {}", bytes_in_words(bytes)));
    words.collect::<Vec<_>>().join(", ")
}
