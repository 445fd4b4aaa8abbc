//! Hashes of the first bytes of a text, by which it is recognised after it has grown, was renamed or compressed.

use super::beginning::BEGINNING;
use crate::keys::fixed_hash;

/// Lengths whose hashes are kept, in bytes. A text that is shorter than the last has one more hash, of all its bytes.
const LENGTHS: [usize; 5] = [256, 1024, 4096, 16384, BEGINNING];

/// Number of bytes at the end of what was counted that are hashed, to recognise the text.
pub(crate) const TAIL: u64 = 4096;

/// Hashes of the beginning of a text. Heads of different lengths can be compared at the longest length that both have.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Head {
    /// Lengths in bytes, each with the hash of the first bytes of that number, in ascending order.
    hashes: Vec<(u64, u64)>,
}

impl Head {
    /// The head of a text that begins with `first`, which must have [`BEGINNING`] bytes unless the text is shorter.
    pub(crate) fn of(first: &[u8]) -> Head {
        let first = &first[..first.len().min(BEGINNING)];
        let whole = (!first.is_empty() && !LENGTHS.contains(&first.len())).then_some(first.len());
        let lengths = LENGTHS.into_iter().filter(|len| *len <= first.len()).chain(whole);
        Head { hashes: lengths.map(|len| (len as u64, fixed_hash(&first[..len]))).collect() }
    }

    /// The head with these hashes; `None` if their lengths do not ascend.
    pub(crate) fn from_hashes(hashes: Vec<(u64, u64)>) -> Option<Head> {
        hashes.is_sorted_by(|a, b| a.0 < b.0).then_some(Head { hashes })
    }

    /// Lengths in bytes, each with the hash of the first bytes of that number, in ascending order.
    pub(crate) fn hashes(&self) -> &[(u64, u64)] {
        &self.hashes
    }

    /// Compares two heads at the longest length that both have; `None` if they have none in common.
    pub(crate) fn agrees(&self, other: &Head) -> Option<bool> {
        let hash_of = |len: u64| other.hashes.iter().find(|hash| hash.0 == len);
        self.hashes.iter().rev().find_map(|hash| Some(hash_of(hash.0)? == hash))
    }

    /// Joins two heads of the same text. The hash of a whole text that has grown since is left out.
    #[must_use]
    pub(crate) fn with(&self, other: &Head) -> Head {
        let mut hashes: Vec<(u64, u64)> = self.hashes.iter().chain(&other.hashes).copied().collect();
        hashes.sort_unstable();
        hashes.dedup_by_key(|hash| hash.0);
        let longest = hashes.last().map(|hash| hash.0);
        hashes.retain(|hash| LENGTHS.contains(&(hash.0 as usize)) || Some(hash.0) == longest);
        Head { hashes }
    }

    /// Compares the head with the first bytes of a text, at the longest length that the text has.
    pub(crate) fn compare(&self, first: &[u8]) -> HeadComparison {
        let is_within = |hash: &&(u64, u64)| hash.0 <= first.len() as u64;
        let Some((len, hash)) = self.hashes.iter().rev().find(is_within) else { return HeadComparison::Different };
        if fixed_hash(&first[..*len as usize]) != *hash {
            return HeadComparison::Different;
        }
        if self.hashes.last().is_some_and(|last| last.0 == *len) {
            HeadComparison::Equal
        } else {
            HeadComparison::Shorter
        }
    }
}

/// How a text begins, compared with a [`Head`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeadComparison {
    /// The text begins with all bytes of the head.
    Equal,
    /// The text begins like the head, but is shorter.
    Shorter,
    /// The text begins in another way, or is too short to be compared.
    Different,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_have_the_documented_lengths() {
        let text = vec![b'x'; 100_000];
        for (len, expected) in [
            (0, &[][..]),
            (100, &[100]),
            (256, &[256]),
            (300, &[256, 300]),
            (65_535, &[256, 1024, 4096, 16_384, 65_535]),
            (100_000, &[256, 1024, 4096, 16_384, 65_536]),
        ] {
            let head = Head::of(&text[..len]);
            assert_eq!(head.hashes().iter().map(|hash| hash.0).collect::<Vec<_>>(), expected);
            assert_eq!(Head::from_hashes(head.hashes().to_vec()), Some(head));
        }
        assert_eq!(Head::from_hashes(vec![(256, 1), (256, 2)]), None);
    }

    #[test]
    fn heads_are_compared_at_the_longest_common_length() {
        let text: Vec<u8> = (0..70_000_u32).map(|i| (i % 251) as u8).collect();
        let mut other = text.clone();
        other[2000] = 255;
        for (a, b, expected) in [
            (&text[..300], &text[..70_000], Some(true)),
            (&text[..5000], &text[..1024], Some(true)),
            (&text[..5000], &other[..1024], Some(true)),
            (&text[..5000], &other[..5000], Some(false)),
            (&text[..100], &text[..5000], None),
            (&text[..100], &text[..100], Some(true)),
            (&text[..0], &text[..0], None),
        ] {
            assert_eq!(Head::of(a).agrees(&Head::of(b)), expected);
            assert_eq!(Head::of(b).agrees(&Head::of(a)), expected);
        }
    }

    #[test]
    fn head_is_compared_with_text() {
        use HeadComparison::{Different, Equal, Shorter};
        let text: Vec<u8> = (0..70_000_u32).map(|i| (i % 251) as u8).collect();
        let mut other = text.clone();
        other[2000] = 255;
        for (head, first, expected) in [
            (100, &text[..100], Equal),
            (100, &text[..5000], Equal),
            (100, &text[..99], Different),
            (5000, &text[..65_536], Equal),
            (5000, &text[..4999], Shorter),
            (5000, &other[..1500], Shorter),
            (5000, &other[..4999], Different),
            (70_000, &text[..65_536], Equal),
            (0, &text[..10], Different),
        ] {
            assert_eq!(Head::of(&text[..head]).compare(first), expected, "{head} {}", first.len());
        }
    }
}
