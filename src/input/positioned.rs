//! Regular files read at positions: workers read ranges of a file side by side, each into its own buffer.
//!
//! Measured on files in the page cache: as fast as mapping them (benches/stages/whole.rs); and a file
//! that shrinks meanwhile is a read that ends early.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use super::Chunk;
use super::lines::{HEAD_BYTES, head, kept_of, shorten};
use super::ranges::Ranges;
use super::source::Cut;

/// A file, cut into ranges of equal size. A line is in the chunk of the range that it starts in.
pub(crate) struct Positioned {
    file: Arc<File>,
    max_line: usize,
    ranges: Ranges,
    failure: Mutex<Option<io::Error>>,
}

impl Positioned {
    pub(crate) fn new(file: Arc<File>, len: u64, cut: Cut) -> Positioned {
        let ranges = Ranges::new(0..len, cut.chunk_bytes);
        Positioned { file, max_line: cut.max_line, ranges, failure: Mutex::new(None) }
    }

    pub(crate) fn len(&self) -> u64 {
        self.ranges.all().end
    }

    pub(crate) fn with_head<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        let mut buffer = Vec::new();
        let bytes = usize::try_from(self.len()).unwrap_or(usize::MAX).min(HEAD_BYTES);
        let read = self.read(0, bytes, 0, &mut buffer);
        look(head(&buffer[..read], self.len() <= HEAD_BYTES as u64))
    }

    pub(crate) fn chunks_at_most(&self) -> usize {
        self.ranges.count()
    }

    /// The lines of the next range before `until`.
    pub(crate) fn next<'a>(&self, until: u64, buffer: &'a mut Vec<u8>) -> Option<Chunk<'a>> {
        loop {
            let range = self.ranges.next(until)?;
            let start = range.start;
            if let Some((lines, left_out)) = self.lines_of(range, buffer) {
                let offset = start.saturating_sub(1) + lines.start as u64;
                return Some(Chunk { bytes: &buffer[lines], offset, left_out });
            }
        }
    }

    /// Reads the lines that start in a range, from the byte before it on, and returns where in the buffer
    /// they are, and how much is left out of the last; `None` where none starts. The buffer grows and never shrinks: what
    /// it holds beyond is of no account.
    fn lines_of(&self, Range { start, end }: Range<u64>, buffer: &mut Vec<u8>) -> Option<(Range<usize>, u64)> {
        // A line starts behind an LF, which may be the byte before the range.
        let from = start.saturating_sub(1);
        let range = usize::try_from(end - from).ok()?;
        let mut filled = self.read(from, range, 0, buffer);
        let first = if start == 0 { 0 } else { memchr::memchr(b'\n', &buffer[..filled])? + 1 };
        if first >= filled {
            return None;
        }
        // The last line that starts in the range may end behind it: a little more is read until it does.
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

    /// Reads `bytes` bytes at `offset` to `place` in the buffer, and returns how many there were: less at the end of a
    /// file that has become shorter.
    fn read(&self, offset: u64, bytes: usize, place: usize, buffer: &mut Vec<u8>) -> usize {
        if buffer.len() < place + bytes {
            buffer.resize(place + bytes, 0);
        }
        let mut filled = 0;
        while filled < bytes {
            match read_at(&self.file, &mut buffer[place + filled..place + bytes], offset + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure.lock().expect("no worker panics while it reads").get_or_insert(error);
                    break;
                }
            }
        }
        filled
    }

    /// Begins again, with all of the file.
    pub(crate) fn restart(&mut self) {
        let all = self.ranges.all();
        self.ranges.narrow(all);
        self.failure = Mutex::new(None);
    }

    pub(crate) fn into_failure(self) -> Option<io::Error> {
        self.failure.into_inner().expect("no worker panics while it reads")
    }

    /// How long the file is now, if it has become shorter.
    pub(crate) fn shrunk_to(&self) -> Option<u64> {
        let len = self.file.metadata().map_or(0, |metadata| metadata.len());
        (len < self.len()).then_some(len)
    }
}

/// What is read at a time to find the end of a range's last line.
const AHEAD: u64 = 16 << 10;
const AHEAD_AT_MOST: u64 = 1 << 20;

#[cfg(unix)]
pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(text: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        file
    }

    #[test]
    fn every_line_is_in_one_chunk_whatever_their_size() {
        let long = b"x".repeat(40_000);
        let text = [&b"one\ntwo\n\n\nthree is longer\n"[..], &long, b"\nend without line feed"].concat();
        for chunk_bytes in (1..60).chain([39_999, 40_000, 40_100]) {
            let input = Positioned::new(
                Arc::new(file(&text)),
                text.len() as u64,
                Cut { chunk_bytes, max_line: 1 << 20, small_bytes: 0 },
            );
            let (mut all, mut buffer) = (Vec::new(), Vec::new());
            while let Some(chunk) = input.next(u64::MAX, &mut buffer) {
                assert_eq!(chunk.offset, all.len() as u64, "{chunk_bytes}");
                all.extend_from_slice(chunk.bytes);
                assert!(chunk.bytes.ends_with(b"\n") || all.len() == text.len());
            }
            assert!(all == text, "{chunk_bytes}");
            assert!(input.shrunk_to().is_none() && input.into_failure().is_none());
        }
    }

    #[test]
    fn a_file_that_has_become_shorter_is_read_to_its_end_and_told() {
        let text = b"a line\n".repeat(1000);
        let file = file(&text);
        let cut = Cut { chunk_bytes: 1000, max_line: 1 << 20, small_bytes: 0 };
        let input = Positioned::new(Arc::new(file.try_clone().unwrap()), text.len() as u64, cut);
        file.set_len(1500).unwrap();
        let (mut bytes, mut buffer) = (0, Vec::new());
        while let Some(chunk) = input.next(u64::MAX, &mut buffer) {
            bytes += chunk.bytes.len();
        }
        assert_eq!((bytes, input.shrunk_to()), (1500, Some(1500)));
    }
}
