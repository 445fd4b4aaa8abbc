//! Byte keys and their dense ids: 0, 1, 2 … in the order of arrival.
//!
//! Each key is stored once in an arena, after its id and length. The hash table has slots of eight bytes: half of the
//! hash, and the place in the arena. A look-up that finds its key touches one slot and one record.

mod arena;
mod equal;
mod rewrite;
mod sorted;

use super::hash::Seed;
use crate::huge_pages;
use crate::prefetch::prefetch;
use crate::text::find_near;
use arena::Arena;
use equal::same;

/// Keys and their ids.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    seed: Seed,
    /// Hash slots: a tag (the upper half of the hash) in the upper half, and the place of a record plus one in the
    /// lower half; 0 for an empty slot. The length is a power of two. The slot of a key follows from its tag alone, so
    /// growing does not read keys. Keys that were read from a state file have no slots until one is looked up: most are
    /// only merged into others.
    slots: Vec<u64>,
    arena: Arena,
    /// Place of each key's record, by id.
    records: Vec<u32>,
    /// Ids of the keys that are empty or contain a backslash, ascending. Only these may change when keys are rewritten.
    escaped: Vec<u32>,
    /// Places of records that were replaced by rewritten ones. Slots still point to them.
    stale: Vec<u32>,
    /// Ids in the ascending order of keys, each with the number of first bytes that its key shares with the one before,
    /// at most [`MOST_SHARED`]: those of state files, so that they can be merged without looking each up. Out of date if
    /// there are more keys.
    sorted: Box<[(u32, u8)]>,
    /// State of the look-ups of a column. Reused between batches.
    probes: Vec<Probe>,
}

/// State of the look-up of one value.
#[derive(Clone, Copy, Debug)]
struct Probe {
    hash: u64,
    /// The first slot with the key's tag, 0 if there is none.
    slot: u64,
}

/// Maximum number of bytes that a key shares with the one before in a state file; further equal bytes are repeated. So a
/// short list cannot stand for many long keys, and the number takes one byte.
pub(super) const MOST_SHARED: usize = 127;
/// Estimated bytes per key besides its record, with slots that are at least 3/8 full.
const KEY: u64 = 32;
const SLOTS_AT_FIRST: usize = 16;
const ROOM: &str = "tables of less than 32 GiB of keys";

impl Keys {
    pub(crate) fn new(seed: Seed) -> Keys {
        Keys {
            seed,
            slots: vec![0; SLOTS_AT_FIRST],
            arena: Arena::default(),
            records: Vec::new(),
            escaped: Vec::new(),
            stale: Vec::new(),
            sorted: Box::default(),
            probes: Vec::new(),
        }
    }

    /// Makes an empty list that will get about `len` keys by [`append`](Keys::append).
    pub(super) fn without_slots(seed: Seed, len: usize) -> Keys {
        Keys { slots: Vec::new(), records: Vec::with_capacity(len), ..Keys::new(seed) }
    }

    /// Makes a list of distinct keys. Their ids are 0, 1, 2 … in this order.
    pub(crate) fn of_distinct(seed: Seed, distinct: impl ExactSizeIterator<Item = impl AsRef<[u8]>>) -> Keys {
        let mut keys = Keys::without_slots(seed, distinct.len());
        distinct.for_each(|key| keys.append(key.as_ref()));
        keys
    }

    /// Appends a key that is not in the list yet. There must be no slots.
    pub(super) fn append(&mut self, key: &[u8]) {
        debug_assert!(self.slots.is_empty(), "a key would have no slot");
        self.add_record(key);
    }

    fn add_record(&mut self, key: &[u8]) -> (u32, u32) {
        let id = u32::try_from(self.records.len()).expect(ROOM);
        let place = self.arena.store(key, id);
        self.records.push(place);
        if is_escaped(key) {
            self.escaped.push(id);
        }
        (id, place)
    }

    /// Gives each key a slot, if they have none.
    #[inline]
    fn index(&mut self) {
        if self.slots.is_empty() {
            self.add_slots();
        }
    }

    /// Makes slots for at least this number of keys in all.
    fn reserve(&mut self, keys: usize) {
        self.index();
        while keys * 8 > self.slots.len() * 6 {
            self.grow();
        }
    }

    #[cold]
    fn add_slots(&mut self) {
        let mut slots = SLOTS_AT_FIRST;
        while self.records.len() * 8 > slots * 6 {
            slots *= 2;
        }
        self.slots = huge_pages::zeros(slots);
        for at in 0..self.records.len() {
            let place = self.records[at];
            self.take_slot(self.seed.hash(self.arena.record(place).1) >> 32, place);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Estimated memory in bytes: the records, plus 32 per key for slots and place.
    pub(crate) fn bytes(&self) -> u64 {
        self.arena.len() as u64 + KEY * self.records.len() as u64
    }

    /// The key with this id.
    pub(crate) fn key(&self, id: u32) -> &[u8] {
        self.arena.record(self.records[id as usize]).1
    }

    /// True if no key is empty or contains a backslash.
    pub(crate) fn has_no_escaped(&self) -> bool {
        self.escaped.is_empty()
    }

    /// The keys in the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.records.iter().map(|place| self.arena.record(*place).1)
    }

    /// The id of a key, a new one if the key is new.
    pub(crate) fn id(&mut self, key: &[u8]) -> u32 {
        self.index();
        self.find_or_add(key, self.seed.hash(key))
    }

    /// Appends the ids of the selected values of a column to `ids`.
    pub(crate) fn ids(&mut self, column: &[&[u8]], hits: &[u16], ids: &mut Vec<u32>) {
        // In a large table each look-up waits for memory twice: for a slot and for a record. So both are prefetched for
        // the whole column before the first is used. Measured: a third of the time of looking keys up one by one,
        // benches/stages/look_ups.rs.
        self.index();
        let mut probes = std::mem::take(&mut self.probes);
        probes.clear();
        probes.extend(hits.iter().map(|&row| Probe { hash: self.seed.hash(column[row as usize]), slot: 0 }));
        let mask = self.slots.len() - 1;
        for probe in &probes {
            prefetch(&self.slots, (probe.hash >> 32) as usize & mask);
        }
        for probe in &mut probes {
            probe.slot = self.slots[self.slot_of(probe.hash >> 32)];
        }
        for probe in &probes {
            self.arena.prefetch((probe.slot as u32).wrapping_sub(1));
        }
        ids.extend(hits.iter().zip(&probes).map(|(&row, probe)| {
            let key = column[row as usize];
            if probe.slot != 0 {
                let (id, known) = self.arena.record(probe.slot as u32 - 1);
                if same(known, key) {
                    return id;
                }
            }
            // The key was added after the probe, it is new, or another key has the same tag.
            self.find_or_add(key, probe.hash)
        }));
        self.probes = probes;
    }

    /// Index of the first slot with this tag, or of the empty slot that ends the search.
    #[inline]
    fn slot_of(&self, tag: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = tag as usize & mask;
        while self.slots[at] != 0 && self.slots[at] >> 32 != tag {
            at = (at + 1) & mask;
        }
        at
    }

    fn find_or_add(&mut self, key: &[u8], hash: u64) -> u32 {
        let tag = hash >> 32;
        let mask = self.slots.len() - 1;
        let mut at = self.slot_of(tag);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return self.add(key, tag, at);
            }
            if slot >> 32 == tag {
                let (id, known) = self.arena.record(slot as u32 - 1);
                if same(known, key) {
                    return id;
                }
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn add(&mut self, key: &[u8], tag: u64, at: usize) -> u32 {
        let (id, place) = self.add_record(key);
        self.slots[at] = tag << 32 | (u64::from(place) + 1);
        // At most 6/8 of the slots are used: a small table is worth a few more probes.
        if self.records.len() * 8 > self.slots.len() * 6 {
            self.grow();
        }
        id
    }

    fn grow(&mut self) {
        let double = huge_pages::zeros(self.slots.len() * 2);
        for slot in std::mem::replace(&mut self.slots, double).into_iter().filter(|slot| *slot != 0) {
            self.take_slot(slot >> 32, slot as u32 - 1);
        }
    }

    /// Puts a record that has no slot yet into the first empty slot.
    fn take_slot(&mut self, tag: u64, place: u32) {
        let mask = self.slots.len() - 1;
        let mut at = tag as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = tag << 32 | (u64::from(place) + 1);
    }

    /// Average number of slots that the look-up of a key examines.
    #[cfg(test)]
    pub(super) fn mean_probes(&self) -> f64 {
        let mask = self.slots.len() - 1;
        let taken = self.slots.iter().enumerate().filter(|(_, slot)| **slot != 0);
        let probes = taken.map(|(at, slot)| (at.wrapping_sub((slot >> 32) as usize) & mask) + 1);
        probes.sum::<usize>() as f64 / self.len() as f64
    }
}

/// True if the key is empty or contains a backslash, so that rewriting may change it.
fn is_escaped(key: &[u8]) -> bool {
    key.is_empty() || find_near(b'\\', key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    proptest::proptest! {
        #[test]
        fn every_key_has_one_dense_id(
            keys in proptest::collection::vec(proptest::collection::vec(0..4_u8, 0..20), 0..300), seed: u64,
        ) {
            let mut reference: HashMap<Vec<u8>, u32> = HashMap::new();
            let mut table = Keys::new(Seed::fixed(seed));
            for key in &keys {
                let next = reference.len() as u32;
                let expected = *reference.entry(key.clone()).or_insert(next);
                proptest::prop_assert_eq!(table.id(key), expected);
                proptest::prop_assert_eq!(table.key(expected), &key[..]);
            }
            proptest::prop_assert_eq!(table.len(), reference.len());
            let column: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
            let hits: Vec<u16> = (0..keys.len() as u16).filter(|i| i % 3 != 1).collect();
            let mut ids = Vec::new();
            table.ids(&column, &hits, &mut ids);
            let expected: Vec<u32> = hits.iter().map(|&h| reference[column[h as usize]]).collect();
            proptest::prop_assert_eq!(ids, expected);
        }

    }

    #[test]
    fn ids_survive_growth() {
        let mut keys = Keys::new(Seed::fixed(7));
        for i in 0..100_000_u32 {
            assert_eq!(keys.id(&i.to_be_bytes()), i);
        }
        for i in 0..100_000_u32 {
            assert_eq!(keys.id(&i.to_be_bytes()), i);
        }
        assert_eq!(keys.iter().nth(12_345), Some(&12_345_u32.to_be_bytes()[..]));
    }
}
