//! Hits and nothing else: of very many groups these are a few bytes each, where counts are a cache line.

use super::Grouped;
use super::per_group::{PerGroup, Sum};
use crate::keys::GroupId;

/// The hits of every group.
pub(crate) type Hits = PerGroup<u64>;

impl Sum for u64 {
    const NONE: u64 = 0;

    fn merge(&mut self, other: u64) {
        *self += other;
    }
}

impl Hits {
    pub(crate) fn of(&self, group: GroupId) -> u64 {
        self.sum(group)
    }

    pub(crate) fn count(&mut self, Grouped { groups, len, .. }: Grouped<'_>) {
        self.grow(len);
        groups.iter().for_each(|group| self.add(*group, 1));
    }
}
