//! Byte keys and their dense ids: 0, 1, 2 … in the order of arrival.
//!
//! Each key is stored once, in an arena, behind its id and length. The table has slots of eight bytes: half of the
//! hash, and the place in the arena. A look-up that finds its key touches a slot and a record.

use std::borrow::Cow;

use super::hash::Seed;

/// Keys and their ids.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    seed: Seed,
    /// A tag (the upper half of the hash) above the place of a record, 1 for the first; 0 for an empty slot. The
    /// length is a power of two, and the slot of a key follows from its tag alone, so that growing needs no key.
    slots: Vec<u64>,
    /// Records at multiples of `ALIGN`: id, length, bytes.
    arena: Vec<u8>,
    /// The place of each key's record, by id.
    records: Vec<u32>,
    /// What is known of the values of a column, kept for its memory.
    probes: Vec<Probe>,
}

/// How far the look-up of a value is.
#[derive(Clone, Copy, Debug)]
struct Probe {
    hash: u64,
    /// The first slot with the key's tag, 0 if there is none.
    slot: u64,
}

const ALIGN: usize = 8;
const HEADER: usize = 8;
const SLOTS_AT_FIRST: usize = 16;

impl Keys {
    pub(crate) fn new(seed: Seed) -> Keys {
        Keys { seed, slots: vec![0; SLOTS_AT_FIRST], arena: Vec::new(), records: Vec::new(), probes: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// The key of an id that was given.
    pub(crate) fn key(&self, id: u32) -> &[u8] {
        self.record(self.records[id as usize]).1
    }

    /// The keys in the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.records.iter().map(|place| self.record(*place).1)
    }

    /// The id of a key, a new one if the key is new.
    pub(crate) fn id(&mut self, key: &[u8]) -> u32 {
        self.find_or_add(key, self.seed.hash(key))
    }

    /// The ids of the selected values of a column, appended to `ids`.
    pub(crate) fn ids(&mut self, column: &[&[u8]], hits: &[u16], ids: &mut Vec<u32>) {
        // In a large table each look-up waits for memory twice, for a slot and for a record. So each of them is touched
        // for the whole column first, in loops that decide nothing: a processor that waits at a decision, and has
        // guessed wrong, has nothing else under way. Measured: a tenth less time, benches/stages/look_ups.rs.
        let mut probes = std::mem::take(&mut self.probes);
        probes.clear();
        probes.extend(hits.iter().map(|&row| Probe { hash: self.seed.hash(column[row as usize]), slot: 0 }));
        let mask = self.slots.len() - 1;
        touch(probes.iter().map(|probe| self.slots[(probe.hash >> 32) as usize & mask]));
        for probe in &mut probes {
            probe.slot = self.slots[self.slot_of(probe.hash >> 32)];
        }
        touch(hits.iter().zip(&probes).map(|(&row, probe)| {
            let start = (probe.slot as u32).wrapping_sub(1) as usize * ALIGN;
            let byte = |at: usize| self.arena.get(at).copied().unwrap_or_default();
            u64::from(byte(start)) + u64::from(byte(start + HEADER + column[row as usize].len()))
        }));
        ids.extend(hits.iter().zip(&probes).map(|(&row, probe)| {
            let key = column[row as usize];
            if probe.slot != 0 {
                let (id, known) = self.record(probe.slot as u32 - 1);
                if same(known, key) {
                    return id;
                }
            }
            // It was added since the probe, it is new, or another key has its tag.
            self.find_or_add(key, probe.hash)
        }));
        self.probes = probes;
    }

    /// Takes the keys of another in, as `written` writes them, and returns the ids they have here, by their ids there.
    pub(crate) fn merge<'k>(&mut self, other: &'k Keys, written: impl Fn(&'k [u8]) -> Cow<'k, [u8]>) -> Vec<u32> {
        other.iter().map(|key| self.id(&written(key))).collect()
    }

    /// Where the first slot is that has this tag, or the empty one that ends the search for it.
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
                let (id, known) = self.record(slot as u32 - 1);
                if same(known, key) {
                    return id;
                }
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn header(&self, place: u32) -> u64 {
        let record = &self.arena[place as usize * ALIGN..];
        u64::from_le_bytes(*record.first_chunk::<HEADER>().expect("a record has its header"))
    }

    #[inline]
    fn record(&self, place: u32) -> (u32, &[u8]) {
        let header = self.header(place);
        let at = place as usize * ALIGN + HEADER;
        (header as u32, &self.arena[at..at + (header >> 32) as usize])
    }

    #[cold]
    fn add(&mut self, key: &[u8], tag: u64, at: usize) -> u32 {
        const ROOM: &str = "tables of less than 32 GiB of keys";
        let id = u32::try_from(self.records.len()).expect(ROOM);
        let place = u32::try_from(self.arena.len() / ALIGN).ok().filter(|p| *p < u32::MAX).expect(ROOM);
        let len = u32::try_from(key.len()).expect("lines of less than 4 GiB");
        self.arena.extend_from_slice(&(u64::from(len) << 32 | u64::from(id)).to_le_bytes());
        self.arena.extend_from_slice(key);
        self.arena.resize(self.arena.len().next_multiple_of(ALIGN), 0);
        self.records.push(place);
        self.slots[at] = tag << 32 | (u64::from(place) + 1);
        // Six of eight slots are the most that are taken: a small table is worth a few more steps in it.
        if self.records.len() * 8 > self.slots.len() * 6 {
            self.grow();
        }
        id
    }

    fn grow(&mut self) {
        let mut slots = vec![0; self.slots.len() * 2];
        let mask = slots.len() - 1;
        for &slot in self.slots.iter().filter(|s| **s != 0) {
            let mut at = (slot >> 32) as usize & mask;
            while slots[at] != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = slot;
        }
        self.slots = slots;
    }
}

/// Reads all of these, so that they are near when they are needed.
#[inline]
pub(super) fn touch(words: impl Iterator<Item = u64>) {
    std::hint::black_box(words.fold(0, u64::wrapping_add));
}

/// Whether two keys are the same; like `==`, which for keys of this length spends more on calling than on comparing.
/// The last block overlaps the one before, so that no length has a slow rest.
#[inline]
fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (Some(last_a), Some(last_b)) = (a.last_chunk::<16>(), b.last_chunk::<16>()) else { return a == b };
    let (blocks_a, blocks_b) = (a.as_chunks::<16>().0, b.as_chunks::<16>().0);
    let equal = |x: &[u8; 16], y: &[u8; 16]| u128::from_le_bytes(*x) == u128::from_le_bytes(*y);
    blocks_a.iter().zip(blocks_b).all(|(x, y)| equal(x, y)) && equal(last_a, last_b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    proptest::proptest! {
        #[test]
        fn ids_are_dense_and_one_a_key(
            keys in proptest::collection::vec(proptest::collection::vec(0..4_u8, 0..20), 0..300), seed: u64,
        ) {
            let mut twin: HashMap<Vec<u8>, u32> = HashMap::new();
            let mut table = Keys::new(Seed::fixed(seed));
            for key in &keys {
                let next = twin.len() as u32;
                let expected = *twin.entry(key.clone()).or_insert(next);
                proptest::prop_assert_eq!(table.id(key), expected);
                proptest::prop_assert_eq!(table.key(expected), &key[..]);
            }
            proptest::prop_assert_eq!(table.len(), twin.len());
            let column: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
            let hits: Vec<u16> = (0..keys.len() as u16).filter(|i| i % 3 != 1).collect();
            let mut ids = Vec::new();
            table.ids(&column, &hits, &mut ids);
            let expected: Vec<u32> = hits.iter().map(|&h| twin[column[h as usize]]).collect();
            proptest::prop_assert_eq!(ids, expected);
        }

        #[test]
        fn same_is_equal(a in proptest::collection::vec(0..2_u8, 0..40), b in proptest::collection::vec(0..2_u8, 0..40)) {
            proptest::prop_assert_eq!(same(&a, &b), a == b);
            proptest::prop_assert!(same(&a, &a.clone()));
        }
    }

    #[test]
    fn many_keys_keep_their_ids() {
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
