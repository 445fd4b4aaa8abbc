//! Arrays by group id of a few numbers per group.

use super::{GroupMeasure, Grouped, SavedOrder, SavedSize, SizeOf, UvMethod, Visitors};
use crate::batch::{Batch, Fields};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::{GroupId, IdMap, Seed};

/// A sum over hits. Its result does not depend on the order of merging.
pub(crate) trait Sum: Copy {
    /// The sum of no hits.
    const NONE: Self;

    fn merge(&mut self, other: Self);
}

/// A sum that is a measure on its own.
pub(crate) trait SumOfHits: Sum {
    /// The fields that it reads.
    const NEEDS: Fields;

    /// Adds the hits of a batch. The sums must already have all its groups.
    fn add(sums: &mut PerGroup<Self>, batch: &Batch<'_>, hits: &[u16], groups: &[GroupId]);

    /// Appends the sums of all groups.
    fn save(sums: impl Iterator<Item = Self> + Clone, out: &mut Encoder);

    /// Reads what [`save`](SumOfHits::save) wrote.
    fn load(size: SavedSize, input: &mut Decoder<'_>) -> Result<Vec<Self>, Damaged>;

    /// Skips what [`save`](SumOfHits::save) wrote.
    fn skip(size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        Self::load(size, input).map(drop)
    }
}

/// The sums of every group.
#[derive(Clone, Debug)]
pub(crate) struct PerGroup<T> {
    groups: Vec<T>,
}

impl<T> Default for PerGroup<T> {
    fn default() -> Self {
        PerGroup { groups: Vec::new() }
    }
}

/// Collects the sums of the groups 0, 1, 2 ….
impl<T> FromIterator<T> for PerGroup<T> {
    fn from_iter<I: IntoIterator<Item = T>>(groups: I) -> PerGroup<T> {
        PerGroup { groups: groups.into_iter().collect() }
    }
}

impl<T: Sum> PerGroup<T> {
    pub(super) fn sum(&self, group: GroupId) -> T {
        self.groups[group.0 as usize]
    }

    pub(super) fn sums(&self) -> &[T] {
        &self.groups
    }

    fn grow(&mut self, len: usize) {
        self.groups.resize(len, T::NONE);
    }

    pub(super) fn add_to(&mut self, group: GroupId, hit: T) {
        self.groups[group.0 as usize].merge(hit);
    }
}

impl<T: SumOfHits> GroupMeasure for PerGroup<T> {
    const NEEDS: Fields = T::NEEDS;

    fn new(_: UvMethod, _: Seed) -> Self {
        PerGroup::default()
    }

    fn add(&mut self, batch: &Batch<'_>, hits: &[u16], Grouped { groups, len, .. }: Grouped<'_>, _: &Visitors<'_>) {
        self.grow(len);
        T::add(self, batch, hits, groups);
    }

    fn bytes(&self, _: SizeOf) -> u64 {
        (self.groups.len() * size_of::<T>()) as u64
    }

    fn keep(&mut self, groups: &[GroupId]) {
        groups.iter().enumerate().for_each(|(new, old)| self.groups[new] = self.sum(*old));
        self.groups.truncate(groups.len());
    }

    fn take(&mut self, groups: &[GroupId]) -> Self {
        groups.iter().map(|group| std::mem::replace(&mut self.groups[group.0 as usize], T::NONE)).collect()
    }

    fn merge(&mut self, other: &Self, ids: &IdMap<'_>, len: usize) {
        self.grow(len);
        for (theirs, group) in other.groups.iter().zip(ids.groups) {
            self.add_to(*group, *theirs);
        }
    }

    fn save(&self, order: SavedOrder<'_>, out: &mut Encoder) {
        T::save(order.groups.iter().map(|group| self.sum(*group)), out);
    }

    fn load(&mut self, size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        self.groups = T::load(size, input)?;
        Ok(())
    }

    fn skip(_: (UvMethod, Seed), size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        T::skip(size, input)
    }
}
