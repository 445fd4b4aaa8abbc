//! Two hashes. One is for tables, with a seed that differs between processes, because attackers can choose paths. The
//! other never changes; it is for data that is stored or merged between machines.

use std::hash::{BuildHasher, Hasher, RandomState};

/// XXH3 with 64 bits and seed 0, as specified. It must never change, because sketches are made of it.
pub(crate) fn fixed_hash(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}

/// Seed of the hashes for tables: secret words, so that an attacker cannot choose keys that collide.
///
/// Every product has two secret factors: a word of the key XORed with one secret, and a secret by itself or XORed with
/// another word. Without the seed, neither a product nor the difference of two is known. The length is multiplied by a
/// secret before it is XORed. With a public factor, the key's own bytes could cancel it, and keys of sixteen lengths
/// collided under every seed. The two words that are XORed use different secrets, and each block is multiplied before
/// the next is read. The tests have key sets that collided under earlier constructions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed {
    /// XORed with the first word of each pair.
    first: u64,
    /// XORed with the second word of each pair.
    second: u64,
    /// Odd, so that multiplying by it loses nothing.
    factor: u64,
    /// Odd.
    other_factor: u64,
}

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
const OTHER: u64 = 0xD1B5_4A32_D192_ED03;

impl Seed {
    pub(crate) fn random() -> Seed {
        let random = RandomState::new();
        Seed::of(|word| random.hash_one(word))
    }

    /// Creates the same seed for the same number: for tests, and for callers that want two runs to take the same steps.
    pub(crate) fn fixed(seed: u64) -> Seed {
        Seed::of(|word| mix(seed ^ OTHER, (2 * word + 1).wrapping_mul(ODD)))
    }

    fn of(word: impl Fn(u64) -> u64) -> Seed {
        Seed { first: word(0), second: word(1), factor: word(2) | 1, other_factor: word(3) | 1 }
    }

    /// Hashes a word with two multiplications by secrets. With a single one by a public factor, sets of addresses that
    /// share some bits would crowd into a part of a table under every seed.
    #[inline]
    pub(crate) fn hash_word(self, word: u64) -> u64 {
        mix(mix(word ^ self.first, self.factor) ^ self.second, self.other_factor)
    }

    /// Hashes a key: folds pairs of eight-byte words by multiplication. The last pairs overlap the ones before, so that
    /// no length has a slow rest. Keys of up to 64 bytes have no loop, whose end the processor would mispredict.
    #[inline]
    pub(crate) fn hash(self, key: &[u8]) -> u64 {
        let mut state = self.first ^ (key.len() as u64).wrapping_mul(self.factor);
        let fold = |state, pair, secret| {
            let [a, b] = words(pair);
            mix(a ^ state, b ^ secret)
        };
        let (first, last) = if let (Some(first), Some(last)) = (key.first_chunk::<16>(), key.last_chunk::<16>()) {
            let (blocks, _) = key.as_chunks::<16>();
            for pair in blocks.iter().skip(2).take(key.len().saturating_sub(49) / 16) {
                state = fold(state, pair, self.second);
            }
            let [second, third] = middle(key);
            state = fold(state, second, self.second) ^ fold(state.rotate_left(32), third, self.other_factor);
            state = fold(state, first, self.second);
            let [a, b] = words(last);
            (a, b)
        } else if let (Some(first), Some(last)) = (key.first_chunk(), key.last_chunk()) {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) = (key.first_chunk(), key.last_chunk()) {
            (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
        } else {
            (key.iter().fold(0, |word, b| word << 8 | u64::from(*b)), 0)
        };
        mix(first ^ state, last ^ self.second)
    }
}

/// Hasher for words that are already hashes, but public ones. Without the seed, clients could choose where words go in
/// a set.
#[derive(Clone, Debug)]
pub(crate) struct WordHasher {
    seed: Seed,
    hash: u64,
}

impl BuildHasher for Seed {
    type Hasher = WordHasher;

    fn build_hasher(&self) -> WordHasher {
        WordHasher { seed: *self, hash: 0 }
    }
}

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.hash
    }

    fn write(&mut self, bytes: &[u8]) {
        self.hash = self.seed.hash(bytes);
    }

    fn write_u64(&mut self, word: u64) {
        self.hash = self.seed.hash_word(word);
    }
}

/// The second and the second-to-last sixteen bytes of a key of at least sixteen bytes. With the first and the last
/// sixteen they cover all keys of up to 64 bytes, without a branch.
#[inline(always)]
pub(super) fn middle(key: &[u8]) -> [&[u8; 16]; 2] {
    let at = |from: usize| key[from..].first_chunk().expect("there are sixteen bytes from here on");
    [at((key.len() - 16).min(16)), at(key.len().saturating_sub(32))]
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
    fn fixed_hash_is_xxh3() {
        // From the specification's test vectors.
        assert_eq!(fixed_hash(b""), 0x2D06_8005_38D3_94C2);
    }

    #[test]
    fn similar_keys_differ_in_the_upper_half() {
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
    fn every_byte_affects_the_hash() {
        let seed = Seed::fixed(3);
        for len in 0..200 {
            let key = vec![b'a'; len];
            let hashes: HashSet<u64> = (0..len)
                .map(|at| {
                    let mut other = key.clone();
                    other[at] = b'b';
                    seed.hash(&other)
                })
                .chain([seed.hash(&key)])
                .collect();
            assert_eq!(hashes.len(), len + 1, "{len}");
        }
    }

    #[test]
    fn every_bit_affects_the_hash_under_any_seed() {
        for seed in (0..8).map(Seed::fixed) {
            let words: HashSet<u64> = (0..64).map(|bit| 1 << bit).chain([0]).map(|word| seed.hash_word(word)).collect();
            assert_eq!(words.len(), 65, "{seed:?}");
            for len in (0..=17).chain([31, 32, 33, 48, 49, 64, 65, 96, 200]) {
                let flipped = (0..8 * len).map(|bit| {
                    let mut key = vec![b'a'; len];
                    key[bit / 8] ^= 1 << (bit % 8);
                    seed.hash(&key)
                });
                let hashes: HashSet<u64> = flipped.chain([seed.hash(&vec![b'a'; len])]).collect();
                assert_eq!(hashes.len(), 8 * len + 1, "{seed:?}, {len} bytes");
            }
        }
    }

    /// If a step lost half of the bits, about ten of these hashes would collide.
    #[test]
    fn hashes_of_many_words_and_keys_differ() {
        const MANY: u64 = 300_000;
        let seed = Seed::fixed(5);
        let words: HashSet<u64> = (0..MANY).map(|word| seed.hash_word(word)).collect();
        assert_eq!(words.len() as u64, MANY);
        for len in [12, 40, 80] {
            let mut key = vec![b'a'; len];
            let hashes: HashSet<u64> = (0..MANY)
                .map(|n| {
                    key[..8].copy_from_slice(&n.to_le_bytes());
                    seed.hash(&key)
                })
                .collect();
            assert_eq!(hashes.len() as u64, MANY, "{len} bytes");
        }
    }

    #[test]
    fn different_seeds_give_different_hashes() {
        assert_ne!(Seed::fixed(1).hash(b"/"), Seed::fixed(2).hash(b"/"));
    }
}
