//! Where and why a line does not fit a format.

use super::reason::Reason;

/// Where and why a line does not fit a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub(crate) reason: Reason,
    /// What the line was to go on with.
    pub(crate) expected: Expected,
    /// The byte of the line at which that was expected.
    pub(crate) at: usize,
}

/// What a line was to go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// This piece of the format.
    Piece(usize),
    End,
    /// What these words say.
    Said(&'static str),
    /// A value of so many bytes that this rule of the keys of a JSON format reads.
    Value {
        rule: u16,
        len: usize,
    },
}

impl Misfit {
    /// The value that is not what it should be, where one value is to blame.
    pub(crate) fn value(self, line: &[u8]) -> Option<&[u8]> {
        match self.expected {
            Expected::Value { len, .. } => line.get(self.at..self.at + len),
            _ => None,
        }
    }
}
