//! The text of malformed lines in the report.

use crate::steps::cut_piece;
use crate::tally::{KEPT_BYTES, SAMPLE_BYTES, beginning_kept};
use crate::text::printable_within;

/// The kept text of a malformed line as the report has it, with anonymized addresses.
pub(crate) fn sample_text_cut(kept: &[u8]) -> String {
    sample_text(&cut_piece(beginning_kept(kept), kept.len() >= KEPT_BYTES))
}

/// The kept text of a malformed line as the report has it: [`SAMPLE_BYTES`] at most, no character cut.
pub(crate) fn sample_text(text: &[u8]) -> String {
    printable_within(text, SAMPLE_BYTES)
}
