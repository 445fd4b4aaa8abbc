//! The registers of HyperLogLog++, one byte each, and the estimated number of values that were added.
//!
//! hyperloglogplus computes the estimate with its bias correction. The registers are filled here, because the crate
//! begins with a sparse form, which it sorts again at every hundredth value, and packs five registers into a word.
//! Nearly every hash raises no register, and that should cost no more than reading a byte.

use std::hash::{BuildHasher, DefaultHasher};

use hyperloglogplus::{HyperLogLog, HyperLogLogPlus};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, to_value};

use crate::measure::Precision;

/// 2^precision registers. Each is the longest run of leading zeros of its hashes, plus one; 0 if it has no hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registers {
    precision: Precision,
    ranks: Box<[u8]>,
}

impl Registers {
    pub(crate) fn new(precision: Precision) -> Registers {
        Registers { precision, ranks: vec![0; 1 << precision.bits()].into() }
    }

    /// Makes registers with these ranks. `None` if there are not 2^precision, or one is larger than any hash gives.
    pub(super) fn of_ranks(precision: Precision, ranks: &[u8]) -> Option<Registers> {
        let most = 64 - precision.bits() + 1;
        let is_valid = ranks.len() == 1 << precision.bits() && ranks.iter().all(|rank| *rank <= most);
        is_valid.then(|| Registers { precision, ranks: ranks.into() })
    }

    pub(super) fn ranks(&self) -> &[u8] {
        &self.ranks
    }

    /// Adds the hash of a value.
    #[inline]
    pub(crate) fn add(&mut self, hash: u64) {
        let bits = self.precision.bits();
        let rank = &mut self.ranks[(hash >> (64 - bits)) as usize];
        // A bit after the last ends the run of a hash that is all zeros.
        let new = ((hash << bits) | 1 << (bits - 1)).leading_zeros() as u8 + 1;
        if new > *rank {
            *rank = new;
        }
    }

    /// Adds all values of another set of registers, which must have the same precision.
    pub(crate) fn merge(&mut self, other: &Registers) {
        for (mine, theirs) in self.ranks.iter_mut().zip(&other.ranks) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// Estimates how many values were added.
    pub(crate) fn estimate(&self) -> f64 {
        self.as_sketch().count()
    }

    /// Builds a `HyperLogLogPlus` with these registers. The crate has no constructor for that, so this uses its
    /// serialized form; hence its version is pinned.
    fn as_sketch(&self) -> HyperLogLogPlus<u64, NoHasher> {
        const FORM: &str = "the form that this version of hyperloglogplus writes and reads";
        let empty = HyperLogLogPlus::<u64, _>::new(self.precision.bits(), NoHasher);
        let mut form = to_value(empty.expect("the precision is from 4 to 18")).expect(FORM);
        // Six bits per register, five registers per word, the first in the lowest bits.
        let packed = |ranks: &[u8]| ranks.iter().rfold(0, |word: u32, rank| word << 6 | u32::from(*rank));
        let words: Value = self.ranks.chunks(5).map(packed).collect();
        let zeros = self.ranks.iter().filter(|rank| **rank == 0).count();
        form["registers"] = json!({ "buf": words, "count": self.ranks.len(), "zeros": zeros });
        serde_json::from_value(form).expect(FORM)
    }
}

/// The hasher of a sketch that is given its registers. It is never called.
#[derive(Serialize, Deserialize)]
struct NoHasher;

impl BuildHasher for NoHasher {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        unreachable!("values are hashed when they are added");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thorough::is_thorough;
    use std::hash::{BuildHasherDefault, Hasher};

    /// Gives hyperloglogplus a hash unchanged.
    #[derive(Default)]
    struct IdentityHasher(u64);

    impl Hasher for IdentityHasher {
        fn finish(&self) -> u64 {
            self.0
        }

        fn write(&mut self, _: &[u8]) {
            unreachable!("only integers are hashed here");
        }

        fn write_u64(&mut self, word: u64) {
            self.0 = word;
        }
    }

    /// Reference: the estimate of hyperloglogplus when it gets the hashes itself.
    fn reference(bits: u8, hashes: &[u64]) -> f64 {
        let mut sketch = HyperLogLogPlus::<u64, _>::new(bits, BuildHasherDefault::<IdentityHasher>::default()).unwrap();
        hashes.iter().for_each(|hash| sketch.insert_any(hash));
        sketch.count()
    }

    fn of(bits: u8, hashes: &[u64]) -> Registers {
        let mut registers = Registers::new(Precision::new(bits).unwrap());
        hashes.iter().for_each(|hash| registers.add(*hash));
        registers
    }

    #[test]
    fn estimate_equals_hyperloglogplus() {
        let most = if is_thorough() { 18 } else { 14 };
        for bits in 4..=most {
            // From where the crate leaves its sparse form, through both corrections, to where it corrects nothing.
            for values in [0.6, 0.9, 2.0, 4.0, 7.0] {
                let values = (values * f64::from(1 << bits)) as u64 + 8;
                let hashes: Vec<u64> = (0..values).map(|value| crate::keys::fixed_hash(&value.to_le_bytes())).collect();
                assert_eq!(of(bits, &hashes).estimate(), reference(bits, &hashes), "p {bits}, {values}");
            }
        }
    }

    #[test]
    fn ranks_of_extreme_hashes_equal_hyperloglogplus() {
        for bits in [4, 14, 18] {
            let mut hashes: Vec<u64> = (0..2_u64 << bits).map(|v| crate::keys::fixed_hash(&v.to_le_bytes())).collect();
            let plain = reference(bits, &hashes);
            // All zeros, all ones, and for each bit after the index a hash that has only that bit set.
            hashes.extend([0, u64::MAX]);
            hashes.extend((0..64 - bits).map(|place| 3 << (64 - bits) | 1 << place));
            assert_eq!(of(bits, &hashes).estimate(), reference(bits, &hashes), "p {bits}");
            assert_ne!(of(bits, &hashes).estimate(), plain, "p {bits}");
        }
    }

    #[test]
    fn rank_is_the_position_of_the_first_set_bit_after_the_index() {
        for bits in [4, 14, 18] {
            let rank = |hash| of(bits, &[hash]).ranks[0];
            for place in 0..64 - bits {
                assert_eq!(rank(1 << place), 64 - bits - place, "p {bits}, bit {place}");
            }
            assert_eq!(rank(0), 64 - bits + 1, "p {bits}");
        }
    }

    #[test]
    fn merging_equals_adding_all() {
        let hashes: Vec<u64> = (0..5_000_u64).map(|value| crate::keys::fixed_hash(&value.to_le_bytes())).collect();
        let (a, b) = hashes.split_at(1_234);
        let mut merged = of(10, a);
        merged.merge(&of(10, b));
        assert_eq!(merged, of(10, &hashes));
        assert_ne!(merged, of(10, b));
    }
}
