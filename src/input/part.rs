//! The part of an input's text that is read, and how much of it has been taken.

use std::ops::{Bound, Range, RangeBounds};
use std::sync::atomic::{AtomicU64, Ordering};

use super::Chunk;

/// The part of an input's text that is read. Formats and envelopes are detected from the first lines of the whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Bytes of the text. A line is read if its first byte is one of them.
    pub(crate) range: Range<u64>,
    /// True if a last line without a line end is left out.
    pub(crate) has_finished_lines_only: bool,
    /// True if the place of each malformed line is kept, not only that of the first in a chunk.
    pub(crate) places_rejects: bool,
}

impl Part {
    /// The whole text.
    pub(super) const WHOLE: Part = Part { range: 0..u64::MAX, has_finished_lines_only: false, places_rejects: false };

    /// True if all bytes are in the range.
    pub(super) fn has_all_bytes(&self) -> bool {
        self.range == Part::WHOLE.range
    }
}

/// Converts a range of bytes. An open end is `u64::MAX`.
pub(super) fn range_of(bytes: &impl RangeBounds<u64>) -> Range<u64> {
    let start = match bytes.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match bytes.end_bound() {
        Bound::Included(last) => last.saturating_add(1),
        Bound::Excluded(end) => *end,
        Bound::Unbounded => u64::MAX,
    };
    start..end.max(start)
}

/// The bytes of the lines that were taken. Workers take the chunks of a part in any order, and leave no gaps unless
/// bytes cannot be read.
#[derive(Debug)]
pub(super) struct Taken {
    start: AtomicU64,
    end: AtomicU64,
}

impl Default for Taken {
    /// No lines.
    fn default() -> Taken {
        Taken { start: AtomicU64::new(u64::MAX), end: AtomicU64::new(0) }
    }
}

impl Taken {
    pub(super) fn add(&self, chunk: &Chunk<'_>) {
        self.start.fetch_min(chunk.offset, Ordering::Relaxed);
        self.end.fetch_max(chunk.offset + chunk.bytes.len() as u64 + chunk.left_out, Ordering::Relaxed);
    }

    /// From the start of the first line to the end of the last one; `None` if no line was taken.
    pub(super) fn range(&self) -> Option<Range<u64>> {
        let range = self.start.load(Ordering::Relaxed)..self.end.load(Ordering::Relaxed);
        (range.start < range.end).then_some(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_converted_to_their_first_byte_and_their_end() {
        assert_eq!(range_of(&..), Part::WHOLE.range);
        assert_eq!(range_of(&(5..)), 5..u64::MAX);
        assert_eq!(range_of(&(5..7)), 5..7);
        assert_eq!(range_of(&(5..=7)), 5..8);
        assert_eq!(range_of(&..=u64::MAX), Part::WHOLE.range);
        assert_eq!(range_of(&(Bound::Excluded(4), Bound::Unbounded)), 5..u64::MAX);
        let (start, end) = (7, 5);
        assert_eq!(range_of(&(start..end)), 7..7);
    }
}
