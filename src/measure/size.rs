//! The formula for the memory that tables take: from the number of keys, their lengths, and the sizes of sets, never from how
//! memory was allocated or in which order keys came. So equal tables have equal sizes, whoever counted them.

/// What a size is computed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SizeOf {
    /// A part of all hits: the sizes of all parts are together at least the size of the parts merged.
    Part,
    /// All hits, of which there are this many visitors: no set has more bits than twice that.
    Whole {
        /// Distinct visitors.
        visitors: u64,
    },
}

/// Bytes of a visitor in a set, which is a hash table of at least three eighths full.
pub(crate) const VISITOR: u64 = 11;
/// Bytes of a hash in a sketch that is exact yet.
pub(crate) const HASH: u64 = 16;
/// Bytes of a request time that has a counter of its own.
pub(crate) const TIME: u64 = 16;
/// Bytes of a request time in a histogram that has no array of counters yet, as many as there are in the array at most.
pub(crate) const LOW_TIME: u64 = 32;

impl SizeOf {
    /// Bytes of a set of visitors besides the set itself.
    pub(super) fn visitors(self, len: u64) -> u64 {
        match self {
            SizeOf::Part => VISITOR * len,
            SizeOf::Whole { visitors } => (VISITOR * len).min(visitors / 4 + 16),
        }
    }

    /// Bytes of sums that only few groups have, if there are `groups` groups.
    pub(super) fn rare(self, is_empty: bool, groups: usize, bytes: usize) -> u64 {
        match self {
            SizeOf::Whole { .. } if is_empty => 0,
            SizeOf::Part | SizeOf::Whole { .. } => (groups * bytes) as u64,
        }
    }
}
