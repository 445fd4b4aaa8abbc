//! The changes that keep tables within a limit of memory, and sizes in bytes.

use crate::measure::Precision;

/// The changes that keep all tables within a limit of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Degraded {
    /// The limit.
    pub(crate) limit_bytes: u64,
    /// The number of keys that rankings are bounded to, if they are.
    pub(crate) max_keys: Option<usize>,
    /// The precision of the sketches that exact sets of visitors were turned into, if they were.
    pub(crate) hll: Option<Precision>,
}

/// Bytes of a group of a ranking for the hits that it may have had while it was not kept.
pub(super) const MISSED: u64 = 8;

/// A lower and an upper bound of a number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub(crate) at_least: u64,
    pub(crate) at_most: u64,
}
