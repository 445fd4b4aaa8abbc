//! Scans lines in envelopes: unwraps them, reassembles those that were split into parts, and counts them like all
//! others.
//!
//! Separate from the plain loop over lines, which must not pay for any of this.

use bumpalo::Bump;

use super::scan::Scan;
use super::worker::{Place, Refused, Worker};
use crate::batch::{Batch, ROWS};
use crate::envelope::{Joined, LinePlace, Opened, Pipe, Runs, Worn, is_another_programs, kept_of};
use crate::format::Reason;
use crate::format::{Line, Quotes, Room, Row};
use crate::tally::{InputLedger, Tally, beginning_kept};
use crate::text::{clean, is_blank};

/// A line in the form that its input has.
#[derive(Clone, Copy)]
struct Source<'s, 'q> {
    /// The line without dropped bytes (CR, byte order mark, NULs), and the line with them.
    shown: &'s [u8],
    raw: &'s [u8],
    at: LinePlace,
    /// The quotes of the line, and the chunk that contains it.
    quotes: Quotes<'q>,
    chunk: &'s [u8],
}

/// The destination of the values of lines.
struct Into<'i, 'a> {
    row: Row<'a>,
    batch: &'i mut Batch<'a>,
    account: &'i mut InputLedger,
    bump: &'a Bump,
}

impl Worker<'_, '_> {
    /// Scans lines into the batch until it is full. Returns the number of lines that are a part of a longer line and
    /// not its last part.
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
            let source = Source { shown, raw, at, quotes, chunk: place.bytes };
            let opened = worn.open(shown, bump);
            let Some((pipe, goes_on)) = opened.part else {
                self.take(worn, place.input, opened, &source, &mut into);
                continue;
            };
            parts += u64::from(goes_on);
            let run = runs.of(pipe);
            if !goes_on && run.is_between_lines() {
                self.take(worn, place.input, worn.open_inner(opened, bump), &source, &mut into);
                continue;
            }
            let text = opened.text.to_vec();
            let raw = if self.scan.rejects.is_some() { kept_of(raw).to_vec() } else { Vec::new() };
            let part = Joined { text, raw, ..Joined::part(at, beginning_kept(shown)) };
            if let Some(joined) = run.push(part, goes_on) {
                self.take_joined(worn, place.input, pipe, &joined, &mut into);
            }
        }
        parts
    }

    /// Counts lines that cross the borders of chunks.
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
            account.filtered = self.add(input, None, &mut batch, &bump);
            self.tally.ledger.inputs[input].merge(&account);
        }
        self.hand_over_rejected(input);
    }

    fn take_joined<'a>(&mut self, worn: &Worn, input: usize, pipe: Pipe, joined: &Joined, into: &mut Into<'_, 'a>) {
        if joined.is_too_long || joined.text.len() > self.scan.max_line {
            let refused = Refused { at: joined.place, shown: &joined.shown, kept: self.scan.at_most(&joined.raw) };
            self.refuse(input, &refused, Reason::TooLong, into.account);
            return;
        }
        // The CR of a terminal may be a separate part, so clean the joined text.
        let bump = into.bump;
        let opened = Opened::joined(clean(bump.alloc_slice_copy(&joined.text), false), pipe);
        let source =
            Source { shown: &joined.shown, raw: &joined.raw, at: joined.place, quotes: Quotes::Unknown, chunk: &[] };
        self.take(worn, input, worn.open_inner(opened, bump), &source, into);
    }

    /// Parses a complete line.
    fn take<'a>(
        &mut self,
        worn: &Worn,
        input: usize,
        opened: Opened<'a>,
        source: &Source<'_, '_>,
        into: &mut Into<'_, 'a>,
    ) {
        let Source { shown, raw, at, .. } = *source;
        let Opened { text, sender, .. } = opened;
        let mut line = Line { text, quotes: source.quotes_of(&opened) };
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

/// Counts what is left after the last chunk: lines whose last part is missing.
pub(super) fn count_open_lines(scan: &Scan<'_>, tally: Tally) -> Tally {
    let mut worker = Worker::new(scan, tally);
    for (input, met) in scan.met.iter().enumerate() {
        let Some(worn) = met.get().and_then(|met| met.envelope.as_ref()) else { continue };
        let (ended, open) = worn.seams.finish();
        worker.count_joined(input, worn, &ended);
        worker.count_joined(input, worn, &open);
        // `ended` lines were counted as read with their last parts.
        worker.tally.ledger.inputs[input].read += open.len() as u64;
    }
    worker.tally
}

impl<'q> Source<'_, 'q> {
    /// Returns the quotes in a text that was taken out of this line, without those of the envelopes before it.
    fn quotes_of(&self, opened: &Opened<'_>) -> Quotes<'q> {
        let Quotes::At { places, .. } = self.quotes else { return Quotes::Unknown };
        if !opened.is_end_of_line {
            return Quotes::Unknown;
        }
        let line = self.shown.as_ptr().addr() - self.chunk.as_ptr().addr();
        let start = (line + self.shown.len() - opened.text.len()) as u32;
        Quotes::At { places: &places[places.partition_point(|place| *place < start)..], start }
    }
}
