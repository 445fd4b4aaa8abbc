//! What can only be read from its start to its end: standard input, a FIFO, a file that is not mapped.

use std::io::{self, Read};
use std::sync::{Mutex, MutexGuard};

use super::Chunk;
use super::lines::{HEAD_BYTES, head};

/// A reader that workers take turns at. Each takes as many whole lines as fit a chunk, or one that is longer.
pub(crate) struct Stream {
    turn: Mutex<Turn>,
    chunk_bytes: usize,
}

struct Turn {
    reader: Box<dyn Read + Send>,
    /// What was read; from `start` on nobody has taken it.
    ahead: Vec<u8>,
    start: usize,
    /// Where `start` is in the input.
    offset: u64,
    has_ended: bool,
    failure: Option<io::Error>,
}

impl Stream {
    /// Reads the first lines, so that their format can be found out.
    pub(crate) fn new(reader: Box<dyn Read + Send>, chunk_bytes: usize) -> Stream {
        let mut turn = Turn { reader, ahead: Vec::new(), start: 0, offset: 0, has_ended: false, failure: None };
        turn.read(HEAD_BYTES);
        Stream { turn: Mutex::new(turn), chunk_bytes }
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().expect("no worker panics while it reads")
    }

    /// The first lines; nothing must have been taken yet.
    pub(crate) fn with_head<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        let turn = self.turn();
        look(head(&turn.ahead, turn.has_ended))
    }

    /// Whether there is no more than one chunk.
    pub(crate) fn is_one_chunk(&self) -> bool {
        let turn = self.turn();
        turn.has_ended && turn.ahead.len() - turn.start <= self.chunk_bytes
    }

    pub(crate) fn next<'a>(&self, buffer: &'a mut Vec<u8>) -> Option<Chunk<'a>> {
        let mut turn = self.turn();
        let len = turn.lines(self.chunk_bytes);
        if len == 0 {
            return None;
        }
        let (offset, start, end) = (turn.offset, turn.start, turn.start + len);
        turn.offset += len as u64;
        buffer.clear();
        // What is less is copied: the chunk, or what is behind it.
        if turn.ahead.len() - end < len {
            buffer.extend_from_slice(&turn.ahead[end..]);
            std::mem::swap(buffer, &mut turn.ahead);
            turn.start = 0;
            Some(Chunk { bytes: &buffer[start..end], offset })
        } else {
            buffer.extend_from_slice(&turn.ahead[start..end]);
            turn.start = end;
            Some(Chunk { bytes: buffer, offset })
        }
    }

    pub(crate) fn into_failure(self) -> Option<io::Error> {
        self.turn.into_inner().expect("no worker panics while it reads").failure
    }
}

impl Turn {
    /// How many bytes the next whole lines have: as many as fit a chunk, or one line that is longer, and at the end all
    /// that is left.
    fn lines(&mut self, chunk_bytes: usize) -> usize {
        if !self.has_ended && self.ahead.len() - self.start < chunk_bytes {
            self.read(chunk_bytes - (self.ahead.len() - self.start));
        }
        let left = self.ahead.len() - self.start;
        if self.has_ended && left <= chunk_bytes {
            return left;
        }
        let in_chunk = &self.ahead[self.start..self.start + chunk_bytes];
        if let Some(lf) = memchr::memrchr(b'\n', in_chunk) {
            return lf + 1;
        }
        let mut searched = chunk_bytes;
        loop {
            let rest = &self.ahead[self.start + searched..];
            if let Some(lf) = memchr::memchr(b'\n', rest) {
                return searched + lf + 1;
            }
            searched += rest.len();
            if self.has_ended {
                return searched;
            }
            // Twice as much each time: a long line is copied as it grows, but not again for each small read.
            self.read(searched.max(HEAD_BYTES));
        }
    }

    fn read(&mut self, bytes: usize) {
        self.ahead.drain(..self.start);
        self.start = 0;
        self.ahead.reserve(bytes);
        match self.reader.by_ref().take(bytes as u64).read_to_end(&mut self.ahead) {
            Ok(read) => self.has_ended = read < bytes,
            // What came before the failure is counted.
            Err(error) => {
                self.has_ended = true;
                self.failure = Some(error);
            }
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

    fn taken(stream: &Stream) -> Vec<(u64, Vec<u8>)> {
        let mut buffer = Vec::new();
        std::iter::from_fn(|| stream.next(&mut buffer).map(|c| (c.offset, c.bytes.to_vec()))).collect()
    }

    #[test]
    fn chunks_are_whole_lines_in_order_whatever_their_size() {
        let text = b"one\ntwo\n\nthree is longer\nend without line feed";
        for chunk_bytes in 1..60 {
            let chunks = taken(&Stream::new(Box::new(&text[..]), chunk_bytes));
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
    fn what_came_before_a_failure_is_there() {
        let stream = Stream::new(Box::new(Drip(b"one\ntw".to_vec(), 0)), 3);
        assert_eq!(taken(&stream), [(0, b"one\n".to_vec()), (4, b"tw".to_vec())]);
        assert_eq!(stream.into_failure().unwrap().to_string(), "cable cut");
    }

    #[test]
    fn the_head_is_whole_lines_whatever_the_chunk_size() {
        let text = b"a line\n".repeat(HEAD_BYTES / 7 + 10);
        for chunk_bytes in [1, 100, 10 * HEAD_BYTES] {
            let stream = Stream::new(Box::new(std::io::Cursor::new(text.clone())), chunk_bytes);
            stream.with_head(|head| assert_eq!(head.len(), HEAD_BYTES / 7 * 7));
        }
        let stream = Stream::new(Box::new(&b"one"[..]), 6);
        stream.with_head(|head| assert_eq!(head, b"one"));
        assert!(stream.is_one_chunk());
    }
}
