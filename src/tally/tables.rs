//! All tables of one worker, and how the tallies of two workers are merged.

use super::by_day::ByDay;
use super::form::{Escaped, ReadAs, Unescaped, unescaped};
use super::parts::{Parts, Totals};
use super::selected::Selected;
use super::table::{MergedVisitors, Table};
use super::table_plan::{TablePlan, asks_uv, rankings_of, variable_columns_of};
use super::undated::add_undated;
use super::{Degraded, InputLedger, Ledger, Unknown};
use crate::batch::{Batch, Column, Fields, TextField};
use crate::dimension::{Dimension, VariableColumns};
use crate::keys::{AddressKeys, GroupId, IdMap, PartId, Seed, VisitorId, fixed_hash};
use crate::measure::{GroupMeasure, Uv, Visitors, VisitorsAs};
use crate::measure::{Measure, MeasureKind, UvMethod};
use crate::text::find_near;
use crate::time::Stamp;

/// Everything that a worker counts, or all workers together. `F` is the form of its texts.
#[derive(Clone, Debug)]
pub(crate) struct Tally<F = Escaped> {
    pub(crate) ledger: Ledger,
    pub(crate) period: Option<(Stamp, Stamp)>,
    /// True if the first and last time are compared as instants: with a time zone, because its clock may be set back.
    /// Otherwise they are compared as logged.
    pub(crate) by_instant: bool,
    pub(crate) visitors: AddressKeys,
    pub(crate) tables: Vec<Table<F>>,
    /// Rankings with a limited number of keys: what was counted since the end of a round last took it.
    pub(crate) rankings: Vec<Table<F>>,
    pub(super) uv: UvMethod,
    visitor: VisitorKey,
    /// Number of hits that lack each watched field.
    pub(crate) unknown: Unknown,
    /// Visitors of the hits whose time is logged as missing, in a single group or one for each part.
    pub(crate) undated: Uv,
    /// Changes that kept all tables within a limit of memory, if there were any.
    pub(crate) degraded: Option<Degraded>,
    /// Bytes of all sets and histograms by the formula, when they were last measured; and the hits added since.
    pub(super) known_set_bytes: u64,
    pub(super) hits_since: u64,
    /// The parts of all hits, if reports for the keys of a dimension are asked. Tables then have the groups of each
    /// part.
    pub(super) by_part: Option<Box<Parts>>,
    /// All lines by day, for a state. This tally then has no tables and counts no hits.
    pub(crate) by_day: Option<Box<ByDay<Tally<F>>>>,
    /// Reused between batches.
    scratch: Scratch,
}

#[derive(Clone, Debug, Default)]
struct Scratch {
    ids: Vec<u32>,
    visitors: Vec<VisitorId>,
    hashes: Vec<u64>,
    are_logged: Vec<bool>,
    groups: Vec<GroupId>,
}

/// How visitors are identified.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VisitorKey {
    /// Column that identifies a visitor.
    pub(crate) column: Column,
    /// Fields that the column is made of. If a line does not log all of them, its visitor is unknown.
    pub(crate) from: Fields,
}

impl From<TextField> for VisitorKey {
    fn from(field: TextField) -> VisitorKey {
        VisitorKey { column: field.into(), from: Fields::text(field) }
    }
}

/// Leaves out the measures of the table of all hits that a table of times has, too. Every hit is in one group there.
fn totals(tables: &mut [Table]) -> Option<Totals> {
    let all = tables.iter().position(|table| table.dimension == Dimension::All)?;
    let shared = |table: &Table| -> Vec<MeasureKind> {
        let of_all = || tables[all].measures().iter().map(Measure::kind);
        table.measures().iter().map(Measure::kind).filter(|kind| of_all().any(|of_all| of_all == *kind)).collect()
    };
    let of_times = tables.iter().enumerate().filter(|(_, table)| matches!(table.dimension, Dimension::Time(_)));
    let (of, kinds) = of_times.map(|(at, table)| (at, shared(table))).max_by_key(|(_, kinds)| kinds.len())?;
    let kept: Vec<MeasureKind> =
        tables[all].measures().iter().map(Measure::kind).filter(|kind| !kinds.contains(kind)).collect();
    tables[all].keep_measures(&kept);
    Some(Totals { all, of, kinds })
}

impl Tally {
    /// Creates an empty tally with visitors identified by `visitor`. The variables of the plan have the first columns
    /// of batches.
    pub(crate) fn new(plan: &[TablePlan], uv: UvMethod, visitor: VisitorKey, seed: Seed) -> Tally {
        let by_visitor = uv == UvMethod::Exact && visitor.column == TextField::Addr.into() && asks_uv(plan);
        let variable_columns = variable_columns_of(plan);
        let tables = plan.iter().map(|(dimension, kinds)| {
            Table::<Escaped>::new(*dimension, kinds, &variable_columns, seed, by_visitor, uv)
        });
        Tally {
            ledger: Ledger::default(),
            period: None,
            by_instant: false,
            visitors: AddressKeys::new(seed),
            tables: tables.collect(),
            rankings: Vec::new(),
            uv,
            visitor,
            unknown: Unknown::default(),
            undated: Uv::new(uv, seed),
            degraded: None,
            known_set_bytes: 0,
            hits_since: 0,
            by_part: None,
            by_day: None,
            scratch: Scratch::default(),
        }
    }

    /// Divides hits into parts by their keys in a dimension. It must not be a pair; a variable must be among
    /// `variable_columns`. There must be no hits yet.
    pub(crate) fn with_each(self, dimension: Dimension, variable_columns: &VariableColumns) -> Tally {
        let mut parts = Parts::new(dimension, variable_columns, self.visitors.seed());
        let mut tables: Vec<Table> = self.tables.into_iter().map(Table::by_part).collect();
        parts.totals = totals(&mut tables);
        Tally { tables, by_part: Some(Box::new(parts)), ..self }
    }

    /// Returns a tally that counts lines by day, in these tables for each day.
    pub(crate) fn for_each_day(self) -> Tally {
        let ledger = Ledger { inputs: Vec::new(), ..Ledger::default() };
        let by_day = Some(Box::new(ByDay::new(Tally { ledger, ..self.empty_copy() })));
        Tally { tables: Vec::new(), by_day, ..self }
    }

    /// Adds rankings with keys of their own to the tables.
    pub(crate) fn with_rankings(mut self, plan: &[TablePlan], variable_columns: &VariableColumns) -> Tally {
        self.rankings = rankings_of(plan, variable_columns, self.visitors.seed()).collect();
        self
    }

    /// Counts the selected hits of a batch.
    pub(crate) fn add(&mut self, batch: &Batch<'_>, hits: &[u16]) {
        self.add_period(batch, hits);
        if let Some(parts) = &mut self.by_part {
            parts.add(batch, hits, if self.by_instant { Stamp::instant_rank } else { Stamp::rank });
        }
        self.hits_since += hits.len() as u64;
        let Scratch { ids, visitors, hashes, are_logged, groups } = &mut self.scratch;
        visitors.clear();
        hashes.clear();
        let asks_uv = self.tables.iter().any(|t| t.uv().is_some());
        if batch.some_lack() {
            let lacks = hits.iter().map(|&row| batch.lacks(usize::from(row)));
            lacks.clone().for_each(|lacks| self.unknown.add(lacks, self.visitor.from));
            if let Some(parts) = &mut self.by_part {
                parts.add_lacking(lacks.clone(), self.visitor.from);
            }
            are_logged.clear();
            are_logged.extend(lacks.map(|lacks| !lacks.intersects(self.visitor.from)));
        }
        let as_counted = match self.uv {
            UvMethod::Exact if asks_uv => {
                ids.clear();
                self.visitors.ids(batch.text(self.visitor.column), hits, ids);
                visitors.extend(ids.iter().map(|id| VisitorId(*id)));
                VisitorsAs::Ids(visitors)
            }
            UvMethod::Hll(_) if asks_uv => {
                let column = batch.text(self.visitor.column);
                hashes.extend(hits.iter().map(|&row| match column[row as usize] {
                    // Nearly all texts are plain: hashed in place, without a call.
                    plain if !plain.is_empty() && find_near(b'\\', plain).is_none() => fixed_hash(plain),
                    other => fixed_hash(&unescaped(other)),
                }));
                VisitorsAs::Hashes(hashes)
            }
            _ => VisitorsAs::NotCounted,
        };
        let are_logged = batch.some_lack().then_some(&are_logged[..]);
        let (parts, len) = self.by_part.as_ref().map_or((&[][..], 0), |parts| (parts.of_hits(), parts.len()));
        if asks_uv && batch.some_undated() {
            add_undated(&mut self.undated, batch, hits, as_counted, are_logged, (parts, len));
        }
        let selected = Selected { batch, hits, visitors: Visitors { as_counted, are_logged }, parts };
        for table in self.tables.iter_mut().chain(&mut self.rankings) {
            table.add(selected, &self.visitors, ids, groups);
        }
    }

    fn add_period(&mut self, batch: &Batch<'_>, hits: &[u16]) {
        let stamps = hits.iter().map(|&row| batch.stamp(row as usize));
        if self.by_instant {
            self.widen(stamps.map(Stamp::instant_rank), Stamp::of_instant_rank);
        } else {
            self.widen(stamps.map(Stamp::rank), Stamp::of_rank);
        }
    }

    #[inline]
    fn widen(&mut self, ranks: impl Iterator<Item = i64>, of_rank: fn(i64) -> Stamp) {
        let ranks = ranks.filter(|rank| *rank != Stamp::NONE.rank());
        let (first, last) = ranks.fold((i64::MAX, i64::MIN), |(first, last), rank| (first.min(rank), last.max(rank)));
        if first <= last {
            self.widen_period(of_rank(first), of_rank(last));
        }
    }

    /// Unescapes all texts. Texts that differ only in how they were escaped become one.
    pub(crate) fn unescape(mut self) -> Tally<Unescaped> {
        if !self.visitors.others().has_no_escaped() {
            let mut unescaped = self.empty_copy();
            unescaped.absorb(self);
            return unescaped;
        }
        let visitors = &self.visitors;
        let tables = std::mem::take(&mut self.tables).into_iter().map(|table| table.unescape(visitors)).collect();
        let rankings = std::mem::take(&mut self.rankings).into_iter().map(|table| table.unescape(visitors)).collect();
        Tally {
            ledger: self.ledger,
            period: self.period,
            by_instant: self.by_instant,
            visitors: self.visitors,
            tables,
            rankings,
            uv: self.uv,
            visitor: self.visitor,
            unknown: self.unknown,
            undated: self.undated,
            degraded: self.degraded,
            known_set_bytes: self.known_set_bytes,
            hits_since: self.hits_since,
            by_part: self.by_part,
            by_day: self.by_day.map(|by_day| Box::new(by_day.map(Tally::unescape))),
            scratch: Scratch::default(),
        }
    }

    /// Returns what was counted so far, unescaped for a report. Counting can continue.
    pub(crate) fn snapshot(&self) -> Tally<Unescaped> {
        let mut snapshot = self.empty_copy();
        snapshot.merge(self);
        snapshot
    }
}

impl<F> Tally<F> {
    /// Returns the same tables without hits, for texts of any form.
    pub(super) fn empty_copy<G>(&self) -> Tally<G> {
        Tally {
            ledger: Ledger { inputs: vec![InputLedger::default(); self.ledger.inputs.len()], ..Ledger::default() },
            tables: self.tables.iter().map(Table::empty_copy).collect(),
            rankings: self.rankings.iter().map(Table::empty_copy).collect(),
            by_part: self.by_part.as_ref().map(|parts| Box::new(parts.empty_copy())),
            by_day: self.by_day.as_ref().map(|by_day| Box::new(by_day.empty_copy(Tally::empty_copy))),
            ..self.without_tables()
        }
    }

    /// Returns a tally with the same settings, without tables and hits.
    pub(super) fn without_tables<G>(&self) -> Tally<G> {
        Tally {
            ledger: Ledger::default(),
            period: None,
            by_instant: self.by_instant,
            visitors: AddressKeys::new(self.visitors.seed()),
            tables: Vec::new(),
            rankings: Vec::new(),
            uv: self.uv,
            visitor: self.visitor,
            unknown: Unknown::default(),
            undated: Uv::new(self.uv, self.visitors.seed()),
            degraded: self.degraded,
            known_set_bytes: 0,
            hits_since: 0,
            by_part: None,
            by_day: None,
            scratch: Scratch::default(),
        }
    }

    /// The number by which the first and last time are compared.
    pub(super) fn rank(&self, stamp: Stamp) -> i64 {
        if self.by_instant { stamp.instant_rank() } else { stamp.rank() }
    }

    /// Replaces the hashes of visitors by registers, so that no visitor can be recognised in a state. Small numbers of
    /// visitors are then estimated, too.
    pub(crate) fn use_registers(&mut self) {
        self.tables.iter_mut().for_each(Table::use_registers);
        self.undated.use_registers();
    }

    fn widen_period(&mut self, first: Stamp, last: Stamp) {
        let (my_first, my_last) = self.period.unwrap_or((first, last));
        let rank = |stamp: &Stamp| self.rank(*stamp);
        self.period = Some((std::cmp::min_by_key(my_first, first, rank), std::cmp::max_by_key(my_last, last, rank)));
    }

    /// Adds everything of the other tally except its tables. Returns the id here of each of its visitors and parts.
    pub(super) fn merge_sums<G: ReadAs<F>>(&mut self, other: &Tally<G>) -> (Vec<VisitorId>, Vec<PartId>) {
        self.ledger.merge(&other.ledger);
        self.known_set_bytes += other.known_set_bytes;
        self.hits_since += other.hits_since;
        self.unknown.merge(other.unknown);
        if let Some((first, last)) = other.period {
            self.widen_period(first, last);
        }
        let ids = self.visitors.merge(&other.visitors, <G as ReadAs<F>>::read);
        let ids: Vec<_> = ids.into_iter().map(VisitorId).collect();
        let parts = self.merge_parts(other.by_part.as_deref());
        let of_all = [GroupId(0)];
        let of_parts: Vec<GroupId> = parts.iter().map(|part| GroupId(part.0)).collect();
        let (groups, len) = match &self.by_part {
            None => (&of_all[..], 1),
            // Nearly all logs have a time in each line.
            Some(parts) => (&of_parts[..], if other.undated.len() == 0 { self.undated.len() } else { parts.len() }),
        };
        self.undated.merge(&other.undated, &IdMap { groups, visitors: &ids }, len);
        (ids, parts)
    }

    /// Adds another tally of the same tables.
    pub(crate) fn merge<G: ReadAs<F>>(&mut self, other: &Tally<G>)
    where
        F: Clone,
    {
        let (ids, parts) = self.merge_sums(other);
        let visitors = MergedVisitors { all: &self.visitors, ids: &ids, parts: &parts };
        let theirs = other.tables.iter().chain(&other.rankings);
        for (mine, theirs) in self.tables.iter_mut().chain(&mut self.rankings).zip(theirs) {
            mine.merge(theirs, visitors);
        }
        if let Some((mine, theirs)) = self.by_day.as_mut().zip(other.by_day.as_ref()) {
            mine.merge(theirs, Tally::merge);
        }
    }

    /// Like [`merge`](Tally::merge), but frees the memory of the other tally step by step: a table's keys before its
    /// numbers are added, and a table before the next one is. A run needs the most memory when the tallies of all
    /// workers are merged.
    pub(crate) fn absorb<G: ReadAs<F>>(&mut self, other: Tally<G>)
    where
        F: Clone,
    {
        let (ids, parts) = self.merge_sums(&other);
        drop(other.visitors);
        let visitors = MergedVisitors { all: &self.visitors, ids: &ids, parts: &parts };
        let theirs = other.tables.into_iter().chain(other.rankings);
        for (mine, theirs) in self.tables.iter_mut().chain(&mut self.rankings).zip(theirs) {
            mine.absorb(theirs, visitors);
        }
        if let Some((mine, theirs)) = self.by_day.as_mut().zip(other.by_day) {
            mine.absorb(*theirs, Tally::absorb);
        }
    }
}

#[cfg(test)]
impl<F> Tally<F> {
    pub(crate) fn table(&self, dimension: Dimension) -> &Table<F> {
        self.tables.iter().find(|t| t.dimension == dimension).expect("there is a table for this dimension")
    }
}
