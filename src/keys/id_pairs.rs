//! Distinct pairs of ids, and the number of each.
//!
//! A table by part and key looks up such a pair for every hit. A pair takes eight bytes and a slot of four: a tenth of
//! what a general key takes.

use super::Seed;
use crate::prefetch::prefetch;

/// Distinct pairs of ids, numbered 0, 1, 2 … in the order of arrival.
#[derive(Clone, Debug)]
pub(crate) struct IdPairs {
    seed: Seed,
    /// The pair of each number: the first id in the upper half.
    pairs: Vec<u64>,
    /// Numbers plus one of pairs of small ids, by both ids: most look-ups of tables with few keys. 0 for no pair.
    small: Vec<u32>,
    /// Numbers plus one of all other pairs, by hash; 0 for an empty slot. Their count is a power of two.
    slots: Vec<u32>,
    /// Number of slots that are used.
    used: usize,
    /// The slots where the search for each pair starts. Reused between batches.
    starts: Vec<u32>,
}

/// Bytes of a pair by the formula: itself and its slot.
const PAIR: u64 = 20;
const SLOTS_AT_FIRST: usize = 8;
/// Ids below these are small: together they take 256 KiB.
const SMALL_FIRST: u32 = 1024;
const SMALL_SECOND: u32 = 64;
/// Number of slots that fit into the first-level cache anyway.
const NEAR: usize = 4096;
const ROOM: &str = "less than 2^32 pairs";

/// The place of a pair of small ids.
#[inline]
fn small(first: u32, second: u32) -> Option<usize> {
    (first < SMALL_FIRST && second < SMALL_SECOND).then(|| (first * SMALL_SECOND + second) as usize)
}

fn pair(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

impl IdPairs {
    pub(crate) fn new(seed: Seed) -> IdPairs {
        IdPairs { seed, pairs: Vec::new(), small: Vec::new(), slots: Vec::new(), used: 0, starts: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Bytes by the formula of `measure/size.rs`.
    pub(crate) fn bytes(&self) -> u64 {
        PAIR * self.pairs.len() as u64
    }

    /// The pair with this number.
    pub(crate) fn pair(&self, number: u32) -> [u32; 2] {
        let pair = self.pairs[number as usize];
        [(pair >> 32) as u32, pair as u32]
    }

    /// The pairs in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = [u32; 2]> {
        (0..self.pairs.len() as u32).map(|number| self.pair(number))
    }

    /// The number of a pair, a new one if the pair is new.
    #[inline]
    pub(crate) fn id(&mut self, first: u32, second: u32) -> u32 {
        if let Some(number) = self.small_id(first, second) {
            return number;
        }
        let wanted = pair(first, second);
        self.find_or_add(wanted, self.start(wanted))
    }

    /// The number of a pair of small ids, a new one if the pair is new.
    #[inline]
    fn small_id(&mut self, first: u32, second: u32) -> Option<u32> {
        let at = small(first, second)?;
        match self.small.get(at) {
            Some(number @ 1..) => Some(number - 1),
            _ => Some(self.add_small(pair(first, second), at)),
        }
    }

    #[cold]
    #[inline(never)]
    fn add_small(&mut self, new: u64, at: usize) -> u32 {
        if at >= self.small.len() {
            self.small.resize((at + 1).next_multiple_of(SMALL_SECOND as usize), 0);
        }
        let number = self.push(new);
        self.small[at] = number + 1;
        number
    }

    fn push(&mut self, new: u64) -> u32 {
        let number = u32::try_from(self.pairs.len()).expect(ROOM);
        self.pairs.push(new);
        number
    }

    /// Calls `take` with the number of each pair.
    pub(crate) fn ids(&mut self, pairs: impl Iterator<Item = (u32, u32)> + Clone, mut take: impl FnMut(u32)) {
        if self.slots.len() <= NEAR {
            pairs.for_each(|(first, second)| take(self.id(first, second)));
            return;
        }
        // Each look-up waits for memory twice: for a slot and for a pair. So both are prefetched for the whole batch.
        let mut starts = std::mem::take(&mut self.starts);
        starts.clear();
        starts.extend(pairs.clone().map(|(first, second)| self.start(pair(first, second)) as u32));
        starts.iter().for_each(|start| prefetch(&self.slots, *start as usize));
        for start in &starts {
            prefetch(&self.pairs, (self.slots[*start as usize] as usize).wrapping_sub(1));
        }
        let slots = self.slots.len();
        for ((first, second), start) in pairs.zip(&starts) {
            if let Some(number) = self.small_id(first, second) {
                take(number);
                continue;
            }
            // The slots move when they become more.
            let start = if self.slots.len() == slots { *start as usize } else { self.start(pair(first, second)) };
            take(self.find_or_add(pair(first, second), start));
        }
        self.starts = starts;
    }

    /// The slot where the search for a pair starts.
    #[inline]
    fn start(&self, pair: u64) -> usize {
        self.seed.hash_word(pair) as usize & self.slots.len().wrapping_sub(1)
    }

    #[inline]
    fn find_or_add(&mut self, wanted: u64, start: usize) -> u32 {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = start;
        while let Some(slot @ 1..) = self.slots.get(at) {
            if self.pairs[*slot as usize - 1] == wanted {
                return slot - 1;
            }
            at = (at + 1) & mask;
        }
        self.add(wanted)
    }

    #[cold]
    #[inline(never)]
    fn add(&mut self, new: u64) -> u32 {
        // At most three quarters of the slots are used.
        if self.slots.len() / 4 * 3 <= self.used {
            self.grow();
        }
        let number = self.push(new);
        self.used += 1;
        self.take_slot(number);
        number
    }

    fn grow(&mut self) {
        self.slots = vec![0; (self.slots.len() * 2).max(SLOTS_AT_FIRST)];
        for number in 0..self.pairs.len() as u32 {
            let [first, second] = self.pair(number);
            if small(first, second).is_none() {
                self.take_slot(number);
            }
        }
    }

    /// Puts a pair that has no slot yet into the first empty one.
    fn take_slot(&mut self, number: u32) {
        let mask = self.slots.len() - 1;
        let mut at = self.start(self.pairs[number as usize]);
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = number + 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    proptest::proptest! {
        #[test]
        fn every_pair_has_one_dense_number(
            pairs in proptest::collection::vec(
                (proptest::prop_oneof![0..40_u32, 1020..1028_u32], proptest::prop_oneof![0..70_u32, proptest::prelude::any::<u32>()]),
                0..600,
            ),
            seed: u64,
        ) {
            let mut reference: HashMap<(u32, u32), u32> = HashMap::new();
            let mut all = IdPairs::new(Seed::fixed(seed));
            let mut expected = Vec::new();
            for (first, second) in &pairs {
                let next = reference.len() as u32;
                let number = *reference.entry((*first, *second)).or_insert(next);
                expected.push(number);
                proptest::prop_assert_eq!(all.id(*first, *second), number);
                proptest::prop_assert_eq!(all.pair(number), [*first, *second]);
            }
            proptest::prop_assert_eq!(all.len(), reference.len());
            let mut numbers = Vec::new();
            IdPairs::new(Seed::fixed(!seed)).ids(pairs.iter().copied(), |number| numbers.push(number));
            proptest::prop_assert_eq!(numbers, expected);
        }
    }

    #[test]
    fn many_pairs_are_found_in_batches() {
        let mut all = IdPairs::new(Seed::fixed(7));
        let pair = |n: u32| (n % 977, n / 977 + 40);
        for round in 0..2 {
            for start in (0..60_000_u32).step_by(256) {
                let mut expected = start..;
                all.ids((start..start + 256).map(pair), |number| assert_eq!(Some(number), expected.next(), "{round}"));
            }
        }
        assert!(all.slots.len() > NEAR && all.iter().zip(0..).all(|([a, b], n)| (a, b) == pair(n)));
    }
}
