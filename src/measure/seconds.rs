//! Hits of every second, for the most hits in one second.
//!
//! A second may be divided among chunks, files and states, so every second keeps its count until the last merge.
//! Seconds are instants, not wall clocks: when the clock is put back, two hours of requests are not added up. Memory is
//! bounded by the time that is covered, not by the number of hits: sixteen seconds with a hit take 96 bytes, so a day
//! takes at most 520 KB.

use std::collections::BTreeMap;

use super::{GroupMeasure, Grouped, SavedOrder, SavedSize, SizeOf, UvMethod, Visitors, size};
use crate::batch::{Batch, Fields};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::{GroupId, IdMap, Seed};
use crate::time::{DAY_S, FIRST_S, LAST_S, Stamp};

/// The hits of every second, for every group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seconds {
    groups: Vec<SecondCounts>,
}

/// Number of seconds in a block.
const BLOCK: usize = 16;

/// The first instant that a line can have: its offset is less than a day.
const FIRST_EPOCH_S: i64 = FIRST_S - DAY_S;
/// The number of instants that a line can have.
const INSTANTS: u64 = (LAST_S + DAY_S - FIRST_EPOCH_S) as u64;

/// The hits of every second of one group. A second has at most 2^32 - 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SecondCounts {
    /// Counts of sixteen seconds, by the first of them divided by sixteen. Every block has a hit.
    blocks: BTreeMap<i64, [u32; BLOCK]>,
}

impl SecondCounts {
    fn add(&mut self, epoch_s: i64, count: u32) {
        let (block, place) = (epoch_s.div_euclid(BLOCK as i64), epoch_s.rem_euclid(BLOCK as i64));
        let second = &mut self.blocks.entry(block).or_insert([0; BLOCK])[place as usize];
        *second = second.saturating_add(count);
    }

    fn merge(&mut self, other: &SecondCounts) {
        for (block, theirs) in &other.blocks {
            let mine = self.blocks.entry(*block).or_insert([0; BLOCK]);
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine = mine.saturating_add(*theirs));
        }
    }

    /// The most hits in one second; `None` if no hit has a time.
    pub(crate) fn peak(&self) -> Option<u64> {
        self.blocks.values().flatten().max().map(|most| u64::from(*most))
    }

    /// Seconds with their hits, ascending. Seconds without hits are left out.
    fn each(&self) -> impl Iterator<Item = (i64, u32)> {
        let of_block = |(block, counts): (&i64, &[u32; BLOCK])| {
            let start_s = *block * BLOCK as i64;
            (start_s..).zip(*counts)
        };
        self.blocks.iter().flat_map(of_block).filter(|(_, count)| *count > 0)
    }
}

impl Seconds {
    pub(crate) fn of(&self, group: GroupId) -> &SecondCounts {
        &self.groups[group.0 as usize]
    }
}

impl GroupMeasure for Seconds {
    const NEEDS: Fields = Fields::TIME;

    fn new(_: UvMethod, _: Seed) -> Seconds {
        Seconds::default()
    }

    fn add(&mut self, batch: &Batch<'_>, hits: &[u16], Grouped { groups, len, .. }: Grouped<'_>, _: &Visitors<'_>) {
        self.groups.resize_with(len, SecondCounts::default);
        let stamps = hits.iter().zip(groups).map(|(&row, group)| (*group, batch.stamp(row as usize)));
        // Consecutive lines are usually of one second, which is then looked up once.
        let mut pending: Option<(GroupId, i64, u32)> = None;
        for (group, stamp) in stamps.filter(|(_, stamp)| *stamp != Stamp::NONE) {
            let epoch_s = stamp.epoch_s();
            match &mut pending {
                Some((of, second, count)) if (*of, *second) == (group, epoch_s) => *count += 1,
                _ => {
                    let done = pending.replace((group, epoch_s, 1));
                    done.into_iter()
                        .for_each(|(group, second, count)| self.groups[group.0 as usize].add(second, count));
                }
            }
        }
        pending.into_iter().for_each(|(group, second, count)| self.groups[group.0 as usize].add(second, count));
    }

    fn bytes(&self, _: SizeOf) -> u64 {
        (self.groups.len() * size_of::<SecondCounts>()) as u64
    }

    fn set_bytes(&mut self, _: SizeOf) -> u64 {
        self.groups.iter().map(|counts| counts.blocks.len() as u64 * size::SECONDS).sum()
    }

    fn set_bytes_of_hit(&self) -> u64 {
        size::SECONDS
    }

    fn keep(&mut self, groups: &[GroupId]) {
        groups.iter().enumerate().for_each(|(new, old)| self.groups.swap(new, old.0 as usize));
        self.groups.truncate(groups.len());
    }

    fn take(&mut self, groups: &[GroupId]) -> Seconds {
        let take = |group: &GroupId| std::mem::take(&mut self.groups[group.0 as usize]);
        Seconds { groups: groups.iter().map(take).collect() }
    }

    fn merge(&mut self, other: &Seconds, ids: &IdMap<'_>, len: usize) {
        self.groups.resize_with(len, SecondCounts::default);
        for (theirs, group) in other.groups.iter().zip(ids.groups) {
            self.groups[group.0 as usize].merge(theirs);
        }
    }

    fn save(&self, order: SavedOrder<'_>, out: &mut Encoder) {
        for group in order.groups {
            let counts = self.of(*group);
            out.unsigned(counts.each().count() as u64);
            out.ascending(counts.each().map(|(epoch_s, _)| (epoch_s - FIRST_EPOCH_S) as u64));
            out.column(counts.each().map(|(_, count)| u64::from(count)));
        }
    }

    fn load(&mut self, size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        let mut left = size.hits;
        let group = |_| {
            let len = input.len(2)?;
            let mut seconds = Vec::with_capacity(len);
            input.ascending(len, INSTANTS, |second| seconds.push(second as i64 + FIRST_EPOCH_S))?;
            let mut counts = SecondCounts::default();
            for epoch_s in seconds {
                let count = input.at_most(left)?;
                left -= count;
                let count = u32::try_from(count).ok().filter(|count| *count > 0).ok_or(Damaged)?;
                counts.add(epoch_s, count);
            }
            Ok(counts)
        };
        self.groups = (0..size.groups).map(group).collect::<Result<_, Damaged>>()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    proptest::proptest! {
        #[test]
        fn peak_equals_that_of_a_map(
            seconds in proptest::collection::vec(proptest::prop_oneof![-40..40_i64, FIRST_EPOCH_S..LAST_S + DAY_S], 0..300),
            cut in 0..300_usize,
        ) {
            let cut = cut.min(seconds.len());
            let of = |seconds: &[i64]| {
                let mut counts = SecondCounts::default();
                seconds.iter().for_each(|second| counts.add(*second, 1));
                counts
            };
            let mut merged = of(&seconds[cut..]);
            merged.merge(&of(&seconds[..cut]));
            proptest::prop_assert_eq!(&merged, &of(&seconds));
            let mut reference: HashMap<i64, u64> = HashMap::new();
            seconds.iter().for_each(|second| *reference.entry(*second).or_default() += 1);
            proptest::prop_assert_eq!(merged.peak(), reference.values().max().copied());
            proptest::prop_assert_eq!(merged.each().map(|(second, count)| (second, u64::from(count))).collect::<HashMap<_, _>>(), reference);
        }
    }

    #[test]
    fn a_second_saturates() {
        let mut counts = SecondCounts::default();
        counts.add(7, u32::MAX - 1);
        counts.add(7, 5);
        assert_eq!(counts.peak(), Some(u32::MAX.into()));
    }
}
