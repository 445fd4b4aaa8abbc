//! Hits and bytes that a cache answered.

use super::SavedSize;
use super::per_group::{PerGroup, Sum, SumOfHits};
use crate::batch::{Batch, Fields};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::GroupId;

/// The hits of a group that have a cache status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cached {
    /// Number of hits with a cache status.
    pub(crate) asked: u64,
    /// Number of those that the cache answered.
    pub(crate) answered: u64,
    /// Bytes of all hits with a cache status; saturates at `u64::MAX`.
    pub(crate) asked_bytes: u64,
    /// Bytes of those that the cache answered.
    pub(crate) answered_bytes: u64,
}

impl Sum for Cached {
    const NONE: Cached = Cached { asked: 0, answered: 0, asked_bytes: 0, answered_bytes: 0 };

    fn merge(&mut self, other: Cached) {
        self.asked += other.asked;
        self.answered += other.answered;
        self.asked_bytes = self.asked_bytes.saturating_add(other.asked_bytes);
        self.answered_bytes = self.answered_bytes.saturating_add(other.answered_bytes);
    }
}

/// The use of the cache by every group.
pub(crate) type Cache = PerGroup<Cached>;

impl Cache {
    pub(crate) fn of(&self, group: GroupId) -> Cached {
        self.sum(group)
    }
}

impl SumOfHits for Cached {
    const NEEDS: Fields = Fields::CACHE.union(Fields::BYTES);

    fn add(sums: &mut Cache, batch: &Batch<'_>, hits: &[u16], groups: &[GroupId]) {
        for (&row, group) in hits.iter().zip(groups) {
            if let Some(from_cache) = batch.is_from_cache(row as usize) {
                let bytes = batch.bytes()[row as usize];
                let answered = u64::from(from_cache);
                sums.add_to(
                    *group,
                    Cached { asked: 1, answered, asked_bytes: bytes, answered_bytes: bytes * answered },
                );
            }
        }
    }

    fn save(sums: impl Iterator<Item = Cached> + Clone, out: &mut Encoder) {
        out.column(sums.clone().map(|cached| cached.asked));
        out.column(sums.clone().map(|cached| cached.answered));
        out.column(sums.clone().map(|cached| cached.asked_bytes));
        out.column(sums.map(|cached| cached.answered_bytes));
    }

    fn load(SavedSize { groups, hits, .. }: SavedSize, input: &mut Decoder<'_>) -> Result<Vec<Cached>, Damaged> {
        let asked = input.counts(groups, &mut { hits })?.into_iter();
        let mut sums: Vec<Cached> = asked.map(|asked| Cached { asked, ..Cached::NONE }).collect();
        for cached in &mut sums {
            cached.answered = input.at_most(cached.asked)?;
        }
        for cached in &mut sums {
            cached.asked_bytes = input.at_most(if cached.asked > 0 { u64::MAX } else { 0 })?;
        }
        for cached in &mut sums {
            cached.answered_bytes = input.at_most(if cached.answered > 0 { cached.asked_bytes } else { 0 })?;
        }
        Ok(sums)
    }
}
