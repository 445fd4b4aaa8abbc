//! Scans lines in envelopes: unwraps them, reassembles those that were split into parts, and counts them like all
//! others.
//!
//! Separate from the plain loop over lines, which must not pay for any of this.

use std::ops::Range;

use bumpalo::Bump;

use super::borders::split_envelope;
use super::scan::Scan;
use super::worker::{ChunkPosition, RefusedLine, Worker};
use crate::batch::{Batch, LoggedLine, ROWS};
use crate::envelope::{
    CrossingLines, DetectedEnvelopes, JoinedLine, LinePosition, OpenLines, Opened, StdStream, is_other_program_line,
    kept_of,
};
use crate::format::Reason;
use crate::format::{Line, Quotes, Row, ScanContext};
use crate::tally::{InputLedger, Tally, beginning_kept};
use crate::text::{clean, is_blank};

/// A line in the form that its input has.
#[derive(Clone, Copy)]
struct RawLine<'s, 'q> {
    /// The line without dropped bytes (CR, byte order mark, NULs), and the line with them.
    shown: &'s [u8],
    raw: &'s [u8],
    at: LinePosition,
    /// Byte at which its last part starts.
    place: u64,
    /// The quotes of the line, and the chunk that contains it.
    quotes: Quotes<'q>,
    chunk: &'s [u8],
}

/// The destination of the values of lines.
struct BatchOutput<'i, 'a> {
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
        detected: &DetectedEnvelopes,
        open_lines: &mut OpenLines,
        position: &mut ChunkPosition<'a>,
        batch: &mut Batch<'a>,
        account: &mut InputLedger,
        bump: &'a Bump,
    ) -> u64 {
        let mut parts = 0;
        let mut output = BatchOutput { row: Row::EMPTY, batch, account, bump };
        while position.start < position.bytes.len() && output.batch.len() < ROWS {
            let (start, at) = (position.start, position.at(position.start));
            let extent = position.marks.line(start);
            let raw = &position.bytes[start..extent.text_end];
            let shown = clean(raw, at.offset == 0);
            position.lines += 1;
            position.start = extent.next;
            let quotes = position.marks.quotes(extent);
            let raw_line = RawLine { shown, raw, at, place: at.offset, quotes, chunk: position.bytes };
            let opened = detected.open(shown, bump);
            let Some((std_stream, is_partial)) = opened.part else {
                self.count_line(detected, position.input, opened, &raw_line, &mut output);
                continue;
            };
            parts += u64::from(is_partial);
            let open_line = open_lines.of(std_stream);
            if !is_partial && open_line.is_between_lines() {
                self.count_line(detected, position.input, detected.open_inner(opened, bump), &raw_line, &mut output);
                continue;
            }
            let text = opened.text.to_vec();
            let raw = if self.scan.keeps_raw_parts() { kept_of(raw).to_vec() } else { Vec::new() };
            let part = JoinedLine { text, raw, ..JoinedLine::part(at, beginning_kept(shown)) };
            if let Some(joined) = open_line.push(part, is_partial) {
                self.count_joined_line(detected, position.input, std_stream, &joined, &mut output);
            }
        }
        parts
    }

    /// Counts what is left of an input after its last chunk, if its envelope splits lines.
    pub(super) fn count_open_lines(&mut self, input: usize, range: &Range<u64>) {
        let Some(detected) = split_envelope(self.scan, input) else { return };
        let CrossingLines { ended, ended_after, open, begun_before } = detected.reassembly.crossing(range);
        for lines in [&ended, &ended_after, &open] {
            self.count_joined(input, detected, lines);
        }
        // Lines that end in the range were counted as read with their last parts.
        let read = &mut self.tally.ledger.inputs[input].read;
        *read = *read + (ended_after.len() + open.len()) as u64 - begun_before;
    }

    /// Counts lines that cross the borders of chunks.
    pub(super) fn count_joined(&mut self, input: usize, detected: &DetectedEnvelopes, all: &[(StdStream, JoinedLine)]) {
        for some in all.chunks(ROWS) {
            let bump = Bump::new();
            let mut batch = Batch::new(self.scan.batch_writer.needs);
            let mut account = InputLedger::new(self.scan.formats.len());
            let mut output = BatchOutput { row: Row::EMPTY, batch: &mut batch, account: &mut account, bump: &bump };
            for (std_stream, joined) in some {
                self.count_joined_line(detected, input, *std_stream, joined, &mut output);
            }
            self.cache.move_keys_to(&mut account.keys);
            account.filtered = self.add(input, None, &mut batch, &bump);
            self.tally.ledger.inputs[input].merge(&account);
        }
        self.hand_over_kept(input);
    }

    fn count_joined_line<'a>(
        &mut self,
        detected: &DetectedEnvelopes,
        input: usize,
        std_stream: StdStream,
        joined: &JoinedLine,
        output: &mut BatchOutput<'_, 'a>,
    ) {
        if joined.is_too_long || joined.text.len() > self.scan.max_line {
            let refused =
                RefusedLine { at: joined.position, shown: &joined.shown, kept: self.scan.cut_to_max_line(&joined.raw) };
            self.refuse(input, &refused, Reason::TooLong, output.account);
            return;
        }
        // The CR of a terminal may be a separate part, so clean the joined text.
        let bump = output.bump;
        let opened = Opened::joined(clean(bump.alloc_slice_copy(&joined.text), false), std_stream);
        let raw_line = RawLine {
            shown: &joined.shown,
            raw: &joined.raw,
            at: joined.position,
            place: joined.last,
            quotes: Quotes::Unknown,
            chunk: &[],
        };
        self.count_line(detected, input, detected.open_inner(opened, bump), &raw_line, output);
    }

    /// Parses a complete line.
    fn count_line<'a>(
        &mut self,
        detected: &DetectedEnvelopes,
        input: usize,
        opened: Opened<'a>,
        raw_line: &RawLine<'_, '_>,
        output: &mut BatchOutput<'_, 'a>,
    ) {
        let RawLine { shown, raw, at, .. } = *raw_line;
        let Opened { text, sender, .. } = opened;
        let mut line = Line { text, quotes: raw_line.quotes_of(&opened) };
        if line.text.first() == Some(&0) {
            let nuls = line.text.iter().take_while(|b| **b == 0).count();
            line = Line::unmarked(&line.text[nuls..]);
        }
        if line.text.len() > self.scan.max_line {
            let refused = RefusedLine { at, shown, kept: self.scan.cut_to_max_line(shown) };
            self.refuse(input, &refused, Reason::TooLong, output.account);
            return;
        }
        if is_blank(line.text) {
            output.account.blank += 1;
            return;
        }
        if detected.is_excluded(sender) {
            self.refuse(input, &RefusedLine { at, shown, kept: raw }, Reason::OtherProgram, output.account);
            return;
        }
        let context = ScanContext { bump: output.bump, needs: self.scan.batch_writer.needs };
        let formats = &self.scan.sniffed(input).formats;
        match formats.parse(line, context, &mut self.cache, &mut output.row) {
            Ok(format_id) => {
                output.account.count_line(format_id.0, &output.row);
                self.scan.batch_writer.push(format_id, &output.row, output.batch, output.bump);
                if self.scan.taking.is_some() {
                    let (raw, LinePosition { chunk, line_in_chunk, .. }) = (output.bump.alloc_slice_copy(raw), at);
                    output.batch.keep_line(LoggedLine { raw, place: raw_line.place, chunk, line_in_chunk });
                }
            }
            Err(reason) => {
                let is_like_common = reason == Reason::NoMatch && formats.looks_like_common(line.text);
                output.account.like_common += u64::from(is_like_common);
                let is_other = || is_other_program_line(line.text) || detected.is_other_program(sender);
                let reason = if reason == Reason::NoMatch && is_other() { Reason::OtherProgram } else { reason };
                self.refuse(input, &RefusedLine { at, shown, kept: raw }, reason, output.account);
            }
        }
    }
}

/// Counts what is left after the last chunk: lines that cross the borders of the range, or whose last part is missing.
///
/// `ranges` are the bytes of each input whose lines are counted.
pub(super) fn count_open_lines(scan: &Scan<'_>, tally: Tally, ranges: &[Range<u64>]) -> Tally {
    let mut worker = Worker::new(scan, tally);
    ranges.iter().enumerate().for_each(|(input, range)| worker.count_open_lines(input, range));
    worker.tally
}

impl<'q> RawLine<'_, 'q> {
    /// Returns the quotes in a text that was taken out of this line, without those of the envelopes before it.
    fn quotes_of(&self, opened: &Opened<'_>) -> Quotes<'q> {
        let Quotes::At { places, .. } = self.quotes else { return Quotes::Unknown };
        if !opened.is_end_of_line {
            return Quotes::Unknown;
        }
        let line = self.shown.as_ptr().addr() - self.chunk.as_ptr().addr();
        let start = (line + self.shown.len() - opened.text.len()) as u32;
        Quotes::At { places: &places[places.partition_point(|position| *position < start)..], start }
    }
}
