//! Merges keys whose order is known, without looking each up.

use super::equal::same;
use super::{Keys, MOST_SHARED};

/// A list is merged in order unless it is this many times as long as the other: then looking up those of the other is
/// faster.
const MUCH_LONGER: usize = 4;

impl Keys {
    /// Notes that the keys ascend with their ids. `shared` is the number of first bytes that each shares with the one
    /// before, at most [`MOST_SHARED`].
    pub(in crate::keys) fn set_ascending(&mut self, shared: &[u8]) {
        self.sorted = (0..).zip(shared.iter().copied()).collect();
    }

    /// True if the order of all keys is known.
    fn is_sorted(&self) -> bool {
        self.sorted.len() == self.records.len() && self.stale.is_empty()
    }

    /// True if the keys of another list can be merged in order, and that is the faster way.
    pub(super) fn are_merged_in_order(&self, other: &Keys) -> bool {
        let is_long = self.len() > MUCH_LONGER * other.len();
        self.is_sorted() && other.is_sorted() && !is_long
    }

    /// Merges the keys of another list; the order of both is known. Returns their ids in `self`, indexed by their ids in
    /// `other`.
    ///
    /// Of the next keys of both lists, the one that shares more bytes with the last key is the smaller. Only if they
    /// share as many, their other bytes are compared.
    pub(super) fn merge_sorted(&mut self, other: &Keys) -> Vec<u32> {
        let mine = std::mem::take(&mut self.sorted);
        let theirs = &other.sorted;
        let mut all: Vec<(u32, u8)> = Vec::with_capacity(mine.len() + theirs.len());
        let mut ids = vec![0; other.len()];
        let shared_by = |list: &[(u32, u8)], at: usize| list.get(at).map_or(0, |(_, shared)| *shared);
        let (mut at, mut their_at) = (0, 0);
        // The bytes that the next key of each list shares with the last key.
        let (mut shared, mut their_shared) = (shared_by(&mine, 0), shared_by(theirs, 0));
        while let (Some((id, _)), Some((their_id, _))) = (mine.get(at), theirs.get(their_at)) {
            let mut is_mine = shared >= their_shared;
            let mut is_theirs = shared <= their_shared;
            if is_mine && is_theirs {
                let from = usize::from(shared);
                let (key, their_key) = (&self.key(*id)[from..], &other.key(*their_id)[from..]);
                if !same(key, their_key) {
                    let common = (from + common(key, their_key)).min(MOST_SHARED) as u8;
                    is_mine = key < their_key;
                    is_theirs = !is_mine;
                    // The key that is not taken is compared with the one that is.
                    *(if is_mine { &mut their_shared } else { &mut shared }) = common;
                }
            }
            if is_mine {
                all.push((*id, shared));
                at += 1;
                shared = shared_by(&mine, at);
                if is_theirs {
                    ids[*their_id as usize] = *id;
                    their_at += 1;
                    their_shared = shared_by(theirs, their_at);
                }
            } else {
                let (new, _) = self.add_record(other.key(*their_id));
                all.push((new, their_shared));
                ids[*their_id as usize] = new;
                their_at += 1;
                their_shared = shared_by(theirs, their_at);
            }
        }
        if let Some((first, rest)) = mine[at..].split_first() {
            all.push((first.0, shared));
            all.extend_from_slice(rest);
        }
        while let Some((their_id, _)) = theirs.get(their_at) {
            let (new, _) = self.add_record(other.key(*their_id));
            all.push((new, their_shared));
            ids[*their_id as usize] = new;
            their_at += 1;
            their_shared = shared_by(theirs, their_at);
        }
        // The new keys have no slots.
        self.slots = Vec::new();
        self.sorted = all.into_boxed_slice();
        ids
    }
}

/// Number of first bytes that are equal.
fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::collections::{BTreeSet, HashMap};

    use proptest::prelude::*;

    use super::*;
    use crate::encoding::{Decoder, Encoder};
    use crate::keys::{GroupId, Seed};

    /// The keys as they are read from a state file, whose order is known.
    fn loaded(keys: &BTreeSet<Vec<u8>>) -> Keys {
        let (mut all, mut out) = (Keys::new(Seed::fixed(1)), Encoder::default());
        keys.iter().for_each(|key| _ = all.id(key));
        all.save(&mut out);
        Keys::load(Seed::fixed(2), &mut Decoder::new(&out.into_bytes()), |_| true).unwrap()
    }

    fn key() -> impl Strategy<Value = Vec<u8>> {
        let bytes = prop::collection::vec(prop_oneof![6 => Just(b'a'), 1 => Just(b'b'), 1 => Just(b'\\')], 0..7);
        // Some keys share more bytes than a list says.
        (bytes, prop_oneof![4 => Just(0), 1 => 120..135_usize])
            .prop_map(|(bytes, more)| [vec![b'a'; more], bytes].concat())
    }

    proptest! {
        #[test]
        fn sorted_keys_are_merged_like_others(
            lists in prop::collection::vec(prop::collection::btree_set(key(), 0..30), 1..6), looked_up: prop::sample::Index,
            kept: bool,
        ) {
            let looked_up = looked_up.index(lists.len() + 3);
            let mut all = Keys::new(Seed::fixed(3));
            let mut ids: HashMap<Vec<u8>, u32> = HashMap::new();
            for (at, list) in lists.iter().enumerate() {
                let other = loaded(list);
                let merged = all.merge(&other, Cow::Borrowed);
                for (key, id) in other.iter().zip(merged) {
                    prop_assert_eq!(all.key(id), key);
                    prop_assert_eq!(*ids.entry(key.to_vec()).or_insert(id), id);
                }
                prop_assert_eq!(all.len(), ids.len());
                if all.is_sorted() {
                    let sorted: Vec<&[u8]> = all.sorted.iter().map(|(id, _)| all.key(*id)).collect();
                    prop_assert!(sorted.is_sorted());
                    let shared = [&[][..]].into_iter().chain(sorted.iter().copied()).zip(&sorted).map(|(a, b)| common(a, b).min(MOST_SHARED) as u8);
                    prop_assert!(shared.eq(all.sorted.iter().map(|(_, shared)| *shared)));
                }
                if at == looked_up {
                    // A key that is added out of order.
                    ids.insert(b"0".to_vec(), all.id(b"0"));
                    if kept {
                        // Half of the keys, with new ids.
                        let half: Vec<GroupId> = (0..all.len() as u32 / 2).map(GroupId).collect();
                        all.keep(&half);
                        ids.retain(|_, id| *id < half.len() as u32);
                    }
                }
            }
            for (key, id) in &ids {
                prop_assert_eq!(all.id(key), *id);
            }
        }
    }
}
