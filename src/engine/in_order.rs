//! Writes the lines that workers select, in the order of the inputs.
//!
//! Each piece of work has a ticket, in the order of the inputs and their chunks. Workers deliver in any order. What
//! comes before its turn is held, up to [`HELD_AT_MOST`] bytes; beyond that, the worker waits. The piece whose turn it
//! is never waits, so this ends, and memory stays small however slow the output is.
//!
//! A line that an envelope has split into parts is written where its last part is. Whoever delivers the last of its
//! chunks delivers the line, so it is there when its turn comes.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::taking::{LineForm, TakenLine, TakenLines};

/// Bytes that are held before workers wait.
const HELD_AT_MOST: usize = 16 << 20;

/// The lines that a worker selected in a piece of an input.
pub(super) struct Delivery {
    pub(super) ticket: u64,
    pub(super) input: usize,
    /// The bytes of the piece, and its number of lines; `None` if they were not counted.
    pub(super) range: Range<u64>,
    pub(super) lines: Option<u64>,
    /// Its selected lines.
    pub(super) own: TakenLines,
    /// Selected lines that end in this piece or a later one, and began in another.
    pub(super) crossing: TakenLines,
}

/// Writes deliveries in the order of their tickets.
pub(super) struct InOrder<'o> {
    state: Mutex<State<'o>>,
    turn: Condvar,
    has_ended: AtomicBool,
    held_at_most: usize,
}

/// What was written.
pub(super) struct Written {
    pub(super) lines: u64,
    /// The input that was being written at the end.
    pub(super) input: usize,
    /// True if writing ended before the inputs did.
    pub(super) has_ended: bool,
    pub(super) failure: Option<io::Error>,
}

struct State<'o> {
    /// The ticket whose turn it is.
    next: u64,
    held: BTreeMap<u64, Delivery>,
    held_bytes: usize,
    /// Lines in several parts by their input and the place of their last part.
    crossing: BTreeMap<(usize, u64), (TakenLine, Vec<u8>)>,
    printer: Printer<'o>,
}

/// Writes lines, and counts them.
struct Printer<'o> {
    out: &'o mut (dyn Write + Send),
    form: LineForm,
    /// The beginning of each input's objects.
    beginnings: Vec<String>,
    at_most: u64,
    written: u64,
    input: usize,
    /// The byte up to which all lines of the input are numbered; `None` if text was left out before.
    numbered_to: Option<u64>,
    /// The number of lines before each chunk of the input.
    lines_before: BTreeMap<u64, u64>,
    lines: u64,
    has_ended: bool,
    failure: Option<io::Error>,
}

impl<'o> InOrder<'o> {
    /// `files` are the names of the inputs.
    pub(super) fn new(
        form: LineForm,
        at_most: Option<u64>,
        files: &[String],
        out: &'o mut (dyn Write + Send),
    ) -> InOrder<'o> {
        let beginning = |file: &String| format!("{{\"file\":{},\"line\":", serde_json::Value::from(file.as_str()));
        let printer = Printer {
            out,
            form,
            beginnings: files.iter().map(beginning).collect(),
            at_most: at_most.unwrap_or(u64::MAX),
            written: 0,
            input: 0,
            numbered_to: Some(0),
            lines_before: BTreeMap::new(),
            lines: 0,
            has_ended: at_most == Some(0),
            failure: None,
        };
        InOrder {
            has_ended: AtomicBool::new(printer.has_ended),
            state: Mutex::new(State {
                next: 0,
                held: BTreeMap::new(),
                held_bytes: 0,
                crossing: BTreeMap::new(),
                printer,
            }),
            turn: Condvar::new(),
            held_at_most: HELD_AT_MOST,
        }
    }

    /// True if nothing more is written: there are enough lines, or writing has failed.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Relaxed)
    }

    /// Writes a delivery if it is its turn, together with those after it that were held.
    pub(super) fn deliver(&self, delivery: Delivery) {
        let mut state = self.state();
        let bytes = delivery.own.size();
        while state.next != delivery.ticket && state.held_bytes + bytes > self.held_at_most && !self.has_ended() {
            state = self.turn.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if self.has_ended() {
            return;
        }
        let State { held, held_bytes, crossing, .. } = &mut *state;
        for (line, bytes) in delivery.crossing.iter() {
            crossing.insert((delivery.input, line.place), (line, bytes.to_vec()));
        }
        *held_bytes += bytes;
        held.insert(delivery.ticket, delivery);
        self.write_due(&mut state);
    }

    /// Waits until everything before this ticket is written; false if nothing more is written.
    pub(super) fn wait_for(&self, ticket: u64) -> bool {
        let mut state = self.state();
        while state.next != ticket && !self.has_ended() {
            state = self.turn.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !self.has_ended()
    }

    /// Ends writing.
    pub(super) fn finish(self) -> Written {
        let State { mut printer, .. } = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if printer.failure.is_none() {
            printer.failure = printer.out.flush().err();
        }
        let Printer { written, input, has_ended, failure, .. } = printer;
        Written { lines: written, input, has_ended, failure }
    }

    fn write_due(&self, state: &mut State<'_>) {
        let before = state.next;
        while let Some(delivery) = state.held.remove(&state.next) {
            state.next += 1;
            state.held_bytes -= delivery.own.size();
            let crossing = state.take_crossing(delivery.input, &delivery.range);
            state.printer.write(&delivery, &crossing);
            if state.printer.has_ended {
                state.held.clear();
                self.has_ended.store(true, Ordering::Relaxed);
                break;
            }
        }
        if state.next != before {
            self.turn.notify_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, State<'o>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State<'_> {
    /// Takes the lines in several parts that end in these bytes, in order.
    fn take_crossing(&mut self, input: usize, range: &Range<u64>) -> Vec<(TakenLine, Vec<u8>)> {
        let places: Vec<_> = self.crossing.range((input, range.start)..(input, range.end)).map(|(at, _)| *at).collect();
        places.into_iter().filter_map(|place| self.crossing.remove(&place)).collect()
    }
}

impl Printer<'_> {
    fn write(&mut self, delivery: &Delivery, crossing: &[(TakenLine, Vec<u8>)]) {
        self.number_lines(delivery);
        let left = usize::try_from(self.at_most - self.written).unwrap_or(usize::MAX);
        if self.form != LineForm::Json && crossing.is_empty() {
            let (lines, bytes) = delivery.own.first(left);
            self.put(bytes, lines);
            return;
        }
        let mut buffer = Vec::new();
        let mut lines = 0;
        let mut crossing = crossing.iter().map(|(line, bytes)| (*line, &bytes[..])).peekable();
        let mut own = delivery.own.iter().peekable();
        while lines < left {
            let is_own = match (own.peek(), crossing.peek()) {
                (Some((one, _)), Some((other, _))) => one.place < other.place,
                (one, _) => one.is_some(),
            };
            let Some((line, bytes)) = (if is_own { own.next() } else { crossing.next() }) else { break };
            if self.form == LineForm::Json {
                let number = self.numbered_to.and_then(|_| self.lines_before.get(&line.chunk));
                let number = number.map_or("null".to_owned(), |before| (before + line.line_in_chunk + 1).to_string());
                buffer.extend_from_slice(self.beginnings[delivery.input].as_bytes());
                buffer.extend_from_slice(number.as_bytes());
            }
            buffer.extend_from_slice(bytes);
            lines += 1;
        }
        self.put(&buffer, lines);
    }

    /// Writes bytes that have this many lines.
    fn put(&mut self, bytes: &[u8], lines: usize) {
        if !bytes.is_empty()
            && let Err(error) = self.out.write_all(bytes)
        {
            self.failure = Some(error);
            self.has_ended = true;
            return;
        }
        self.written += lines as u64;
        self.has_ended = self.written >= self.at_most;
    }

    /// Notes the number of lines before a chunk, unless text before it was left out.
    fn number_lines(&mut self, Delivery { input, range, lines, .. }: &Delivery) {
        if *input != self.input {
            (self.input, self.numbered_to, self.lines) = (*input, Some(0), 0);
            self.lines_before.clear();
        }
        if range.end == u64::MAX {
            return;
        }
        let lines = lines.filter(|_| self.numbered_to == Some(range.start));
        let Some(lines) = lines else {
            self.numbered_to = None;
            return;
        };
        self.lines_before.insert(range.start, self.lines);
        self.lines += lines;
        self.numbered_to = Some(range.end);
    }
}
