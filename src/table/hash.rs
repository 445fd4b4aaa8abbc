//! Two hashes. One for tables, with a seed that differs from process to process, since paths are the attacker's to
//! choose. One that never changes, for what is stored or merged between machines.

use std::hash::{BuildHasher, RandomState};

/// XXH3 with 64 bits and seed 0, as its specification has it: fixed for ever, since sketches are made of it.
pub(crate) fn fixed_hash(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}

/// The seed of the hash for tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed(u64);

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
const OTHER: u64 = 0xD1B5_4A32_D192_ED03;

impl Seed {
    pub(crate) fn random() -> Seed {
        Seed(RandomState::new().hash_one(0_u8))
    }

    pub(crate) fn fixed(seed: u64) -> Seed {
        Seed(mix(seed ^ OTHER, ODD))
    }

    #[inline]
    pub(crate) fn hash_word(self, word: u64) -> u64 {
        mix(self.0 ^ word, OTHER)
    }

    /// Pairs of words of eight bytes, folded by multiplication; the last pair overlaps the one before, so that no length
    /// has a slow rest, and keys of up to 32 bytes have no loop that could be guessed wrong.
    #[inline]
    pub(crate) fn hash(self, key: &[u8]) -> u64 {
        let mut state = self.0 ^ (key.len() as u64).wrapping_mul(ODD);
        let (first, last) = if let (Some(first), Some(last)) = (key.first_chunk::<16>(), key.last_chunk::<16>()) {
            for pair in key.as_chunks::<16>().0.iter().skip(1).take(key.len().saturating_sub(17) / 16) {
                let [a, b] = words(pair);
                state = mix(a ^ state, b ^ OTHER);
            }
            let ([a, b], [c, d]) = (words(first), words(last));
            state = mix(a ^ state, b ^ OTHER);
            (c, d)
        } else if let (Some(first), Some(last)) = (key.first_chunk(), key.last_chunk()) {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) = (key.first_chunk(), key.last_chunk()) {
            (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
        } else {
            (key.iter().fold(0, |word, b| word << 8 | u64::from(*b)), 0)
        };
        mix(first ^ state, last ^ ODD)
    }
}

#[inline]
fn words(pair: &[u8; 16]) -> [u64; 2] {
    let word = u128::from_le_bytes(*pair);
    [word as u64, (word >> 64) as u64]
}

#[inline]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_fixed_hash_is_xxh3() {
        // From the specification's test vectors.
        assert_eq!(fixed_hash(b""), 0x2D06_8005_38D3_94C2);
    }

    #[test]
    fn keys_that_are_alike_differ_in_both_halves() {
        for seed in [Seed::fixed(0), Seed::fixed(1), Seed::random()] {
            let mut keys: Vec<Vec<u8>> = (0..40).map(|len| vec![0; len]).collect();
            keys.extend((0..4000).map(|i| format!("10.0.{}.{}", i / 256, i % 256).into_bytes()));
            keys.extend((0..4000).map(|i| format!("/media/catalogue/2026/{i:08}/cover.jpg").into_bytes()));
            let high: HashSet<u32> = keys.iter().map(|k| (seed.hash(k) >> 32) as u32).collect();
            // 8,040 words of 32 bits: less than one collision in a hundred runs.
            assert!(high.len() >= keys.len() - 1, "{}", high.len());
        }
    }

    #[test]
    fn seeds_differ() {
        assert_ne!(Seed::fixed(1).hash(b"/"), Seed::fixed(2).hash(b"/"));
    }
}
