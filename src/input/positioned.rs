//! Regular files read with positioned reads: workers read ranges of a file in parallel, each into its own buffer.
//!
//! Measured on files in the page cache: as fast as mapping them (benches/stages/whole.rs). If the file shrinks
//! meanwhile, a read merely ends early. Bytes that cannot be read lose only the lines that contain them.

use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Chunk;
use super::chunk::ChunkOptions;
use super::ranges::Ranges;
use super::read_at::ReadAt;
use super::unreadable::{Unreadable, UnreadableBytes};
use crate::text::lines::{FirstLines, HEAD_BYTES, kept_of, shorten};

/// Consecutive lines: their offset in the file, their text, and the number of bytes left out of the last line.
struct Piece<T> {
    offset: u64,
    text: T,
    left_out: u64,
}

/// A file, cut into ranges of equal size. A line belongs to the chunk of the range that it starts in.
pub(crate) struct Positioned {
    file: Arc<dyn ReadAt>,
    /// Length of the text in bytes.
    len: u64,
    max_line: usize,
    /// Ranges of the part that is read.
    ranges: Ranges,
    /// Bytes of all chunks taken so far.
    taken: AtomicU64,
    /// True if any byte could not be read. Nearly always false; `lost` is then not consulted.
    has_lost: AtomicBool,
    lost: Mutex<Lost>,
}

/// Bytes that could not be read, and the lines affected.
#[derive(Default)]
struct Lost {
    bytes: UnreadableBytes,
    /// Lines after such bytes that were read together with the lines before them, and have not been taken yet.
    later: Vec<Piece<Vec<u8>>>,
}

impl Positioned {
    pub(crate) fn new(file: Arc<dyn ReadAt>, len: u64, chunk_options: ChunkOptions) -> Positioned {
        let ranges = Ranges::new(0..len, chunk_options.chunk_bytes);
        let (taken, has_lost, lost) = (AtomicU64::new(0), AtomicBool::new(false), Mutex::default());
        Positioned { file, len, max_line: chunk_options.max_line, ranges, taken, has_lost, lost }
    }

    /// Restricts reading to the lines that start in these bytes.
    pub(super) fn narrow(&mut self, wanted: &Range<u64>) {
        self.ranges.narrow(wanted.start.min(self.len)..wanted.end.min(self.len));
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    pub(crate) fn with_head<R>(&self, inspect: impl FnOnce(FirstLines<'_>) -> R) -> R {
        let mut buffer = Vec::new();
        let bytes = usize::try_from(self.len()).unwrap_or(usize::MAX).min(HEAD_BYTES);
        let read = self.read(0, bytes, 0, &mut buffer);
        inspect(FirstLines::of(&buffer[..read], self.len() <= HEAD_BYTES as u64))
    }

    pub(crate) fn chunks_at_most(&self) -> usize {
        self.ranges.count()
    }

    /// Takes the lines of the next range before `until`.
    pub(crate) fn next<'a>(&self, until: u64, buffer: &'a mut Vec<u8>) -> Option<Chunk<'a>> {
        loop {
            if let Some(Piece { offset, text, left_out }) = self.later_lines() {
                *buffer = text;
                return Some(self.chunk(buffer, offset, left_out));
            }
            let Some(range) = self.ranges.next(until) else {
                if until >= self.ranges.all().end {
                    self.release();
                }
                return None;
            };
            let from = range.start.saturating_sub(1);
            if let Some((lines, left_out)) = self.lines_of(range, buffer) {
                let piece = Piece { offset: from + lines.start as u64, text: lines, left_out };
                let piece = if self.has_lost() { self.readable(buffer, piece) } else { Some(piece) };
                if let Some(Piece { offset, text, left_out }) = piece {
                    return Some(self.chunk(&buffer[text], offset, left_out));
                }
            }
        }
    }

    /// Reads the lines that start in these bytes, which may be outside the part that is read; `None` if there are none.
    pub(crate) fn lines_in<'a>(&self, bytes: Range<u64>, buffer: &'a mut Vec<u8>) -> Option<Chunk<'a>> {
        let bytes = bytes.start..bytes.end.min(self.len);
        let from = bytes.start.saturating_sub(1);
        let (lines, left_out) = if bytes.is_empty() { None } else { self.lines_of(bytes, buffer) }?;
        let offset = from + lines.start as u64;
        Some(Chunk { bytes: &buffer[lines], offset, left_out })
    }

    fn chunk<'a>(&self, bytes: &'a [u8], offset: u64, left_out: u64) -> Chunk<'a> {
        self.taken.fetch_add(bytes.len() as u64 + left_out, Ordering::Relaxed);
        Chunk { bytes, offset, left_out }
    }

    fn has_lost(&self) -> bool {
        self.has_lost.load(Ordering::Acquire)
    }

    fn lost(&self) -> std::sync::MutexGuard<'_, Lost> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes lines that an earlier read left for later.
    fn later_lines(&self) -> Option<Piece<Vec<u8>>> {
        if self.has_lost() { self.lost().later.pop() } else { None }
    }

    /// Returns the first lines of a piece of the buffer in which every byte could be read. Further ones are kept for
    /// later.
    #[cold]
    fn readable(
        &self,
        buffer: &[u8],
        Piece { offset, text, left_out }: Piece<Range<usize>>,
    ) -> Option<Piece<Range<usize>>> {
        let bytes = &buffer[text.clone()];
        // Bytes are left out of the last line only, so all other bytes are at their offset from the start of the piece.
        let last = match left_out {
            0 => bytes.len(),
            _ => memchr::memrchr(b'\n', &bytes[..bytes.len() - 1]).map_or(0, |lf| lf + 1),
        };
        let mut lost = self.lost();
        let pieces = lost.bytes.lines_without(&bytes[..last], offset);
        let in_buffer = |piece: Range<usize>| text.start + piece.start..text.start + piece.end;
        let mut pieces: Vec<_> = pieces
            .into_iter()
            .map(|piece| Piece { offset: offset + piece.start as u64, text: in_buffer(piece), left_out: 0 })
            .collect();
        let of_last = offset + last as u64..offset + bytes.len() as u64 + left_out;
        if left_out > 0 && !lost.bytes.has_any_of(&of_last) {
            pieces.push(Piece { offset: of_last.start, text: in_buffer(last..bytes.len()), left_out });
        }
        let mut pieces = pieces.into_iter();
        let first = pieces.next();
        // The next is taken first.
        lost.later.extend(pieces.rev().map(|Piece { offset, text, left_out }| Piece {
            offset,
            text: buffer[text].to_vec(),
            left_out,
        }));
        first
    }

    /// Reads the lines that start in a range, beginning with the byte before it. Returns their range in the buffer, and
    /// the number of bytes left out of the last line; `None` if no line starts there. The buffer never shrinks; its
    /// other bytes are meaningless.
    fn lines_of(&self, Range { start, end }: Range<u64>, buffer: &mut Vec<u8>) -> Option<(Range<usize>, u64)> {
        // A line starts after an LF, which may be the byte before the range.
        let from = start.saturating_sub(1);
        let range = usize::try_from(end - from).ok()?;
        let mut filled = self.read(from, range, 0, buffer);
        let first = if start == 0 { 0 } else { memchr::memchr(b'\n', &buffer[..filled])? + 1 };
        if first >= filled {
            return None;
        }
        // The last line that starts in the range may end after it, so read a little more until it ends.
        let (mut searched, mut left_out, mut last) = (range - 1, 0, None);
        while let Some(rest) = buffer.get(searched..filled) {
            if let Some(lf) = memchr::memchr(b'\n', rest) {
                return Some((first..searched + lf + 1, left_out));
            }
            let last = *last.get_or_insert_with(|| {
                memchr::memrchr(b'\n', &buffer[first..filled]).map_or(first, |lf| first + lf + 1)
            });
            let starts_file = start == 0 && last == 0;
            let kept = last + shorten(&mut buffer[last..filled], starts_file, kept_of(self.max_line));
            left_out += (filled - kept) as u64;
            filled = kept;
            let at = from + filled as u64 + left_out;
            // A line that is long already is likely to be longer.
            let ahead = ((filled - last) as u64).clamp(AHEAD, AHEAD_AT_MOST);
            let more = usize::try_from((self.len().saturating_sub(at)).min(ahead)).ok()?;
            let read = self.read(at, more, filled, buffer);
            if read == 0 {
                break;
            }
            searched = filled;
            filled += read;
        }
        Some((first..filled, left_out))
    }

    /// Reads `bytes` bytes at `offset` into the buffer at `place`. Returns the number of bytes read, which is lower if
    /// the file has become shorter.
    fn read(&self, offset: u64, bytes: usize, place: usize, buffer: &mut Vec<u8>) -> usize {
        if buffer.len() < place + bytes {
            buffer.resize(place + bytes, 0);
        }
        let mut filled = 0;
        while filled < bytes {
            match self.file.read_at(&mut buffer[place + filled..place + bytes], offset + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    // Zeros replace the unreadable page only; lines that contain them are not taken.
                    let at = offset + filled as u64;
                    let next_page = self.lost().bytes.add(at, error);
                    self.has_lost.store(true, Ordering::Release);
                    let zeros = usize::try_from(next_page - at).unwrap_or(usize::MAX).min(bytes - filled);
                    buffer[place + filled..place + filled + zeros].fill(0);
                    filled += zeros;
                }
            }
        }
        filled
    }

    /// Starts again, with the lines that start in these bytes.
    pub(crate) fn restart(&mut self, wanted: &Range<u64>) {
        self.narrow(wanted);
        (self.taken, self.has_lost, self.lost) = (AtomicU64::new(0), AtomicBool::new(false), Mutex::default());
    }

    /// The bytes that could not be read. Call after everything else was taken, up to the byte `end`.
    pub(crate) fn into_unreadable(self, end: u64) -> Option<Unreadable> {
        let Range { start, end: range_end } = self.ranges.all();
        let end = range_end.max(end);
        let end = self.shrunk_to().map_or(end, |len| len.min(end));
        let lost = self.lost.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (at_byte, source) = lost.bytes.into_first()?;
        Some(Unreadable {
            at_byte,
            lost_bytes: end.saturating_sub(start).saturating_sub(self.taken.into_inner()),
            source,
        })
    }

    /// Closes the file until it is read again, if it can be reopened.
    pub(super) fn release(&self) {
        self.file.release();
    }

    /// The error, if the file had to be reopened and that failed.
    pub(super) fn take_failure(&self) -> Option<io::Error> {
        self.file.take_failure()
    }

    /// End of the bytes whose lines are read.
    pub(super) fn end_of_part(&self) -> u64 {
        self.ranges.all().end
    }

    /// The file.
    pub(super) fn file(&self) -> &dyn ReadAt {
        &*self.file
    }

    /// Current length of the file in bytes, if it has become shorter.
    pub(crate) fn shrunk_to(&self) -> Option<u64> {
        self.file.len().filter(|len| *len < self.len())
    }
}

/// Minimum and maximum bytes read at a time to find the end of a range's last line.
const AHEAD: u64 = 16 << 10;
const AHEAD_AT_MOST: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::super::read_at::{Broken, file};
    use super::*;

    #[test]
    fn every_line_is_in_one_chunk_for_any_chunk_size() {
        let long = b"x".repeat(40_000);
        let text = [&b"one\ntwo\n\n\nthree is longer\n"[..], &long, b"\nend without line feed"].concat();
        for chunk_bytes in (1..60).chain([39_999, 40_000, 40_100]) {
            let input = Positioned::new(
                Arc::new(file(&text)),
                text.len() as u64,
                ChunkOptions { chunk_bytes, max_line: 1 << 20, small_bytes: 0 },
            );
            let (mut all, mut buffer) = (Vec::new(), Vec::new());
            while let Some(chunk) = input.next(u64::MAX, &mut buffer) {
                assert_eq!(chunk.offset, all.len() as u64, "{chunk_bytes}");
                all.extend_from_slice(chunk.bytes);
                assert!(chunk.bytes.ends_with(b"\n") || all.len() == text.len());
            }
            assert!(all == text, "{chunk_bytes}");
            assert!(input.shrunk_to().is_none() && input.into_unreadable(0).is_none());
        }
    }

    #[test]
    fn shrunk_file_is_read_to_its_end_and_reported() {
        let text = b"a line\n".repeat(1000);
        let file = file(&text);
        let chunk_options = ChunkOptions { chunk_bytes: 1000, max_line: 1 << 20, small_bytes: 0 };
        let input = Positioned::new(Arc::new(file.try_clone().unwrap()), text.len() as u64, chunk_options);
        file.set_len(1500).unwrap();
        let (mut bytes, mut buffer) = (0, Vec::new());
        while let Some(chunk) = input.next(u64::MAX, &mut buffer) {
            bytes += chunk.bytes.len();
        }
        assert_eq!((bytes, input.shrunk_to()), (1500, Some(1500)));
    }

    /// Nothing outside the range is read, except the rest of its last line.
    #[test]
    fn bytes_outside_the_range_are_not_read() {
        let text: String = (0..50_000).map(|line| format!("line {line:05}\n")).collect();
        let (len, line) = (text.len() as u64, "line 00000\n".len() as u64);
        for chunk_bytes in [1 << 20, 10_000, 77] {
            let unreadable = vec![0..len / 4096 / 2 * 4096, len * 3 / 4..len];
            let start = unreadable[0].end;
            let broken = Broken { file: file(text.as_bytes()), unreadable };
            let chunk_options = ChunkOptions { chunk_bytes, max_line: 1 << 20, small_bytes: 0 };
            let mut input = Positioned::new(Arc::new(broken), len, chunk_options);
            let range = start + 5..len * 3 / 4 - AHEAD;
            input.narrow(&range);
            assert_eq!(input.chunks_at_most() as u64, (range.end - range.start).div_ceil(chunk_bytes as u64));
            let (mut taken, mut buffer) = (Vec::new(), Vec::new());
            while let Some(chunk) = input.next(u64::MAX, &mut buffer) {
                taken.extend_from_slice(chunk.bytes);
            }
            let border = |at: u64| at.next_multiple_of(line) as usize;
            assert_eq!(taken, text.as_bytes()[border(range.start)..border(range.end)]);
            assert!(input.into_unreadable(0).is_none(), "{chunk_bytes}");
        }
    }

    /// If some pages of a file cannot be read, every line without a byte in them is taken exactly once, for any chunk
    /// size.
    #[test]
    fn lines_around_unreadable_pages_are_taken() {
        let line = |i: usize| format!("{i:05} {}\n", "x".repeat(i % 97));
        let text: String = (0..1000).map(line).collect();
        let all = text.len() as u64;
        let ranges = [(5000, 5001), (0, 1), (all - 1, all), (0, all)].map(|(start, end)| (start..end, None));
        let two = (8192..20_000, Some(30_000..30_010));
        for (one, other) in ranges.into_iter().chain([two]) {
            let unreadable: Vec<_> = [one].into_iter().chain(other).collect();
            let pages = unreadable.iter().map(|r| r.start..(r.end.div_ceil(4096) * 4096)).collect::<Vec<_>>();
            let is_lost = |from: u64, to: u64| pages.iter().any(|page| page.start < to && from < page.end);
            let mut expected = Vec::new();
            let mut at = 0;
            // If the line feed before a line is lost, that line is lost too.
            for line in text.split_inclusive('\n') {
                let (from, to) = (at, at + line.len() as u64);
                if !is_lost(from.saturating_sub(1), to) {
                    expected.push(line);
                }
                at = to;
            }
            for (chunk_bytes, max_line) in [(100, 1 << 20), (4096, 1 << 20), (1 << 20, 1 << 20), (100, 20), (5000, 20)]
            {
                let broken = Broken { file: file(text.as_bytes()), unreadable: unreadable.clone() };
                let chunk_options = ChunkOptions { chunk_bytes, max_line, small_bytes: 0 };
                let mut input = Positioned::new(Arc::new(broken), all, chunk_options);
                for _ in 0..2 {
                    let (mut taken, mut buffer) = (Vec::new(), Vec::new());
                    while let Some(chunk) = input.next(u64::MAX, &mut buffer) {
                        let offset = chunk.offset as usize;
                        assert_eq!(text.as_bytes()[offset..offset + chunk.bytes.len()], *chunk.bytes);
                        assert_eq!(chunk.left_out, 0);
                        taken.extend(chunk.bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec));
                    }
                    taken.sort_unstable();
                    assert_eq!(
                        taken,
                        expected.iter().map(|l| l.as_bytes()).collect::<Vec<_>>(),
                        "{unreadable:?} {chunk_bytes}"
                    );
                    if input.taken.load(Ordering::Relaxed) > 0 {
                        input.restart(&(0..all));
                    }
                }
                let lost = input.into_unreadable(0).map(|lost| (lost.at_byte, lost.lost_bytes));
                assert!(lost.is_none() || expected.is_empty(), "a restart clears the loss: {lost:?}");
            }
        }
    }
}
