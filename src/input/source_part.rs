//! The part of an opened input: which of its lines are read, and the lines around them.

use std::ops::Range;

use super::blocking::Blocking;
use super::chunk::{Chunk, NextChunk};
use super::source::{Kind, Source};

impl Source {
    /// The bytes of the text whose lines are read.
    pub(crate) fn range(&self) -> Range<u64> {
        self.part.range.clone()
    }

    /// The bytes of the text whose lines are read; `None` for all.
    pub(crate) fn part_of_text(&self) -> Option<Range<u64>> {
        (!self.part.has_all_bytes()).then(|| self.range())
    }

    /// True if the lines of a chunk are before the part that is read.
    pub(crate) fn is_before_part(&self, chunk: &Chunk<'_>) -> bool {
        chunk.offset < self.part.range.start
    }

    /// The bytes of the lines that were taken, from the start of the first line to the end of the last. An empty range
    /// if no line starts in the part.
    pub(crate) fn covered(&self) -> Range<u64> {
        self.taken.range().unwrap_or(self.part.range.start..self.part.range.start)
    }

    /// True if the place of each malformed line is kept.
    pub(crate) fn places_rejects(&self) -> bool {
        self.part.places_rejects
    }

    /// True if the last line is left out unless it is complete.
    pub(crate) fn has_finished_lines_only(&self) -> bool {
        self.part.has_finished_lines_only
    }

    /// Restricts the part to the lines that start before `end`. To be followed by a [restart](Self::restart).
    pub(crate) fn end_at(&mut self, end: u64) {
        self.part.range.end = end;
    }

    /// Reads the lines that start in these bytes, which are before the part; `None` if there are none or if it is a
    /// stream.
    pub(crate) fn lines_before<'a>(&self, bytes: Range<u64>, buffer: &'a mut Vec<u8>) -> Option<Chunk<'a>> {
        if let Kind::Positioned(file) = &self.kind { file.lines_in(bytes, buffer) } else { None }
    }

    /// Reads some lines after the part, from the one that starts at `start`; `None` if there are none. All lines before
    /// it must have been taken.
    pub(crate) fn lines_after<'a>(&self, start: u64, bytes: u64, buffer: &'a mut Vec<u8>) -> Option<Chunk<'a>> {
        match &self.kind {
            Kind::Positioned(file) => file.lines_in(start..start.saturating_add(bytes), buffer),
            Kind::Stream(stream) => match stream.next(u64::MAX, Blocking::Lock, buffer) {
                NextChunk::Chunk(chunk) => Some(chunk),
                NextChunk::Busy | NextChunk::End => None,
            },
            Kind::Small(_) | Kind::Mapped(_) => None,
        }
    }

    /// True if no line of the text starts after the part. All chunks must have been taken.
    pub(crate) fn reaches_end(&self) -> bool {
        self.is_text_within(self.part.range.end.max(self.covered().end))
    }
}
