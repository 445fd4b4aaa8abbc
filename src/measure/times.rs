//! The sum of request times, and the longest: what takes no percentiles takes three numbers a group.

use super::Grouped;
use crate::batch::Batch;
use crate::table::{GroupId, IdMap};

/// The request times of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timed {
    /// Hits whose time was logged.
    pub(crate) count: u64,
    /// Stops at the largest number.
    pub(crate) sum_ms: u64,
    pub(crate) max_ms: u64,
}

impl Timed {
    fn merge(&mut self, other: Timed) {
        self.count += other.count;
        self.sum_ms = self.sum_ms.saturating_add(other.sum_ms);
        self.max_ms = self.max_ms.max(other.max_ms);
    }
}

/// The request times of every group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    groups: Vec<Timed>,
}

impl Times {
    pub(crate) fn of(&self, group: GroupId) -> Timed {
        self.groups[group.0 as usize]
    }

    pub(crate) fn add(&mut self, batch: &Batch<'_>, hits: &[u16], Grouped { groups, len, .. }: Grouped<'_>) {
        self.groups.resize(len, Timed::default());
        let times = batch.time_ms();
        for (&row, group) in hits.iter().zip(groups) {
            if let Some(time_ms) = times[row as usize] {
                self.groups[group.0 as usize].merge(Timed { count: 1, sum_ms: time_ms, max_ms: time_ms });
            }
        }
    }

    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        groups.iter().enumerate().for_each(|(new, old)| self.groups[new] = self.of(*old));
        self.groups.truncate(groups.len());
    }

    pub(crate) fn merge(&mut self, other: &Times, ids: &IdMap<'_>, len: usize) {
        self.groups.resize(len, Timed::default());
        for (theirs, group) in other.groups.iter().zip(ids.groups) {
            self.groups[group.0 as usize].merge(*theirs);
        }
    }
}
