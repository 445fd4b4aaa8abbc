//! Request times: the count of every millisecond, so that percentiles are exact.

use super::per_group::Sum;
use super::{GroupMeasure, Grouped, SavedOrder, SavedSize, SizeOf, Timed, UvMethod, Visitors, size};
use crate::batch::{Batch, Fields};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::{GroupId, IdMap, Seed};

/// The request times of every group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latency {
    groups: Vec<Histogram>,
}

impl Latency {
    pub(crate) fn of(&self, group: GroupId) -> &Histogram {
        &self.groups[group.0 as usize]
    }

    /// The times of a group, if it was counted.
    pub(super) fn get(&self, group: GroupId) -> Option<&Histogram> {
        self.groups.get(group.0 as usize)
    }

    /// Iterates over the times of all groups, by group id.
    pub(super) fn groups(&self) -> impl Iterator<Item = &Histogram> {
        self.groups.iter()
    }
}

impl Latency {
    /// Adds the times of these hits, from a column of a batch.
    pub(super) fn add_times(&mut self, times_ms: &[Option<u64>], hits: &[u16], groups: &[GroupId], len: usize) {
        self.groups.resize_with(len, Histogram::default);
        for (&row, group) in hits.iter().zip(groups) {
            if let Some(time_ms) = times_ms[row as usize] {
                self.groups[group.0 as usize].add(time_ms, 1);
            }
        }
    }

    /// True if no time was added.
    pub(super) fn is_empty(&self) -> bool {
        self.groups.iter().all(|times| times.measured == 0)
    }
}

impl GroupMeasure for Latency {
    const NEEDS: Fields = Fields::REQUEST_TIME;

    fn new(_: UvMethod, _: Seed) -> Latency {
        Latency::default()
    }

    fn add(&mut self, batch: &Batch<'_>, hits: &[u16], Grouped { groups, len, .. }: Grouped<'_>, _: &Visitors<'_>) {
        self.add_times(batch.time_ms(), hits, groups, len);
    }

    fn bytes(&self, _: SizeOf) -> u64 {
        (self.groups.len() * size_of::<Histogram>()) as u64
    }

    fn set_bytes(&mut self, _: SizeOf) -> u64 {
        self.groups.iter_mut().map(Histogram::set_bytes).sum()
    }

    fn set_bytes_of_hit(&self) -> u64 {
        size::TIME + size::LOW_TIME
    }

    fn keep(&mut self, groups: &[GroupId]) {
        groups.iter().enumerate().for_each(|(new, old)| self.groups.swap(new, old.0 as usize));
        self.groups.truncate(groups.len());
    }

    fn take(&mut self, groups: &[GroupId]) -> Latency {
        let take = |group: &GroupId| std::mem::take(&mut self.groups[group.0 as usize]);
        Latency { groups: groups.iter().map(take).collect() }
    }

    fn merge(&mut self, other: &Latency, ids: &IdMap<'_>, len: usize) {
        self.groups.resize_with(len, Histogram::default);
        for (theirs, group) in other.groups.iter().zip(ids.groups) {
            let mine = &mut self.groups[group.0 as usize];
            theirs.for_each(|time_ms, count| mine.add(time_ms, count));
        }
    }

    fn save(&self, order: SavedOrder<'_>, out: &mut Encoder) {
        for group in order.groups {
            let Sorted { times, .. } = self.of(*group).sorted();
            out.unsigned(times.len() as u64);
            out.ascending(times.iter().map(|(ms, _)| *ms));
            out.column(times.iter().map(|(_, count)| *count));
        }
    }

    fn load(&mut self, size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        let mut left = size.hits;
        let histogram = |_| {
            let len = input.len(2)?;
            let mut pile = Vec::with_capacity(len);
            input.ascending(len, u64::MAX, |ms| pile.push((ms, 0)))?;
            let before = left;
            for (_, count) in &mut pile {
                *count = input.at_most(left)?;
                left -= *count;
                if *count == 0 {
                    return Err(Damaged);
                }
            }
            Ok(Histogram { low: Vec::new(), compacted: pile.len(), pile, measured: before - left })
        };
        self.groups = (0..size.groups).map(histogram).collect::<Result<_, Damaged>>()?;
        Ok(())
    }
}

/// The request times of one group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Histogram {
    /// Counts of 0 ms to less than `LOW_MS`; empty until there are enough times to justify the memory.
    low: Vec<u64>,
    /// All other times with their counts. The first `compacted` entries ascend and are distinct.
    pile: Vec<(u64, u64)>,
    compacted: usize,
    measured: u64,
}

const LOW_MS: usize = 4096;
const WORTH_LOW: u64 = 1024;
const PILE: usize = 16;

impl Histogram {
    pub(crate) fn add(&mut self, time_ms: u64, count: u64) {
        self.measured += count;
        if let Some(low) = usize::try_from(time_ms).ok().and_then(|ms| self.low.get_mut(ms)) {
            *low += count;
            return;
        }
        self.pile.push((time_ms, count));
        if self.pile.len() >= (self.compacted * 2).max(PILE) {
            self.compact();
        }
    }

    /// Sorts the pile and merges equal times. This runs each time the pile has doubled, so the cost per time is
    /// logarithmic.
    fn compact(&mut self) {
        self.pile.sort_unstable();
        self.pile.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0 };
            same
        });
        if self.low.is_empty() && self.measured >= WORTH_LOW {
            self.low = vec![0; LOW_MS];
            let high = self.pile.partition_point(|(ms, _)| *ms < LOW_MS as u64);
            for (ms, count) in self.pile.drain(..high) {
                self.low[ms as usize] += count;
            }
        }
        self.compacted = self.pile.len();
    }

    /// Bytes of the times by the formula. Settles first: then there is an array of counters if and only if there are
    /// enough times.
    fn set_bytes(&mut self) -> u64 {
        self.compact();
        (size::LOW_TIME * self.measured).min((LOW_MS * size_of::<u64>()) as u64) + size::TIME * self.pile.len() as u64
    }

    /// Calls `visit` with each time and a count of it. Times are in no order, and a time may come more than once.
    fn for_each(&self, mut visit: impl FnMut(u64, u64)) {
        for (ms, count) in self.low.iter().enumerate().filter(|(_, count)| **count > 0) {
            visit(ms as u64, *count);
        }
        self.pile.iter().for_each(|(ms, count)| visit(*ms, *count));
    }

    /// The number of times, their sum, and the longest.
    pub(super) fn summed(&self) -> Timed {
        let mut timed = Timed::default();
        self.for_each(|ms, count| {
            timed.merge(Timed { count, sum_ms: ms.saturating_mul(count), max_ms: ms });
        });
        timed
    }

    /// Returns the times in ascending order, each once.
    pub(crate) fn sorted(&self) -> Sorted {
        let mut compacted = self.clone();
        compacted.compact();
        let mut times = Vec::new();
        compacted.for_each(|ms, count| times.push((ms, count)));
        Sorted { times, count: self.measured }
    }
}

/// The request times of one group in ascending order, each once with its count.
pub(crate) struct Sorted {
    times: Vec<(u64, u64)>,
    count: u64,
}

impl Sorted {
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Sum of all times; saturates at `u64::MAX`.
    pub(crate) fn sum_ms(&self) -> u64 {
        self.times.iter().fold(0, |sum: u64, (ms, count)| sum.saturating_add(ms.saturating_mul(*count)))
    }

    pub(crate) fn max_ms(&self) -> u64 {
        self.times.last().map_or(0, |(ms, _)| *ms)
    }

    /// Counts the times in each step. A step is given by its upper limit in ms, inclusive; the limits ascend.
    pub(crate) fn in_steps(&self, up_to_ms: &[u64]) -> Vec<u64> {
        let mut counts = vec![0; up_to_ms.len()];
        for (ms, count) in &self.times {
            if let Some(sum) = counts.get_mut(up_to_ms.partition_point(|up_to| up_to < ms)) {
                *sum += count;
            }
        }
        counts
    }

    pub(crate) fn slower_than(&self, slow_ms: u64) -> u64 {
        self.times.iter().filter(|(ms, _)| *ms > slow_ms).map(|(_, count)| count).sum()
    }

    /// Nearest-rank percentile: the smallest time such that at least `percent` % of all times are no longer. 0 if there
    /// are no times.
    pub(crate) fn percentile_ms(&self, percent: u64) -> u64 {
        let rank = (u128::from(self.count) * u128::from(percent)).div_ceil(100).max(1);
        let mut seen = 0_u128;
        for (ms, count) in &self.times {
            seen += u128::from(*count);
            if seen >= rank {
                return *ms;
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slow reference: all times in a sorted list.
    fn reference(times: &[u64], percent: usize) -> u64 {
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        sorted[(percent * sorted.len()).div_ceil(100).max(1) - 1]
    }

    proptest::proptest! {
        #[test]
        fn percentiles_equal_those_of_a_sorted_list(
            times in proptest::collection::vec(
                proptest::prop_oneof![0..50_u64, 0..5_000_u64, 4_090..4_100_u64, proptest::prelude::any::<u64>()], 1..2_500),
            cut in 0..2_500_usize,
        ) {
            let (mut whole, mut part) = (Histogram::default(), Histogram::default());
            let cut = cut.min(times.len());
            times[..cut].iter().for_each(|ms| whole.add(*ms, 1));
            times[cut..].iter().for_each(|ms| part.add(*ms, 1));
            part.for_each(|ms, count| whole.add(ms, count));
            let sorted = whole.sorted();
            for percent in [1, 50, 90, 95, 99, 100] {
                proptest::prop_assert_eq!(sorted.percentile_ms(percent as u64), reference(&times, percent));
            }
            proptest::prop_assert_eq!(sorted.count(), times.len() as u64);
            proptest::prop_assert_eq!(sorted.max_ms(), reference(&times, 100));
            proptest::prop_assert_eq!(sorted.sum_ms(), times.iter().fold(0_u64, |sum, ms| sum.saturating_add(*ms)));
            let steps = [0, 1, 20, 300, 4_096, u64::MAX];
            let step = |at: usize| {
                let is_in = |ms: &&u64| **ms <= steps[at] && (at == 0 || **ms > steps[at - 1]);
                times.iter().filter(is_in).count() as u64
            };
            proptest::prop_assert_eq!(sorted.in_steps(&steps), (0..steps.len()).map(step).collect::<Vec<_>>());
            proptest::prop_assert_eq!(sorted.in_steps(&steps[1..2]), [times.iter().filter(|ms| **ms <= 1).count() as u64]);
            proptest::prop_assert_eq!(sorted.slower_than(300), times.iter().filter(|ms| **ms > 300).count() as u64);
        }
    }

    #[test]
    fn only_large_groups_have_an_array_and_their_pile_stays_short() {
        let histogram = |len: u64| {
            let mut histogram = Histogram::default();
            (0..len).for_each(|i| histogram.add(i * 7 % 100 + i % 2 * 10_000, 1));
            histogram
        };
        assert!(histogram(WORTH_LOW - 1).low.is_empty());
        let many = histogram(100 * WORTH_LOW);
        assert_eq!(many.low.len(), LOW_MS);
        // There are 100 distinct times: fifty within the array and fifty beyond it.
        assert!(many.pile.len() < 2 * 50 + PILE, "{}", many.pile.len());
        assert_eq!(many.sorted().times.len(), 100);
    }

    #[test]
    fn empty_histogram_gives_zeros() {
        let sorted = Histogram::default().sorted();
        assert_eq!((sorted.count(), sorted.max_ms(), sorted.percentile_ms(50)), (0, 0, 0));
    }
}
