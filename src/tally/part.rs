//! Divides a tally into those of its parts, after the last merge; and makes it smaller by keeping fewer parts.

use super::form::Unescaped;
use super::parts::{PartSums, Parts, Totals};
use super::table::{MergedVisitors, Table};
use super::{Tally, Unknown};
use crate::dimension::{Dimension, time_number};
use crate::keys::{GroupId, IdMap, Keys, PartId, VisitorId};
use crate::measure::{GroupMeasure, Uv};
use crate::time::Stamp;

/// A part of all hits. Its tally has the numbers of a tally that counted only these hits.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) dimension: Dimension,
    /// The key of the hits, as it is compared and written. `None` for the hits of all keys that have no part.
    pub(crate) key: Option<Vec<u8>>,
    /// Number of keys; `None` if some were not remembered, to save memory.
    pub(crate) keys: Option<u64>,
    pub(crate) hits: u64,
    pub(crate) tally: Tally<Unescaped>,
}

impl<F> Tally<F> {
    /// Adds the parts of another tally. Returns the id here of each of them.
    pub(super) fn merge_parts(&mut self, theirs: Option<&Parts>) -> Vec<PartId> {
        let Some(theirs) = theirs else { return Vec::new() };
        if theirs.has_rest() && self.by_part.as_ref().is_some_and(|mine| !mine.has_rest()) {
            self.keep_parts_named(theirs.names().clone());
        }
        self.by_part.as_mut().map(|mine| mine.merge(theirs)).unwrap_or_default()
    }

    /// Keeps the parts with the most hits, at most `most` of them, and merges all others. Hits with other keys are added
    /// to these from now on. Returns false if there are no more parts anyway.
    pub(crate) fn keep_parts(&mut self, most: usize) -> bool {
        let kept = self.by_part.as_ref().filter(|parts| parts.named() > most).map(|parts| parts.largest(most));
        let is_changed = kept.is_some();
        kept.into_iter().for_each(|kept| self.keep_parts_named(kept));
        is_changed
    }

    /// Keeps the same parts as another tally, if that one does not keep all.
    pub(crate) fn keep_parts_of(&mut self, other: &Tally<F>) {
        let kept = other.by_part.as_ref().filter(|parts| parts.has_rest()).map(|parts| parts.names().clone());
        kept.into_iter().for_each(|kept| self.keep_parts_named(kept));
    }

    /// Number of parts that have a key.
    pub(crate) fn named_parts(&self) -> usize {
        self.by_part.as_ref().map_or(0, |parts| parts.named())
    }

    fn keep_parts_named(&mut self, names: Keys) {
        let Some(parts) = &mut self.by_part else { return };
        let ids = parts.keep(names);
        let len = parts.len();
        let visitors = self.visitors_unchanged();
        let merged = MergedVisitors { all: &self.visitors, ids: &visitors, parts: &[] };
        self.tables.iter_mut().for_each(|table| table.change_parts(&ids, merged));
        let undated = std::mem::replace(&mut self.undated, Uv::new(self.uv, self.visitors.seed()));
        if undated.len() > 0 {
            let groups: Vec<GroupId> = ids.iter().map(|part| GroupId(part.0)).collect();
            self.undated.merge(&undated, &IdMap { groups: &groups, visitors: &visitors }, len);
        }
    }

    /// The id of each visitor.
    pub(super) fn visitors_unchanged(&self) -> Vec<VisitorId> {
        (0..self.visitors.len() as u32).map(VisitorId).collect()
    }
}

impl Tally<Unescaped> {
    /// Divides the tally: it then has all hits in one part, and the tally of each part is returned. There is one for
    /// each of the `most` keys with the most hits, or for all keys if that is 0, and one for all other hits. The first
    /// has the most hits, but parts of times are in the order of time.
    pub(crate) fn divide(&mut self, most: usize) -> Vec<Part> {
        let Some(parts) = self.by_part.take() else { return Vec::new() };
        let named = |part: &PartId| parts.names().key(part.0).to_vec();
        let mut shown = parts.ranked();
        let mut rest = if most > 0 && most < shown.len() { shown.split_off(most) } else { Vec::new() };
        if let Dimension::Time(_) = parts.dimension {
            shown.sort_by_key(|part| time_number(parts.names().key(part.0)));
        }
        let mut all: Vec<Hits> =
            shown.into_iter().map(|part| Hits { key: Some(named(&part)), keys: Some(1), of: vec![part] }).collect();
        let keys = (!parts.has_rest()).then_some(rest.len() as u64);
        rest.extend(parts.has_rest().then_some(PartId(parts.named() as u32)));
        if rest.iter().any(|part| parts.sums(*part).hits > 0) {
            all.push(Hits { key: None, keys, of: rest });
        }
        let mut places = vec![0; parts.len()];
        all.iter().zip(0..).for_each(|(hits, at)| hits.of.iter().for_each(|part| places[part.0 as usize] = at));

        let visitors = self.visitors_unchanged();
        let merged = MergedVisitors { all: &self.visitors, ids: &visitors, parts: &[] };
        let are_several: Vec<bool> = all.iter().map(|hits| hits.of.len() > 1).collect();
        let mut tables: Vec<Vec<Table<Unescaped>>> = all.iter().map(|_| Vec::new()).collect();
        for table in &mut self.tables {
            let divided = table.divide(&places, &are_several, merged);
            tables.iter_mut().zip(divided).for_each(|(tables, table)| tables.push(table));
        }
        if let Some(Totals { all, of, kinds }) = &parts.totals {
            for tables in tables.iter_mut().chain([&mut self.tables]) {
                if let Ok([all, of]) = tables.get_disjoint_mut([*all, *of]) {
                    all.add_totals(kinds, of, merged);
                }
            }
        }
        let mut undated = self.empty_undated();
        std::mem::swap(&mut undated, &mut self.undated);
        merge_groups(&mut self.undated, &undated, &visitors);
        let part = |(hits, tables): (Hits, Vec<Table<Unescaped>>)| {
            let (sums, unknown) = parts.sum_of(hits.of.iter().copied());
            let groups: Vec<GroupId> = hits.of.iter().map(|part| GroupId(part.0)).collect();
            let mut of_part = self.empty_undated();
            merge_groups(&mut of_part, &undated.take(&groups), &visitors);
            let tally = self.of_part(sums, unknown, of_part, tables);
            Part { dimension: parts.dimension, key: hits.key, keys: hits.keys, hits: sums.hits, tally }
        };
        all.into_iter().zip(tables).map(part).collect()
    }

    fn empty_undated(&self) -> Uv {
        Uv::new(self.uv, self.visitors.seed())
    }

    /// Makes the tally of a part.
    fn of_part(
        &self,
        sums: PartSums,
        unknown: Unknown,
        undated: Uv,
        tables: Vec<Table<Unescaped>>,
    ) -> Tally<Unescaped> {
        let of_rank = if self.by_instant { Stamp::of_instant_rank } else { Stamp::of_rank };
        let period = sums.ranks().map(|(first, last)| (of_rank(first), of_rank(last)));
        let mut part = self.without_tables();
        (part.period, part.tables, part.unknown, part.undated) = (period, tables, unknown, undated);
        part
    }
}

/// The parts whose hits are in one report.
struct Hits {
    key: Option<Vec<u8>>,
    keys: Option<u64>,
    of: Vec<PartId>,
}

/// Adds all groups of a set of visitors to the first one.
fn merge_groups(all: &mut Uv, others: &Uv, visitors: &[VisitorId]) {
    let groups = vec![GroupId(0); others.len()];
    all.merge(others, &IdMap { groups: &groups, visitors }, 1);
}
