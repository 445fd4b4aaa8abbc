//! The text of malformed lines, as reports show it.

use crate::steps::mask_addresses;
use crate::tally::{KEPT_BYTES, SAMPLE_BYTES, beginning_kept};
use crate::text::printable_within;

/// Makes the kept text of a malformed line printable, with anonymized addresses.
pub(crate) fn sample_text_cut(kept: &[u8]) -> String {
    sample_text(&mask_addresses(beginning_kept(kept), kept.len() >= KEPT_BYTES))
}

/// Makes the kept text of a malformed line printable: at most [`SAMPLE_BYTES`] bytes, cut between characters.
pub(crate) fn sample_text(text: &[u8]) -> String {
    printable_within(text, SAMPLE_BYTES)
}
