//! Routes that are learned from everything that was counted, and the tables with these routes.
//!
//! They cannot be learned while lines are counted: the route of a line would depend on the lines before it. So tables
//! keep routes without learned parts, in states too, and this is the last step before a report.

use std::borrow::Cow;
use std::collections::HashMap;

use super::form::Unescaped;
use super::table::{MergedVisitors, Table};
use super::{Part, Tally};
use crate::dimension::{Dimension, KeysOfTable};
use crate::keys::{AddressKeys, GroupId, VisitorId};
use crate::route::{Answers, Routes, learned};

/// Routes that have learned parts, by the route without them.
struct Learned(HashMap<Vec<u8>, Vec<u8>>);

impl Learned {
    /// Learns from the hits of a table; `None` if it has no routes, has dropped some, or does not count statuses.
    fn of(table: &Table<Unescaped>, visitors: &AddressKeys, routes: &Routes) -> Option<Learned> {
        let half = table.dimension.parts().position(Dimension::is_learned)?;
        let counts = table.counts().filter(|_| table.max_error.is_none())?;
        let answers = |group: GroupId| {
            let counts = counts.of(group);
            Answers { served: counts.served(), is_known: counts.pv() > counts.class[4] }
        };
        let (keys, answers) = match table.keys(visitors) {
            KeysOfTable::Own(keys) => (keys, (0..keys.len() as u32).map(|group| answers(GroupId(group))).collect()),
            KeysOfTable::Pairs(pairs) => {
                let keys = pairs.keys_of(half);
                let mut of_keys = vec![Answers::default(); keys.len()];
                for group in (0..pairs.len() as u32).map(GroupId) {
                    of_keys[pairs.halves_of(group)[half].0 as usize].add(answers(group));
                }
                (keys, of_keys)
            }
            KeysOfTable::Visitors(_) | KeysOfTable::Parts(_) => return None,
        };
        let seen: Vec<(&[u8], Answers)> = keys.iter().zip(answers).collect();
        let learned = learned(&seen, |route| routes.has(route)).into_iter().zip(seen);
        let changed = learned.filter_map(|(learned, (route, _))| match learned {
            Cow::Borrowed(_) => None,
            Cow::Owned(learned) => Some((route.to_vec(), learned)),
        });
        Some(Learned(changed.collect()))
    }

    /// The key of a dimension with its learned parts.
    fn key<'k>(&self, dimension: Dimension, key: &'k [u8]) -> Cow<'k, [u8]> {
        let learned = self.0.get(key).filter(|_| dimension.is_learned());
        learned.map_or(Cow::Borrowed(key), |learned| Cow::Owned(learned.clone()))
    }
}

impl Tally<Unescaped> {
    /// Names the learned parts of routes in all tables that have kept all routes. The `parts` of all hits get the routes
    /// that are learned from all hits. `routes` has the patterns, whose routes are not changed.
    ///
    /// All tables have the same hits, so it does not matter which one is learned from.
    pub(crate) fn learn_routes(&mut self, parts: &mut [Part], routes: &Routes) {
        let Some(learned) = self.tables.iter().find_map(|table| Learned::of(table, &self.visitors, routes)) else {
            return;
        };
        if !learned.0.is_empty() {
            // Sets of parts have the ids of all visitors, too.
            let ids = self.visitors_unchanged();
            [self].into_iter().chain(parts.iter_mut().map(|part| &mut part.tally)).for_each(|tally| {
                tally.use_learned(&learned, &ids);
            });
        }
    }

    fn use_learned(&mut self, learned: &Learned, ids: &[VisitorId]) {
        for table in &mut self.tables {
            if table.max_error.is_none() && table.dimension.parts().any(Dimension::is_learned) {
                let visitors = MergedVisitors { all: &self.visitors, ids, parts: &[] };
                *table = table.regrouped(visitors, |dimension, key| learned.key(dimension, key));
            }
        }
    }
}
