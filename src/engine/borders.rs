//! Lines that an envelope has split, at the borders of a part of an input.
//!
//! A line belongs to the part that its first part is in. So the text before a part is read until it shows if a line
//! continues there, and the text after it until the lines that began in the part have ended. In most logs, that is the
//! nearest line. A container that rarely writes to standard error may need more, but neighbouring parts do not read the
//! same text again.

use bumpalo::Bump;

use super::scan::Scan;
use super::sniff::Sniffed;
use crate::envelope::{DetectedEnvelopes, JoinedLine, LinePosition, OpenLines, kept_of};
use crate::input::{Chunk, Source};
use crate::tally::beginning_kept;
use crate::text::clean;

/// Bytes that are read at a time.
const PIECE_BYTES: u64 = 64 << 10;

/// Reads the text around the part of each input as far as it is needed to join the lines that cross the borders of the
/// part. All chunks must have been counted.
pub(super) fn read_around(scan: &Scan<'_>, sources: &[Source]) {
    for (input, source) in sources.iter().enumerate() {
        read_around_input(scan, input, source);
    }
}

/// The same for one input.
pub(super) fn read_around_input(scan: &Scan<'_>, input: usize, source: &Source) {
    if let Some(detected) = split_envelope(scan, input) {
        read_before(detected, source, scan.keeps_raw_parts());
        read_after(detected, source, scan.keeps_raw_parts());
    }
}

/// The envelopes of an input, if they split lines into parts.
pub(super) fn split_envelope<'s>(scan: &'s Scan<'_>, input: usize) -> Option<&'s DetectedEnvelopes> {
    let envelope = scan.sniffed[input].get().map(|Sniffed { envelope, .. }| envelope.as_ref())?;
    envelope.filter(|detected| detected.splits_lines())
}

fn read_before(detected: &DetectedEnvelopes, source: &Source, keeps_raw: bool) {
    let (mut end, mut bytes, mut buffer) = (source.covered().start, PIECE_BYTES, Vec::new());
    while end > 0 && detected.reassembly.needs_text_before(&source.range()) {
        let start = end.saturating_sub(bytes);
        match source.lines_before(start..end, &mut buffer) {
            Some(chunk) => {
                detected.reassembly.add_outside(chunk.offset..end, open_lines(detected, chunk, keeps_raw));
                end = chunk.offset;
            }
            // A longer line ends there.
            None if start > 0 => bytes = bytes.saturating_mul(2),
            None => return,
        }
    }
}

fn read_after(detected: &DetectedEnvelopes, source: &Source, keeps_raw: bool) {
    let (mut start, mut buffer) = (source.covered().end, Vec::new());
    while start < u64::MAX && !detected.reassembly.crossing(&source.range()).open.is_empty() {
        let Some(chunk) = source.lines_after(start, PIECE_BYTES, &mut buffer) else { return };
        let end = chunk.offset + chunk.bytes.len() as u64 + chunk.left_out;
        detected.reassembly.add_outside(chunk.offset..end, open_lines(detected, chunk, keeps_raw));
        start = end;
    }
}

/// The lines that are open at the ends of a text outside the part. Complete lines are dropped: they belong to another
/// part.
pub(super) fn open_lines(detected: &DetectedEnvelopes, chunk: Chunk<'_>, keeps_raw: bool) -> OpenLines {
    let bump = Bump::new();
    let mut open_lines = OpenLines::at(chunk.offset);
    let mut start = 0;
    while start < chunk.bytes.len() {
        let len = memchr::memchr(b'\n', &chunk.bytes[start..]).unwrap_or(chunk.bytes.len() - start);
        let raw = &chunk.bytes[start..start + len];
        let offset = chunk.offset + start as u64;
        let shown = clean(raw, offset == 0);
        start += len + 1;
        let opened = detected.open(shown, &bump);
        let Some((std_stream, is_partial)) = opened.part else { continue };
        let open_line = open_lines.of(std_stream);
        if is_partial || !open_line.is_between_lines() {
            let raw = if keeps_raw { kept_of(raw).to_vec() } else { Vec::new() };
            let at = LinePosition { offset, chunk: chunk.offset, line_in_chunk: 0 };
            let text = opened.text.to_vec();
            open_line.push(JoinedLine { text, raw, ..JoinedLine::part(at, beginning_kept(shown)) }, is_partial);
        }
    }
    open_lines
}
