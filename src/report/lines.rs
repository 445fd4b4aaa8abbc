//! The ledger of a report: its lines by outcome, and the first malformed ones.

use serde::{Deserialize, Serialize};

use crate::format::Reason;

/// Number of lines by outcome: `read = blank + malformed + parsed`, `parsed = pv + filtered`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Lines {
    /// All lines.
    pub read: u64,
    /// Lines that fit a format in use.
    pub parsed: u64,
    /// Lines with nothing but white space.
    pub blank: u64,
    /// Lines that fit no format in use, or whose time or number is invalid.
    pub malformed: u64,
    /// Parsed lines that the question does not select.
    pub filtered: u64,
    /// Bytes skipped because no line there can fall in the requested period. All line counts exclude them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped_bytes: u64,
    /// Bytes that could not be read, including the rest of the lines that they are in. No other number includes these
    /// lines.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost_bytes: u64,
}

/// A malformed line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct MalformedSample {
    /// Path of the input.
    pub path: String,
    /// Line number in the input, from 1; `None` if some of the input was skipped before it or could not be read.
    pub line: Option<u64>,
    /// Byte offset of the line's start in the input.
    pub byte: u64,
    /// Why it is malformed.
    pub reason: Reason,
    /// The beginning of the line, safe to print on a terminal; at most 200 bytes.
    pub text: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
