//! A limit of the number of keys that rankings have.

/// How many keys a ranking has at most, so that a log of ever new keys does not fill the memory.
///
/// A log is then counted in rounds of so much text, and after a round those keys go that had the fewest hits. What of a
/// ranking is true all the same, [`Approximate`](crate::Approximate) says; what a round is, is part of what is asked, for
/// how large the error is depends on it.
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

/// In 32 MiB are some 200,000 lines. Smaller rounds would need less memory and more time, for more often all keys are looked
/// at; so a round is the larger, the more keys there may be.
const ROUND_BYTES: u64 = 32 << 20;
const ROUND_BYTES_A_KEY: u64 = 256;

impl MaxKeys {
    /// So many keys, if there may be any at all.
    pub fn new(keys: usize) -> Option<MaxKeys> {
        let round_bytes = ROUND_BYTES.max((keys as u64).saturating_mul(ROUND_BYTES_A_KEY));
        (keys > 0).then_some(MaxKeys { keys, round_bytes })
    }

    /// The same with rounds of so many bytes of text, at least one. 32 MiB or 256 bytes a key, whichever is more, unless said.
    #[must_use]
    pub fn in_rounds_of(self, bytes: u64) -> MaxKeys {
        MaxKeys { round_bytes: bytes.max(1), ..self }
    }

    /// At least one.
    pub fn keys(self) -> usize {
        self.keys
    }

    /// How much text is counted between two looks at the keys.
    pub fn round_bytes(self) -> u64 {
        self.round_bytes
    }
}
