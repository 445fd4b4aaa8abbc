//! The groups of a table that stores its own keys, and how hits find them.

use std::borrow::Cow;

use super::key_ids::{KeyIds, TextIds};
use super::{Dimension, VariableColumns};
use crate::batch::{Batch, Column};
use crate::encoding::{Damaged, Decoder};
use crate::keys::{AddressKeys, GroupId, Keys, Seed};

/// The keys of a dimension that is not a pair.
#[derive(Clone, Debug)]
pub(crate) struct OwnKeys {
    keys: Keys,
    of_hits: Box<dyn KeyIds>,
}

impl OwnKeys {
    /// Makes empty keys. `variable_columns` must contain the variables.
    pub(super) fn new(dimension: Dimension, variable_columns: &VariableColumns, seed: Seed) -> OwnKeys {
        OwnKeys { keys: Keys::new(seed), of_hits: dimension.key_ids(variable_columns) }
    }

    /// Copies the keys of visitors, as texts of a column.
    pub(super) fn of_visitors(visitors: &AddressKeys, column: Column) -> OwnKeys {
        let mut keys = Keys::new(visitors.seed());
        (0..visitors.len() as u32).for_each(|id| _ = keys.id(&visitors.key(id)));
        OwnKeys { keys, of_hits: Box::new(TextIds(column)) }
    }

    /// Copies the keys of the visitors with these ids, as texts of a column.
    pub(super) fn of_some_visitors(visitors: &AddressKeys, ids: &[GroupId], column: Column) -> OwnKeys {
        let keys = Keys::of_distinct(visitors.seed(), ids.iter().map(|id| visitors.key(id.0)));
        OwnKeys { keys, of_hits: Box::new(TextIds(column)) }
    }

    /// Copies the keys of these groups, as groups of their own in this order.
    pub(super) fn selected(&self, groups: &[GroupId], seed: Seed) -> OwnKeys {
        let keys = Keys::of_distinct(seed, groups.iter().map(|group| self.keys.key(group.0)));
        OwnKeys { keys, ..self.empty_copy(seed) }
    }

    /// Makes an empty copy.
    pub(super) fn empty_copy(&self, seed: Seed) -> OwnKeys {
        let mut of_hits = self.of_hits.clone();
        of_hits.forget();
        OwnKeys { keys: Keys::new(seed), of_hits }
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Reads the keys of a dimension from a state file. There must be no keys yet.
    pub(super) fn load(&mut self, dimension: Dimension, seed: Seed, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        self.keys = Keys::load(seed, input, |key| dimension.has_key(key))?;
        self.of_hits.forget();
        Ok(())
    }

    /// Keeps the keys of these groups, which must ascend; they become the first groups. The memory of the others stays
    /// allocated.
    pub(super) fn keep(&mut self, groups: &[GroupId]) {
        self.keys.keep(groups);
        self.of_hits.forget();
    }

    /// Returns the group of a key, as keys are compared.
    pub(super) fn id(&mut self, key: &[u8]) -> GroupId {
        GroupId(self.keys.id(key))
    }

    /// Appends the groups of the selected hits to `groups`; `ids` is scratch space.
    pub(super) fn ids(&mut self, batch: &Batch<'_>, hits: &[u16], ids: &mut Vec<u32>, groups: &mut Vec<GroupId>) {
        self.of_hits.ids(&mut self.keys, batch, hits, ids, groups);
    }

    /// Adds the keys of another table, with texts rewritten by `written`. Returns the group here of each of them.
    pub(super) fn merge<'k>(
        &mut self,
        other: &'k OwnKeys,
        written: impl Fn(&'k [u8]) -> Cow<'k, [u8]>,
    ) -> Vec<GroupId> {
        let ids = if self.of_hits.are_texts() {
            self.keys.merge(&other.keys, written)
        } else {
            self.keys.merge(&other.keys, Cow::Borrowed)
        };
        ids.into_iter().map(GroupId).collect()
    }

    /// Rewrites every text with `written`. If no two keys become equal, groups stay the same. Otherwise groups are
    /// numbered again, and the new group of each old one is returned.
    pub(super) fn rewrite(&mut self, seed: Seed, written: fn(&[u8]) -> Cow<'_, [u8]>) -> Option<Vec<GroupId>> {
        if !self.of_hits.are_texts() || self.keys.rewrite(written) {
            return None;
        }
        let mut rewritten = Keys::new(seed);
        let ids = rewritten.merge(&self.keys, written);
        self.keys = rewritten;
        self.of_hits.forget();
        Some(ids.into_iter().map(GroupId).collect())
    }
}
