//! A limit of the memory that tables take.

/// The memory that all tables of a report may take together, by a formula over the number of keys, their lengths and the sizes
/// of sets. So one limit gives one report, whatever counts it.
///
/// A log is then counted in rounds, as for [`MaxKeys`](crate::MaxKeys), and within a round tables may be larger. If they are too large after a
/// round, rankings are bounded first, then visitors are estimated by HyperLogLog, then rankings are bounded further. Timelines and
/// other sections keep all rows: if these are too large, the count fails with
/// [`ErrorKind::MemoryLimit`](crate::ErrorKind::MemoryLimit).
///
/// ```
/// use logstat::{MaxMemory, Question};
/// let question = Question::new().max_memory(MaxMemory::new(512 << 20));
/// assert_eq!(question.counting.max_memory.map(MaxMemory::bytes), Some(512 << 20));
/// assert_eq!(MaxMemory::new(0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxMemory {
    bytes: u64,
    round_bytes: u64,
}

/// An eighth of the limit is a round: the tables of a round of new keys may be three times its text.
const MEMORY_PER_ROUND: u64 = 8;
/// A smaller round would spend more time on its end than on its lines.
const LEAST_ROUND_BYTES: u64 = 1 << 20;

impl MaxMemory {
    /// A limit of this many bytes, at least one.
    pub fn new(bytes: u64) -> Option<MaxMemory> {
        let round_bytes = (bytes / MEMORY_PER_ROUND).max(LEAST_ROUND_BYTES);
        (bytes > 0).then_some(MaxMemory { bytes, round_bytes })
    }

    /// The same limit with rounds of this many bytes of text, at least one. The default is an eighth of the limit, at least 1 MiB.
    #[must_use]
    pub fn in_rounds_of(self, bytes: u64) -> MaxMemory {
        MaxMemory { round_bytes: bytes.max(1), ..self }
    }

    /// The limit in bytes.
    pub fn bytes(self) -> u64 {
        self.bytes
    }

    /// Bytes of text that are counted between two looks at the tables.
    pub fn round_bytes(self) -> u64 {
        self.round_bytes
    }
}
