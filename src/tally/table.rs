//! A table: a dimension with measures.

mod regrouped;

use std::marker::PhantomData;

use super::form::{Escaped, ReadAs, Unescaped, unescaped};
use super::listed::{HitsOfField, listed_by};
use super::selected::Selected;
use crate::dimension::{Dimension, Grouping, VariableColumns};
use crate::dimension::{Key, KeysOfTable};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::{AddressKeys, GroupId, IdMap, PartId, Seed, SharedIds, VisitorId};
use crate::measure::{Counts, Grouped, Hits, Latency, Measure, MeasureKind, OfTable, SizeOf, Uv, VisitorsAs};
use crate::measure::{Precision, SavedOrder, SavedSize, UvMethod};

/// A dimension with measures. `F` is the form of its keys.
#[derive(Clone, Debug)]
pub(crate) struct Table<F = Escaped> {
    pub(crate) dimension: Dimension,
    grouping: Grouping,
    measures: Vec<Measure>,
    uv: UvMethod,
    seed: Seed,
    /// Maximum number of hits that any group may lack; `None` unless groups were dropped to save memory.
    pub(crate) max_error: Option<u64>,
    form: PhantomData<F>,
}

/// Bytes of a table without keys, by the formula.
const TABLE: u64 = 64;

/// The visitors and parts of two tallies that are merged.
#[derive(Clone, Copy)]
pub(super) struct MergedVisitors<'v> {
    pub(super) all: &'v AddressKeys,
    /// The id among `all` of each visitor of the other tally.
    pub(super) ids: &'v [VisitorId],
    /// The id here of each part of the other tally; empty if there are no parts.
    pub(super) parts: &'v [PartId],
}

/// The visitors of a tally, in a state file.
#[derive(Clone, Copy)]
pub(super) struct SavedVisitors<'v> {
    /// Their ids in the order of the file.
    pub(super) order: &'v [u32],
    /// The place of each in the file, by id.
    pub(super) places: &'v [u32],
}

impl<F> Table<F> {
    /// Creates an empty table. `by_visitor` is true if addresses are interned as visitors anyway, so that a table of
    /// addresses needs no keys of its own. A variable must be among `variable_columns`.
    pub(super) fn new(
        dimension: Dimension,
        measures: &[MeasureKind],
        variable_columns: &VariableColumns,
        seed: Seed,
        by_visitor: bool,
        uv: UvMethod,
    ) -> Table<F> {
        let grouping = Grouping::new(dimension, variable_columns, seed, by_visitor);
        let measures = measures.iter().map(|kind| kind.measure(uv, seed)).collect();
        Table { dimension, grouping, measures, uv, seed, max_error: None, form: PhantomData }
    }

    /// Returns a table without groups that has them for each part of the hits.
    pub(super) fn by_part(self) -> Table<F> {
        Table { grouping: self.grouping.by_part(self.seed), ..self }
    }

    /// Gives each part another id; several may become one.
    pub(super) fn change_parts(&mut self, parts: &[PartId], visitors: MergedVisitors<'_>) {
        if let Grouping::Parts(groups) = &mut self.grouping {
            let groups = groups.change_parts(parts, self.seed);
            let empty = self.empty_measures();
            let old = std::mem::replace(&mut self.measures, empty);
            self.merge_measures(&old, &groups, visitors);
        }
    }

    /// Returns the keys of the groups; `visitors` are those of the tally.
    pub(crate) fn keys<'k>(&'k self, visitors: &'k AddressKeys) -> KeysOfTable<'k> {
        self.grouping.keys(visitors)
    }

    /// Returns the key of a group, in the form that is compared and written.
    pub(crate) fn key<'k>(&'k self, visitors: &'k AddressKeys, group: GroupId) -> Key<'k> {
        Key::new(self.dimension, self.keys(visitors), group)
    }

    pub(crate) fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// Returns the measure of this type, if the table has it.
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

    /// Adds another table of the same dimension and measures.
    pub(super) fn merge<G: ReadAs<F>>(&mut self, other: &Table<G>, visitors: MergedVisitors<'_>) {
        let groups = self.merge_keys(other, visitors);
        self.merge_measures(&other.measures, &groups, visitors);
    }

    /// Like [`merge`](Table::merge), but frees the memory of the other table step by step.
    pub(super) fn absorb<G: ReadAs<F>>(&mut self, other: Table<G>, visitors: MergedVisitors<'_>) {
        let groups = self.merge_keys(&other, visitors);
        // Free the other table's keys before the measures grow: there may be millions of keys.
        drop(other.grouping);
        self.merge_measures(&other.measures, &groups, visitors);
    }

    /// Adds the keys of the other table. Returns the id here of each of its groups.
    fn merge_keys<G: ReadAs<F>>(&mut self, other: &Table<G>, visitors: MergedVisitors<'_>) -> Vec<GroupId> {
        let here = SharedIds { visitors: visitors.ids, parts: visitors.parts };
        self.grouping.merge(&other.grouping, here, <G as ReadAs<F>>::read)
    }

    /// Adds a table whose measures contain those of this one. `groups` are the groups here of each of its groups;
    /// several may become one.
    fn merge_contained(&mut self, other: &Table<F>, groups: &[GroupId], visitors: MergedVisitors<'_>) {
        let ids = IdMap { groups, visitors: visitors.ids };
        let len = self.grouping.keys(visitors.all).len();
        for measure in &mut self.measures {
            let kind = measure.kind();
            let same = other.measures.iter().find(|theirs| theirs.kind() == kind);
            let containing = || other.measures.iter().find(|theirs| kind.is_in(theirs.kind()));
            if let Some(theirs) = same.or_else(containing) {
                measure.merge_from(theirs, &ids, len);
            }
        }
    }

    fn merge_measures(&mut self, others: &[Measure], groups: &[GroupId], visitors: MergedVisitors<'_>) {
        let ids = IdMap { groups, visitors: visitors.ids };
        let len = self.grouping.keys(visitors.all).len();
        for (measure, theirs) in self.measures.iter_mut().zip(others) {
            measure.merge(theirs, &ids, len);
        }
    }

    /// Returns the same table without groups, for keys of any form.
    pub(super) fn empty_copy<G>(&self) -> Table<G> {
        Table {
            dimension: self.dimension,
            grouping: self.grouping.empty_copy(self.seed),
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

    /// Bytes by the formula, without sets and histograms.
    pub(super) fn bytes(&self, size: SizeOf) -> u64 {
        let measures: u64 = self.measures.iter().map(|measure| measure.bytes(size)).sum();
        // Unescaping makes at most one key longer: the empty one.
        let own = if size == SizeOf::Part { 2 * TABLE } else { TABLE };
        own + self.grouping.bytes() + measures
    }

    /// Bytes of the sets and histograms of all groups, by the formula.
    pub(super) fn set_bytes(&mut self, size: SizeOf) -> u64 {
        self.measures.iter_mut().map(|measure| measure.set_bytes(size)).sum()
    }

    pub(super) fn set_bytes_of_hit(&self) -> u64 {
        self.measures.iter().map(Measure::set_bytes_of_hit).sum()
    }

    /// Converts exact sets of visitors to sketches; `hashes` are those of the visitors, by visitor id.
    pub(super) fn use_sketches(&mut self, precision: Precision, visitors: &AddressKeys, hashes: &[u64]) {
        self.grouping.part_from(visitors);
        self.uv = UvMethod::Hll(precision);
        for measure in &mut self.measures {
            if let Measure::Uv(uv) = measure {
                uv.use_sketches(precision, self.seed, hashes);
            }
        }
    }

    /// Replaces the hashes of visitors by registers.
    pub(super) fn use_registers(&mut self) {
        for measure in &mut self.measures {
            if let Measure::Uv(uv) = measure {
                uv.use_registers();
            }
        }
    }

    /// Hits of a group; 0 if the table does not count them.
    pub(crate) fn pv_of(&self, group: GroupId) -> u64 {
        let counted = self.counts().map(|counts| counts.of(group).pv());
        counted.or_else(|| self.measure().map(|hits: &Hits| hits.of(group))).unwrap_or(0)
    }

    /// Appends the keys and the numbers of all groups.
    pub(super) fn save(&self, visitors: SavedVisitors<'_>, out: &mut Encoder) {
        let groups = self.grouping.save(visitors.order, out);
        let order = SavedOrder { groups: &groups, visitors: visitors.places };
        self.measures.iter().for_each(|measure| measure.save(order, out));
    }

    /// Reads what [`save`](Table::save) wrote, into a table without groups. There are `hits` hits. Of the measures that
    /// were saved, those that this table lacks are skipped.
    pub(super) fn load(
        &mut self,
        saved: &[MeasureKind],
        visitors: &AddressKeys,
        hits: u64,
        input: &mut Decoder<'_>,
    ) -> Result<(), Damaged> {
        self.grouping.load(self.dimension, self.seed, input)?;
        let groups = self.keys(visitors).len();
        let size = SavedSize { groups, visitors: visitors.len(), hits };
        let mut measures = self.measures.iter_mut().peekable();
        for kind in saved {
            match measures.next_if(|measure| measure.kind() == *kind) {
                Some(measure) => measure.load(size, input)?,
                None => kind.skip((self.uv, self.seed), size, input)?,
            }
        }
        let counted = self.counts().map(Counts::hits).or_else(|| self.measure().map(Hits::hits));
        // Only tables that list codes may lack hits.
        let is_damaged = counted.is_some_and(|counted| counted < hits) && listed_by(self.dimension).is_none();
        if is_damaged { Err(Damaged) } else { Ok(()) }
    }

    /// Removes the measures that are not among these.
    pub(super) fn keep_measures(&mut self, kept: &[MeasureKind]) {
        self.measures.retain(|measure| kept.contains(&measure.kind()));
    }

    /// Keeps only these groups, given in ascending order, and numbers them from 0. The memory of the others is kept for
    /// reuse. The table must have keys of its own.
    pub(super) fn keep(&mut self, groups: &[GroupId]) {
        self.grouping.keep(groups);
        self.measures.iter_mut().for_each(|measure| measure.keep(groups));
    }
}

impl Table<Escaped> {
    /// Counts the selected hits of a batch; `ids` and `groups` are scratch space.
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
            let kept = HitsOfField::having(field, selected);
            self.add_all(kept.selected(selected), all_visitors, ids, groups);
        } else {
            self.add_all(selected, all_visitors, ids, groups);
        }
    }

    fn add_all(
        &mut self,
        Selected { batch, hits, visitors, parts }: Selected<'_>,
        all_visitors: &AddressKeys,
        ids: &mut Vec<u32>,
        groups: &mut Vec<GroupId>,
    ) {
        groups.clear();
        let visitor_ids = if let VisitorsAs::Ids(ids) = visitors.as_counted { ids } else { &[][..] };
        self.grouping.ids(batch, hits, SharedIds { visitors: visitor_ids, parts }, ids, groups);
        let grouped = Grouped::new(groups, self.grouping.keys(all_visitors).len());
        for measure in &mut self.measures {
            measure.add(batch, hits, grouped, &visitors);
        }
    }

    /// Moves everything that was counted to a table of unescaped keys. This table is then empty, but keeps its memory.
    pub(super) fn drain_to(&mut self, all: &mut Table<Unescaped>, visitors: MergedVisitors<'_>) {
        all.merge(self, visitors);
        self.keep(&[]);
    }

    /// Unescapes the keys. The keys of visitors must be unescaped already.
    pub(super) fn unescape(mut self, visitors: &AddressKeys) -> Table<Unescaped> {
        // If no two keys become equal, the groups keep their ids.
        if let Some(groups) = self.grouping.rewrite(visitors.seed(), unescaped) {
            let empty = self.empty_measures();
            let old = std::mem::replace(&mut self.measures, empty);
            let ids: Vec<VisitorId> = (0..visitors.len() as u32).map(VisitorId).collect();
            self.merge_measures(&old, &groups, MergedVisitors { all: visitors, ids: &ids, parts: &[] });
        }
        let Table { dimension, grouping, measures, uv, seed, max_error, form: PhantomData } = self;
        Table { dimension, grouping, measures, uv, seed, max_error, form: PhantomData }
    }
}
