//! What is kept of hits themselves, besides what is counted of them: their lines, or the first requests of a list.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::batch::{Batch, Fields, LoggedLine};
use crate::requests::{MostRequests, RequestFields, RequestList};
use crate::steps::LoggedDuration;
use crate::text::printable;

/// How a selected line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineForm {
    /// As it is in its input, byte for byte, with a line feed.
    Raw,
    /// The same without a CR at its end, and with bytes that could change a terminal escaped, as by
    /// [`printable`](crate::printable).
    Escaped,
    /// As a JSON object with the fields of a [`Request`](crate::Request).
    Json,
}

impl LineForm {
    /// The fields of batches that it needs.
    pub(super) fn needs(self) -> Fields {
        match self {
            LineForm::Raw | LineForm::Escaped => Fields::NONE,
            LineForm::Json => RequestFields::NEEDS,
        }
    }
}

/// What is kept of hits themselves.
#[derive(Clone, Debug)]
pub(crate) enum Taking {
    Lines(LineForm),
    Requests(SharedRequests),
}

/// The first requests of a list, found by all workers.
#[derive(Debug)]
pub(crate) struct SharedRequests {
    all: Mutex<MostRequests>,
    /// A value below which no request is in the list.
    least: AtomicU64,
    list: RequestList,
}

impl Taking {
    pub(super) fn requests(list: RequestList) -> Taking {
        let (all, least) = (Mutex::new(MostRequests::new(list)), AtomicU64::new(0));
        Taking::Requests(SharedRequests { all, least, list })
    }

    /// The list that a worker starts with, if it makes one.
    pub(super) fn empty_requests(&self) -> Option<MostRequests> {
        match self {
            Taking::Lines(_) => None,
            Taking::Requests(shared) => Some(MostRequests::new(shared.list)),
        }
    }
}

impl SharedRequests {
    /// Moves the requests of a worker into the list.
    pub(super) fn add(&self, found: &mut MostRequests) {
        let mut all = self.all();
        all.append(found);
        self.least.store(all.least(), Ordering::Relaxed);
    }

    /// A value below which no request is in the list.
    pub(super) fn least(&self) -> u64 {
        self.least.load(Ordering::Relaxed)
    }

    /// The requests of all workers.
    pub(super) fn into_all(self) -> MostRequests {
        self.all.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn all(&self) -> MutexGuard<'_, MostRequests> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for SharedRequests {
    fn clone(&self) -> SharedRequests {
        let all = self.all().clone();
        SharedRequests { least: AtomicU64::new(all.least()), all: Mutex::new(all), list: self.list }
    }
}

/// Selected lines as they will be written, in the order of their input.
#[derive(Debug, Default)]
pub(super) struct TakenLines {
    bytes: Vec<u8>,
    lines: Vec<TakenLine>,
}

/// A selected line.
#[derive(Clone, Copy, Debug)]
pub(super) struct TakenLine {
    /// Its position in the order of the input: its offset, or that of its last part.
    pub(super) place: u64,
    /// Start of the chunk that has its first part, and the index of the line in this chunk.
    pub(super) chunk: u64,
    pub(super) line_in_chunk: u64,
    /// Where its bytes end.
    end: usize,
}

impl TakenLines {
    /// Adds the hits of a batch that has these durations.
    pub(super) fn add(&mut self, form: LineForm, batch: &Batch<'_>, hits: &[u16], durations: &[LoggedDuration]) {
        for &row in hits {
            let row = usize::from(row);
            let LoggedLine { raw, place, chunk, line_in_chunk } = batch.logged()[row];
            match form {
                LineForm::Raw => self.bytes.extend_from_slice(raw),
                // The parts of a split line stay lines of their own.
                LineForm::Escaped => {
                    let parts: Vec<_> = raw
                        .split(|byte| *byte == b'\n')
                        .map(|part| printable(part.strip_suffix(b"\r").unwrap_or(part)))
                        .collect();
                    self.bytes.extend_from_slice(parts.join("\n").as_bytes());
                }
                LineForm::Json => {
                    let start = self.bytes.len();
                    // Writing to memory cannot fail, and the keys are texts.
                    let _ = serde_json::to_writer(&mut self.bytes, &RequestFields::of(batch, row, durations));
                    // The place of the line comes first, and is not known yet.
                    self.bytes[start] = b',';
                }
            }
            self.bytes.push(b'\n');
            self.lines.push(TakenLine { place, chunk, line_in_chunk, end: self.bytes.len() });
        }
    }

    /// Memory that the lines take.
    pub(super) fn size(&self) -> usize {
        self.bytes.len() + self.lines.len() * size_of::<TakenLine>()
    }

    /// The bytes of the first lines, at most `most` of them.
    pub(super) fn first(&self, most: usize) -> (usize, &[u8]) {
        let lines = self.lines.len().min(most);
        let end = lines.checked_sub(1).map_or(0, |last| self.lines[last].end);
        (lines, &self.bytes[..end])
    }

    /// The lines with their bytes.
    pub(super) fn iter(&self) -> impl Iterator<Item = (TakenLine, &[u8])> {
        let starts = [0].into_iter().chain(self.lines.iter().map(|line| line.end));
        self.lines.iter().zip(starts).map(|(line, start)| (*line, &self.bytes[start..line.end]))
    }
}
