//! When the first hit was, and the last.

use super::per_group::{PerGroup, Sum, SumOfHits};
use crate::batch::{Batch, Fields};
use crate::keys::GroupId;
use crate::time::Stamp;

/// The ranks of the first and the last instant; the first is above the last where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    first: i64,
    last: i64,
}

impl Sum for Span {
    const NONE: Span = Span { first: i64::MAX, last: i64::MIN };

    fn merge(&mut self, other: Span) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// From when to when every group was seen.
pub(crate) type Seen = PerGroup<Span>;

impl Seen {
    /// The first time and the last, if there was one at all.
    pub(crate) fn of(&self, group: GroupId) -> Option<(Stamp, Stamp)> {
        let Span { first, last } = self.sum(group);
        (first <= last).then(|| (Stamp::of_instant_rank(first), Stamp::of_instant_rank(last)))
    }
}

impl SumOfHits for Span {
    const NEEDS: Fields = Fields::TIME;

    fn add(sums: &mut Seen, batch: &Batch<'_>, hits: &[u16], groups: &[GroupId]) {
        let unknown = Stamp::NONE.rank();
        for (&row, group) in hits.iter().zip(groups) {
            let rank = batch.stamp(row as usize).instant_rank();
            if rank != unknown {
                sums.add_to(*group, Span { first: rank, last: rank });
            }
        }
    }
}
