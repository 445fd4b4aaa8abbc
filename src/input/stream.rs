//! Inputs that can only be read from start to end, such as standard input, FIFOs and compressed files.

use std::io::{self, Read};
use std::sync::{Mutex, MutexGuard};

use super::Chunk;
use super::blocking::{Blocking, LOCK, lock};
use super::chunk::{ChunkOptions, NextChunk};
use super::part::Part;
use crate::text::lines::{FirstLines, HEAD_BYTES, kept_of, shorten};

/// A reader that workers use in turns. Each takes as many whole lines as fit into a chunk, or a single line that is
/// longer.
pub(crate) struct Stream {
    state: Mutex<StreamState>,
    chunk_options: ChunkOptions,
    /// Byte at which the part that is read starts. No chunk has lines on both sides of it.
    start: u64,
}

struct StreamState {
    reader: Box<dyn Read + Send>,
    /// Bytes that were read. Those from `start` on have not been taken yet.
    ahead: Vec<u8>,
    start: usize,
    /// Offset of `start` in the input.
    offset: u64,
    /// True if the first lines were read.
    has_begun: bool,
    has_ended: bool,
    /// True if a last line without a line end is left out.
    has_finished_lines_only: bool,
    failure: Option<io::Error>,
}

impl Stream {
    /// Creates a stream and reads its first lines, so that their format can be detected.
    pub(crate) fn new(reader: Box<dyn Read + Send>, chunk_options: ChunkOptions) -> Stream {
        let mut stream = Stream::later(reader, chunk_options);
        stream.state.get_mut().expect(LOCK).begin();
        stream
    }

    /// Creates a stream that reads nothing before a worker uses it. So only streams that are being read hold a buffer.
    pub(crate) fn later(reader: Box<dyn Read + Send>, chunk_options: ChunkOptions) -> Stream {
        let state = StreamState {
            reader,
            ahead: Vec::new(),
            start: 0,
            offset: 0,
            has_begun: false,
            has_ended: false,
            has_finished_lines_only: false,
            failure: None,
        };
        Stream { state: Mutex::new(state), chunk_options, start: 0 }
    }

    /// Restricts the stream to a part of its text. The lines before the part are still taken, in chunks of their own.
    pub(super) fn part(mut self, part: &Part) -> Stream {
        let state = self.state.get_mut().expect(LOCK);
        state.has_finished_lines_only = part.has_finished_lines_only;
        state.leave_out_unfinished();
        self.start = part.range.start;
        self
    }

    /// Locks the stream, and reads the first lines if that has not been done; `None` if another worker holds the lock
    /// and this one does not wait.
    fn state(&self, blocking: Blocking) -> Option<MutexGuard<'_, StreamState>> {
        let mut state = lock(&self.state, blocking)?;
        state.begin();
        Some(state)
    }

    /// Passes the first lines to `look`. Nothing may have been taken yet.
    pub(crate) fn with_head<R>(&self, blocking: Blocking, inspect: impl FnOnce(FirstLines<'_>) -> R) -> Option<R> {
        let state = self.state(blocking)?;
        Some(inspect(FirstLines::of(&state.ahead, state.has_ended)))
    }

    /// True if it is known that there is at most one more chunk.
    pub(crate) fn is_one_chunk(&self) -> bool {
        let state = self.state.lock().expect(LOCK);
        state.has_ended && state.ahead.len() - state.start <= self.chunk_options.chunk_bytes
    }

    /// Takes the next lines, all of which start before `until`.
    pub(crate) fn next<'a>(&self, until: u64, blocking: Blocking, buffer: &'a mut Vec<u8>) -> NextChunk<'a> {
        let Some(mut state) = self.state(blocking) else { return NextChunk::Busy };
        let until = if state.offset < self.start { until.min(self.start) } else { until };
        let room = usize::try_from(until.saturating_sub(state.offset)).unwrap_or(usize::MAX);
        if room == 0 {
            return NextChunk::End;
        }
        let (len, left_out) =
            state.lines(ChunkOptions { chunk_bytes: self.chunk_options.chunk_bytes.min(room), ..self.chunk_options });
        if len == 0 {
            state.ahead = Vec::new();
            return NextChunk::End;
        }
        let (offset, start, end) = (state.offset, state.start, state.start + len);
        state.offset += len as u64 + left_out;
        buffer.clear();
        // Copy the shorter part: the chunk, or the bytes after it.
        if state.ahead.len() - end < len {
            buffer.extend_from_slice(&state.ahead[end..]);
            std::mem::swap(buffer, &mut state.ahead);
            state.start = 0;
            NextChunk::Chunk(Chunk { bytes: &buffer[start..end], offset, left_out })
        } else {
            buffer.extend_from_slice(&state.ahead[start..end]);
            state.start = end;
            NextChunk::Chunk(Chunk { bytes: buffer, offset, left_out })
        }
    }

    /// Drops what was read, and stops reading.
    pub(crate) fn close(&self) {
        let mut state = self.state.lock().expect(LOCK);
        state.reader = Box::new(io::empty());
        (state.ahead, state.start, state.has_ended) = (Vec::new(), 0, true);
    }

    /// True if the text has at most `bytes` bytes. All lines that start before that position must have been taken.
    pub(crate) fn is_within(&self, bytes: u64) -> bool {
        let mut state = self.state.lock().expect(LOCK);
        if state.start == state.ahead.len() && !state.has_ended {
            state.read(1);
        }
        state.offset <= bytes && state.start == state.ahead.len()
    }

    pub(crate) fn into_failure(self) -> Option<io::Error> {
        self.state.into_inner().expect(LOCK).failure
    }
}

impl StreamState {
    fn begin(&mut self) {
        if !self.has_begun {
            self.has_begun = true;
            // One byte more shows if the text has ended.
            self.read(HEAD_BYTES + 1);
        }
    }

    /// Length in bytes of the next whole lines: as many lines as fit into a chunk, or a single longer line, or
    /// everything that is left at the end. A line that is longer than the maximum is not kept whole; the second number
    /// is the bytes left out.
    fn lines(&mut self, ChunkOptions { chunk_bytes, max_line, .. }: ChunkOptions) -> (usize, u64) {
        if !self.has_ended && self.ahead.len() - self.start < chunk_bytes {
            self.read(chunk_bytes - (self.ahead.len() - self.start));
        }
        let left = self.ahead.len() - self.start;
        if self.has_ended && left <= chunk_bytes {
            return (left, 0);
        }
        let in_chunk = &self.ahead[self.start..self.start + chunk_bytes];
        if let Some(lf) = memchr::memrchr(b'\n', in_chunk) {
            return (lf + 1, 0);
        }
        let (mut searched, mut left_out) = (chunk_bytes, 0);
        loop {
            // A line that has no end may have been left out meanwhile.
            let Some(rest) = self.ahead.get(self.start + searched..) else { return (0, 0) };
            if let Some(lf) = memchr::memchr(b'\n', rest) {
                return (searched + lf + 1, left_out);
            }
            searched += rest.len();
            if self.has_ended {
                return (searched, left_out);
            }
            let kept = shorten(&mut self.ahead[self.start..], self.offset == 0, kept_of(max_line));
            left_out += (searched - kept) as u64;
            searched = kept;
            self.ahead.truncate(self.start + kept);
            self.read(HEAD_BYTES);
        }
    }

    fn read(&mut self, bytes: usize) {
        self.ahead.drain(..self.start);
        self.start = 0;
        self.ahead.reserve(bytes);
        match self.reader.by_ref().take(bytes as u64).read_to_end(&mut self.ahead) {
            Ok(read) => self.has_ended = read < bytes,
            // The bytes before the failure are counted.
            Err(error) => {
                self.has_ended = true;
                self.failure = Some(error);
            }
        }
        if self.has_ended {
            // Free the memory of a decoder.
            self.reader = Box::new(io::empty());
            self.leave_out_unfinished();
        }
    }

    /// Drops a last line without a line end, if it is left out.
    fn leave_out_unfinished(&mut self) {
        if self.has_ended && self.has_finished_lines_only {
            let end = memchr::memrchr(b'\n', &self.ahead[self.start..]).map_or(0, |lf| lf + 1);
            self.ahead.truncate(self.start + end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that gives one byte at a time and then fails.
    struct Drip(Vec<u8>, usize);

    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some(byte) = self.0.get(self.1) else { return Err(io::Error::other("cable cut")) };
            buffer[0] = *byte;
            self.1 += 1;
            Ok(1)
        }
    }

    fn chunk_options(chunk_bytes: usize) -> ChunkOptions {
        ChunkOptions { chunk_bytes, max_line: 1 << 20, small_bytes: 0 }
    }

    fn taken(stream: &Stream) -> Vec<(u64, Vec<u8>)> {
        let mut buffer = Vec::new();
        std::iter::from_fn(|| {
            stream.next(u64::MAX, Blocking::Lock, &mut buffer).chunk().map(|c| (c.offset, c.bytes.to_vec()))
        })
        .collect()
    }

    #[test]
    fn chunks_are_whole_lines_in_order_for_any_chunk_size() {
        let text = b"one\ntwo\n\nthree is longer\nend without line feed";
        for chunk_bytes in 1..60 {
            let chunks = taken(&Stream::new(Box::new(&text[..]), chunk_options(chunk_bytes)));
            let mut offset = 0;
            for (i, (at, bytes)) in chunks.iter().enumerate() {
                assert_eq!(*at, offset);
                assert!(bytes.ends_with(b"\n") || i == chunks.len() - 1);
                offset += bytes.len() as u64;
            }
            assert_eq!(chunks.into_iter().flat_map(|c| c.1).collect::<Vec<_>>(), text);
        }
    }

    #[test]
    fn text_before_a_failure_is_kept() {
        let stream = Stream::new(Box::new(Drip(b"one\ntw".to_vec(), 0)), chunk_options(3));
        assert_eq!(taken(&stream), [(0, b"one\n".to_vec()), (4, b"tw".to_vec())]);
        assert_eq!(stream.into_failure().unwrap().to_string(), "cable cut");
    }

    #[test]
    fn head_is_whole_lines_for_any_chunk_size() {
        let text = b"a line\n".repeat(HEAD_BYTES / 7 + 10);
        for chunk_bytes in [1, 100, 10 * HEAD_BYTES] {
            let stream = Stream::new(Box::new(std::io::Cursor::new(text.clone())), chunk_options(chunk_bytes));
            let head = FirstLines { text: &text[..HEAD_BYTES / 7 * 7], are_all: false };
            stream.with_head(Blocking::TryLock, |found| assert_eq!(found, head));
        }
        for len in [3, HEAD_BYTES] {
            let text = b"o".repeat(len);
            let stream = Stream::new(Box::new(std::io::Cursor::new(text.clone())), chunk_options(len));
            stream.with_head(Blocking::TryLock, |head| assert_eq!(head, FirstLines::all(&text)));
            assert!(stream.is_one_chunk());
        }
    }

    #[test]
    fn lines_before_the_part_are_in_chunks_of_their_own() {
        let text = b"one\ntwo\n\nthree is longer\nend without line feed";
        for start in 0..=text.len() as u64 {
            for chunk_bytes in 1..60 {
                let part = Part { range: start..u64::MAX, has_finished_lines_only: start % 2 == 0, ..Part::WHOLE };
                let chunks = taken(&Stream::new(Box::new(&text[..]), chunk_options(chunk_bytes)).part(&part));
                let all: Vec<u8> = chunks.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
                assert_eq!(all, text[..if start % 2 == 0 { text.len() - 21 } else { text.len() }]);
                for (offset, bytes) in chunks.into_iter().filter(|(offset, _)| *offset < start) {
                    let last = bytes[..bytes.len() - 1].iter().rposition(|b| *b == b'\n').map_or(0, |lf| lf + 1);
                    assert!(offset + (last as u64) < start, "{start} {chunk_bytes}");
                }
            }
        }
    }

    /// The input is nearly endless, but little of it is held in memory.
    #[test]
    fn endless_line_is_not_buffered() {
        let max_line = 3000;
        let endless = || io::repeat(b'x').take(50 << 20);
        let nuls = || io::repeat(0).take(20 << 20);
        let text = nuls().chain(&b"one\n"[..]).chain(endless()).chain(&b"\nthree\n"[..]).chain(endless());
        let stream = Stream::later(Box::new(text), ChunkOptions { max_line, ..chunk_options(1000) });
        let mut buffer = Vec::new();
        let (mut texts, mut offset) = (Vec::new(), 0);
        while let Some(chunk) = stream.next(u64::MAX, Blocking::Lock, &mut buffer).chunk() {
            assert_eq!(chunk.offset, offset);
            offset += chunk.bytes.len() as u64 + chunk.left_out;
            texts.push(chunk.bytes.to_vec());
            assert!(buffer.capacity() < 8 << 20 && stream.state.lock().unwrap().ahead.capacity() < 8 << 20);
        }
        assert_eq!(offset, (120 << 20) + 11);
        let [one, two, three, four] = &texts[..] else { panic!("{} lines", texts.len()) };
        assert!(one.ends_with(b"\0one\n"));
        assert_eq!(three, b"three\n");
        for long in [two, four] {
            assert!(long.len() > max_line + 1 && long.starts_with(b"xxx"));
        }
    }

    #[test]
    fn next_without_waiting_returns_busy() {
        let stream = Stream::later(Box::new(&b"one\n"[..]), chunk_options(10));
        let state = stream.state.lock().unwrap();
        assert!(matches!(stream.next(u64::MAX, Blocking::TryLock, &mut Vec::new()), NextChunk::Busy));
        assert!(stream.with_head(Blocking::TryLock, |_| ()).is_none());
        drop(state);
        assert_eq!(taken(&stream), [(0, b"one\n".to_vec())]);
    }
}
