//! The limit of the memory of tables.

/// The largest memory of all tables of a report together. It is computed from the number of keys, their lengths and the
/// sizes of sets. So the same limit gives the same report with every number of threads, on every machine.
///
/// With a limit, a log is counted in rounds, as for [`MaxKeys`](crate::MaxKeys), and tables may exceed the limit within
/// a round. If they exceed it after a round, rankings are bounded first, then visitors are estimated by HyperLogLog,
/// then rankings are bounded further. Timelines and other sections keep all rows. If these are too large, the count
/// fails with [`ErrorKind::MemoryLimit`](crate::ErrorKind::MemoryLimit).
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

/// A round is an eighth of the limit: if all keys of a round are new, their tables can be three times as large as its
/// text.
const MEMORY_PER_ROUND: u64 = 8;
/// In a shorter round, the work at its end would take more time than counting its lines.
const LEAST_ROUND_BYTES: u64 = 1 << 20;

impl MaxMemory {
    /// Returns a limit of this many bytes; `None` for 0.
    pub fn new(bytes: u64) -> Option<MaxMemory> {
        let round_bytes = (bytes / MEMORY_PER_ROUND).max(LEAST_ROUND_BYTES);
        (bytes > 0).then_some(MaxMemory { bytes, round_bytes })
    }

    /// Sets the length of a round in bytes of text, at least 1. The default is an eighth of the limit, at least 1 MiB.
    #[must_use]
    pub fn in_rounds_of(self, bytes: u64) -> MaxMemory {
        MaxMemory { round_bytes: bytes.max(1), ..self }
    }

    /// The limit in bytes.
    pub fn bytes(self) -> u64 {
        self.bytes
    }

    /// Length of a round: the bytes of text that are counted before the tables are checked.
    pub fn round_bytes(self) -> u64 {
        self.round_bytes
    }
}
