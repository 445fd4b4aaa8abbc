//! Lines in envelopes: opened, put together where they were cut into parts, and counted as all others are.
//!
//! Apart from the plain loop over lines, which must not pay for any of this.

use bumpalo::Bump;

use super::scan::Scan;
use super::worker::{Place, Refused, Worker};
use crate::batch::{Batch, ROWS};
use crate::envelope::{Joined, LinePlace, Pipe, Runs, Sender, Text, Worn, is_another_programs, kept_of};
use crate::format::{Line, Quotes, Room, Row, undo_json};
use crate::input::{clean, is_blank};
use crate::report;
use crate::table::{InputLedger, Reason, Tally};

/// A line that was opened.
#[derive(Clone, Copy)]
struct Opened<'a, 'q, 's> {
    line: Line<'a, 'q>,
    sender: Sender<'s>,
    /// The line as it stands in the input, without and with what is dropped of it, and where.
    shown: &'s [u8],
    raw: &'s [u8],
    at: LinePlace,
}

/// Where the values of lines go.
struct Into<'i, 'a> {
    row: Row<'a>,
    batch: &'i mut Batch<'a>,
    account: &'i mut InputLedger,
    bump: &'a Bump,
}

impl Worker<'_, '_> {
    /// Scans lines into the batch until it is full, and returns how many were but parts of a line that goes on.
    #[inline(never)]
    pub(super) fn fill_from<'a>(
        &mut self,
        worn: &Worn,
        runs: &mut Runs,
        place: &mut Place<'a>,
        batch: &mut Batch<'a>,
        account: &mut InputLedger,
        bump: &'a Bump,
    ) -> u64 {
        let mut parts = 0;
        let mut into = Into { row: Row::EMPTY, batch, account, bump };
        while place.start < place.bytes.len() && into.batch.len() < ROWS {
            let (start, at) = (place.start, place.at(place.start));
            let extent = place.marks.line(start);
            let raw = &place.bytes[start..extent.text_end];
            let shown = clean(raw, at.offset == 0);
            place.lines += 1;
            place.start = extent.next;
            let quotes = place.marks.quotes(extent);
            let Some(letter) = worn.open(shown) else {
                let line = Line { text: shown, quotes: in_chunk(quotes, shown, place.bytes) };
                self.take(worn, place.input, &Opened { line, sender: Sender::Unknown, shown, raw, at }, &mut into);
                continue;
            };
            let line = match letter.text {
                Text::Plain(text) => Line { text, quotes: in_chunk(quotes, text, place.bytes) },
                Text::Json(raw) if letter.goes_on => Line::unmarked(undo_json(raw, bump)),
                Text::Json(raw) => Line::unmarked(clean(undo_json(raw, bump), false)),
            };
            let opened = Opened { line, sender: letter.sender, shown, raw, at };
            match letter.sender {
                Sender::Pipe(pipe) => {
                    parts += u64::from(letter.goes_on);
                    let run = runs.of(pipe);
                    if !letter.goes_on && run.is_between_lines() {
                        self.take(worn, place.input, &opened, &mut into);
                    } else {
                        let text = opened.line.text.to_vec();
                        let raw = if self.scan.rejects.is_some() { kept_of(raw).to_vec() } else { Vec::new() };
                        let part = Joined { text, raw, ..Joined::part(at, report::shown_of(shown)) };
                        if let Some(joined) = run.push(part, letter.goes_on) {
                            self.take_joined(worn, place.input, pipe, &joined, &mut into);
                        }
                    }
                }
                Sender::Program(_) | Sender::Unknown => self.take(worn, place.input, &opened, &mut into),
            }
        }
        parts
    }

    /// Counts lines that go over the borders of chunks.
    pub(super) fn count_joined(&mut self, input: usize, worn: &Worn, all: &[(Pipe, Joined)]) {
        for some in all.chunks(ROWS) {
            let bump = Bump::new();
            let mut batch = Batch::new(self.scan.filler.needs);
            let mut account = InputLedger::new(self.scan.formats.len());
            let mut into = Into { row: Row::EMPTY, batch: &mut batch, account: &mut account, bump: &bump };
            for (pipe, joined) in some {
                self.take_joined(worn, input, *pipe, joined, &mut into);
            }
            self.memory.move_keys_to(&mut account.keys);
            account.filtered = self.add(input, &mut batch, &bump);
            self.tally.ledger.inputs[input].merge(account);
        }
        self.hand_over_rejected(input);
    }

    fn take_joined<'a>(&mut self, worn: &Worn, input: usize, pipe: Pipe, joined: &Joined, into: &mut Into<'_, 'a>) {
        if joined.is_too_long || joined.text.len() > self.scan.max_line {
            let refused = Refused { at: joined.place, shown: &joined.shown, kept: self.scan.at_most(&joined.raw) };
            self.refuse(input, &refused, Reason::TooLong, into.account);
            return;
        }
        // The CR of a terminal may be a part of its own.
        let line = Line::unmarked(clean(into.bump.alloc_slice_copy(&joined.text), false));
        self.take(
            worn,
            input,
            &Opened { line, sender: Sender::Pipe(pipe), shown: &joined.shown, raw: &joined.raw, at: joined.place },
            into,
        );
    }

    /// Takes a line that is whole.
    fn take<'a>(&mut self, worn: &Worn, input: usize, opened: &Opened<'a, '_, '_>, into: &mut Into<'_, 'a>) {
        let Opened { mut line, sender, shown, raw, at } = *opened;
        if line.text.first() == Some(&0) {
            let nuls = line.text.iter().take_while(|b| **b == 0).count();
            line = Line::unmarked(&line.text[nuls..]);
        }
        if line.text.len() > self.scan.max_line {
            let refused = Refused { at, shown, kept: self.scan.at_most(shown) };
            self.refuse(input, &refused, Reason::TooLong, into.account);
            return;
        }
        if is_blank(line.text) {
            into.account.blank += 1;
            return;
        }
        if worn.stays_out(sender) {
            self.refuse(input, &Refused { at, shown, kept: raw }, Reason::OtherProgram, into.account);
            return;
        }
        let room = Room { bump: into.bump, needs: self.scan.filler.needs };
        let formats = &self.scan.met(input).formats;
        match formats.take(line, room, &mut self.memory, &mut into.row) {
            Ok(taken) => {
                into.account.take(taken.0, &into.row);
                self.scan.filler.push(taken, &into.row, into.batch, into.bump);
            }
            Err(reason) => {
                let is_like_common = reason == Reason::NoMatch && formats.looks_like_common(line.text);
                into.account.like_common += u64::from(is_like_common);
                let is_other = || is_another_programs(line.text) || worn.is_another_program(sender);
                let reason = if reason == Reason::NoMatch && is_other() { Reason::OtherProgram } else { reason };
                self.refuse(input, &Refused { at, shown, kept: raw }, reason, into.account);
            }
        }
    }
}

impl Scan<'_, '_> {
    /// Counts what is left when all chunks are counted: lines of which the last part is missing.
    pub(super) fn end(&self, tally: Tally) -> Tally {
        let mut worker = Worker::new(self, tally);
        for (input, met) in self.met.iter().enumerate() {
            let Some(worn) = met.get().and_then(|met| met.envelope.as_ref()) else { continue };
            let (ended, open) = worn.seams.finish();
            worker.count_joined(input, worn, &ended);
            worker.count_joined(input, worn, &open);
            // The others were read with their last parts.
            worker.tally.ledger.inputs[input].read += open.len() as u64;
        }
        worker.tally
    }
}

/// The quotes of a line for `text`, which is a part of it; both are in the chunk.
fn in_chunk<'q>(quotes: Quotes<'q>, text: &[u8], chunk: &[u8]) -> Quotes<'q> {
    let Quotes::At { places, .. } = quotes else { return Quotes::Unknown };
    let start = (text.as_ptr().addr() - chunk.as_ptr().addr()) as u32;
    // Quotes in the envelope are not the line's.
    Quotes::At { places: &places[places.partition_point(|place| *place < start)..], start }
}
