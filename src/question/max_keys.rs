//! The limit of the number of keys of a ranking.

/// The largest number of keys of each ranking, so that a log with ever new keys does not fill the memory.
///
/// With a limit, a log is counted in rounds, which are parts of a fixed length. After each round, the keys with the
/// fewest hits are dropped. [`Approximate`](crate::Approximate) says how far the ranking may be off. The error depends
/// on the length of a round, so the length is part of the question.
///
/// ```
/// use logstat::{MaxKeys, Question};
/// let question = Question::new().max_keys(MaxKeys::new(100_000));
/// assert_eq!(question.counting.max_keys.map(MaxKeys::keys), Some(100_000));
/// assert_eq!(MaxKeys::new(0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxKeys {
    keys: usize,
    round_bytes: u64,
}

/// The shortest default round; 32 MiB are about 200,000 lines. Shorter rounds would need less memory but more time,
/// because all keys are examined more often. So rounds grow with the number of keys allowed.
const ROUND_BYTES: u64 = 32 << 20;
const ROUND_BYTES_A_KEY: u64 = 256;

impl MaxKeys {
    /// Returns a limit of this many keys; `None` for 0.
    pub fn new(keys: usize) -> Option<MaxKeys> {
        let round_bytes = ROUND_BYTES.max((keys as u64).saturating_mul(ROUND_BYTES_A_KEY));
        (keys > 0).then_some(MaxKeys { keys, round_bytes })
    }

    /// Sets the length of a round in bytes of text, at least 1. The default is 32 MiB or 256 bytes per key, whichever
    /// is more.
    #[must_use]
    pub fn in_rounds_of(self, bytes: u64) -> MaxKeys {
        MaxKeys { round_bytes: bytes.max(1), ..self }
    }

    /// Largest number of keys; at least 1.
    pub fn keys(self) -> usize {
        self.keys
    }

    /// Length of a round: the bytes of text that are counted before keys are dropped.
    pub fn round_bytes(self) -> u64 {
        self.round_bytes
    }
}
