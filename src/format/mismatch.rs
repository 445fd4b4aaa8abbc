//! The place where a line does not match a format, and the reason.

use super::reason::Reason;

/// The place where a line does not match a format, and the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    pub(crate) reason: Reason,
    /// The text that the format expects there.
    pub(crate) expected: Expected,
    /// The place in the line, in bytes from its start.
    pub(crate) at: usize,
}

/// The text that a format expects at some place in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// This piece of the format.
    Piece(usize),
    End,
    /// Described by these words.
    Said(&'static str),
    /// A value for this rule of a JSON format's keys; the value in the line has `len` bytes.
    Value {
        rule: u16,
        len: usize,
    },
}

impl Mismatch {
    /// The invalid value, if the mismatch is about a single value.
    pub(crate) fn value(self, line: &[u8]) -> Option<&[u8]> {
        match self.expected {
            Expected::Value { len, .. } => line.get(self.at..self.at + len),
            _ => None,
        }
    }
}
