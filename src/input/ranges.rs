//! Ranges of a file that workers take: one after another, each once.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of a file, cut into ranges of equal size. Ranges are shorter at the end, and where a worker passed `until`.
pub(super) struct Ranges {
    all: Range<u64>,
    range_bytes: u64,
    /// Start of the next range that has not been taken.
    next: AtomicU64,
}

impl Ranges {
    pub(super) fn new(all: Range<u64>, range_bytes: usize) -> Ranges {
        Ranges { next: AtomicU64::new(all.start), all, range_bytes: range_bytes as u64 }
    }

    /// All bytes that are cut into ranges.
    pub(super) fn all(&self) -> Range<u64> {
        self.all.clone()
    }

    /// Starts again with other bytes, none of which has been taken.
    pub(super) fn narrow(&mut self, all: Range<u64>) {
        *self = Ranges { next: AtomicU64::new(all.start), all, range_bytes: self.range_bytes };
    }

    /// Number of ranges, if none is cut short.
    pub(super) fn count(&self) -> usize {
        usize::try_from((self.all.end - self.all.start).div_ceil(self.range_bytes)).unwrap_or(usize::MAX)
    }

    /// Takes the next range, which ends at `until` or before; `None` if there is none.
    pub(super) fn next(&self, until: u64) -> Option<Range<u64>> {
        let end = until.min(self.all.end);
        let end_of = |start: u64| start.saturating_add(self.range_bytes).min(end);
        let take = |start: u64| (start < end).then(|| end_of(start));
        let start = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).ok()?;
        Some(start..end_of(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_in_one_range_and_none_crosses_a_border() {
        for range_bytes in 1..12 {
            for border in 1..12_u64 {
                let ranges = Ranges::new(0..25, range_bytes);
                let mut end = 0;
                for until in (1..).map(|i| i * border) {
                    while let Some(range) = ranges.next(until) {
                        assert_eq!(range.start, end);
                        assert!(range.end <= until && (1..=range_bytes as u64).contains(&(range.end - range.start)));
                        end = range.end;
                    }
                    assert_eq!(end, until.min(25));
                    if until >= 25 {
                        break;
                    }
                }
                let whole = Ranges::new(0..25, range_bytes);
                assert_eq!(std::iter::from_fn(|| whole.next(u64::MAX)).count(), whole.count());
            }
        }
    }
}
