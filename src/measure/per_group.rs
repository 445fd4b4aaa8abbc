//! A small number of each group, or a few: an array by group id, whatever is in it.

use crate::keys::{GroupId, IdMap};

/// What two parts of a group's hits come to together. The order they come in makes no difference.
pub(crate) trait Sum: Copy {
    /// Of no hits.
    const NONE: Self;

    fn merge(&mut self, other: Self);
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

impl<T: Sum> PerGroup<T> {
    pub(super) fn sum(&self, group: GroupId) -> T {
        self.groups[group.0 as usize]
    }

    /// Of so many groups.
    pub(super) fn grow(&mut self, len: usize) {
        self.groups.resize(len, T::NONE);
    }

    pub(super) fn add(&mut self, group: GroupId, hit: T) {
        self.groups[group.0 as usize].merge(hit);
    }

    /// Bytes by the formula.
    pub(crate) fn size_bytes(&self) -> u64 {
        (self.groups.len() * size_of::<T>()) as u64
    }

    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        groups.iter().enumerate().for_each(|(new, old)| self.groups[new] = self.sum(*old));
        self.groups.truncate(groups.len());
    }

    pub(crate) fn merge(&mut self, other: &PerGroup<T>, ids: &IdMap<'_>, len: usize) {
        self.grow(len);
        for (theirs, group) in other.groups.iter().zip(ids.groups) {
            self.add(*group, *theirs);
        }
    }
}
