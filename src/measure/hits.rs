//! Hits only: a few bytes per group where [`Counts`](super::Counts) take a cache line, which matters with very many
//! groups.

use super::SavedSize;
use super::per_group::{PerGroup, Sum, SumOfHits};
use crate::batch::{Batch, Fields};
use crate::encoding::{Damaged, Decoder, Encoder};
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

    /// Number of hits of all groups.
    pub(crate) fn hits(&self) -> u64 {
        self.sums().iter().sum()
    }
}

impl SumOfHits for u64 {
    const NEEDS: Fields = Fields::NONE;

    fn add(sums: &mut Hits, _: &Batch<'_>, _: &[u16], groups: &[GroupId]) {
        groups.iter().for_each(|group| sums.add_to(*group, 1));
    }

    fn save(sums: impl Iterator<Item = u64> + Clone, out: &mut Encoder) {
        out.column(sums);
    }

    fn load(SavedSize { groups, hits, .. }: SavedSize, input: &mut Decoder<'_>) -> Result<Vec<u64>, Damaged> {
        input.counts(groups, &mut { hits })
    }

    fn skip(SavedSize { groups, .. }: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        input.skip(groups)
    }
}
