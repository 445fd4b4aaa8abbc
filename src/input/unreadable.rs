//! Bytes that cannot be read, and the whole lines around them.

use std::io;
use std::ops::Range;
use std::path::PathBuf;

use crate::error::ErrorKind;

/// A disk that cannot read a byte most likely cannot read the rest of its page.
const PAGE: u64 = 4096;

/// The part of an input that could not be read. Lines that contain no such byte were counted all the same.
#[derive(Debug)]
pub(crate) struct Unreadable {
    /// Offset of the first byte that could not be read.
    pub(crate) at_byte: u64,
    /// Bytes that were not counted: those that could not be read, and the rest of their lines.
    pub(crate) lost_bytes: u64,
    /// The error at that byte.
    pub(crate) source: io::Error,
}

impl Unreadable {
    /// Converts this into an error with the path of the input.
    pub(super) fn of(self, path: PathBuf) -> ErrorKind {
        let Unreadable { at_byte, lost_bytes, source } = self;
        ErrorKind::Unreadable { path, at_byte, lost_bytes, source }
    }
}

/// The bytes of a file that could not be read.
#[derive(Debug, Default)]
pub(super) struct UnreadableBytes {
    /// Disjoint, ascending.
    ranges: Vec<Range<u64>>,
    first: Option<(u64, io::Error)>,
}

impl UnreadableBytes {
    /// Adds the bytes from `offset` to the end of its page, and returns the offset of the next page.
    pub(super) fn add(&mut self, offset: u64, error: io::Error) -> u64 {
        let end = (offset / PAGE + 1) * PAGE;
        let at = self.ranges.partition_point(|range| range.end < offset);
        let joined = self.ranges[at..].iter().take_while(|range| range.start <= end).count();
        let all = self.ranges[at..at + joined]
            .iter()
            .fold(offset..end, |all, range| all.start.min(range.start)..all.end.max(range.end));
        self.ranges.splice(at..at + joined, [all]);
        if self.first.as_ref().is_none_or(|(first, _)| offset < *first) {
            self.first = Some((offset, error));
        }
        end
    }

    /// Offset of the first byte that could not be read, and the error.
    pub(super) fn into_first(self) -> Option<(u64, io::Error)> {
        self.first
    }

    /// True if any of these bytes could not be read.
    pub(super) fn has_any_of(&self, bytes: &Range<u64>) -> bool {
        self.ranges.iter().any(|range| range.start < bytes.end && bytes.start < range.end)
    }

    /// Returns the whole lines of a text that contain none of the unreadable bytes, as ranges of consecutive lines. The
    /// text is at `offset` in the file and consists of whole lines; it has zeros in place of unreadable bytes.
    pub(super) fn lines_without(&self, text: &[u8], offset: u64) -> Vec<Range<usize>> {
        let end = offset + text.len() as u64;
        let within = |at: u64| (at.clamp(offset, end) - offset) as usize;
        let lost = self.ranges.iter().filter(|range| range.start < end && offset < range.end);
        let (mut pieces, mut start) = (Vec::new(), 0);
        for range in lost {
            // The range is in a line that is lost already.
            if within(range.end) <= start {
                continue;
            }
            let whole = &text[start..within(range.start).max(start)];
            let last = memchr::memrchr(b'\n', whole).map_or(start, |lf| start + lf + 1);
            pieces.push(start..last);
            let after = within(range.end).max(start);
            start = memchr::memchr(b'\n', &text[after..]).map_or(text.len(), |lf| after + lf + 1);
        }
        pieces.push(start..text.len());
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error() -> io::Error {
        io::Error::from_raw_os_error(5)
    }

    #[test]
    fn pages_are_joined_and_the_first_byte_is_kept() {
        let mut bytes = UnreadableBytes::default();
        assert_eq!(bytes.add(5000, error()), 8192);
        assert_eq!(bytes.add(20_480, error()), 24_576);
        assert_eq!(bytes.add(8192, error()), 12_288);
        assert_eq!(bytes.add(4096, error()), 8192);
        assert_eq!(bytes.ranges, [4096..12_288, 20_480..24_576]);
        assert_eq!(bytes.into_first().unwrap().0, 4096);
    }

    proptest! {
        #[test]
        fn lines_without_lost_bytes_are_kept_whole(
            lines in prop::collection::vec("[a-z]{0,6}\n", 1..30),
            lost in prop::collection::vec((0..150_u64, 1..20_u64), 0..4),
            offset in 0..20_u64,
        ) {
            let mut ranges: Vec<_> = lost.iter().map(|(start, len)| *start..start + len).collect();
            ranges.sort_by_key(|range| range.start);
            let bytes = UnreadableBytes { ranges: ranges.clone(), first: None };
            let mut text = lines.concat().into_bytes();
            let end = offset + text.len() as u64;
            for range in &ranges {
                let within = |at: u64| (at.clamp(offset, end) - offset) as usize;
                text[within(range.start)..within(range.end)].fill(0);
            }
            let text = String::from_utf8(text).unwrap();
            let pieces = bytes.lines_without(text.as_bytes(), offset);
            // A lost line feed joins two lines.
            let is_lost = |at: usize| ranges.iter().any(|range| range.contains(&(offset + at as u64)));
            let mut expected = String::new();
            let (mut start, mut is_kept) = (0, true);
            for (at, byte) in text.bytes().enumerate() {
                is_kept &= !is_lost(at);
                if byte == b'\n' && !is_lost(at) {
                    expected += if is_kept { &text[start..=at] } else { "" };
                    (start, is_kept) = (at + 1, true);
                }
            }
            let kept: String = pieces.into_iter().map(|piece| &text[piece]).collect();
            prop_assert_eq!(kept, expected);
        }
    }
}
