//! All tables of one worker, and how two of them become one.

use std::borrow::Cow;

use super::{AddressKeys, GroupId, IdMap, Keys, Ledger, Seed, VisitorId, fixed_hash};
use crate::batch::{Batch, Fields, MISSING, TextField};
use crate::dimension::{Dimension, Extras, Grouping};
use crate::format::undo_escapes;
use crate::measure::{Counts, Grouped, Latency, Measure, MeasureKind, Uv, Visitors};
use crate::question::UvMethod;
use crate::search::find_near;
use crate::time::Stamp;

/// A dimension with measures.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) dimension: Dimension,
    grouping: Grouping,
    measures: Vec<Measure>,
}

/// The keys of a table's groups.
#[derive(Clone, Copy, Debug)]
pub(crate) enum KeysOfTable<'k> {
    Own(&'k Keys),
    /// The groups are the visitors.
    Visitors(&'k AddressKeys),
}

impl<'k> KeysOfTable<'k> {
    pub(crate) fn len(self) -> usize {
        match self {
            KeysOfTable::Own(keys) => keys.len(),
            KeysOfTable::Visitors(addresses) => addresses.len(),
        }
    }

    pub(crate) fn key(self, group: GroupId) -> Cow<'k, [u8]> {
        match self {
            KeysOfTable::Own(keys) => Cow::Borrowed(keys.key(group.0)),
            KeysOfTable::Visitors(addresses) => addresses.key(group.0),
        }
    }
}

impl Table {
    /// The keys of the groups; `visitors` are those of the tally.
    pub(crate) fn keys<'k>(&'k self, visitors: &'k AddressKeys) -> KeysOfTable<'k> {
        self.grouping.keys(visitors)
    }

    pub(crate) fn counts(&self) -> Option<&Counts> {
        self.measures.iter().find_map(|m| if let Measure::Counts(counts) = m { Some(counts) } else { None })
    }

    pub(crate) fn uv(&self) -> Option<&Uv> {
        self.measures.iter().find_map(|m| if let Measure::Uv(uv) = m { Some(uv) } else { None })
    }

    pub(crate) fn latency(&self) -> Option<&Latency> {
        self.measures.iter().find_map(|m| if let Measure::Latency(latency) = m { Some(latency) } else { None })
    }
}

/// What a worker fills, and what is left of all of them.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    pub(crate) ledger: Ledger,
    pub(crate) period: Option<(Stamp, Stamp)>,
    pub(crate) visitors: AddressKeys,
    pub(crate) tables: Vec<Table>,
    uv: UvMethod,
    /// What the hits of a batch are turned into; kept for their memory.
    scratch: Scratch,
}

#[derive(Clone, Debug, Default)]
struct Scratch {
    ids: Vec<u32>,
    visitors: Vec<VisitorId>,
    hashes: Vec<u64>,
    groups: Vec<GroupId>,
}

/// Which dimension a table has, and which measures.
pub(crate) type TablePlan = (Dimension, Vec<MeasureKind>);

/// The variables that a plan ranks.
pub(crate) fn extras_of(plan: &[TablePlan]) -> Extras {
    Extras::of(plan.iter().map(|(dimension, _)| *dimension))
}

impl Tally {
    pub(crate) fn new(plan: &[TablePlan], uv: UvMethod, seed: Seed) -> Tally {
        let by_visitor = uv == UvMethod::Exact && plan.iter().any(|(_, measures)| measures.contains(&MeasureKind::Uv));
        let extras = extras_of(plan);
        let tables = plan.iter().map(|(dimension, measures)| Table {
            dimension: *dimension,
            grouping: Grouping::new(*dimension, &extras, seed, by_visitor),
            measures: measures.iter().map(|kind| kind.measure(uv)).collect(),
        });
        Tally {
            ledger: Ledger::default(),
            period: None,
            visitors: AddressKeys::new(seed),
            tables: tables.collect(),
            uv,
            scratch: Scratch::default(),
        }
    }

    /// The fields that the tables of a plan ask for.
    pub(crate) fn needs(plan: &[TablePlan]) -> Fields {
        let extras = extras_of(plan);
        plan.iter().fold(Fields::NONE, |needs, (dimension, measures)| {
            measures.iter().fold(needs.and(dimension.needs(&extras)), |needs, kind| needs.and(kind.needs()))
        })
    }

    fn plan(&self) -> Vec<TablePlan> {
        self.tables.iter().map(|t| (t.dimension, t.measures.iter().map(Measure::kind).collect())).collect()
    }

    /// Counts the selected hits of a batch.
    pub(crate) fn add(&mut self, batch: &Batch<'_>, hits: &[u16]) {
        self.add_period(batch, hits);
        let Scratch { ids, visitors, hashes, groups } = &mut self.scratch;
        visitors.clear();
        hashes.clear();
        let asks_uv = self.tables.iter().any(|t| t.uv().is_some());
        let visitors_of = match self.uv {
            UvMethod::Exact if asks_uv => {
                ids.clear();
                self.visitors.ids(batch.text(TextField::Addr), hits, ids);
                visitors.extend(ids.iter().map(|id| VisitorId(*id)));
                Visitors::Ids(visitors)
            }
            UvMethod::Hll(_) if asks_uv => {
                let column = batch.text(TextField::Addr);
                hashes.extend(hits.iter().map(|&row| match column[row as usize] {
                    // As nearly all are: looked at in place, without a call.
                    plain if !plain.is_empty() && find_near(b'\\', plain).is_none() => fixed_hash(plain),
                    other => fixed_hash(&settled(other)),
                }));
                Visitors::Hashes(hashes)
            }
            _ => Visitors::Unknown,
        };
        for table in &mut self.tables {
            groups.clear();
            let visitor_ids = if let Visitors::Ids(ids) = visitors_of { ids } else { &[] };
            table.grouping.ids(batch, hits, visitor_ids, ids, groups);
            let grouped = Grouped::new(groups, table.grouping.keys(&self.visitors).len());
            for measure in &mut table.measures {
                measure.add(batch, hits, grouped, &visitors_of);
            }
        }
    }

    fn add_period(&mut self, batch: &Batch<'_>, hits: &[u16]) {
        let ranks =
            || hits.iter().map(|&row| batch.stamp(row as usize).rank()).filter(|rank| *rank != Stamp::NONE.rank());
        let (first, last) = ranks().fold((i64::MAX, i64::MIN), |(first, last), rank| (first.min(rank), last.max(rank)));
        if first <= last {
            self.widen_period(Stamp::of_rank(first), Stamp::of_rank(last));
        }
    }

    fn widen_period(&mut self, first: Stamp, last: Stamp) {
        let (my_first, my_last) = self.period.unwrap_or((first, last));
        self.period = Some((my_first.min(first), my_last.max(last)));
    }

    /// Takes in what another worker counted.
    pub(crate) fn merge(&mut self, mut other: Tally) {
        self.ledger.merge(std::mem::take(&mut other.ledger));
        self.merge_tables(&other, false);
    }

    /// `settles`: texts become the keys that are reported.
    fn merge_tables(&mut self, other: &Tally, settles: bool) {
        if let Some((first, last)) = other.period {
            self.widen_period(first, last);
        }
        let text = |key| if settles { settled(key) } else { Cow::Borrowed(key) };
        let visitors: Vec<u32> = self.visitors.merge(&other.visitors, text);
        let visitor_map: Vec<VisitorId> = visitors.iter().map(|id| VisitorId(*id)).collect();
        for (mine, theirs) in self.tables.iter_mut().zip(&other.tables) {
            let is_text = mine.dimension.is_text();
            let groups: Vec<GroupId> = match mine.grouping.keys_mut().zip(theirs.grouping.own_keys()) {
                None => visitors.iter().map(|id| GroupId(*id)).collect(),
                Some((mine, theirs)) if is_text => mine.merge(theirs, text).into_iter().map(GroupId).collect(),
                Some((mine, theirs)) => mine.merge(theirs, Cow::Borrowed).into_iter().map(GroupId).collect(),
            };
            let ids = IdMap { groups: &groups, visitors: &visitor_map };
            let len = mine.grouping.keys(&self.visitors).len();
            for (measure, other) in mine.measures.iter_mut().zip(&theirs.measures) {
                measure.merge(other, &ids, len);
            }
        }
    }

    /// Gives every text its key: escapes undone, `-` for what is empty. Texts that differ only in how they were
    /// escaped become one. To be called after the last merge, and once.
    pub(crate) fn settle(mut self) -> Tally {
        let is_settled = |keys: &Keys| keys.iter().all(|key| !key.is_empty() && !key.contains(&b'\\'));
        if !is_settled(self.visitors.others()) {
            let mut settled = Tally::new(&self.plan(), self.uv, self.visitors.seed());
            settled.merge_tables(&self, true);
            settled.ledger = self.ledger;
            return settled;
        }
        let extras = extras_of(&self.plan());
        // Visitors stay who they are, and where no two keys become one so do the groups. Other tables are made anew.
        let visitors: Vec<VisitorId> = (0..self.visitors.len() as u32).map(VisitorId).collect();
        for table in &mut self.tables {
            if !table.dimension.is_text() || table.grouping.keys_mut().is_none_or(|keys| keys.rewrite(settled)) {
                continue;
            }
            let Some(keys) = table.grouping.own_keys() else { continue };
            let mut grouping = Grouping::new(table.dimension, &extras, self.visitors.seed(), false);
            let my_keys = grouping.keys_mut().expect("a grouping that is not by visitor");
            let groups: Vec<GroupId> = my_keys.merge(keys, settled).into_iter().map(GroupId).collect();
            let len = my_keys.len();
            for measure in &mut table.measures {
                let theirs = std::mem::replace(measure, measure.kind().measure(self.uv));
                measure.merge(&theirs, &IdMap { groups: &groups, visitors: &visitors }, len);
            }
            table.grouping = grouping;
        }
        self
    }
}

/// The key of a text as it is reported.
fn settled(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_empty() { Cow::Borrowed(MISSING) } else { undo_escapes(text) }
}

#[cfg(test)]
impl Tally {
    pub(crate) fn table(&self, dimension: Dimension) -> &Table {
        self.tables.iter().find(|t| t.dimension == dimension).expect("a table of this dimension")
    }
}
