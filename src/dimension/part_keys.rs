//! The groups of a table for each part of the hits. A group is a part and one of the keys of all parts.

use std::borrow::Cow;

use super::Grouping;
use crate::batch::Batch;
use crate::keys::{AddressKeys, GroupId, IdPairs, PartId, Seed, SharedIds};

/// The groups of each part.
#[derive(Clone, Debug)]
pub(crate) struct PartKeys {
    /// The keys of all parts.
    keys: Grouping,
    /// The part of each group, and its group among `keys`.
    pairs: IdPairs,
    /// Reused between batches.
    scratch: Vec<GroupId>,
}

impl PartKeys {
    pub(super) fn new(keys: Grouping, seed: Seed) -> PartKeys {
        PartKeys { keys, pairs: IdPairs::new(seed), scratch: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// The keys of all parts.
    pub(crate) fn keys(&self) -> &Grouping {
        &self.keys
    }

    pub(crate) fn into_keys(self) -> Grouping {
        self.keys
    }

    /// The group of a group's key among the keys of all parts.
    pub(crate) fn key_of(&self, group: GroupId) -> GroupId {
        GroupId(self.pairs.pair(group.0)[1])
    }

    /// The part of each group.
    pub(crate) fn parts(&self) -> impl Iterator<Item = PartId> {
        self.pairs.iter().map(|[part, _]| PartId(part))
    }

    /// Memory of the keys in bytes, by the formula of `measure/size.rs`.
    pub(super) fn bytes(&self) -> u64 {
        self.keys.bytes() + self.pairs.bytes()
    }

    pub(super) fn ids(
        &mut self,
        batch: &Batch<'_>,
        hits: &[u16],
        of_hits: SharedIds<'_>,
        ids: &mut Vec<u32>,
        groups: &mut Vec<GroupId>,
    ) {
        let PartKeys { keys, pairs, scratch } = self;
        scratch.clear();
        keys.ids(batch, hits, of_hits, ids, scratch);
        let both = of_hits.parts.iter().zip(&*scratch).map(|(part, key)| (part.0, key.0));
        pairs.ids(both, |group| groups.push(GroupId(group)));
    }

    /// Adds the groups of another table, with texts rewritten by `written`. Returns the group here of each of them.
    pub(super) fn merge<'k>(
        &mut self,
        other: &'k PartKeys,
        here: SharedIds<'_>,
        written: impl Fn(&'k [u8]) -> Cow<'k, [u8]> + Copy,
    ) -> Vec<GroupId> {
        let keys = self.keys.merge(&other.keys, here, written);
        self.add(&other.pairs, |part| here.parts[part as usize], |key| keys[key as usize])
    }

    fn add(&mut self, pairs: &IdPairs, part: impl Fn(u32) -> PartId, key: impl Fn(u32) -> GroupId) -> Vec<GroupId> {
        pairs.iter().map(|[of, its]| GroupId(self.pairs.id(part(of).0, key(its).0))).collect()
    }

    /// Gives each part another id; several may become one. Returns the new group of each old one.
    pub(crate) fn change_parts(&mut self, parts: &[PartId], seed: Seed) -> Vec<GroupId> {
        let old = std::mem::replace(&mut self.pairs, IdPairs::new(seed));
        self.add(&old, |part| parts[part as usize], GroupId)
    }

    /// Rewrites every text with `written`. If keys become equal, groups are numbered again, and the new group of each
    /// old one is returned.
    pub(super) fn rewrite(&mut self, seed: Seed, written: fn(&[u8]) -> Cow<'_, [u8]>) -> Option<Vec<GroupId>> {
        let keys = self.keys.rewrite(seed, written)?;
        let old = std::mem::replace(&mut self.pairs, IdPairs::new(seed));
        Some(self.add(&old, PartId, |key| keys[key as usize]))
    }

    /// Copies the visitors' keys, if they are the keys of all parts.
    pub(super) fn part_from(&mut self, visitors: &AddressKeys) {
        self.keys.part_from(visitors);
    }
}
