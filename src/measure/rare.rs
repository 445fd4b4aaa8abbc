//! Sums that only few logs have at all: an array by group id, only as long as the last group with a sum requires.

use super::per_group::Sum;
use super::{SavedOrder, SavedSize};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::{GroupId, IdMap};

/// The sums of every group. Uses no memory while there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rare<T> {
    groups: Vec<T>,
}

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Rare { groups: Vec::new() }
    }
}

impl<T: Sum> Rare<T> {
    pub(super) fn of(&self, group: GroupId) -> T {
        self.groups.get(group.0 as usize).copied().unwrap_or(T::NONE)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    pub(super) fn add(&mut self, group: GroupId, hit: T) {
        let at = group.0 as usize;
        if at >= self.groups.len() {
            self.groups.resize(at + 1, T::NONE);
        }
        self.groups[at].merge(hit);
    }

    pub(super) fn keep(&mut self, groups: &[GroupId]) {
        if !self.groups.is_empty() {
            self.groups = groups.iter().map(|group| self.of(*group)).collect();
        }
    }

    pub(super) fn take(&mut self, groups: &[GroupId]) -> Rare<T> {
        if self.groups.is_empty() {
            return Rare::default();
        }
        let take = |group: &GroupId| {
            self.groups.get_mut(group.0 as usize).map_or(T::NONE, |sum| std::mem::replace(sum, T::NONE))
        };
        Rare { groups: groups.iter().map(take).collect() }
    }

    pub(super) fn merge(&mut self, other: &Rare<T>, ids: &IdMap<'_>) {
        for (theirs, group) in other.groups.iter().zip(ids.groups) {
            self.add(*group, *theirs);
        }
    }

    /// Appends the places of the groups that have a sum, and their sums, with `columns`.
    pub(super) fn save(&self, order: SavedOrder<'_>, out: &mut Encoder, columns: impl FnOnce(&[T], &mut Encoder))
    where
        T: PartialEq,
    {
        let sums = (0..).zip(order.groups).map(|(place, group): (u64, _)| (place, self.of(*group)));
        let some = sums.filter(|(_, sum)| *sum != T::NONE);
        let (places, sums): (Vec<u64>, Vec<T>) = if self.is_empty() { Default::default() } else { some.unzip() };
        out.unsigned(places.len() as u64);
        out.ascending(places);
        columns(&sums, out);
    }

    /// Reads what [`save`](Rare::save) wrote. `columns` reads the given number of sums.
    pub(super) fn load(
        size: SavedSize,
        input: &mut Decoder<'_>,
        columns: impl FnOnce(usize, &mut Decoder<'_>) -> Result<Vec<T>, Damaged>,
    ) -> Result<Rare<T>, Damaged>
    where
        T: PartialEq,
    {
        let len = input.len(1)?;
        let mut places = Vec::with_capacity(len);
        input.ascending(len, size.groups as u64, |place| places.push(place as usize))?;
        let mut groups = vec![T::NONE; places.last().map_or(0, |last| last + 1)];
        for (place, sum) in places.into_iter().zip(columns(len, input)?) {
            if sum == T::NONE {
                return Err(Damaged);
            }
            groups[place] = sum;
        }
        Ok(Rare { groups })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_without_a_sum_take_no_memory() {
        let mut sums = Rare::<u64>::default();
        sums.keep(&[GroupId(3), GroupId(7)]);
        assert_eq!((sums.of(GroupId(5)), sums.groups.len()), (0, 0));
        sums.add(GroupId(2), 5);
        assert_eq!([0, 2, 9].map(|id| sums.of(GroupId(id))), [0, 5, 0]);
        sums.keep(&[GroupId(2), GroupId(9)]);
        assert_eq!([0, 1, 2].map(|id| sums.of(GroupId(id))), [5, 0, 0]);
    }
}
