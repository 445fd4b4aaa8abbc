//! The trait of dimensions: finds the ids of the keys of a batch's hits.

use std::fmt::Debug;

use crate::batch::{Batch, Column, KeyId};
use crate::keys::{GroupId, Keys};

/// Finds the groups of hits by their keys in one dimension. Called once per batch.
pub(super) trait KeyIds: Debug + Send + Sync {
    /// Appends the groups of the selected hits to `groups`, and adds new keys to `keys`; `ids` is scratch space.
    fn ids(&mut self, keys: &mut Keys, batch: &Batch<'_>, hits: &[u16], ids: &mut Vec<u32>, groups: &mut Vec<GroupId>);

    /// Drops cached groups, because their ids change.
    fn forget(&mut self) {}

    /// True if keys are logged texts that still contain nginx's escapes.
    fn are_texts(&self) -> bool {
        false
    }

    fn boxed(&self) -> Box<dyn KeyIds>;
}

impl Clone for Box<dyn KeyIds> {
    fn clone(&self) -> Self {
        self.as_ref().boxed()
    }
}

/// One group for all hits.
#[derive(Clone, Debug)]
pub(super) struct AllIds;

impl KeyIds for AllIds {
    fn ids(&mut self, keys: &mut Keys, _: &Batch<'_>, hits: &[u16], _: &mut Vec<u32>, groups: &mut Vec<GroupId>) {
        let all = GroupId(keys.id(b"all"));
        groups.resize(groups.len() + hits.len(), all);
    }

    fn boxed(&self) -> Box<dyn KeyIds> {
        Box::new(self.clone())
    }
}

/// Groups by the texts of a column.
#[derive(Clone, Debug)]
pub(super) struct TextIds(pub(super) Column);

impl KeyIds for TextIds {
    fn ids(&mut self, keys: &mut Keys, batch: &Batch<'_>, hits: &[u16], ids: &mut Vec<u32>, groups: &mut Vec<GroupId>) {
        ids.clear();
        keys.ids(batch.text(self.0), hits, ids);
        groups.extend(ids.iter().map(|id| GroupId(*id)));
    }

    fn are_texts(&self) -> bool {
        true
    }

    fn boxed(&self) -> Box<dyn KeyIds> {
        Box::new(self.clone())
    }
}

/// Groups by the keys of a derived dimension: by the ids that the step which computes keys gives them, or by their texts.
#[derive(Clone, Debug)]
pub(super) struct DerivedIds {
    column: Column,
    /// The number of the keyring that the ids belong to.
    keyring: u64,
    /// Groups by id of the key; [`UNKNOWN`] if the group of a key is not known yet.
    groups: Vec<GroupId>,
}

const UNKNOWN: GroupId = GroupId(u32::MAX);

/// Maximum number of keys whose groups are listed. The groups of others are looked up by text. Tests have such keys.
const LISTED: usize = if cfg!(test) { 4 } else { 1 << 14 };

impl DerivedIds {
    pub(super) fn new(column: Column) -> DerivedIds {
        DerivedIds { column, keyring: 0, groups: Vec::new() }
    }

    /// Lists the group of a key, if the list has a place for it.
    fn list(&mut self, key: KeyId, group: GroupId) {
        if key.index() < LISTED {
            if key.index() >= self.groups.len() {
                self.groups.resize(key.index() + 1, UNKNOWN);
            }
            self.groups[key.index()] = group;
        }
    }
}

impl KeyIds for DerivedIds {
    fn ids(&mut self, keys: &mut Keys, batch: &Batch<'_>, hits: &[u16], ids: &mut Vec<u32>, groups: &mut Vec<GroupId>) {
        let Some((keyring, of_rows)) = batch.key_ids(self.column) else {
            return TextIds(self.column).ids(keys, batch, hits, ids, groups);
        };
        if keyring.number != self.keyring {
            self.keyring = keyring.number;
            self.groups.clear();
        }
        groups.extend(hits.iter().map(|row| {
            let key = of_rows[usize::from(*row)];
            match self.groups.get(key.index()) {
                Some(group) if *group != UNKNOWN => *group,
                _ => {
                    let group = GroupId(keys.id(keyring.text(key)));
                    self.list(key, group);
                    group
                }
            }
        }));
    }

    fn forget(&mut self) {
        self.groups.clear();
    }

    fn are_texts(&self) -> bool {
        true
    }

    fn boxed(&self) -> Box<dyn KeyIds> {
        Box::new(self.clone())
    }
}
