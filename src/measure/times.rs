//! Sums and maxima of request times: three numbers per group, enough for everything except percentiles.

use super::SavedSize;
use super::per_group::{PerGroup, Sum, SumOfHits};
use crate::batch::{Batch, Fields};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::GroupId;

/// The request times of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timed {
    /// Number of hits with a logged request time.
    pub(crate) count: u64,
    /// Sum of request times in ms; saturates at `u64::MAX`.
    pub(crate) sum_ms: u64,
    pub(crate) max_ms: u64,
}

impl Sum for Timed {
    const NONE: Timed = Timed { count: 0, sum_ms: 0, max_ms: 0 };

    fn merge(&mut self, other: Timed) {
        self.count += other.count;
        self.sum_ms = self.sum_ms.saturating_add(other.sum_ms);
        self.max_ms = self.max_ms.max(other.max_ms);
    }
}

/// The request times of every group.
pub(crate) type Times = PerGroup<Timed>;

impl Times {
    pub(crate) fn of(&self, group: GroupId) -> Timed {
        self.sum(group)
    }
}

impl SumOfHits for Timed {
    const NEEDS: Fields = Fields::REQUEST_TIME;

    fn add(sums: &mut Times, batch: &Batch<'_>, hits: &[u16], groups: &[GroupId]) {
        let times = batch.time_ms();
        for (&row, group) in hits.iter().zip(groups) {
            if let Some(time_ms) = times[row as usize] {
                sums.add_to(*group, Timed { count: 1, sum_ms: time_ms, max_ms: time_ms });
            }
        }
    }

    fn save(sums: impl Iterator<Item = Timed> + Clone, out: &mut Encoder) {
        out.column(sums.clone().map(|timed| timed.count));
        out.column(sums.clone().map(|timed| timed.sum_ms));
        out.column(sums.map(|timed| timed.max_ms));
    }

    fn load(SavedSize { groups, hits, .. }: SavedSize, input: &mut Decoder<'_>) -> Result<Vec<Timed>, Damaged> {
        let counts = input.counts(groups, &mut { hits })?.into_iter();
        let mut sums: Vec<Timed> = counts.map(|count| Timed { count, ..Timed::NONE }).collect();
        for timed in &mut sums {
            timed.sum_ms = input.unsigned()?;
        }
        for timed in &mut sums {
            timed.max_ms = input.at_most(timed.sum_ms)?;
            if timed.count == 0 && timed.sum_ms > 0 {
                return Err(Damaged);
            }
        }
        Ok(sums)
    }

    fn skip(SavedSize { groups, .. }: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        // Three columns.
        [(); 3].into_iter().try_for_each(|()| input.skip(groups))
    }
}
