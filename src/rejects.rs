//! Malformed lines as they were, for whoever wants to look at all of them.
//!
//! Workers finish chunks in any order, and a stream cannot be read twice. So lines are held until all is counted, and
//! then written in the order of inputs and places: in memory up to [`HELD_AT_MOST`], and beyond that in a temporary
//! file without a name. What is remembered of each chunk with such lines is where they are; of an input in envelopes, in
//! which a line may begin before others and end behind them, it is that of each line.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

/// How many bytes are held in memory.
const HELD_AT_MOST: usize = 64 << 20;

/// All malformed lines of a run, byte for byte, each ended by a line feed; see [`Outcome::rejects`](crate::Outcome).
///
/// Of a line that is longer than [`Question::max_line`](crate::Question::max_line) there is as much as a line may have. A
/// line that an envelope has cut into parts is those parts, up to 1 MiB of them.
#[derive(Debug)]
pub struct Rejects {
    pieces: Vec<Piece>,
    /// What is not yet in the file.
    memory: Vec<u8>,
    memory_at_most: usize,
    overflow: Option<File>,
    overflow_len: u64,
    failure: Option<io::Error>,
}

/// Lines next to each other.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Where they are from: the place of the input among all, and where in it the first of them starts.
    input: usize,
    offset: u64,
    /// Where they are held: in the file, and behind its end in memory.
    start: u64,
    len: u64,
}

/// The malformed lines of a chunk, or of a part of it.
#[derive(Debug, Default)]
pub(crate) struct Rejected {
    bytes: Vec<u8>,
    /// Where each line starts in its input, and in the bytes.
    starts: Vec<(u64, usize)>,
}

impl Rejected {
    /// Adds a line, without its line feed.
    pub(crate) fn add(&mut self, offset: u64, line: &[u8]) {
        self.starts.push((offset, self.bytes.len()));
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Takes the lines for neighbours: there are no others between the first and the last.
    pub(crate) fn are_in_order(&mut self) {
        self.starts.truncate(1);
    }
}

impl Rejects {
    fn new(memory_at_most: usize) -> Rejects {
        let (pieces, memory) = (Vec::new(), Vec::new());
        Rejects { pieces, memory, memory_at_most, overflow: None, overflow_len: 0, failure: None }
    }

    fn keep(&mut self, input: usize, rejected: &Rejected) {
        if self.memory.len() + rejected.bytes.len() > self.memory_at_most
            && let Err(error) = self.spill()
        {
            // What was not kept is told at the end; what else comes is of no use.
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

    /// Moves what is in memory into the file.
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

    /// Forgets the lines of an input that fits no format, and is no part of the report.
    pub(crate) fn forget(&mut self, input: usize) {
        self.pieces.retain(|piece| piece.input != input);
    }

    /// Writes the lines, input by input in the order given, and in the order of each.
    ///
    /// # Errors
    /// Those of `out`, and those of a temporary file that could not hold them.
    pub fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(error) = self.failure {
            let folder = std::env::temp_dir();
            return Err(io::Error::new(error.kind(), format!("no room in {}: {error}", folder.display())));
        }
        self.pieces.sort_unstable_by_key(|piece| (piece.input, piece.offset));
        let mut pieces = self.pieces.into_iter().peekable();
        while let Some(Piece { start, mut len, .. }) = pieces.next() {
            // One read for pieces that are held next to each other, all in the file or none.
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
        out.flush()
    }
}

/// Where workers put malformed lines.
#[derive(Debug)]
pub(crate) struct Collector(Mutex<Rejects>);

impl Collector {
    pub(crate) fn new() -> Collector {
        Collector(Mutex::new(Rejects::new(HELD_AT_MOST)))
    }

    pub(crate) fn keep(&self, input: usize, rejected: &Rejected) {
        if rejected.len() > 0 {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).keep(input, rejected);
        }
    }

    pub(crate) fn into_rejects(self) -> Rejects {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_come_out_in_order_whatever_is_held_where(
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
    fn what_is_taken_back_is_gone() {
        let mut rejected = Rejected::default();
        for (offset, line) in [(0, "one"), (9, ""), (20, "three")] {
            rejected.add(offset, line.as_bytes());
        }
        assert_eq!((rejected.len(), &rejected.bytes[..]), (3, &b"one\n\nthree\n"[..]));
        rejected.are_in_order();
        assert_eq!((rejected.len(), &rejected.bytes[..]), (1, &b"one\n\nthree\n"[..]));
    }
}
