//! The groups of a table for each part of the hits. A group is a part and one of the keys of all parts.

use crate::keys::{GroupId, IdPairs, PartId, Seed};

/// The groups of each part. `K` are the keys of all parts.
#[derive(Clone, Debug)]
pub(crate) struct PartKeys<K> {
    keys: K,
    /// The part of each group, and its group among `keys`.
    pairs: IdPairs,
    /// Reused between batches.
    scratch: Vec<GroupId>,
}

impl<K> PartKeys<K> {
    pub(super) fn new(keys: K, seed: Seed) -> PartKeys<K> {
        PartKeys { keys, pairs: IdPairs::new(seed), scratch: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// The keys of all parts.
    pub(super) fn keys(&self) -> &K {
        &self.keys
    }

    pub(super) fn keys_mut(&mut self) -> &mut K {
        &mut self.keys
    }

    pub(crate) fn into_keys(self) -> K {
        self.keys
    }

    pub(super) fn pairs(&self) -> &IdPairs {
        &self.pairs
    }

    /// The group of a group's key among the keys of all parts.
    pub(crate) fn key_of(&self, group: GroupId) -> GroupId {
        GroupId(self.pairs.pair(group.0)[1])
    }

    /// The part of each group.
    pub(crate) fn parts(&self) -> impl Iterator<Item = PartId> {
        self.pairs.iter().map(|[part, _]| PartId(part))
    }

    /// Appends the groups of hits, given their `parts`, to `groups`. `find` appends their groups among the keys of all
    /// parts.
    pub(super) fn ids(
        &mut self,
        parts: &[PartId],
        groups: &mut Vec<GroupId>,
        find: impl FnOnce(&mut K, &mut Vec<GroupId>),
    ) {
        let PartKeys { keys, pairs, scratch } = self;
        scratch.clear();
        find(keys, scratch);
        let both = parts.iter().zip(&*scratch).map(|(part, key)| (part.0, key.0));
        pairs.ids(both, |group| groups.push(GroupId(group)));
    }

    /// Adds the groups of another table. `parts` and `keys` are the ids here of its parts and keys. Returns the group here
    /// of each of its groups.
    pub(super) fn merge(&mut self, other: &PartKeys<K>, parts: &[PartId], keys: &[GroupId]) -> Vec<GroupId> {
        self.add(&other.pairs, |part| parts[part as usize], |key| keys[key as usize])
    }

    fn add(&mut self, pairs: &IdPairs, part: impl Fn(u32) -> PartId, key: impl Fn(u32) -> GroupId) -> Vec<GroupId> {
        pairs.iter().map(|[of, its]| GroupId(self.pairs.id(part(of).0, key(its).0))).collect()
    }

    /// Gives each part another id; several may become one. Returns the new group of each old one.
    pub(crate) fn change_parts(&mut self, parts: &[PartId], seed: Seed) -> Vec<GroupId> {
        let old = std::mem::replace(&mut self.pairs, IdPairs::new(seed));
        self.add(&old, |part| parts[part as usize], GroupId)
    }

    /// Gives each key another id; several may become one. Returns the new group of each old one.
    pub(super) fn change_keys(&mut self, keys: &[GroupId], seed: Seed) -> Vec<GroupId> {
        let old = std::mem::replace(&mut self.pairs, IdPairs::new(seed));
        self.add(&old, PartId, |key| keys[key as usize])
    }
}
