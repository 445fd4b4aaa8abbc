//! The groups of a table of pairs. A pair is identified by the ids of its two keys, and each key is stored once.

use std::borrow::Cow;

use super::near_pairs::{NearPairs, SIDE};
use super::own_keys::OwnKeys;
use crate::batch::{Batch, ROWS};
use crate::keys::{GroupId, Keys, Seed};

/// The groups of pairs.
#[derive(Clone, Debug)]
pub(crate) struct PairKeys {
    /// Both halves have their own keys and never share those of the visitors, because dropping pairs drops keys of
    /// both.
    halves: [OwnKeys; 2],
    /// Each key is the group of the first half and that of the second, as eight bytes. These are not texts and are
    /// never rewritten.
    pairs: Keys,
    near: NearPairs,
    /// Reused between batches.
    scratch: Scratch,
}

#[derive(Clone, Debug, Default)]
struct Scratch {
    groups: [Vec<GroupId>; 2],
    pairs: Vec<[u8; 8]>,
}

/// All rows of a batch.
const ALL: [u16; ROWS] = {
    let mut all = [0; ROWS];
    let mut row = 0;
    while row < ROWS {
        all[row] = row as u16;
        row += 1;
    }
    all
};

impl PairKeys {
    pub(super) fn new(halves: [OwnKeys; 2], seed: Seed) -> PairKeys {
        PairKeys { halves, pairs: Keys::new(seed), near: NearPairs::default(), scratch: Scratch::default() }
    }

    /// Makes an empty copy.
    pub(super) fn empty_copy(&self, seed: Seed) -> PairKeys {
        PairKeys::new(self.halves.each_ref().map(|half| half.empty_copy(seed)), seed)
    }

    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Memory of the keys in bytes, by the formula of `measure/size.rs`.
    pub(super) fn bytes(&self) -> u64 {
        self.pairs.bytes() + self.halves.iter().map(|half| half.keys().bytes()).sum::<u64>()
    }

    /// Groups of the two halves of a pair.
    pub(crate) fn halves_of(&self, group: GroupId) -> [GroupId; 2] {
        halves_of(self.pairs.key(group.0))
    }

    /// Keys of the first half (0) or the second (1).
    pub(crate) fn keys_of(&self, half: usize) -> &Keys {
        self.halves[half].keys()
    }

    /// Returns the group of a pair of keys, as keys are compared.
    pub(super) fn id(&mut self, keys: [&[u8]; 2]) -> GroupId {
        let [first, second] = &mut self.halves;
        let pair = pair_of([first.id(keys[0]), second.id(keys[1])]);
        GroupId(self.pairs.id(&pair))
    }

    pub(super) fn halves_mut(&mut self) -> &mut [OwnKeys; 2] {
        &mut self.halves
    }

    /// Replaces all pairs.
    pub(super) fn set_pairs(&mut self, pairs: Keys) {
        self.pairs = pairs;
        self.near.forget();
    }

    pub(super) fn ids(&mut self, batch: &Batch<'_>, hits: &[u16], ids: &mut Vec<u32>, groups: &mut Vec<GroupId>) {
        let PairKeys { halves, pairs, near, scratch } = self;
        for (half, groups) in halves.iter_mut().zip(&mut scratch.groups) {
            groups.clear();
            half.ids(batch, hits, ids, groups);
        }
        let [first, second] = &scratch.groups;
        // If there are more keys, nearly every batch has a pair without a place.
        let are_few = halves.iter().all(|half| half.keys().len() <= SIDE);
        if are_few && near.find(first, second, groups) {
            return;
        }
        scratch.pairs.clear();
        scratch.pairs.extend(first.iter().zip(second).map(|(first, second)| pair_of([*first, *second])));
        let start = groups.len();
        add(pairs, &scratch.pairs, ids, groups);
        if are_few {
            near.remember(first, second, &groups[start..]);
        }
    }

    /// Adds the pairs of another table, with texts rewritten by `written`. Returns the group here of each of them.
    pub(super) fn merge<'k>(
        &mut self,
        other: &'k PairKeys,
        written: impl Fn(&'k [u8]) -> Cow<'k, [u8]> + Copy,
    ) -> Vec<GroupId> {
        let [mine, my_second] = &mut self.halves;
        let [theirs, their_second] = &other.halves;
        let maps = [mine.merge(theirs, written), my_second.merge(their_second, written)];
        self.take_in(&other.pairs, maps.each_ref().map(|map| Some(&map[..])))
    }

    /// Rewrites every text with `written`. If keys become equal, pairs may, too: then groups are numbered again, and
    /// the new group of each old one is returned. A half without equal keys is rewritten in place, so no text is
    /// rewritten twice.
    pub(super) fn rewrite(&mut self, seed: Seed, written: fn(&[u8]) -> Cow<'_, [u8]>) -> Option<Vec<GroupId>> {
        let maps = self.halves.each_mut().map(|half| half.rewrite(seed, written));
        if maps.iter().all(Option::is_none) {
            return None;
        }
        self.near.forget();
        let old = std::mem::replace(&mut self.pairs, Keys::new(seed));
        Some(self.take_in(&old, maps.each_ref().map(Option::as_deref)))
    }

    /// Adds pairs; `maps` translate the groups of their halves, or leave them unchanged if `None`.
    fn take_in(&mut self, others: &Keys, maps: [Option<&[GroupId]>; 2]) -> Vec<GroupId> {
        let here = |map: Option<&[GroupId]>, group: GroupId| map.map_or(group, |map| map[group.0 as usize]);
        let mapped = others.iter().map(|pair| {
            let [first, second] = halves_of(pair);
            pair_of([here(maps[0], first), here(maps[1], second)])
        });
        let (mut ids, mut groups) = (Vec::new(), Vec::with_capacity(others.len()));
        add(&mut self.pairs, &mapped.collect::<Vec<_>>(), &mut ids, &mut groups);
        groups
    }

    /// Copies these pairs, and the keys of the halves that they use. The pairs are then in this order.
    pub(super) fn selected(&self, groups: &[GroupId], seed: Seed) -> PairKeys {
        let mut pairs: Vec<[GroupId; 2]> = groups.iter().map(|group| self.halves_of(*group)).collect();
        let halves = [0, 1].map(|half| {
            let those = renumbered(&mut pairs, half);
            self.halves[half].selected(&those, seed)
        });
        let pairs = Keys::of_distinct(seed, pairs.into_iter().map(pair_of));
        PairKeys { pairs, ..PairKeys::new(halves, seed) }
    }

    /// Keeps only these pairs, and the keys of the halves that they use.
    pub(super) fn keep(&mut self, groups: &[GroupId]) {
        let mut kept: Vec<[GroupId; 2]> = groups.iter().map(|group| self.halves_of(*group)).collect();
        for (at, half) in self.halves.iter_mut().enumerate() {
            half.keep(&renumbered(&mut kept, at));
        }
        self.pairs.keep(&[]);
        self.near.forget();
        for pair in kept {
            self.pairs.id(&pair_of(pair));
        }
    }
}

/// Numbers the keys of a half that pairs use from 0, and returns them in ascending order.
fn renumbered(pairs: &mut [[GroupId; 2]], half: usize) -> Vec<GroupId> {
    let mut those: Vec<GroupId> = pairs.iter().map(|pair| pair[half]).collect();
    those.sort_unstable();
    those.dedup();
    for pair in pairs {
        let place = those.binary_search(&pair[half]).expect("it belongs to one of the pairs");
        pair[half] = GroupId(place as u32);
    }
    those
}

/// The key of a pair.
pub(super) fn pair_of([GroupId(first), GroupId(second)]: [GroupId; 2]) -> [u8; 8] {
    (u64::from(first) << 32 | u64::from(second)).to_le_bytes()
}

fn halves_of(pair: &[u8]) -> [GroupId; 2] {
    let both = u64::from_le_bytes(pair.try_into().expect("the key of a pair has eight bytes"));
    [GroupId((both >> 32) as u32), GroupId(both as u32)]
}

/// Appends the groups of pairs to `groups`. Works on whole columns, because `Keys` is fastest that way.
fn add(known: &mut Keys, pairs: &[[u8; 8]], ids: &mut Vec<u32>, groups: &mut Vec<GroupId>) {
    for pairs in pairs.chunks(ROWS) {
        let mut column: [&[u8]; ROWS] = [&[]; ROWS];
        column.iter_mut().zip(pairs).for_each(|(cell, pair)| *cell = pair);
        ids.clear();
        known.ids(&column, &ALL[..pairs.len()], ids);
        groups.extend(ids.iter().map(|id| GroupId(*id)));
    }
}
