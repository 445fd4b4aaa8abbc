//! Tables of unescaped keys whose groups get other keys: those of parts, of coarser units of time, and of learned routes.

use std::borrow::Cow;

use super::super::day::Day;
use super::super::form::Unescaped;
use super::super::key_from::KeyFrom;
use super::{MergedVisitors, Table};
use crate::dimension::{Dimension, Grouping, Key};
use crate::keys::{AddressKeys, GroupId, IdMap, VisitorId};
use crate::measure::{Measure, MeasureKind};

impl Table<Unescaped> {
    /// Divides the groups of parts among tables. `places` has the place of each part among them, and `are_several` says
    /// for each table whether several parts have that place. Turns this table into that of all hits. Visitors keep their
    /// ids.
    pub(in crate::tally) fn divide(
        &mut self,
        places: &[usize],
        are_several: &[bool],
        visitors: MergedVisitors<'_>,
    ) -> Vec<Table<Unescaped>> {
        if !matches!(self.grouping, Grouping::Parts(_)) {
            return Vec::new();
        }
        let Grouping::Parts(groups) = std::mem::replace(&mut self.grouping, Grouping::Visitors) else {
            return Vec::new();
        };
        let keys: Vec<GroupId> = (0..groups.len() as u32).map(|group| groups.key_of(GroupId(group))).collect();
        let mut divided = vec![Vec::new(); are_several.len()];
        groups.parts().zip(0..).for_each(|(part, group)| divided[places[part.0 as usize]].push(GroupId(group)));
        self.grouping = groups.into_keys();
        let empty = self.empty_measures();
        let mut measures = std::mem::replace(&mut self.measures, empty);
        self.merge_measures(&measures, &keys, visitors);
        let table = |(mut groups, are_several): (Vec<GroupId>, &bool)| {
            let key = |group: &GroupId| keys[group.0 as usize];
            // The keys of one part are distinct.
            if *are_several {
                groups.sort_unstable_by_key(key);
            }
            let mut distinct: Vec<GroupId> = groups.iter().map(key).collect();
            distinct.dedup();
            let taken: Vec<Measure> = measures.iter_mut().map(|measure| measure.take(&groups)).collect();
            let grouping = self.grouping.selected(&distinct, visitors.all);
            if distinct.len() == groups.len() {
                return Table { grouping, measures: taken, ..self.empty_copy() };
            }
            let mut table = Table { grouping, ..self.empty_copy() };
            let place = |group| GroupId(distinct.partition_point(|one| *one < key(group)) as u32);
            table.merge_measures(&taken, &groups.iter().map(place).collect::<Vec<_>>(), visitors);
            table
        };
        divided.into_iter().zip(are_several).map(table).collect()
    }

    /// Adds a table of a day from which this one can be made. `keys_from` says how, for each part of this dimension.
    pub(in crate::tally) fn add_day(
        &mut self,
        other: &Table<Unescaped>,
        keys_from: &[KeyFrom],
        day: Day,
        (mine, theirs): (&mut AddressKeys, &AddressKeys),
        visitor_ids: &[VisitorId],
    ) {
        let is_same = self.dimension == other.dimension && self.grouping.is_like(&other.grouping);
        let groups = if is_same {
            self.merge_keys(other, MergedVisitors { all: mine, ids: visitor_ids, parts: &[] })
        } else {
            self.groups_from((other, theirs), mine, |key| {
                let mut parts = keys_from.iter().map(|from| from.key(key, day));
                [parts.next().unwrap_or_default(), parts.next().unwrap_or_default()]
            })
        };
        self.merge_contained(other, &groups, MergedVisitors { all: mine, ids: visitor_ids, parts: &[] });
    }

    /// Adds these measures, as the sums of all groups of another table that has every hit in one of its groups. The
    /// visitors keep their ids. This table has at most one group.
    pub(in crate::tally) fn add_totals(
        &mut self,
        kinds: &[MeasureKind],
        of: &Table<Unescaped>,
        visitors: MergedVisitors<'_>,
    ) {
        let groups = vec![GroupId(0); of.keys(visitors.all).len()];
        let (ids, len) = (IdMap { groups: &groups, visitors: visitors.ids }, self.keys(visitors.all).len());
        for theirs in of.measures.iter().filter(|theirs| kinds.contains(&theirs.kind())) {
            let mut total = theirs.kind().measure(self.uv, self.seed);
            total.merge(theirs, &ids, len);
            self.measures.push(total);
        }
    }

    /// Returns the table with other keys, which may be fewer. `new_key` makes the key of each dimension; `visitors` are
    /// those of the tally, which keep their ids. The table must have keys of its own.
    pub(in crate::tally) fn regrouped(
        &self,
        visitors: MergedVisitors<'_>,
        new_key: impl for<'k> Fn(Dimension, &'k [u8]) -> Cow<'k, [u8]>,
    ) -> Table<Unescaped> {
        let mut regrouped = self.empty_copy();
        let groups = regrouped.groups_from((self, visitors.all), &mut AddressKeys::new(self.seed), |key| {
            let mut parts = key.parts().map(|(dimension, key)| new_key(dimension, key));
            [parts.next().unwrap_or_default(), parts.next().unwrap_or_default()]
        });
        regrouped.merge_contained(self, &groups, visitors);
        regrouped
    }

    /// Returns the group here of each group of another table, by a key that `new_key` makes of the key there. Only pairs
    /// have a second key.
    fn groups_from(
        &mut self,
        (other, theirs): (&Table<Unescaped>, &AddressKeys),
        mine: &mut AddressKeys,
        new_key: impl for<'k> Fn(&'k Key<'_>) -> [Cow<'k, [u8]>; 2],
    ) -> Vec<GroupId> {
        let groups = (0..other.keys(theirs).len() as u32).map(GroupId);
        groups
            .map(|group| {
                let key = other.key(theirs, group);
                let [first, second] = new_key(&key);
                self.grouping.id([&first, &second], mine)
            })
            .collect()
    }
}
