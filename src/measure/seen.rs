//! When the first hit was, and the last.

use super::Grouped;
use crate::batch::Batch;
use crate::table::{GroupId, IdMap};
use crate::time::Stamp;

/// The ranks of the first and the last instant; the first is above the last where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    first: i64,
    last: i64,
}

const NEVER: Span = Span { first: i64::MAX, last: i64::MIN };

impl Span {
    fn merge(&mut self, other: Span) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// From when to when every group was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    groups: Vec<Span>,
}

impl Seen {
    /// The first time and the last, if there was one at all.
    pub(crate) fn of(&self, group: GroupId) -> Option<(Stamp, Stamp)> {
        let Span { first, last } = self.groups[group.0 as usize];
        (first <= last).then(|| (Stamp::of_instant_rank(first), Stamp::of_instant_rank(last)))
    }

    pub(crate) fn add(&mut self, batch: &Batch<'_>, hits: &[u16], Grouped { groups, len, .. }: Grouped<'_>) {
        self.groups.resize(len, NEVER);
        let unknown = Stamp::NONE.rank();
        for (&row, group) in hits.iter().zip(groups) {
            let rank = batch.stamp(row as usize).instant_rank();
            if rank != unknown {
                self.groups[group.0 as usize].merge(Span { first: rank, last: rank });
            }
        }
    }

    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        groups.iter().enumerate().for_each(|(new, old)| self.groups[new] = self.groups[old.0 as usize]);
        self.groups.truncate(groups.len());
    }

    pub(crate) fn merge(&mut self, other: &Seen, ids: &IdMap<'_>, len: usize) {
        self.groups.resize(len, NEVER);
        for (theirs, group) in other.groups.iter().zip(ids.groups) {
            self.groups[group.0 as usize].merge(*theirs);
        }
    }
}
