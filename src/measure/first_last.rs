//! The times of the first and the last hit.

use super::SavedSize;
use super::per_group::{PerGroup, Sum, SumOfHits};
use crate::batch::{Batch, Fields};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::GroupId;
use crate::time::Stamp;

/// The ranks of the first and last instant. If there is none, the first is greater than the last.
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

/// The first and last time of every group.
pub(crate) type FirstLast = PerGroup<Span>;

impl FirstLast {
    /// Returns the first and the last time, if any hit has a time.
    pub(crate) fn of(&self, group: GroupId) -> Option<(Stamp, Stamp)> {
        let Span { first, last } = self.sum(group);
        (first <= last).then(|| (Stamp::of_instant_rank(first), Stamp::of_instant_rank(last)))
    }
}

impl SumOfHits for Span {
    const NEEDS: Fields = Fields::TIME;

    fn add(sums: &mut FirstLast, batch: &Batch<'_>, hits: &[u16], groups: &[GroupId]) {
        let unknown = Stamp::NONE.rank();
        for (&row, group) in hits.iter().zip(groups) {
            let rank = batch.stamp(row as usize).instant_rank();
            if rank != unknown {
                sums.add_to(*group, Span { first: rank, last: rank });
            }
        }
    }

    fn save(sums: impl Iterator<Item = Span> + Clone, out: &mut Encoder) {
        for Span { first, last } in sums {
            out.unsigned(u64::from(first <= last));
            if first <= last {
                out.signed(first);
                out.signed(last);
            }
        }
    }

    fn load(size: SavedSize, input: &mut Decoder<'_>) -> Result<Vec<Span>, Damaged> {
        let time = |input: &mut Decoder<'_>| {
            let rank = input.signed()?;
            Stamp::at_instant_rank(rank).map(|_| rank).ok_or(Damaged)
        };
        let span = |_| {
            if !input.flag()? {
                return Ok(Span::NONE);
            }
            let span = Span { first: time(input)?, last: time(input)? };
            if span.first <= span.last { Ok(span) } else { Err(Damaged) }
        };
        (0..size.groups).map(span).collect()
    }
}
