//! Explains a line that no format matches, and where each format stops in it.

use super::shown::Shown;
use super::{FormatStop, MalformedLine};
use crate::format::Reason;
use crate::format::{LogFormat, Stop, stops};
use crate::report::sample_text;
use crate::steps::mask_tail;
use crate::text::printable;

/// Maximum number of characters shown of the text at which a format stops.
const FOUND: usize = 24;

pub(super) fn malformed(
    shown: &Shown<'_>,
    formats: &[LogFormat],
    line: u64,
    text: &[u8],
    reason: Reason,
) -> MalformedLine {
    let stop = |Stop { formats: places, mismatch, expected }: Stop| {
        let at = mismatch.at.min(text.len());
        let found = if shown.anonymize { sample_text(&mask_tail(text, at)) } else { sample_text(&text[at..]) };
        let name = |place: usize| printable(formats[place].name().as_bytes());
        FormatStop {
            formats: places.into_iter().map(name).collect(),
            byte: at,
            expected,
            found: found.chars().take(FOUND).collect(),
        }
    };
    // A line that is too long is not examined. A line of another program is not expected to match.
    let is_tried = !matches!(reason, Reason::TooLong | Reason::OtherProgram);
    let stops = if is_tried { stops(formats, text) } else { Vec::new() };
    MalformedLine { line, text: shown.text(text), reason, stops: stops.into_iter().map(stop).collect() }
}
