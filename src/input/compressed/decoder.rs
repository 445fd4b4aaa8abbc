//! Decodes compressed bytes into text: the loop over members, frames and streams.
//!
//! The caller may read large or small pieces, and a pipe may deliver large or small pieces. The codec is always given
//! the same pieces, so that the text before corrupt data depends on the data alone.

use std::error::Error;
use std::fmt;
use std::io::{self, Read};

use super::{Codec, State, codec};
use crate::files::{Compression, MAGIC_BYTES};

/// Bytes of compressed data that are read at a time.
const RAW_BYTES: usize = 64 << 10;
/// Bytes of text that are decoded at a time: a whole block of zstd. They stay in the L2 cache until they are copied.
const TEXT_BYTES: usize = 128 << 10;

/// Reads the text of compressed data. Before the first read, it takes no data from its source and hardly any memory.
pub(crate) struct Decoder {
    compression: Compression,
    codec: Option<Box<dyn Codec>>,
    raw: Raw,
    text: Vec<u8>,
    /// Range of `text` that was decoded and not read yet.
    start: usize,
    end: usize,
    phase: Phase,
}

enum Phase {
    /// Before the first member, after a member, or in the zeros after one.
    Between,
    Within,
    Done,
    Failed(io::Error),
}

/// Error for compressed data that cannot be decoded.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) compression: Compression,
    /// Offset in the compressed data where the error was detected.
    pub(crate) at_byte: u64,
    pub(crate) how: How,
}

#[derive(Debug)]
pub(crate) enum How {
    EndsTooEarly,
    Corrupt(String),
    /// Decoding it needs too much memory: `a window of more than 128 MiB`.
    TooLarge(String),
    /// It is followed by data of another kind.
    IsFollowed,
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            How::EndsTooEarly => f.write_str("ends too early"),
            How::Corrupt(what) => write!(f, "is corrupt ({what})"),
            How::TooLarge(what) => write!(f, "needs {what}"),
            How::IsFollowed => f.write_str("is followed by something else"),
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} data {} at byte {}", self.compression, self.how, self.at_byte)
    }
}

impl Error for Broken {}

impl Decoder {
    pub(crate) fn new(compression: Compression, reader: Box<dyn Read + Send>) -> Decoder {
        let raw = Raw { reader, bytes: Vec::new(), start: 0, end: 0, offset: 0, has_ended: false, failure: None };
        Decoder { compression, codec: None, raw, text: Vec::new(), start: 0, end: 0, phase: Phase::Between }
    }

    /// Decodes until there is text, or until the end.
    fn fill(&mut self) -> io::Result<()> {
        while self.start == self.end {
            match self.phase {
                Phase::Between => self.begin(),
                Phase::Within => self.step(),
                Phase::Done => return Ok(()),
                Phase::Failed(_) => match std::mem::replace(&mut self.phase, Phase::Done) {
                    Phase::Failed(error) => return Err(error),
                    _ => return Ok(()),
                },
            }
        }
        Ok(())
    }

    /// Starts the next member, if there is one. Skips zeros before it: tapes are padded with blocks of zeros.
    fn begin(&mut self) {
        while self.raw.ahead(MAGIC_BYTES).first() == Some(&0) {
            let zeros = self.raw.rest().iter().take_while(|byte| **byte == 0).count();
            self.raw.pass(zeros);
        }
        let head = self.raw.ahead(MAGIC_BYTES);
        if head.is_empty() {
            self.phase = self.raw.failure.take().map_or(Phase::Done, Phase::Failed);
        } else if Compression::of(head) == Some(self.compression) {
            match &mut self.codec {
                Some(codec) => codec.restart(),
                None => self.codec = Some(codec(self.compression)),
            }
            self.text.resize(TEXT_BYTES, 0);
            self.phase = Phase::Within;
        } else {
            self.fail(How::IsFollowed);
        }
    }

    fn step(&mut self) {
        let Some(codec) = &mut self.codec else { return };
        let input = self.raw.ahead(1);
        let is_last = input.is_empty();
        let step = codec.step(input, &mut self.text);
        self.raw.pass(step.read);
        (self.start, self.end) = (0, step.written);
        match step.state {
            State::Ended => self.phase = Phase::Between,
            State::Corrupt(what) => self.fail(How::Corrupt(what)),
            State::TooLarge(what) => self.fail(How::TooLarge(what)),
            State::Within if step.read > 0 || step.written > 0 => {}
            State::Within if is_last => match self.raw.failure.take() {
                Some(error) => self.phase = Phase::Failed(error),
                None => self.fail(How::EndsTooEarly),
            },
            State::Within => self.fail(How::Corrupt("no progress".to_owned())),
        }
    }

    fn fail(&mut self, how: How) {
        let broken = Broken { compression: self.compression, at_byte: self.raw.offset, how };
        self.phase = Phase::Failed(io::Error::new(io::ErrorKind::InvalidData, broken));
    }
}

impl Read for Decoder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.fill()?;
        let len = buffer.len().min(self.end - self.start);
        buffer[..len].copy_from_slice(&self.text[self.start..self.start + len]);
        self.start += len;
        Ok(len)
    }
}

/// The compressed data, read in pieces of equal size.
struct Raw {
    reader: Box<dyn Read + Send>,
    bytes: Vec<u8>,
    /// Range of `bytes` that was read and not decoded yet.
    start: usize,
    end: usize,
    /// Offset of `start` in the data.
    offset: u64,
    has_ended: bool,
    failure: Option<io::Error>,
}

impl Raw {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Returns the bytes that are available: at least `wanted` bytes, or all up to the end.
    fn ahead(&mut self, wanted: usize) -> &[u8] {
        if self.end - self.start < wanted && !self.has_ended {
            self.bytes.resize(RAW_BYTES, 0);
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            while self.end < self.bytes.len() && !self.has_ended {
                match self.reader.read(&mut self.bytes[self.end..]) {
                    Ok(0) => self.has_ended = true,
                    Ok(read) => self.end += read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    // The bytes before the error are decoded first.
                    Err(error) => (self.has_ended, self.failure) = (true, Some(error)),
                }
            }
        }
        self.rest()
    }

    fn pass(&mut self, bytes: usize) {
        self.start += bytes;
        self.offset += bytes as u64;
    }
}
