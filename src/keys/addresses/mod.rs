//! Visitor addresses and their dense ids.
//!
//! Nearly all addresses are IPv4: four bytes replace a text of eleven to fifteen. They have a table of their own, with
//! slots of eight bytes that hold address and id. A table of 200,000 addresses takes two megabytes, a quarter of what
//! general keys take. Eight slots form a bucket, which is compared as a whole: a look-up touches one cache line,
//! without a loop over slots, whose end the processor would mispredict. Any other text is a general key.

mod merge;

use std::borrow::Cow;

use wide::u32x8;

use super::hash::Seed;
use super::interner::Keys;
use super::ipv4::{Ipv4, parse_ipv4, parse_ipv4s};
use crate::huge_pages;
use crate::prefetch::prefetch;

/// Addresses and their ids: 0, 1, 2 … in the order of arrival.
#[derive(Clone, Debug)]
pub(crate) struct AddressKeys {
    seed: Seed,
    /// The address of each id.
    by_id: Vec<Address>,
    /// Hash slots: id plus one in the upper half, the address in the lower half; 0 for an empty slot. The buckets start
    /// after the first `skipped` slots, and their number is a power of two. A bucket is filled in the order of its
    /// slots; when it is full, the next bucket is used. Addresses that were read from a state file have no slots until
    /// one is looked up.
    slots: Vec<u64>,
    /// Number of slots left out at the start, so that each bucket is a cache line.
    skipped: usize,
    ipv4s: usize,
    /// The IPv4 addresses in ascending order, with their ids: those of state files, so that they can be merged without
    /// looking each up. Out of date if there are more addresses.
    sorted: Vec<(u32, u32)>,
    others: Keys,
    /// Id of each key of `others`, by its id there.
    ids_of_others: Vec<u32>,
    /// The quads of a column. Reused between batches.
    probes: Vec<Option<Ipv4>>,
}

/// Estimated bytes per address, with slots that are at least 7/16 full.
const ADDRESS: u64 = 28;
/// Slots per cache line.
const BUCKET: usize = 8;

/// Index of the first slot in a bucket that holds `ipv4`; that of the last slot if none does.
#[inline]
fn first_with(bucket: &[u64; BUCKET], ipv4: Ipv4) -> usize {
    let words: [[u32; 8]; 2] = bytemuck::must_cast(*bucket);
    let [low, high] = words.map(|words| u32x8::new(words).simd_eq(u32x8::splat(ipv4.0)).to_bitmask());
    // Every other word is an address: the even ones on a little-endian machine, the odd ones on a big-endian machine.
    let addresses = if cfg!(target_endian = "little") { 0x5555 } else { 0xAAAA };
    ((high << 8 | low) & addresses | 1 << 15).trailing_zeros() as usize / 2
}

/// The slot of an IPv4 address.
fn slot(ipv4: Ipv4, id: u32) -> u64 {
    (u64::from(id) + 1) << 32 | u64::from(ipv4.0)
}

#[derive(Clone, Copy, Debug)]
enum Address {
    Ipv4(Ipv4),
    Other(u32),
}

impl AddressKeys {
    pub(crate) fn new(seed: Seed) -> AddressKeys {
        AddressKeys {
            seed,
            by_id: Vec::new(),
            slots: vec![0; 2 * BUCKET],
            skipped: 0,
            ipv4s: 0,
            sorted: Vec::new(),
            others: Keys::new(seed),
            ids_of_others: Vec::new(),
            probes: Vec::new(),
        }
    }

    /// Makes a list of IPv4 addresses that ascend, and of other texts after them.
    pub(super) fn without_slots(seed: Seed, ascending: Vec<u32>, others: Keys) -> AddressKeys {
        let ipv4s = ascending.len();
        let others_by_id = (0..others.len() as u32).map(Address::Other);
        let by_id = ascending.iter().map(|ipv4| Address::Ipv4(Ipv4(*ipv4))).chain(others_by_id).collect();
        let sorted = ascending.into_iter().zip(0..).collect();
        let ids_of_others = (0..).skip(ipv4s).take(others.len()).collect();
        AddressKeys { by_id, slots: Vec::new(), ipv4s, sorted, others, ids_of_others, ..AddressKeys::new(seed) }
    }

    pub(crate) fn seed(&self) -> Seed {
        self.seed
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Estimated memory in bytes: 28 for each address, plus the keys that are not IPv4 addresses.
    pub(crate) fn bytes(&self) -> u64 {
        ADDRESS * self.by_id.len() as u64 + self.others.bytes()
    }

    /// The address with this id.
    pub(crate) fn key(&self, id: u32) -> Cow<'_, [u8]> {
        match self.by_id[id as usize] {
            Address::Ipv4(ipv4) => Cow::Owned(ipv4.to_string().into_bytes()),
            Address::Other(other) => Cow::Borrowed(self.others.key(other)),
        }
    }

    /// The id of an address, a new one if the address is new.
    pub(crate) fn id(&mut self, address: &[u8]) -> u32 {
        match parse_ipv4(address) {
            Some(ipv4) => {
                self.index();
                self.id_of_ipv4(ipv4)
            }
            None => self.id_of_other(address),
        }
    }

    /// Appends the ids of the selected values of a column to `ids`.
    pub(crate) fn ids(&mut self, column: &[&[u8]], hits: &[u16], ids: &mut Vec<u32>) {
        self.index();
        let mut probes = std::mem::take(&mut self.probes);
        probes.clear();
        parse_ipv4s(column, hits, &mut probes);
        for ipv4 in probes.iter().flatten() {
            prefetch(&self.slots, self.first_slot(*ipv4));
        }
        ids.extend(hits.iter().zip(&probes).map(|(&row, ipv4)| match ipv4 {
            Some(ipv4) => self.id_of_ipv4(*ipv4),
            None => self.id_of_other(column[row as usize]),
        }));
        self.probes = probes;
    }

    /// The addresses that are not quads, as they are written.
    pub(crate) fn others(&self) -> &Keys {
        &self.others
    }

    /// The IPv4 addresses with their ids.
    pub(super) fn ipv4s(&self) -> impl Iterator<Item = (Ipv4, u32)> {
        self.by_id.iter().zip(0..).filter_map(|(address, id)| match address {
            Address::Ipv4(ipv4) => Some((*ipv4, id)),
            Address::Other(_) => None,
        })
    }

    /// The id of an address that is not a quad, by its id among these.
    pub(super) fn id_of_key(&self, other: u32) -> u32 {
        self.ids_of_others[other as usize]
    }

    /// Makes slots for at least this number of IPv4 addresses in all.
    fn reserve(&mut self, ipv4s: usize) {
        self.index();
        while ipv4s * 8 > (self.slots.len() - self.skipped) * 7 {
            self.grow();
        }
    }

    /// Gives each IPv4 address a slot, if they have none.
    #[inline]
    fn index(&mut self) {
        if self.slots.is_empty() {
            self.add_slots();
        }
    }

    #[cold]
    fn add_slots(&mut self) {
        let mut len = 2 * BUCKET;
        while self.ipv4s * 8 > len * 7 {
            len *= 2;
        }
        self.make_slots(len);
        let slots: Vec<u64> = self.ipv4s().map(|(ipv4, id)| slot(ipv4, id)).collect();
        slots.into_iter().for_each(|slot| self.take_slot(slot));
    }

    /// Number of buckets, minus one.
    #[inline]
    fn mask(&self) -> usize {
        (self.slots.len() - self.skipped) / BUCKET - 1
    }

    /// First slot of the bucket in which the search for an address starts.
    #[inline]
    fn first_slot(&self, ipv4: Ipv4) -> usize {
        self.skipped + (self.seed.hash_word(u64::from(ipv4.0)) as usize & self.mask()) * BUCKET
    }

    /// First slot of the bucket after the one that starts at `slot`.
    fn next_bucket(&self, slot: usize) -> usize {
        if slot + BUCKET < self.slots.len() { slot + BUCKET } else { self.skipped }
    }

    #[inline]
    fn id_of_ipv4(&mut self, ipv4: Ipv4) -> u32 {
        let mut at = self.first_slot(ipv4);
        loop {
            let bucket: &[u64; BUCKET] = self.slots[at..].first_chunk().expect("buckets are complete");
            let slot = bucket[first_with(bucket, ipv4)];
            // The address 0.0.0.0 also matches an empty slot.
            if slot as u32 == ipv4.0 && slot != 0 {
                return (slot >> 32) as u32 - 1;
            }
            if let Some(empty) = bucket.iter().position(|slot| *slot == 0) {
                return self.add_ipv4(ipv4, at + empty);
            }
            at = self.next_bucket(at);
        }
    }

    #[cold]
    fn add_ipv4(&mut self, ipv4: Ipv4, at: usize) -> u32 {
        let id = self.next_id(Address::Ipv4(ipv4));
        self.slots[at] = slot(ipv4, id);
        self.ipv4s += 1;
        // At most 7/8 of the slots are used: a small table is worth looking at a second bucket now and then.
        if self.ipv4s * 8 > (self.slots.len() - self.skipped) * 7 {
            self.grow();
        }
        id
    }

    fn grow(&mut self) {
        let slots = std::mem::take(&mut self.slots);
        self.make_slots(2 * (slots.len() - self.skipped));
        slots.into_iter().filter(|slot| *slot != 0).for_each(|slot| self.take_slot(slot));
    }

    /// Makes this number of empty slots.
    fn make_slots(&mut self, len: usize) {
        self.slots = huge_pages::zeros(len + BUCKET);
        self.skipped = self.slots.as_ptr().align_offset(64).min(BUCKET);
        self.slots.truncate(self.skipped + len);
    }

    /// Puts an address that has no slot yet into the first empty slot.
    fn take_slot(&mut self, slot: u64) {
        let mut at = self.first_slot(Ipv4(slot as u32));
        loop {
            if let Some(empty) = self.slots[at..at + BUCKET].iter_mut().find(|slot| **slot == 0) {
                *empty = slot;
                return;
            }
            at = self.next_bucket(at);
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

    /// Average number of buckets that a look-up of an IPv4 address examines.
    #[cfg(test)]
    pub(super) fn mean_probes(&self) -> f64 {
        let buckets = self.mask() + 1;
        let probes = |(at, slot): (usize, &u64)| {
            let first = (self.first_slot(Ipv4(*slot as u32)) - self.skipped) / BUCKET;
            (at / BUCKET + buckets - first) % buckets + 1
        };
        let taken = self.slots[self.skipped..].iter().enumerate().filter(|(_, slot)| **slot != 0);
        taken.map(probes).sum::<usize>() as f64 / self.ipv4s as f64
    }

    fn next_id(&mut self, address: Address) -> u32 {
        let id = u32::try_from(self.by_id.len())
            .ok()
            .filter(|id| *id < u32::MAX)
            .expect("there are less than 2^32 visitors");
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
        fn every_address_has_one_dense_id(
            addresses in proptest::collection::vec(
                proptest::prop_oneof!["[0-9]{1,3}(\\.[0-9]{1,3}){3}", "[0-3]\\.0\\.0\\.[0-9]{1,2}", "[0-9a-f:]{2,8}", "-"], 0..200),
            seed: u64,
        ) {
            let mut reference: HashMap<&str, u32> = HashMap::new();
            let mut keys = AddressKeys::new(Seed::fixed(seed));
            for address in &addresses {
                let next = reference.len() as u32;
                let expected = *reference.entry(address).or_insert(next);
                proptest::prop_assert_eq!(keys.id(address.as_bytes()), expected);
                proptest::prop_assert_eq!(&*keys.key(expected), address.as_bytes());
            }
            let column: Vec<&[u8]> = addresses.iter().map(|a| a.as_bytes()).collect();
            let hits: Vec<u16> = (0..column.len() as u16).rev().collect();
            let mut ids = Vec::new();
            keys.ids(&column, &hits, &mut ids);
            proptest::prop_assert!(hits.iter().zip(&ids).all(|(hit, id)| reference[&*addresses[*hit as usize]] == *id));

            let mut merged = AddressKeys::new(Seed::fixed(seed ^ 1));
            merged.id(b"10.0.0.1");
            let map = merged.merge(&keys, Cow::Borrowed);
            for (address, id) in reference {
                proptest::prop_assert_eq!(&*merged.key(map[id as usize]), address.as_bytes());
            }
        }
    }

    #[test]
    fn ids_survive_growth() {
        let mut keys = AddressKeys::new(Seed::fixed(3));
        for round in 0..2 {
            for i in 0..50_000_u32 {
                assert_eq!(keys.id(std::net::Ipv4Addr::from_bits(i * 40_503).to_string().as_bytes()), i, "{round}");
            }
        }
    }
}
