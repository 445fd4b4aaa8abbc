//! One table: a dimension with measures.

use std::marker::PhantomData;

use super::form::{Escaped, ReadAs, Unescaped, unescaped};
use super::listed::{Kept, listed_by};
use super::selected::Selected;
use crate::dimension::{Dimension, Extras, Grouping};
use crate::dimension::{Key, KeysOfTable};
use crate::keys::{AddressKeys, GroupId, IdMap, Seed, VisitorId};
use crate::measure::{Counts, Grouped, Hits, Latency, Measure, MeasureKind, OfTable, SizeOf, Uv, VisitorsAs};
use crate::measure::{Precision, UvMethod};

/// A dimension with measures, its keys in one form.
#[derive(Clone, Debug)]
pub(crate) struct Table<F = Escaped> {
    pub(crate) dimension: Dimension,
    grouping: Grouping,
    measures: Vec<Measure>,
    uv: UvMethod,
    seed: Seed,
    /// Where groups were dropped to save memory: how many hits of any group may be missing, at most.
    pub(crate) max_error: Option<u64>,
    form: PhantomData<F>,
}

/// Bytes of a table without keys.
const TABLE: u64 = 64;

/// The visitors of two tallies that become one.
#[derive(Clone, Copy)]
pub(super) struct MergedVisitors<'v> {
    pub(super) all: &'v AddressKeys,
    /// Where those of the other tally are among all.
    pub(super) ids: &'v [VisitorId],
}

impl<F> Table<F> {
    /// `by_visitor`: addresses are interned as visitors anyway; a variable is among `extras`.
    pub(super) fn new(
        dimension: Dimension,
        measures: &[MeasureKind],
        extras: &Extras,
        seed: Seed,
        by_visitor: bool,
        uv: UvMethod,
    ) -> Table<F> {
        let grouping = Grouping::new(dimension, extras, seed, by_visitor);
        let measures = measures.iter().map(|kind| kind.measure(uv, seed)).collect();
        Table { dimension, grouping, measures, uv, seed, max_error: None, form: PhantomData }
    }

    /// The keys of the groups; `visitors` are those of the tally.
    pub(crate) fn keys<'k>(&'k self, visitors: &'k AddressKeys) -> KeysOfTable<'k> {
        self.grouping.keys(visitors)
    }

    /// The key of a group, as it is compared and written.
    pub(crate) fn key<'k>(&'k self, visitors: &'k AddressKeys, group: GroupId) -> Key<'k> {
        Key::new(self.dimension, self.keys(visitors), group)
    }

    pub(crate) fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// The measure of this type, if the table has it.
    pub(crate) fn measure<M: OfTable>(&self) -> Option<&M> {
        self.measures.iter().find_map(M::of)
    }

    pub(crate) fn counts(&self) -> Option<&Counts> {
        self.measure()
    }

    pub(crate) fn uv(&self) -> Option<&Uv> {
        self.measure()
    }

    pub(crate) fn latency(&self) -> Option<&Latency> {
        self.measure()
    }

    /// Adds what was counted in another table of the same dimension and measures.
    pub(super) fn merge<G: ReadAs<F>>(&mut self, other: &Table<G>, visitors: MergedVisitors<'_>) {
        let groups = self.merge_keys(other, visitors);
        self.merge_measures(&other.measures, &groups, visitors);
    }

    /// The same for a table that is not used again: its memory is freed as it goes.
    pub(super) fn absorb<G: ReadAs<F>>(&mut self, other: Table<G>, visitors: MergedVisitors<'_>) {
        let groups = self.merge_keys(&other, visitors);
        // Of millions of keys there are two copies now. One goes before the numbers need room.
        drop(other.grouping);
        self.merge_measures(&other.measures, &groups, visitors);
    }

    /// Where the groups of the other table are here.
    fn merge_keys<G: ReadAs<F>>(&mut self, other: &Table<G>, visitors: MergedVisitors<'_>) -> Vec<GroupId> {
        let groups = self.grouping.merge(&other.grouping, <G as ReadAs<F>>::read);
        groups.unwrap_or_else(|| visitors.ids.iter().map(|id| GroupId(id.0)).collect())
    }

    fn merge_measures(&mut self, others: &[Measure], groups: &[GroupId], visitors: MergedVisitors<'_>) {
        let ids = IdMap { groups, visitors: visitors.ids };
        let len = self.grouping.keys(visitors.all).len();
        for (measure, theirs) in self.measures.iter_mut().zip(others) {
            measure.merge(theirs, &ids, len);
        }
    }

    /// The same table without a group, whose keys have any form.
    pub(super) fn emptied<G>(&self) -> Table<G> {
        Table {
            dimension: self.dimension,
            grouping: self.grouping.emptied(self.seed),
            measures: self.empty_measures(),
            uv: self.uv,
            seed: self.seed,
            max_error: self.max_error,
            form: PhantomData,
        }
    }

    fn empty_measures(&self) -> Vec<Measure> {
        self.measures.iter().map(|measure| measure.kind().measure(self.uv, self.seed)).collect()
    }

    /// Bytes by the formula, but for those of sets and histograms.
    pub(super) fn bytes(&self, size: SizeOf) -> u64 {
        let measures: u64 = self.measures.iter().map(|measure| measure.bytes(size)).sum();
        // Settling gives a table one longer key at most: an empty one.
        let own = if size == SizeOf::Part { 2 * TABLE } else { TABLE };
        own + self.grouping.bytes() + measures
    }

    /// Bytes by the formula of the sets and histograms of all groups.
    pub(super) fn set_bytes(&mut self, size: SizeOf) -> u64 {
        self.measures.iter_mut().map(|measure| measure.set_bytes(size)).sum()
    }

    pub(super) fn set_bytes_of_hit(&self) -> u64 {
        self.measures.iter().map(Measure::set_bytes_of_hit).sum()
    }

    /// Turns exact sets of visitors into sketches; `hashes` are those of the visitors, by their ids.
    pub(super) fn use_sketches(&mut self, precision: Precision, visitors: &AddressKeys, hashes: &[u64]) {
        self.grouping.part_from(visitors);
        self.uv = UvMethod::Hll(precision);
        for measure in &mut self.measures {
            if let Measure::Uv(uv) = measure {
                uv.use_sketches(precision, self.seed, hashes);
            }
        }
    }

    /// The hits of a group, where hits are counted.
    pub(crate) fn pv_of(&self, group: GroupId) -> u64 {
        let counted = self.counts().map(|counts| counts.of(group).pv());
        counted.or_else(|| self.measure().map(|hits: &Hits| hits.of(group))).unwrap_or(0)
    }

    /// Keeps these groups, which ascend and are then the first ones, and the memory of the others. They must have keys of
    /// their own.
    pub(super) fn keep(&mut self, groups: &[GroupId]) {
        self.grouping.keep(groups);
        self.measures.iter_mut().for_each(|measure| measure.keep(groups));
    }
}

impl Table<Escaped> {
    /// Counts the selected hits of a batch; `ids` and `groups` are room to work in.
    pub(super) fn add(
        &mut self,
        selected: Selected<'_>,
        all_visitors: &AddressKeys,
        ids: &mut Vec<u32>,
        groups: &mut Vec<GroupId>,
    ) {
        if selected.batch.some_lack()
            && let Some(field) = listed_by(self.dimension)
        {
            let kept = Kept::having(field, selected);
            self.add_all(kept.selected(selected), all_visitors, ids, groups);
        } else {
            self.add_all(selected, all_visitors, ids, groups);
        }
    }

    fn add_all(
        &mut self,
        Selected { batch, hits, visitors }: Selected<'_>,
        all_visitors: &AddressKeys,
        ids: &mut Vec<u32>,
        groups: &mut Vec<GroupId>,
    ) {
        groups.clear();
        let visitor_ids = if let VisitorsAs::Ids(ids) = visitors.as_counted { ids } else { &[][..] };
        self.grouping.ids(batch, hits, visitor_ids, ids, groups);
        let grouped = Grouped::new(groups, self.grouping.keys(all_visitors).len());
        for measure in &mut self.measures {
            measure.add(batch, hits, grouped, &visitors);
        }
    }

    /// Moves everything that was counted to a table of texts as they are reported, and begins anew in the memory that it has.
    pub(super) fn drain_to(&mut self, all: &mut Table<Unescaped>, visitors: MergedVisitors<'_>) {
        all.merge(self, visitors);
        self.keep(&[]);
    }

    /// Undoes the escapes of its keys; those of visitors are undone already.
    pub(super) fn unescape(mut self, visitors: &AddressKeys) -> Table<Unescaped> {
        // Where no two keys become one the groups stay who they are.
        if let Some(groups) = self.grouping.rewrite(visitors.seed(), unescaped) {
            let empty = self.empty_measures();
            let old = std::mem::replace(&mut self.measures, empty);
            let ids: Vec<VisitorId> = (0..visitors.len() as u32).map(VisitorId).collect();
            self.merge_measures(&old, &groups, MergedVisitors { all: visitors, ids: &ids });
        }
        let Table { dimension, grouping, measures, uv, seed, max_error, form: PhantomData } = self;
        Table { dimension, grouping, measures, uv, seed, max_error, form: PhantomData }
    }
}
