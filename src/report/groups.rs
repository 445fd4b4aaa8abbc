//! The groups of a table as rows: put in order and cut here, which is after the last merge.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::written::written;
use super::{LatencyReport, Ranking, Row};
use crate::dimension::{Dimension, time_number, written_time};
use crate::table::{GroupId, Table, Tally};

/// Whether a row says how many visitors there were.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum WithUv {
    Yes,
    No,
}

/// Whether a row says how many of all hits are its own.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum WithShare {
    Yes,
    No,
}

/// The groups of a table, ready to be put in order.
pub(super) struct Groups<'t> {
    tally: &'t Tally,
    table: &'t Table,
    /// Of all hits.
    pv: u64,
}

/// A group's place in a ranking: those that come first are less.
struct Rank<'t> {
    pv: u64,
    key: Cow<'t, [u8]>,
    dimension: Dimension,
    group: GroupId,
}

impl Ord for Rank<'_> {
    /// Keys decide between equals alone: writing one costs more than comparing two numbers.
    fn cmp(&self, other: &Self) -> Ordering {
        let by_key = || self.dimension.bytes_of(&self.key).cmp(&other.dimension.bytes_of(&other.key));
        other.pv.cmp(&self.pv).then_with(by_key)
    }
}

impl PartialOrd for Rank<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Rank<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Rank<'_> {}

impl<'t> Groups<'t> {
    pub(super) fn of(tally: &'t Tally, dimension: Dimension, pv: u64) -> Self {
        let table =
            tally.tables.iter().find(|t| t.dimension == dimension).expect("the plan has a table for each section");
        Groups { tally, table, pv }
    }

    fn ids(&self) -> impl ExactSizeIterator<Item = GroupId> + use<> {
        (0..self.table.keys(&self.tally.visitors).len() as u32).map(GroupId)
    }

    fn key(&self, group: GroupId) -> Cow<'t, [u8]> {
        self.table.keys(&self.tally.visitors).key(group)
    }

    fn pv_of(&self, group: GroupId) -> u64 {
        self.table.counts().map_or(0, |counts| counts.of(group).pv())
    }

    pub(super) fn uv_sum(&self) -> u64 {
        self.table.uv().map_or(0, |uv| self.ids().map(|group| uv.of(group)).sum())
    }

    fn row(&self, group: GroupId, with_uv: WithUv, with_share: WithShare) -> Row {
        let key = self.key(group);
        let key = match self.table.dimension {
            Dimension::Time(unit) => written_time(unit, &key),
            _ => written(&key),
        };
        let mut row = self.numbers(Some(group));
        row.key = Some(key);
        if with_uv == WithUv::No {
            row.uv = None;
        }
        row.share = (with_share == WithShare::Yes).then(|| row.pv as f64 / self.pv.max(1) as f64);
        row
    }

    /// The numbers of a group; zeros for none.
    fn numbers(&self, group: Option<GroupId>) -> Row {
        let tallied = self.table.counts().zip(group).map(|(counts, group)| counts.of(group)).unwrap_or_default();
        let [status_other, status_1xx, status_2xx, status_3xx, status_4xx, status_5xx] = tallied.class;
        Row {
            key: None,
            pv: tallied.pv(),
            uv: self.table.uv().map(|uv| group.map_or(0, |group| uv.of(group))),
            bytes: tallied.bytes,
            statics: tallied.statics,
            dynamic: tallied.pv() - tallied.statics,
            status_1xx,
            status_2xx,
            status_3xx,
            status_4xx,
            status_5xx,
            status_other,
            share: None,
        }
    }

    /// The row of a table that has one group, or none yet.
    pub(super) fn only_row(&self) -> Row {
        self.numbers(self.ids().next())
    }

    /// The row of a group without a hit; what a group cannot say, it does not say either.
    pub(super) fn empty_row(&self) -> Row {
        self.numbers(None)
    }

    /// Time and codes ascend, weekdays from Monday.
    pub(super) fn in_order(&self, with_uv: WithUv, with_share: WithShare) -> Vec<Row> {
        let mut groups: Vec<GroupId> = self.ids().collect();
        match self.table.dimension {
            Dimension::Time(_) => groups.sort_by_key(|group| time_number(&self.key(*group))),
            _ => groups.sort_by_key(|group| self.key(*group)),
        }
        groups.into_iter().map(|group| self.row(group, with_uv, with_share)).collect()
    }

    pub(super) fn ranking(&self, limit: usize) -> Ranking {
        let dimension = self.table.dimension;
        let count = self.ids().len();
        let rank = |group| Rank { pv: self.pv_of(group), key: self.key(group), dimension, group };
        let ranks = if limit > 0 && limit < count {
            self.best(limit, rank)
        } else {
            let mut all: Vec<_> = self.ids().map(rank).collect();
            all.sort_unstable();
            all
        };
        let rows = ranks.into_iter().map(|rank| self.row(rank.group, WithUv::No, WithShare::Yes)).collect();
        Ranking { dimension, rows, groups: count as u64 }
    }

    /// How many hits of a group may be missing, if some are.
    pub(super) fn max_error(&self) -> Option<u64> {
        self.table.max_error
    }

    /// The first `limit` groups of a ranking. Millions of paths for ten rows: of all but those that come near them, the
    /// hits are looked at alone.
    fn best<'r>(&self, limit: usize, rank: impl Fn(GroupId) -> Rank<'r>) -> Vec<Rank<'r>> {
        let mut best: BinaryHeap<Rank<'r>> = BinaryHeap::with_capacity(limit);
        for group in self.ids() {
            if best.len() < limit {
                best.push(rank(group));
                continue;
            }
            let mut last = best.peek_mut().expect("a limit is above 0");
            if self.pv_of(group) >= last.pv {
                let rank = rank(group);
                if rank < *last {
                    *last = rank;
                }
            }
        }
        best.into_sorted_vec()
    }

    pub(super) fn latency(&self, slow_ms: u64) -> Option<LatencyReport> {
        let times = self.table.latency()?.of(self.ids().next()?).sorted();
        (times.count() > 0).then(|| LatencyReport {
            count: times.count(),
            sum_ms: times.sum_ms(),
            max_ms: times.max_ms(),
            p50_ms: times.percentile_ms(50),
            p90_ms: times.percentile_ms(90),
            p95_ms: times.percentile_ms(95),
            p99_ms: times.percentile_ms(99),
            slow_threshold_ms: slow_ms,
            slow: times.slower_than(slow_ms),
        })
    }
}
