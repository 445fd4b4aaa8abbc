//! The changes that keep tables within a limit of memory, and sizes in bytes.

use crate::measure::Precision;

/// The changes that keep all tables within a limit of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Degraded {
    /// The limit in bytes.
    pub(crate) limit_bytes: u64,
    /// Maximum number of keys of a ranking, if rankings were limited.
    pub(crate) max_keys: Option<usize>,
    /// Precision of the sketches that exact sets of visitors were converted to, if they were.
    pub(crate) hll: Option<Precision>,
    /// Number of parts that keep their keys, if some were merged.
    pub(crate) parts: Option<usize>,
}

/// Bytes per group of a ranking to store the hits that it may have had while it was not kept.
pub(super) const MISSED: u64 = 8;

/// A lower and an upper bound of a size in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub(crate) at_least: u64,
    pub(crate) at_most: u64,
}
