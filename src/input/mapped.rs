//! Files mapped into memory. The `unsafe` code for that is here and in guard.rs. Most other `unsafe` code only gives
//! hints or uses processor features (huge_pages.rs, prefetch.rs, format/marks/blocks.rs, keys/ipv4.rs).
//!
//! Two guarantees hold. First, a mapping is read-only and private, and a caller that asks for one has installed the
//! guard (guard.rs). Second, a file that shrinks while it is mapped, or that cannot be read, does not end the process:
//! its lost pages read as zeros. [`Mapped::has_lost`] reports that. The caller then discards everything that was
//! counted, and reads the files again with positioned reads. So no text of a lost page is ever reported.
#![allow(unsafe_code)]

use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use memmap2::Mmap;

use super::Chunk;
use super::chunk::ChunkOptions;
use super::guard::{MapGuard, Region};
use super::ranges::Ranges;
use crate::text::lines::{FirstLines, kept_of, text_start};

/// A mapped file, cut into ranges of equal size. A line belongs to the chunk of the range that it starts in.
pub(crate) struct Mapped {
    map: Mmap,
    file: Arc<File>,
    region: &'static Region,
    max_line: usize,
    /// Ranges of the part that is read: from the start of a line to the start of another, or to the end.
    ranges: Ranges,
}

impl Mapped {
    /// Maps a file, or returns it if the system cannot map it.
    pub(crate) fn new(file: File, _guard: MapGuard, chunk_options: ChunkOptions) -> Result<Mapped, File> {
        // SAFETY: the mapping is read-only, so nothing is changed through it. Another process may change the file:
        // the bytes are then other bytes, which nothing here takes for more than bytes (no length, no UTF-8 is
        // believed twice). It may cut the file: that is what the guard is for, and the caller has shown it.
        let Ok(map) = (unsafe { Mmap::map(&file) }) else { return Err(file) };
        let region = Region::watch(map.as_ptr() as usize, map.len());
        let ranges = Ranges::new(0..map.len() as u64, chunk_options.chunk_bytes);
        Ok(Mapped { map, file: Arc::new(file), region, max_line: chunk_options.max_line, ranges })
    }

    pub(crate) fn len(&self) -> u64 {
        self.map.len() as u64
    }

    /// The whole file, except what has been truncated meanwhile.
    pub(crate) fn bytes(&self) -> &[u8] {
        let len = self.file.metadata().map_or(0, |m| usize::try_from(m.len()).unwrap_or(usize::MAX));
        &self.map[..self.map.len().min(len)]
    }

    /// Restricts reading to the lines in these bytes, from the start of one line to the start of another or the end.
    pub(crate) fn narrow(&mut self, wanted: Range<usize>) {
        self.ranges.narrow(wanted.start as u64..wanted.end as u64);
    }

    /// The part of the file that is read.
    pub(crate) fn wanted(&self) -> Range<usize> {
        let all = self.ranges.all();
        all.start as usize..all.end as usize
    }

    pub(crate) fn head(&self) -> FirstLines<'_> {
        FirstLines::of(self.bytes(), true)
    }

    pub(crate) fn chunks_at_most(&self) -> usize {
        self.ranges.count()
    }

    /// Takes the lines of the next range before `until`.
    pub(crate) fn next(&self, until: u64) -> Option<Chunk<'_>> {
        loop {
            let range = self.ranges.next(until)?;
            // Offsets into a mapping fit into `usize`.
            let (start, range_end) = (range.start as usize, range.end as usize);
            // Only this range is searched for the start of a line. So a line of gigabytes is searched once, not once
            // per chunk.
            let first = if range.start == self.ranges.all().start {
                Some(start)
            } else {
                memchr::memchr(b'\n', &self.map[start - 1..range_end - 1]).map(|lf| start + lf)
            };
            if let Some(first) = first {
                let end = self.end_of_lines(range_end);
                let kept_end =
                    if end - range_end > kept_of(self.max_line) { self.kept_end(first, range_end, end) } else { end };
                return Some(Chunk {
                    bytes: &self.map[first..kept_end],
                    offset: first as u64,
                    left_out: (end - kept_end) as u64,
                });
            }
        }
    }

    /// Number of pieces in which pages are released.
    pub(crate) fn pieces(&self) -> usize {
        self.map.len().div_ceil(PIECE_BYTES)
    }

    /// Releases the pages of a piece. This is best done by several threads, in parallel with other work: for a
    /// gigabyte, one thread takes as long as merging two workers.
    pub(crate) fn release(&self, piece: usize) {
        #[cfg(unix)]
        {
            let start = piece * PIECE_BYTES;
            let len = PIECE_BYTES.min(self.map.len() - start);
            // SAFETY: the mapping is of a file, read-only and never written through: a page of it that is looked at
            // after all is read from the file again, or is the zeros that the guard had put there.
            let released = unsafe { self.map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, start, len) };
            // If the system cannot do this, the pages are kept until the end.
            drop(released);
        }
        #[cfg(not(unix))]
        let _ = piece;
    }

    /// End of the line that contains the byte before `range_end`.
    fn end_of_lines(&self, range_end: usize) -> usize {
        let Some(rest) = self.map.get(range_end - 1..) else { return self.map.len() };
        memchr::memchr(b'\n', rest).map_or(self.map.len(), |lf| range_end + lf)
    }

    /// End of what is kept of the lines from `first` to `end`, the last of which extends far beyond the range.
    #[cold]
    fn kept_end(&self, first: usize, range_end: usize, end: usize) -> usize {
        let last = memchr::memrchr(b'\n', &self.map[first..range_end]).map_or(first, |lf| first + lf + 1);
        let text = last + text_start(&self.map[last..end], last == 0);
        text.saturating_add(kept_of(self.max_line)).min(end)
    }

    /// True if bytes that were mapped may have been read as zeros: a page was lost, or the file is shorter now. Within
    /// its last page a file can shrink without a signal.
    pub(crate) fn has_lost(&self) -> bool {
        self.region.is_hurt() || self.file.metadata().map_or(0, |m| m.len()) < self.len()
    }

    /// Marks the mapping as if a page of it could not be read.
    #[cfg(test)]
    pub(super) fn lose_a_page(&self) {
        self.region.hurt();
    }

    /// The file, for reading it in another way.
    pub(crate) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        self.region.forget();
    }
}

/// Bytes that a thread releases in about a millisecond.
const PIECE_BYTES: usize = 32 << 20;

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::super::guard::guard_mappings;
    use super::*;
    use std::io::Write;

    fn mapped(text: &[u8], chunk_bytes: usize) -> (tempfile::NamedTempFile, Mapped) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text).unwrap();
        let chunk_options = ChunkOptions { chunk_bytes, max_line: 1 << 20, small_bytes: 0 };
        let map = Mapped::new(file.reopen().unwrap(), guard_mappings().unwrap(), chunk_options).unwrap();
        (file, map)
    }

    #[test]
    fn every_line_is_in_one_chunk_for_any_chunk_size() {
        let text = b"one\ntwo\n\n\nthree is longer\nend without line feed";
        for chunk_bytes in 1..60 {
            let (_file, map) = mapped(text, chunk_bytes);
            let mut offset = 0;
            while let Some(chunk) = map.next(u64::MAX) {
                assert_eq!(chunk.offset, offset);
                assert!(chunk.bytes.ends_with(b"\n") || offset as usize + chunk.bytes.len() == text.len());
                offset += chunk.bytes.len() as u64;
            }
            assert_eq!(offset as usize, text.len());
        }
    }

    #[test]
    fn only_the_narrowed_range_is_read() {
        let text = b"one\ntwo\nthree is longer\nfour\nend";
        for (wanted, expected) in [(4..24, &text[4..24]), (0..4, &text[..4]), (24..32, &text[24..]), (8..8, b"")] {
            for chunk_bytes in 1..40 {
                let (_file, mut map) = mapped(text, chunk_bytes);
                map.narrow(wanted.clone());
                let mut read = Vec::new();
                while let Some(chunk) = map.next(u64::MAX) {
                    assert_eq!(chunk.offset as usize, wanted.start + read.len());
                    read.extend_from_slice(chunk.bytes);
                }
                assert_eq!(read, expected, "{wanted:?} by {chunk_bytes}");
            }
        }
    }

    #[test]
    fn lost_page_reads_as_zeros_and_is_reported() {
        let text = b"a line of the log\n".repeat(100_000);
        let (file, map) = mapped(&text, 1 << 20);
        assert!(!map.has_lost());
        file.as_file().set_len(10_000).unwrap();
        let chunk = map.next(u64::MAX).unwrap();
        assert_eq!(chunk.bytes[..9_999], text[..9_999]);
        assert_eq!(chunk.bytes[500_000], 0);
        assert!(map.has_lost());
        // Even if the file grows again.
        file.as_file().set_len(text.len() as u64).unwrap();
        assert!(map.has_lost());
    }

    #[test]
    fn file_that_shrinks_within_its_last_page_is_reported() {
        let (file, map) = mapped(b"one\ntwo\n", 1 << 20);
        file.as_file().set_len(4).unwrap();
        assert!(map.has_lost());
    }
}
