//! Visitors' addresses and their dense ids.
//!
//! Nearly all addresses are IPv4: four bytes say what eleven to fifteen write. They have a table of their own, whose
//! slots of eight bytes hold address and id, so that a table of 200,000 of them is two megabytes, a quarter of what general
//! keys take. Eight slots are a bucket, which is compared as a whole: a look-up touches one line of memory, and there is no
//! loop over slots whose end a processor would guess wrong. Any other text is a key as others are.

use std::borrow::Cow;

use wide::u32x8;

use super::hash::Seed;
use super::interner::Keys;
use super::quad::{Quad, quad_of, quads_of};
use crate::batch::ROWS;
use crate::huge_pages;
use crate::prefetch::prefetch;

/// Addresses and their ids: 0, 1, 2 … in the order of arrival.
#[derive(Clone, Debug)]
pub(crate) struct AddressKeys {
    seed: Seed,
    /// What each id stands for.
    by_id: Vec<Address>,
    /// Id plus one above the address; 0 for an empty slot. Behind the first `skipped` come buckets, as many as a power of two,
    /// which are filled in the order of their slots, and the next where one is full.
    slots: Vec<u64>,
    /// So many slots are left out for buckets to be lines of memory.
    skipped: usize,
    quads: usize,
    others: Keys,
    /// By their ids in `others`.
    ids_of_others: Vec<u32>,
    /// The quads of a column, kept for their memory.
    probes: Vec<Option<Quad>>,
}

/// Bytes of an address, in slots that are at least seven sixteenths full.
const ADDRESS: u64 = 28;
/// How many slots are a line of memory.
const BUCKET: usize = 8;

/// The first slot of a bucket that holds an address, or any if none does.
#[inline]
fn first_with(bucket: &[u64; BUCKET], quad: Quad) -> usize {
    let words: [[u32; 8]; 2] = bytemuck::must_cast(*bucket);
    let [low, high] = words.map(|words| u32x8::new(words).simd_eq(u32x8::splat(quad.0)).to_bitmask());
    // Every other word is an address; of a big-endian machine's slots they are the others.
    let addresses = if cfg!(target_endian = "little") { 0x5555 } else { 0xAAAA };
    ((high << 8 | low) & addresses | 1 << 15).trailing_zeros() as usize / 2
}

#[derive(Clone, Copy, Debug)]
enum Address {
    Quad(Quad),
    Other(u32),
}

impl AddressKeys {
    pub(crate) fn new(seed: Seed) -> AddressKeys {
        AddressKeys {
            seed,
            by_id: Vec::new(),
            slots: vec![0; 2 * BUCKET],
            skipped: 0,
            quads: 0,
            others: Keys::new(seed),
            ids_of_others: Vec::new(),
            probes: Vec::new(),
        }
    }

    pub(crate) fn seed(&self) -> Seed {
        self.seed
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Bytes by the formula: 28 for each, and the keys that are no IPv4 addresses.
    pub(crate) fn bytes(&self) -> u64 {
        ADDRESS * self.by_id.len() as u64 + self.others.bytes()
    }

    /// The address of an id that was given.
    pub(crate) fn key(&self, id: u32) -> Cow<'_, [u8]> {
        match self.by_id[id as usize] {
            Address::Quad(quad) => Cow::Owned(quad.to_string().into_bytes()),
            Address::Other(other) => Cow::Borrowed(self.others.key(other)),
        }
    }

    /// The id of an address, a new one if the address is new.
    pub(crate) fn id(&mut self, address: &[u8]) -> u32 {
        match quad_of(address) {
            Some(quad) => self.id_of_quad(quad),
            None => self.id_of_other(address),
        }
    }

    /// The ids of the selected values of a column, appended to `ids`.
    pub(crate) fn ids(&mut self, column: &[&[u8]], hits: &[u16], ids: &mut Vec<u32>) {
        let mut probes = std::mem::take(&mut self.probes);
        probes.clear();
        quads_of(column, hits, &mut probes);
        for quad in probes.iter().flatten() {
            prefetch(&self.slots, self.first_slot(*quad));
        }
        ids.extend(hits.iter().zip(&probes).map(|(&row, quad)| match quad {
            Some(quad) => self.id_of_quad(*quad),
            None => self.id_of_other(column[row as usize]),
        }));
        self.probes = probes;
    }

    /// Takes the addresses of another in, as `written` writes those that are no quads, and returns the ids they have
    /// here, by their ids there.
    pub(crate) fn merge<'k>(
        &mut self,
        other: &'k AddressKeys,
        written: impl Fn(&'k [u8]) -> Cow<'k, [u8]>,
    ) -> Vec<u32> {
        let mut ids = Vec::with_capacity(other.by_id.len());
        for some in other.by_id.chunks(ROWS) {
            for address in some {
                if let Address::Quad(quad) = address {
                    prefetch(&self.slots, self.first_slot(*quad));
                }
            }
            ids.extend(some.iter().map(|address| match address {
                Address::Quad(quad) => self.id_of_quad(*quad),
                // Written, it may be a quad.
                Address::Other(id) => self.id(&written(other.others.key(*id))),
            }));
        }
        ids
    }

    /// The addresses that are no quads, for whoever must know how they are written.
    pub(crate) fn others(&self) -> &Keys {
        &self.others
    }

    /// How many buckets there are, less one.
    #[inline]
    fn mask(&self) -> usize {
        (self.slots.len() - self.skipped) / BUCKET - 1
    }

    /// The slot that the bucket begins with in which an address is looked for first.
    #[inline]
    fn first_slot(&self, quad: Quad) -> usize {
        self.skipped + (self.seed.hash_word(u64::from(quad.0)) as usize & self.mask()) * BUCKET
    }

    /// The one behind that which begins at a slot.
    fn next_bucket(&self, slot: usize) -> usize {
        if slot + BUCKET < self.slots.len() { slot + BUCKET } else { self.skipped }
    }

    #[inline]
    fn id_of_quad(&mut self, quad: Quad) -> u32 {
        let mut at = self.first_slot(quad);
        loop {
            let bucket: &[u64; BUCKET] = self.slots[at..].first_chunk().expect("a bucket is whole");
            let slot = bucket[first_with(bucket, quad)];
            // In an empty slot, too, an address of zeros is found.
            if slot as u32 == quad.0 && slot != 0 {
                return (slot >> 32) as u32 - 1;
            }
            if let Some(empty) = bucket.iter().position(|slot| *slot == 0) {
                return self.add_quad(quad, at + empty);
            }
            at = self.next_bucket(at);
        }
    }

    #[cold]
    fn add_quad(&mut self, quad: Quad, at: usize) -> u32 {
        let id = self.next_id(Address::Quad(quad));
        self.slots[at] = (u64::from(id) + 1) << 32 | u64::from(quad.0);
        self.quads += 1;
        // Seven of eight slots are the most that are taken: a small table is worth a second bucket now and then.
        if self.quads * 8 > (self.slots.len() - self.skipped) * 7 {
            self.grow();
        }
        id
    }

    fn grow(&mut self) {
        let len = 2 * (self.slots.len() - self.skipped);
        let mut double = huge_pages::zeros(len + BUCKET);
        self.skipped = double.as_ptr().align_offset(64).min(BUCKET);
        double.truncate(self.skipped + len);
        for slot in std::mem::replace(&mut self.slots, double).into_iter().filter(|slot| *slot != 0) {
            let mut at = self.first_slot(Quad(slot as u32));
            loop {
                if let Some(empty) = self.slots[at..at + BUCKET].iter_mut().find(|slot| **slot == 0) {
                    *empty = slot;
                    break;
                }
                at = self.next_bucket(at);
            }
        }
    }

    fn id_of_other(&mut self, address: &[u8]) -> u32 {
        let other = self.others.id(address);
        if other as usize == self.ids_of_others.len() {
            let id = self.next_id(Address::Other(other));
            self.ids_of_others.push(id);
        }
        self.ids_of_others[other as usize]
    }

    /// Buckets that a look-up of each IPv4 address looks at, on average.
    #[cfg(test)]
    pub(super) fn mean_probes(&self) -> f64 {
        let buckets = self.mask() + 1;
        let probes = |(at, slot): (usize, &u64)| {
            let first = (self.first_slot(Quad(*slot as u32)) - self.skipped) / BUCKET;
            (at / BUCKET + buckets - first) % buckets + 1
        };
        let taken = self.slots[self.skipped..].iter().enumerate().filter(|(_, slot)| **slot != 0);
        taken.map(probes).sum::<usize>() as f64 / self.quads as f64
    }

    fn next_id(&mut self, address: Address) -> u32 {
        let id = u32::try_from(self.by_id.len()).ok().filter(|id| *id < u32::MAX).expect("less than 2^32 visitors");
        self.by_id.push(address);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    proptest::proptest! {
        #[test]
        fn ids_are_dense_and_one_an_address(
            addresses in proptest::collection::vec(
                proptest::prop_oneof!["[0-9]{1,3}(\\.[0-9]{1,3}){3}", "[0-3]\\.0\\.0\\.[0-9]{1,2}", "[0-9a-f:]{2,8}", "-"], 0..200),
            seed: u64,
        ) {
            let mut twin: HashMap<&str, u32> = HashMap::new();
            let mut keys = AddressKeys::new(Seed::fixed(seed));
            for address in &addresses {
                let next = twin.len() as u32;
                let expected = *twin.entry(address).or_insert(next);
                proptest::prop_assert_eq!(keys.id(address.as_bytes()), expected);
                proptest::prop_assert_eq!(&*keys.key(expected), address.as_bytes());
            }
            let column: Vec<&[u8]> = addresses.iter().map(|a| a.as_bytes()).collect();
            let hits: Vec<u16> = (0..column.len() as u16).rev().collect();
            let mut ids = Vec::new();
            keys.ids(&column, &hits, &mut ids);
            proptest::prop_assert!(hits.iter().zip(&ids).all(|(hit, id)| twin[&*addresses[*hit as usize]] == *id));

            let mut merged = AddressKeys::new(Seed::fixed(seed ^ 1));
            merged.id(b"10.0.0.1");
            let map = merged.merge(&keys, Cow::Borrowed);
            for (address, id) in twin {
                proptest::prop_assert_eq!(&*merged.key(map[id as usize]), address.as_bytes());
            }
        }
    }

    #[test]
    fn many_addresses_keep_their_ids() {
        let mut keys = AddressKeys::new(Seed::fixed(3));
        for round in 0..2 {
            for i in 0..50_000_u32 {
                assert_eq!(keys.id(std::net::Ipv4Addr::from_bits(i * 40_503).to_string().as_bytes()), i, "{round}");
            }
        }
    }
}
