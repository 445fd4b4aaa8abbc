//! The formula for the memory that tables use. It takes the number of keys, their lengths, and the sizes of sets; never
//! how memory was allocated or in which order keys came. So equal tables have equal sizes, whichever worker counted
//! them.

/// The purpose of a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SizeOf {
    /// A part of all hits. The sizes of all parts add up to at least the size of the merged parts.
    Part,
    /// All hits. With this many visitors, no set has more than twice as many bits.
    Whole {
        /// Number of distinct visitors.
        visitors: u64,
    },
}

/// Bytes per visitor in a set: a hash table is at least three eighths full.
pub(crate) const VISITOR: u64 = 11;
/// Bytes per hash in a sketch that is still exact.
pub(crate) const HASH: u64 = 16;
/// Bytes per distinct request time that is not in an array of counters.
pub(crate) const TIME: u64 = 16;
/// Bytes per request time in a histogram without an array of counters; in total at most the size of the array.
pub(crate) const LOW_TIME: u64 = 32;
/// Bytes per sixteen seconds of which at least one has a hit.
pub(crate) const SECONDS: u64 = 96;

impl SizeOf {
    /// Bytes of a set of `len` visitors, without the set itself.
    pub(super) fn visitors(self, len: u64) -> u64 {
        match self {
            SizeOf::Part => VISITOR * len,
            SizeOf::Whole { visitors } => (VISITOR * len).min(visitors / 4 + 16),
        }
    }

    /// Bytes of sums that only a few groups have, for `groups` groups.
    pub(super) fn rare(self, is_empty: bool, groups: usize, bytes: usize) -> u64 {
        match self {
            SizeOf::Whole { .. } if is_empty => 0,
            SizeOf::Part | SizeOf::Whole { .. } => (groups * bytes) as u64,
        }
    }
}
