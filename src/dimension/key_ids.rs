//! The trait of dimensions: finds the ids of the keys of a batch's hits.

use std::fmt::Debug;

use crate::batch::{Batch, Column};
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
