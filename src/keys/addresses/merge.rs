//! Merges the addresses of another worker, or of a state.

use std::borrow::Cow;

use super::{Address, AddressKeys, Ipv4};
use crate::batch::ROWS;
use crate::prefetch::prefetch;

/// A list is merged in order unless it is this many times as long as the other: then looking up those of the other is
/// faster.
const MUCH_LONGER: usize = 4;

impl AddressKeys {
    /// Merges the addresses of `other`, with `written` applied to those that are not quads. Returns their ids in
    /// `self`, indexed by their ids in `other`.
    pub(crate) fn merge<'k>(
        &mut self,
        other: &'k AddressKeys,
        written: impl Fn(&'k [u8]) -> Cow<'k, [u8]>,
    ) -> Vec<u32> {
        if self.by_id.is_empty() && other.others.are_unchanged_by(&written) {
            self.copy(other);
            return (0..other.len() as u32).collect();
        }
        let is_long = self.ipv4s > MUCH_LONGER * other.ipv4s;
        let have_ids = self.len() + other.len() < u32::MAX as usize;
        if self.is_sorted() && other.is_sorted() && !is_long && have_ids {
            let mut ids = vec![0; other.len()];
            self.merge_sorted(&other.sorted, &mut ids);
            for (key, id) in other.others.iter().zip(&other.ids_of_others) {
                ids[*id as usize] = self.id(&written(key));
            }
            return ids;
        }
        self.reserve(other.ipv4s);
        let mut ids = Vec::with_capacity(other.by_id.len());
        for some in other.by_id.chunks(ROWS) {
            for address in some {
                if let Address::Ipv4(ipv4) = address {
                    prefetch(&self.slots, self.first_slot(*ipv4));
                }
            }
            ids.extend(some.iter().map(|address| match address {
                Address::Ipv4(ipv4) => self.id_of_ipv4(*ipv4),
                // The result of `written` may be a quad.
                Address::Other(id) => self.id(&written(other.others.key(*id))),
            }));
        }
        ids
    }

    /// True if the order of all IPv4 addresses is known.
    fn is_sorted(&self) -> bool {
        self.sorted.len() == self.ipv4s
    }

    /// Merges IPv4 addresses that ascend, and sets the id in `self` of each in `ids`.
    fn merge_sorted(&mut self, theirs: &[(u32, u32)], ids: &mut [u32]) {
        let mine = std::mem::take(&mut self.sorted);
        let mut all = Vec::with_capacity(mine.len() + theirs.len());
        let first_new = self.by_id.len() as u32;
        let (mut at, mut their_at, mut next) = (0, 0, first_new);
        // Without branches that depend on the addresses, which the processor would mispredict.
        while let (Some((ipv4, id)), Some((their_ipv4, their_id))) = (mine.get(at), theirs.get(their_at)) {
            let (is_mine, is_theirs) = (ipv4 <= their_ipv4, their_ipv4 <= ipv4);
            let id = if is_mine { *id } else { next };
            all.push((*ipv4.min(their_ipv4), id));
            // Written again until it is the turn of theirs.
            ids[*their_id as usize] = id;
            at += usize::from(is_mine);
            their_at += usize::from(is_theirs);
            next += u32::from(!is_mine);
        }
        all.extend_from_slice(&mine[at..]);
        for ((their_ipv4, their_id), id) in theirs[their_at..].iter().zip(next..) {
            all.push((*their_ipv4, id));
            ids[*their_id as usize] = id;
        }
        self.ipv4s = all.len();
        let new = all.iter().filter(|(_, id)| *id >= first_new);
        self.by_id.extend(new.map(|(ipv4, _)| Address::Ipv4(Ipv4(*ipv4))));
        // The new ones have no slots.
        self.slots = Vec::new();
        self.sorted = all;
    }

    /// Copies the addresses of another list, with their ids. There must be none yet. Slots are made when they are needed.
    fn copy(&mut self, other: &AddressKeys) {
        *self = AddressKeys {
            by_id: other.by_id.clone(),
            slots: Vec::new(),
            ipv4s: other.ipv4s,
            sorted: other.sorted.clone(),
            others: other.others.copy_without_slots(),
            ids_of_others: other.ids_of_others.clone(),
            ..AddressKeys::new(self.seed)
        };
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;
    use crate::encoding::{Decoder, Encoder};
    use crate::keys::Seed;

    /// The addresses as they are read from a state file, whose order is known.
    fn loaded(addresses: &BTreeSet<u32>) -> AddressKeys {
        let mut keys = AddressKeys::new(Seed::fixed(1));
        for address in addresses {
            let ipv4 = Ipv4Addr::from_bits(*address).to_string();
            // Some are not IPv4 addresses.
            keys.id(if address % 7 == 3 { format!("::{address:x}") } else { ipv4 }.as_bytes());
        }
        let mut out = Encoder::default();
        keys.save(&mut out);
        AddressKeys::load(Seed::fixed(2), &mut Decoder::new(&out.into_bytes())).unwrap()
    }

    proptest! {
        #[test]
        fn sorted_addresses_are_merged_like_others(
            lists in prop::collection::vec(prop::collection::btree_set(0..60_u32, 0..40), 1..6), looked_up: prop::sample::Index,
        ) {
            let looked_up = looked_up.index(lists.len() + 3);
            let mut all = AddressKeys::new(Seed::fixed(3));
            let mut ids: HashMap<Vec<u8>, u32> = HashMap::new();
            for (at, list) in lists.iter().enumerate() {
                let other = loaded(list);
                let merged = all.merge(&other, Cow::Borrowed);
                for id in 0..other.len() as u32 {
                    let (key, id) = (other.key(id).into_owned(), merged[id as usize]);
                    prop_assert_eq!(&*all.key(id), &key[..]);
                    prop_assert_eq!(*ids.entry(key).or_insert(id), id);
                }
                prop_assert_eq!(all.len(), ids.len());
                if at == looked_up {
                    // An address that is added out of order.
                    let id = all.id(b"0.0.0.77");
                    ids.insert(b"0.0.0.77".to_vec(), id);
                }
            }
            for (key, id) in &ids {
                prop_assert_eq!(all.id(key), *id);
            }
            let mut again = AddressKeys::new(Seed::fixed(4));
            again.merge(&loaded(&BTreeSet::from([5])), Cow::Borrowed);
            let merged = again.merge(&all, Cow::Borrowed);
            for (key, id) in &ids {
                prop_assert_eq!(again.id(key), merged[*id as usize]);
            }
        }
    }
}
