//! The trait of dimensions: how the hits of a batch find the ids of their keys.

use std::fmt::Debug;

use crate::batch::{Batch, Column};
use crate::keys::{GroupId, Keys};

/// Finds the groups of hits by their keys in one dimension. It is called once for each batch.
pub(super) trait KeyIds: Debug + Send + Sync {
    /// Appends the groups of the selected hits to `groups`, and adds new keys to `keys`; `ids` is room to work in.
    fn ids(&mut self, keys: &mut Keys, batch: &Batch<'_>, hits: &[u16], ids: &mut Vec<u32>, groups: &mut Vec<GroupId>);

    /// Forgets the groups that it remembers: they have other ids from now on.
    fn forget(&mut self) {}

    /// True if keys are texts as they were logged, in which nginx's escapes are still to be undone.
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

/// One group of all hits.
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

/// The texts of a column.
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
