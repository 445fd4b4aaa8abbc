//! Collects malformed lines verbatim, for `--rejects`.
//!
//! Workers finish chunks in any order, and a stream cannot be read twice. So lines are held until everything is
//! counted, and then written in the order of inputs and positions. They are held in memory up to [`HELD_AT_MOST`]
//! bytes, and beyond that in an unnamed temporary file. One position is remembered per chunk with malformed lines. In
//! an envelope, a line may begin before other lines and end after them, so there one position is remembered per line.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

/// Bytes held in memory before they are moved to a temporary file.
const HELD_AT_MOST: usize = 64 << 20;

/// All malformed lines of a run, byte for byte, each ended by a line feed; see [`Outcome::rejects`](crate::Outcome).
///
/// A line longer than [`Question::max_line`](crate::Question::max_line) is cut to that length. A line that an envelope
/// has split into parts is written as these parts, up to 1 MiB of them.
#[derive(Debug)]
pub struct Rejects {
    pieces: Vec<Piece>,
    /// Lines that are not yet in the file.
    memory: Vec<u8>,
    memory_at_most: usize,
    overflow: Option<File>,
    overflow_len: u64,
    failure: Option<io::Error>,
    /// Lines of later counts.
    later: Vec<Rejects>,
}

/// Consecutive malformed lines of an input.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Index of the input, and byte offset of the first line in it.
    input: usize,
    offset: u64,
    /// Position of the held bytes. Positions from `overflow_len` on are in memory, those before it in the file.
    start: u64,
    len: u64,
}

/// Malformed lines of a chunk, or of a part of it.
#[derive(Debug, Default)]
pub(crate) struct Rejected {
    bytes: Vec<u8>,
    /// Start of each line: its offset in the input, and in `bytes`.
    starts: Vec<(u64, usize)>,
}

impl Rejected {
    /// Adds a line, without its line feed.
    pub(crate) fn add(&mut self, offset: u64, line: &[u8]) {
        self.starts.push((offset, self.bytes.len()));
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
    }

    /// Number of lines, or of groups of lines after [`are_in_order`](Rejected::are_in_order).
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Keeps all lines as one group with one position. They must be in order, with no other malformed line between
    /// them.
    pub(crate) fn are_in_order(&mut self) {
        self.starts.truncate(1);
    }
}

impl Rejects {
    /// No lines.
    pub(crate) fn empty() -> Rejects {
        Rejects::new(HELD_AT_MOST)
    }

    fn new(memory_at_most: usize) -> Rejects {
        let (pieces, memory) = (Vec::new(), Vec::new());
        Rejects { pieces, memory, memory_at_most, overflow: None, overflow_len: 0, failure: None, later: Vec::new() }
    }

    fn keep(&mut self, input: usize, rejected: &Rejected) {
        if self.memory.len() + rejected.bytes.len() > self.memory_at_most
            && let Err(error) = self.spill()
        {
            // `Rejects::write` reports the error. Lines that come later are dropped.
            self.failure.get_or_insert(error);
        }
        if self.failure.is_some() {
            return;
        }
        let start = self.overflow_len + self.memory.len() as u64;
        let ends = rejected.starts.iter().skip(1).map(|(_, start)| *start).chain([rejected.bytes.len()]);
        self.pieces.extend(rejected.starts.iter().zip(ends).map(|(&(offset, from), end)| Piece {
            input,
            offset,
            start: start + from as u64,
            len: (end - from) as u64,
        }));
        self.memory.extend_from_slice(&rejected.bytes);
    }

    /// Moves the lines in memory to the file.
    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.overflow {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.write_all(&self.memory)?;
        self.overflow_len += self.memory.len() as u64;
        self.memory.clear();
        Ok(())
    }

    /// Drops the lines of an input that fits no format and is not part of the report.
    pub(crate) fn forget(&mut self, input: usize) {
        self.pieces.retain(|piece| piece.input != input);
    }

    /// Drops the lines that begin before a byte of their input. The place of each line must have been kept.
    pub(crate) fn forget_before(&mut self, offset: u64) {
        self.pieces.retain(|piece| piece.offset >= offset);
    }

    /// Writes the lines, input by input in the order given, and sorted by position within each.
    ///
    /// # Errors
    /// Errors of `out`, and errors of the temporary file, such as a full disk.
    pub fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(error) = self.failure {
            let folder = std::env::temp_dir();
            return Err(io::Error::new(error.kind(), format!("no room in {}: {error}", folder.display())));
        }
        self.pieces.sort_unstable_by_key(|piece| (piece.input, piece.offset));
        let mut pieces = self.pieces.into_iter().peekable();
        while let Some(Piece { start, mut len, .. }) = pieces.next() {
            // Merges pieces that are held next to each other, so that one read covers them. A run never crosses the end
            // of the file.
            while let Some(next) = pieces.next_if(|next| next.start == start + len && next.start != self.overflow_len) {
                len += next.len;
            }
            if let Some(at) = start.checked_sub(self.overflow_len) {
                out.write_all(&self.memory[at as usize..(at + len) as usize])?;
            } else if let Some(file) = &mut self.overflow {
                file.seek(SeekFrom::Start(start))?;
                if io::copy(&mut file.take(len), out)? < len {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        }
        self.later.into_iter().try_for_each(|later| later.write(out))?;
        out.flush()
    }

    /// Appends the lines of a later count.
    pub(crate) fn append(&mut self, later: Rejects) {
        self.later.push(later);
    }
}

/// Malformed lines from all workers.
#[derive(Debug)]
pub(crate) struct Collector {
    rejects: Mutex<Rejects>,
    /// True if the place of each line is kept, not only that of the first in a chunk.
    pub(crate) places_lines: bool,
}

impl Collector {
    pub(crate) fn new(places_lines: bool) -> Collector {
        Collector { rejects: Mutex::new(Rejects::empty()), places_lines }
    }

    pub(crate) fn keep(&self, input: usize, rejected: &Rejected) {
        if rejected.len() > 0 {
            self.rejects.lock().unwrap_or_else(PoisonError::into_inner).keep(input, rejected);
        }
    }

    pub(crate) fn into_rejects(self) -> Rejects {
        self.rejects.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_are_written_in_order_from_memory_and_file(
            lines in prop::collection::btree_map((0..3_usize, 0..100_u64), ("[a-z]{0,20}", 0..6_usize), 0..30)
                .prop_flat_map(|lines| Just(lines.into_iter().collect::<Vec<_>>()).prop_shuffle()),
            memory in 0..200_usize, forgotten in 0..4_usize,
        ) {
            let mut rejects = Rejects::new(memory);
            for worker in 0..6 {
                for input in 0..3 {
                    let mut rejected = Rejected::default();
                    for ((_, offset), (line, _)) in lines.iter().filter(|((i, _), (_, w))| *i == input && *w == worker) {
                        rejected.add(*offset, line.as_bytes());
                    }
                    rejects.keep(input, &rejected);
                }
            }
            rejects.forget(forgotten);
            let mut written = Vec::new();
            rejects.write(&mut written).unwrap();
            let mut sorted: Vec<_> = lines.into_iter().filter(|((input, _), _)| *input != forgotten).collect();
            sorted.sort();
            let expected: String = sorted.into_iter().map(|(_, (line, _))| line + "\n").collect();
            prop_assert_eq!(String::from_utf8(written).unwrap(), expected);
        }
    }

    #[test]
    fn lines_of_later_counts_follow() {
        let rejects = |lines: [&str; 2]| {
            let mut rejects = Rejects::new(100);
            for (line, offset) in lines.into_iter().zip([0, 10]) {
                let mut rejected = Rejected::default();
                rejected.add(offset, line.as_bytes());
                rejects.keep(0, &rejected);
            }
            rejects
        };
        let mut all = rejects(["one", "two"]);
        all.append(rejects(["three", "four"]));
        let mut written = Vec::new();
        all.write(&mut written).unwrap();
        assert_eq!(written, b"one\ntwo\nthree\nfour\n");
    }

    #[test]
    fn lines_before_a_byte_can_be_dropped() {
        let (mut rejected, mut rejects) = (Rejected::default(), Rejects::empty());
        for (offset, line) in [(0, "one"), (9, "two"), (20, "three")] {
            rejected.add(offset, line.as_bytes());
        }
        rejects.keep(0, &rejected);
        rejects.forget_before(9);
        let mut written = Vec::new();
        rejects.write(&mut written).unwrap();
        assert_eq!(written, b"two\nthree\n");
    }

    #[test]
    fn lines_in_order_share_one_position() {
        let mut rejected = Rejected::default();
        for (offset, line) in [(0, "one"), (9, ""), (20, "three")] {
            rejected.add(offset, line.as_bytes());
        }
        assert_eq!((rejected.len(), &rejected.bytes[..]), (3, &b"one\n\nthree\n"[..]));
        rejected.are_in_order();
        assert_eq!((rejected.len(), &rejected.bytes[..]), (1, &b"one\n\nthree\n"[..]));
    }
}
