//! Turns the groups of a table into sorted rows. This happens after the last merge of tallies.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::latency::latency;
use super::whole::Whole;
use super::{Figure, LatencyReport, Ranking, Row, UvCount};
use crate::batch::{Fields, MISSING, TextField};
use crate::dimension::{Dimension, PairKeys, time_number, written_time};
use crate::dimension::{Key, KeysOfTable};
use crate::keys::GroupId;
use crate::measure::Durations;
use crate::metric::{Metric, OfGroup, Quantity, Sort};
use crate::tally::{Table, Tally, Unescaped};
use crate::text::written;

/// Rows with or without the number of visitors.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum WithUv {
    Yes,
    No,
}

/// Rows with or without their share of all hits.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum WithShare {
    Yes,
    No,
}

/// The groups of a table, ready to be sorted.
pub(super) struct Groups<'t> {
    tally: &'t Tally<Unescaped>,
    table: &'t Table<Unescaped>,
    whole: &'t Whole,
}

/// Sort key of a group in a ranking. The group that is listed first is the least.
struct Rank<'g> {
    order: Order,
    pv: u64,
    group: GroupId,
    /// True if equal numbers are sorted by key in reverse.
    keys_descend: bool,
    of: &'g Groups<'g>,
}

/// A number to sort by. The largest is listed first, [`UNKNOWN`] last.
type Order = i128;

const UNKNOWN: Order = Order::MIN;
/// Fractional bits of an [`Order`]: means are compared in units of 2^-32 ms.
const MEAN_BITS: u32 = 32;

impl Ord for Rank<'_> {
    /// Compares keys only if the numbers are equal, because writing a key costs more than comparing two numbers.
    fn cmp(&self, other: &Self) -> Ordering {
        let by_key = || self.of.key(self.group).cmp(&other.of.key(other.group));
        let by_key = || if self.keys_descend { by_key().reverse() } else { by_key() };
        (other.order, other.pv).cmp(&(self.order, self.pv)).then_with(by_key)
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

/// A key of a dimension, as reports write it.
pub(super) fn written_of(dimension: Dimension, key: &[u8]) -> String {
    match dimension {
        Dimension::Time(unit) => written_time(unit, key),
        _ => written(key),
    }
}

/// The value of a metric of a group, if rows have no field for it.
fn column(metric: Metric, group: Option<&OfGroup<'_>>) -> Option<Figure> {
    let quantity = || group.map_or_else(|| metric.of_no_hits(), |group| metric.read(group));
    let figure = || quantity().map_or(Figure::Unknown, Figure::from);
    (!metric.is_field()).then(figure)
}

impl<'t> Groups<'t> {
    pub(super) fn of(tally: &'t Tally<Unescaped>, dimension: Dimension, whole: &'t Whole) -> Self {
        let table =
            tally.tables.iter().find(|t| t.dimension == dimension).expect("the plan has a table for each section");
        Groups { tally, table, whole }
    }

    pub(super) fn dimension(&self) -> Dimension {
        self.table.dimension
    }

    pub(super) fn ids(&self) -> impl ExactSizeIterator<Item = GroupId> + use<> {
        (0..self.table.keys(&self.tally.visitors).len() as u32).map(GroupId)
    }

    fn key(&self, group: GroupId) -> Key<'t> {
        self.table.key(&self.tally.visitors, group)
    }

    /// The pairs of keys, if the dimension is a pair.
    pub(super) fn pairs(&self) -> Option<&'t PairKeys> {
        match self.table.keys(&self.tally.visitors) {
            KeysOfTable::Pairs(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// The group of the hits whose visitor is unknown, in a table of visitors.
    pub(super) fn without_visitor(&self) -> Option<GroupId> {
        // Looking for a key writes all addresses.
        if self.tally.unknown.visitor == 0 { None } else { self.with_key(MISSING) }
    }

    /// The group with a key, which for a pair is its first.
    pub(super) fn with_key(&self, key: &[u8]) -> Option<GroupId> {
        self.ids().find(|group| self.key(*group).first() == key)
    }

    pub(super) fn pv_of(&self, group: GroupId) -> u64 {
        self.table.pv_of(group)
    }

    /// Sum of the visitors of all days; `None` if there are hits and no line logs both a visitor and a time. Hits whose
    /// time is logged as missing count as one more day.
    pub(super) fn visitor_days(&self) -> Option<u64> {
        let Some(uv) = self.table.uv() else { return Some(0) };
        // The group without a time also has the hits whose lines do not log a time. `undated` has only those whose time
        // is logged as missing.
        let is_day = |group: &GroupId| self.key(*group).first() != MISSING;
        let of_days: u64 = self.ids().filter(is_day).map(|group| uv.of(group)).sum();
        let days = of_days + self.tally.undated.of_one();
        (days > 0 || self.ids().len() == 0).then_some(days)
    }

    /// The key of a group, as reports write it; for a pair, both keys with a space between them.
    pub(super) fn written(&self, group: GroupId) -> String {
        self.key(group).parts().map(|(dimension, key)| written_of(dimension, key)).collect::<Vec<_>>().join(" ")
    }

    /// Both keys of a pair.
    fn written_both(&self, group: GroupId) -> Option<[String; 2]> {
        let key = self.key(group);
        let mut parts = key.parts().map(|(dimension, key)| written_of(dimension, key));
        Some([parts.next()?, parts.next()?])
    }

    fn row(&self, group: GroupId, with_uv: WithUv, with_share: WithShare, columns: &[Metric]) -> Row {
        let mut row = self.numbers(Some(group), columns);
        row.key = Some(self.written(group));
        row.keys = self.written_both(group);
        if with_uv == WithUv::No {
            row.uv = UvCount::NotCounted;
        }
        row.share = (with_share == WithShare::Yes).then(|| row.pv as f64 / self.whole.pv.max(1) as f64);
        row
    }

    /// The numbers of a group, including the metrics `columns`. Without a group, they are those of no
    /// hits.
    fn numbers(&self, group: Option<GroupId>, columns: &[Metric]) -> Row {
        let group = group.map(|group| self.of_group(group));
        let counted = group.map(|group| group.counted()).unwrap_or_default();
        let uv = |_| group.map_or(Some(0), |group| group.uv()).map_or(UvCount::Unknown, UvCount::Known);
        Row {
            key: None,
            keys: None,
            short: None,
            pv: counted.pv,
            uv: self.table.uv().map_or(UvCount::NotCounted, uv),
            bytes: counted.bytes(),
            static_hits: counted.static_hits(),
            dynamic: counted.dynamic(),
            status_1xx: counted.class(1),
            status_2xx: counted.class(2),
            status_3xx: counted.class(3),
            status_4xx: counted.class(4),
            status_5xx: counted.class(5),
            status_other: counted.class(0),
            share: None,
            split: None,
            columns: columns.iter().filter_map(|metric| Some((*metric, column(*metric, group.as_ref())?))).collect(),
        }
    }

    /// The row of a table that has at most one group, with the metrics `columns`.
    pub(super) fn only_row(&self, columns: &[Metric]) -> Row {
        self.numbers(self.ids().next(), columns)
    }

    /// The row of a bucket without hits: zeros for all numbers that the table counts.
    pub(super) fn empty_row(&self, with_share: WithShare, columns: &[Metric]) -> Row {
        Row { share: (with_share == WithShare::Yes).then_some(0.0), ..self.numbers(None, columns) }
    }

    /// All rows, ascending by time or key, with the metrics `columns`. Weekdays start on Monday.
    pub(super) fn in_order(&self, with_uv: WithUv, with_share: WithShare, columns: &[Metric]) -> Vec<Row> {
        let mut groups: Vec<GroupId> = self.ids().collect();
        match self.table.dimension {
            Dimension::Time(_) => groups.sort_by_key(|group| time_number(self.key(*group).first())),
            _ => groups.sort_by_key(|group| self.key(*group)),
        }
        groups.into_iter().map(|group| self.row(group, with_uv, with_share, columns)).collect()
    }

    /// The ranking of the first `limit` groups in an order, or of all groups if `limit` is 0. Rows have the metrics
    /// `columns`.
    pub(super) fn ranking(&self, limit: usize, sort: Sort, columns: &[Metric]) -> Ranking {
        let dimension = self.table.dimension;
        let count = self.ids().len();
        let ranks = if limit > 0 && limit < count {
            self.best(limit, sort)
        } else {
            let mut all: Vec<_> = self.ids().map(|group| self.rank(sort, group)).collect();
            all.sort_unstable();
            all
        };
        let with_uv = if columns.contains(&Metric::Uv) { WithUv::Yes } else { WithUv::No };
        let rows = ranks.into_iter().map(|rank| self.row(rank.group, with_uv, WithShare::Yes, columns));
        Ranking { dimension, rows: rows.collect(), sort, columns: columns.to_vec(), groups: count as u64 }
    }

    fn rank(&self, sort: Sort, group: GroupId) -> Rank<'_> {
        self.rank_of(sort, self.order(sort, group), group)
    }

    fn rank_of(&self, sort: Sort, order: Order, group: GroupId) -> Rank<'_> {
        let is_by_key = sort.metric().is_none();
        let pv = if is_by_key { 0 } else { self.pv_of(group) };
        Rank { order, pv, group, keys_descend: is_by_key && !sort.is_ascending(), of: self }
    }

    /// Returns the group, among `groups`, that a ranking by this metric would list first.
    pub(super) fn first_by(&self, metric: Metric, groups: impl Iterator<Item = GroupId>) -> Option<GroupId> {
        groups.map(|group| self.rank(metric.into(), group)).min().map(|rank| rank.group)
    }

    /// Sorts groups as in a ranking by hits.
    pub(super) fn ranked(&self, groups: impl Iterator<Item = GroupId>) -> Vec<GroupId> {
        let mut ranks: Vec<_> = groups.map(|group| self.rank(Sort::default(), group)).collect();
        ranks.sort_unstable();
        ranks.into_iter().map(|rank| rank.group).collect()
    }

    /// The sort value of a group: the largest is listed first.
    fn order(&self, sort: Sort, group: GroupId) -> Order {
        let order = match (sort.metric(), self.table.dimension) {
            (Some(metric), _) => self.value(metric, group),
            // Times have an order of their own: Monday is before Friday. Other keys are compared as bytes.
            (None, Dimension::Time(_)) => Order::from(time_number(self.key(group).first())),
            (None, _) => 0,
        };
        if sort.is_ascending() && order != UNKNOWN { -order } else { order }
    }

    /// The value of a metric as a number to sort by.
    fn value(&self, metric: Metric, group: GroupId) -> Order {
        let part_of = |(part, whole)| (Order::from(part) << MEAN_BITS) / Order::from(whole);
        match metric.read(&self.of_group(group)) {
            None => UNKNOWN,
            Some(Quantity::Moment(stamp)) => Order::from(stamp.instant_rank()),
            Some(quantity) => quantity.quotient().map_or(UNKNOWN, part_of),
        }
    }

    /// The value of a metric as a fraction `(part, whole)`. Counts and times have a whole of 1; times are in
    /// milliseconds. `None` if the value is unknown or the metric is a moment.
    pub(super) fn quotient(&self, metric: Metric, group: GroupId) -> Option<(u64, u64)> {
        metric.read(&self.of_group(group))?.quotient()
    }

    fn of_group(&self, group: GroupId) -> OfGroup<'t> {
        let has_time = || self.dimension().parts().any(|part| matches!(part, Dimension::Time(_)));
        let length_s = if has_time() { self.whole.length_of_row_s(&self.key(group)) } else { self.whole.length_s() };
        OfGroup { measures: self.table.measures(), group, pv_of_all: self.whole.pv, length_s }
    }

    /// Number of hits of a group whose lines log the field that a count is taken from. The count is a share of these
    /// hits.
    pub(super) fn hits_with(&self, metric: Metric, group: GroupId) -> u64 {
        let lacking = self.table.counts().map(|counts| counts.lacking(group)).unwrap_or_default();
        let (fields, _) = metric.requirement();
        let without = match fields {
            Fields::STATUS => lacking.status,
            _ if fields.intersects(Fields::text(TextField::Path)) => lacking.path,
            _ => 0,
        };
        self.pv_of(group) - without
    }

    /// Largest number of hits that may be missing from a group; `None` if the table is exact.
    pub(super) fn max_error(&self) -> Option<u64> {
        self.table.max_error
    }

    /// The first `limit` groups of a ranking, using a heap. There may be millions of paths for ten rows, so most groups
    /// cost only one comparison of their sort value.
    fn best(&self, limit: usize, sort: Sort) -> Vec<Rank<'_>> {
        let mut best: BinaryHeap<Rank<'_>> = BinaryHeap::with_capacity(limit);
        for group in self.ids() {
            let order = self.order(sort, group);
            if best.len() < limit {
                best.push(self.rank_of(sort, order, group));
                continue;
            }
            let mut last = best.peek_mut().expect("the limit is above 0");
            if order >= last.order {
                let rank = self.rank_of(sort, order, group);
                if rank < *last {
                    *last = rank;
                }
            }
        }
        best.into_sorted_vec()
    }

    /// The durations of a table that has one group, by their place in the question; `None` if none was logged.
    pub(super) fn latency(&self, at: usize, slow_ms: u64) -> Option<LatencyReport> {
        let group = self.ids().next()?;
        let times = match at.checked_sub(1) {
            None => self.table.latency()?.of(group),
            Some(further) => self.table.measure::<Durations>()?.of(further, group)?,
        };
        latency(&times.sorted(), slow_ms)
    }
}
