//! The text of malformed lines in the report.

use crate::steps::{AHEAD, cut_piece};
use crate::tally::SAMPLE_BYTES;
use crate::text::printable_within;

/// The bytes of a malformed line that a worker keeps: enough after the part that is shown that no address is cut in two.
const KEPT: usize = SAMPLE_BYTES + AHEAD;

/// The beginning of a malformed line, as much as a worker keeps.
pub(crate) fn shown_of(text: &[u8]) -> &[u8] {
    &text[..text.len().min(KEPT)]
}

/// The kept text of a malformed line as the report has it, with anonymized addresses.
pub(crate) fn sample_text_cut(kept: &[u8]) -> String {
    sample_text(&cut_piece(shown_of(kept), kept.len() >= KEPT))
}

/// The kept text of a malformed line as the report has it: [`SAMPLE_BYTES`] at most, no character cut.
pub(crate) fn sample_text(text: &[u8]) -> String {
    printable_within(text, SAMPLE_BYTES)
}
