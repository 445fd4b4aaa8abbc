//! Byte keys and their dense ids: 0, 1, 2 … in the order of arrival.
//!
//! Each key is stored once, in an arena, behind its id and length. The table has slots of eight bytes: half of the
//! hash, and the place in the arena. A look-up that finds its key touches a slot and a record.

use std::borrow::Cow;

use super::GroupId;
use super::hash::{Seed, middle};
use crate::batch::ROWS;
use crate::huge_pages;
use crate::prefetch::prefetch;
use crate::text::find_near;

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
    /// The ids of the keys that hold a backslash or nothing, ascending: those that texts may be written anew for.
    odd: Vec<u32>,
    /// The places of records that were written anew. Slots still lead to them.
    stale: Vec<u32>,
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
/// Bytes that a key takes besides its record, in slots that are at least three eighths full.
const KEY: u64 = 32;
const SLOTS_AT_FIRST: usize = 16;
const ROOM: &str = "tables of less than 32 GiB of keys";

impl Keys {
    pub(crate) fn new(seed: Seed) -> Keys {
        Keys {
            seed,
            slots: vec![0; SLOTS_AT_FIRST],
            arena: Vec::new(),
            records: Vec::new(),
            odd: Vec::new(),
            stale: Vec::new(),
            probes: Vec::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Bytes by the formula: the records, and 32 for the slots and the place of each.
    pub(crate) fn bytes(&self) -> u64 {
        self.arena.len() as u64 + KEY * self.records.len() as u64
    }

    /// The key of an id that was given.
    pub(crate) fn key(&self, id: u32) -> &[u8] {
        self.record(self.records[id as usize]).1
    }

    /// Whether no key holds a backslash, or nothing.
    pub(crate) fn has_no_odd(&self) -> bool {
        self.odd.is_empty()
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
        // In a large table each look-up waits for memory twice, for a slot and for a record. So each of them is asked for
        // for the whole column first, and waited for when all are under way. Measured: a third of the time of looking them
        // up one by one, benches/stages/look_ups.rs.
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
            let start = (probe.slot as u32).wrapping_sub(1) as usize * ALIGN;
            prefetch(&self.arena, start);
            prefetch(&self.arena, start + 56);
        }
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
        self.drop_stale();
        let mut ids = Vec::with_capacity(other.len());
        let all: Vec<u16> = (0..ROWS as u16).collect();
        // Column by column, as batches are: the look-ups of millions of keys one by one would each wait for memory.
        let mut keys = other.iter().map(written).peekable();
        while keys.peek().is_some() {
            let some: Vec<Cow<'_, [u8]>> = keys.by_ref().take(ROWS).collect();
            let column: Vec<&[u8]> = some.iter().map(|key| &**key).collect();
            self.ids(&column, &all[..column.len()], &mut ids);
        }
        ids
    }

    /// Gives each key the form in which `written` writes it, which changes none but odd ones, and keeps the ids. `false`, and nothing has changed, where two
    /// keys may become one.
    pub(crate) fn rewrite(&mut self, written: impl Fn(&[u8]) -> Cow<'_, [u8]>) -> bool {
        let mut changed: Vec<(u32, Vec<u8>)> = Vec::new();
        for &id in &self.odd {
            let (key, new) = (self.key(id), written(self.key(id)));
            if *new != *key {
                changed.push((id, new.into_owned()));
            }
        }
        let mut new_keys: Vec<&[u8]> = changed.iter().map(|(_, new)| &new[..]).collect();
        new_keys.sort_unstable();
        if new_keys.iter().any(|new| self.is_known(new)) || new_keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return false;
        }
        // The slots of old forms stay until other keys come, which may have such a form; so there must be room for both.
        while (self.records.len() + changed.len()) * 8 > self.slots.len() * 6 {
            self.grow();
        }
        for (id, new) in changed {
            let place = self.store(&new, id);
            self.stale.push(std::mem::replace(&mut self.records[id as usize], place));
            self.take_slot(self.seed.hash(&new) >> 32, place);
        }
        true
    }

    /// Drops the slots of records that were written anew.
    fn drop_stale(&mut self) {
        if self.stale.is_empty() {
            return;
        }
        let mut stale = std::mem::take(&mut self.stale);
        stale.sort_unstable();
        let empty = huge_pages::zeros(self.slots.len());
        let slots = std::mem::replace(&mut self.slots, empty).into_iter().filter(|slot| *slot != 0);
        for (tag, place) in slots.map(|slot| (slot >> 32, slot as u32 - 1)) {
            if stale.binary_search(&place).is_err() {
                self.take_slot(tag, place);
            }
        }
    }

    /// Keeps the keys of these groups, which ascend, and gives them new ids: 0, 1, 2 … in this order. The memory of the others
    /// is kept for those that come. Keys must not have been rewritten.
    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        let mut end = 0;
        for (new, &GroupId(old)) in (0_u32..).zip(groups) {
            let start = self.records[old as usize] as usize * ALIGN;
            let len = HEADER + self.record(self.records[old as usize]).1.len();
            debug_assert!(end <= start, "records are in the order of ids");
            self.arena.copy_within(start..start + len.next_multiple_of(ALIGN), end);
            self.arena[end..end + 4].copy_from_slice(&new.to_le_bytes());
            self.records[new as usize] = (end / ALIGN) as u32;
            end += len.next_multiple_of(ALIGN);
        }
        self.arena.truncate(end);
        self.records.truncate(groups.len());
        self.slots.fill(0);
        self.odd.clear();
        self.stale.clear();
        for at in 0..self.records.len() {
            let place = self.records[at];
            let key = self.record(place).1;
            let (tag, is_odd) = (self.seed.hash(key) >> 32, is_odd(key));
            self.take_slot(tag, place);
            if is_odd {
                self.odd.push(at as u32);
            }
        }
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
        let id = u32::try_from(self.records.len()).expect(ROOM);
        let place = self.store(key, id);
        self.records.push(place);
        if is_odd(key) {
            self.odd.push(id);
        }
        self.slots[at] = tag << 32 | (u64::from(place) + 1);
        // Six of eight slots are the most that are taken: a small table is worth a few more steps in it.
        if self.records.len() * 8 > self.slots.len() * 6 {
            self.grow();
        }
        id
    }

    /// Writes a record at the end of the arena, and returns its place.
    fn store(&mut self, key: &[u8], id: u32) -> u32 {
        let place = u32::try_from(self.arena.len() / ALIGN).ok().filter(|p| *p < u32::MAX).expect(ROOM);
        let len = u32::try_from(key.len()).expect("lines of less than 4 GiB");
        huge_pages::reserve(&mut self.arena, (HEADER + key.len()).next_multiple_of(ALIGN));
        self.arena.extend_from_slice(&(u64::from(len) << 32 | u64::from(id)).to_le_bytes());
        self.arena.extend_from_slice(key);
        self.arena.resize(self.arena.len().next_multiple_of(ALIGN), 0);
        place
    }

    fn grow(&mut self) {
        let double = huge_pages::zeros(self.slots.len() * 2);
        for slot in std::mem::replace(&mut self.slots, double).into_iter().filter(|slot| *slot != 0) {
            self.take_slot(slot >> 32, slot as u32 - 1);
        }
    }

    /// Puts a record that is not in the slots into the first that is empty.
    fn take_slot(&mut self, tag: u64, place: u32) {
        let mask = self.slots.len() - 1;
        let mut at = tag as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = tag << 32 | (u64::from(place) + 1);
    }

    /// Slots that a look-up of each key looks at, on average.
    #[cfg(test)]
    pub(super) fn mean_probes(&self) -> f64 {
        let mask = self.slots.len() - 1;
        let taken = self.slots.iter().enumerate().filter(|(_, slot)| **slot != 0);
        let probes = taken.map(|(at, slot)| (at.wrapping_sub((slot >> 32) as usize) & mask) + 1);
        probes.sum::<usize>() as f64 / self.len() as f64
    }

    fn is_known(&self, key: &[u8]) -> bool {
        let tag = self.seed.hash(key) >> 32;
        let mask = self.slots.len() - 1;
        let mut at = tag as usize & mask;
        while self.slots[at] != 0 {
            if self.slots[at] >> 32 == tag && self.record(self.slots[at] as u32 - 1).1 == key {
                return true;
            }
            at = (at + 1) & mask;
        }
        false
    }
}

/// Whether a key is one that texts may be written anew for.
fn is_odd(key: &[u8]) -> bool {
    key.is_empty() || find_near(b'\\', key).is_some()
}

/// Whether two keys are the same; like `==`, which for keys of this length spends more on calling than on comparing.
/// The last blocks overlap those before, so that no length has a slow rest, and up to 64 bytes there is no loop, whose end
/// a processor would guess wrong.
#[inline(always)]
fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (Some(last_a), Some(last_b)) = (a.last_chunk::<16>(), b.last_chunk::<16>()) else { return same_short(a, b) };
    let differ = |x: &[u8; 16], y: &[u8; 16]| u128::from_le_bytes(*x) ^ u128::from_le_bytes(*y);
    let ((blocks_a, _), (blocks_b, _)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
    let ([second_a, third_a], [second_b, third_b]) = (middle(a), middle(b));
    let mut difference = differ(last_a, last_b)
        | differ(&blocks_a[0], &blocks_b[0])
        | differ(second_a, second_b)
        | differ(third_a, third_b);
    for (x, y) in blocks_a.iter().zip(blocks_b).skip(2).take(a.len().saturating_sub(49) / 16) {
        difference |= differ(x, y);
    }
    difference == 0
}

/// The same for keys of one length below 16, without a call.
#[inline(always)]
fn same_short(a: &[u8], b: &[u8]) -> bool {
    if let (Some(first_a), Some(last_a), Some(first_b), Some(last_b)) =
        (a.first_chunk::<8>(), a.last_chunk::<8>(), b.first_chunk::<8>(), b.last_chunk::<8>())
    {
        let differ = |x: &[u8; 8], y: &[u8; 8]| u64::from_le_bytes(*x) ^ u64::from_le_bytes(*y);
        return differ(first_a, first_b) | differ(last_a, last_b) == 0;
    }
    a.iter().zip(b).fold(0, |difference, (x, y)| difference | x ^ y) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::any;
    use std::collections::HashMap;

    fn without_backslashes(key: &[u8]) -> Cow<'_, [u8]> {
        Cow::Owned(key.iter().copied().filter(|b| *b != b'\\').collect())
    }

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
        fn keys_are_rewritten_unless_two_may_become_one(
            keys in proptest::collection::hash_set("[ab\\\\]{0,4}", 0..40), seed: u64,
        ) {
            let mut table = Keys::new(Seed::fixed(seed));
            let ids: Vec<(&[u8], u32)> = keys.iter().map(|key| (key.as_bytes(), table.id(key.as_bytes()))).collect();
            let done = table.rewrite(without_backslashes);
            for (key, id) in &ids {
                let expected = if done { without_backslashes(key) } else { Cow::Borrowed(*key) };
                proptest::prop_assert_eq!(table.key(*id), &expected[..]);
                proptest::prop_assert_eq!(table.id(&expected), *id);
            }
            // An old form is another key now.
            let mut others = Keys::new(Seed::fixed(seed));
            others.id(b"\\a");
            let (is_key, len) = (table.iter().any(|key| key == b"\\a"), table.len());
            let merged = table.merge(&others, Cow::Borrowed);
            proptest::prop_assert_eq!(table.key(merged[0]), b"\\a");
            proptest::prop_assert_eq!(table.len(), len + usize::from(!is_key));
            let all: std::collections::HashSet<_> = ids.iter().map(|(key, _)| without_backslashes(key)).collect();
            if done {
                proptest::prop_assert_eq!(all.len(), ids.len());
            } else {
                let collides = |key: &[u8]| {
                    let new = without_backslashes(key);
                    ids.iter().any(|(k, _)| *k != key && (without_backslashes(k) == new || **k == *new))
                };
                proptest::prop_assert!(ids.iter().any(|(key, _)| collides(key)));
            }
        }

        #[test]
        fn keys_that_are_kept_are_all_there_is(
            keys in proptest::collection::vec(proptest::collection::vec(0..4_u8, 0..20), 0..100), step in 1..9_usize, seed: u64,
        ) {
            let mut table = Keys::new(Seed::fixed(seed));
            keys.iter().for_each(|key| _ = table.id(key));
            let all: Vec<Vec<u8>> = table.iter().map(<[u8]>::to_vec).collect();
            let kept: Vec<GroupId> = (0..all.len() as u32).step_by(step).map(GroupId).collect();
            table.keep(&kept);
            let mut twin = Keys::new(Seed::fixed(seed));
            kept.iter().for_each(|group| _ = twin.id(&all[group.0 as usize]));
            // What was dropped is new again.
            for key in all.iter().rev() {
                proptest::prop_assert_eq!(table.id(key), twin.id(key));
            }
            proptest::prop_assert!(table.iter().eq(twin.iter()));
        }

        #[test]
        fn same_is_equal(a in proptest::collection::vec(any::<u8>(), 0..150), at: proptest::sample::Index, flip in 1..=255_u8) {
            let mut b = a.clone();
            if !b.is_empty() {
                let at = at.index(b.len());
                b[at] ^= flip;
                proptest::prop_assert!(!same(&a, &b));
                b.truncate(at);
                proptest::prop_assert!(!same(&a, &b));
            }
            proptest::prop_assert!(same(&a, &a.clone()));
        }
    }

    #[test]
    fn keys_that_would_become_one_stay_as_they_are() {
        let rows = [
            (["\\a", "b"], true),
            (["\\a", "\\b"], true),
            (["\\a", "a"], false),
            (["a", "\\a"], false),
            (["\\a", "a\\"], false),
            (["\\", ""], false),
        ];
        for (pair, is_done) in rows {
            let mut keys = Keys::new(Seed::fixed(1));
            let ids = pair.map(|key| keys.id(key.as_bytes()));
            assert_eq!(keys.rewrite(without_backslashes), is_done, "{pair:?}");
            for (key, id) in pair.iter().zip(ids) {
                let expected =
                    if is_done { without_backslashes(key.as_bytes()) } else { Cow::Borrowed(key.as_bytes()) };
                assert_eq!((keys.key(id), keys.len()), (&*expected, 2), "{pair:?}");
            }
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
