//! Rankings with a limited number of keys.
//!
//! A log is counted in rounds of a fixed number of bytes. Within a round every key is counted. After it, a ranking with
//! too many keys drops those with the fewest hits.
//!
//! Guarantees for a ranking of at most N keys, where PV is the number of hits of all keys:
//! - The count of a kept key is at most the key's hits, and at least the key's hits less `max_error`.
//! - A key that is not kept had at most `max_error` hits.
//! - `max_error` is at most PV / (N + 1), and 0 until a key is dropped.
//!
//! Why: for each key we know how many hits it may have had while it was not kept. That is `missed`, the value of
//! `max_error` when the key came. So its hits are at most count + missed. The keys with the largest such sums stay. The
//! largest sum among the dropped keys is the new `max_error`, which thus bounds the hits of all of them; new keys of
//! later rounds inherit it.
//!
//! If `max_error` is subtracted from all sums, this is the summary of Misra and Gries, merged as in Agarwal et al.,
//! "Mergeable Summaries", PODS 2012. Whenever `max_error` grows by one, the remaining part of PV loses one for each of
//! N + 1 keys, so it cannot grow more often than PV / (N + 1).
//!
//! A round is defined by byte positions only. So the result does not depend on which worker counts a line, how chunks
//! are cut, or whether tallies are merged after each round or only when keys may have to be dropped.

use super::degraded::MISSED;
use super::form::Unescaped;
use super::table::{MergedVisitors, Table};
use super::{TablePlan, rankings_of};
use crate::dimension::VariableColumns;
use crate::keys::{AddressKeys, GroupId, Seed};
use crate::measure::SizeOf;

/// The rankings of all rounds so far. Their keys are unescaped, as they are reported.
#[derive(Clone)]
pub(crate) struct Bounded {
    /// Maximum number of keys of a ranking.
    most: usize,
    rankings: Vec<Ranking>,
    /// Always empty: rankings store addresses as keys of their own, not as visitors.
    visitors: AddressKeys,
}

#[derive(Clone)]
struct Ranking {
    table: Table<Unescaped>,
    /// Maximum hits of each group while it was not kept, by group id.
    missed: Vec<u64>,
}

impl Bounded {
    /// Creates empty rankings. The plan is that of [`Tally::with_rankings`](super::Tally::with_rankings).
    pub(crate) fn new(plan: &[TablePlan], variable_columns: &VariableColumns, most: usize, seed: Seed) -> Bounded {
        let rankings =
            rankings_of(plan, variable_columns, seed).map(|table| Ranking { table, missed: Vec::new() }).collect();
        Bounded { most, rankings, visitors: AddressKeys::new(seed) }
    }

    /// Ends a round. `parts` are the rankings of each tally, and together have everything that was counted in it. If a
    /// ranking may have too many keys, moves its parts here and leaves them empty. Otherwise they stay, so that their
    /// keys need not be added again in the next round.
    pub(crate) fn end_round(&mut self, parts: &mut [&mut [Table]]) {
        let Bounded { most, rankings, visitors } = self;
        for (at, ranking) in rankings.iter_mut().enumerate() {
            let known: usize = parts.iter().map(|part| part[at].keys(visitors).len()).sum();
            if ranking.table.keys(visitors).len() + known > *most {
                parts.iter_mut().for_each(|part| ranking.drain(&mut part[at], visitors));
                ranking.cut(*most, visitors);
            }
        }
    }

    /// Moves everything that was counted in the rankings of a tally here, and leaves them empty.
    pub(crate) fn take(&mut self, part: &mut [Table]) {
        let Bounded { most, rankings, visitors } = self;
        for (ranking, part) in rankings.iter_mut().zip(part) {
            ranking.drain(part, visitors);
            ranking.cut(*most, visitors);
        }
    }

    /// Maximum number of keys of a ranking.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// True if there is a ranking.
    pub(crate) fn has_rankings(&self) -> bool {
        !self.rankings.is_empty()
    }

    /// Limits rankings to `most` keys from now on. The guarantees for that many keys also hold if there were more
    /// before, because `max_error` has then grown more slowly.
    pub(crate) fn bound(&mut self, most: usize) {
        self.most = most;
        self.rankings.iter_mut().for_each(|ranking| ranking.cut(most, &self.visitors));
    }

    /// Bytes of all rankings by the formula, for a part of the hits or for all of them.
    pub(crate) fn bytes(&mut self, size: SizeOf) -> u64 {
        let of = |ranking: &mut Ranking| {
            let missed = ranking.missed.len() as u64 * MISSED;
            ranking.table.bytes(size) + ranking.table.set_bytes(size) + missed
        };
        self.rankings.iter_mut().map(of).sum()
    }

    /// Returns the name of each ranking with its bytes by the formula.
    pub(crate) fn parts(&mut self) -> Vec<(&'static str, u64)> {
        let size = SizeOf::Whole { visitors: 0 };
        self.rankings.iter().map(|ranking| (ranking.table.dimension.name(), ranking.table.bytes(size))).collect()
    }

    /// Returns the rankings after the last round. `rest` is the part of them that no end of a round has taken.
    pub(crate) fn finish(self, rest: Vec<Table>) -> Vec<Table<Unescaped>> {
        let Bounded { most, rankings, visitors } = self;
        let finished = rankings.into_iter().zip(rest).map(|(mut ranking, mut rest)| {
            ranking.drain(&mut rest, &visitors);
            ranking.cut(most, &visitors);
            ranking.table
        });
        finished.collect()
    }
}

impl Ranking {
    fn drain(&mut self, part: &mut Table, visitors: &AddressKeys) {
        part.drain_to(&mut self.table, MergedVisitors { all: visitors, ids: &[], parts: &[] });
        // New groups have ids after the existing ones.
        self.missed.resize(self.table.keys(visitors).len(), self.table.max_error.unwrap_or(0));
    }

    /// Drops keys until at most `most` are left.
    fn cut(&mut self, most: usize, visitors: &AddressKeys) {
        let Ranking { table, missed } = self;
        let keys = table.keys(visitors);
        if keys.len() <= most {
            return;
        }
        let ids = (0..keys.len() as u32).map(GroupId);
        let hits_at_most = |group: GroupId| table.pv_of(group).saturating_add(missed[group.0 as usize]);
        let mut groups: Vec<(u64, GroupId)> = ids.map(|group| (hits_at_most(group), group)).collect();
        // Of keys with equal sums, the smaller keys stay, as in a ranking.
        let by_key = |a: GroupId, b: GroupId| table.key(visitors, a).cmp(&table.key(visitors, b));
        let (_, (best_dropped, _), _) = groups
            .select_nth_unstable_by(most, |(hits_a, a), (hits_b, b)| hits_b.cmp(hits_a).then_with(|| by_key(*a, *b)));
        let max_error = *best_dropped;
        let mut kept: Vec<GroupId> = groups[..most].iter().map(|(_, group)| *group).collect();
        kept.sort_unstable();
        *missed = kept.iter().map(|group| missed[group.0 as usize]).collect();
        table.keep(&kept);
        table.max_error = Some(max_error);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::super::Tally;
    use super::super::form::unescaped;
    use super::*;
    use crate::batch::{Batch, Fields, Numbers, Status, TextField};
    use crate::dimension::Dimension;
    use crate::measure::MeasureKind;
    use crate::measure::UvMethod;
    use crate::time::Stamp;

    /// The worker that counts a hit, and the hit's path and address.
    type Hit = (usize, [Vec<u8>; 2]);
    /// A key, or both keys of a pair.
    type Parts = Vec<Vec<u8>>;
    /// The result of a ranking: counts by key, and the error.
    type Ranked = (Vec<(Parts, u64)>, Option<u64>);

    fn plan() -> Vec<TablePlan> {
        ["path", "ip", "ip/path"].map(|name| (Dimension::named(name).unwrap(), vec![MeasureKind::Counts])).to_vec()
    }

    fn count(part: &mut Tally, hits: &[&[Vec<u8>; 2]]) {
        let mut batch = Batch::new(Fields::text(TextField::Path).union(Fields::text(TextField::Addr)));
        for [path, addr] in hits {
            batch.set_text(TextField::Path, path);
            batch.set_text(TextField::Addr, addr);
            let stamp = Stamp { wall_s: 0, offset_min: 0 };
            batch.add(Numbers { stamp, status: Status::new(200), bytes: 1, time_ms: None, is_static: false });
        }
        part.add(&batch, &(0..hits.len() as u16).collect::<Vec<_>>());
    }

    /// Returns the rankings of rounds that this number of workers counts.
    fn ranked(rounds: &[Vec<Hit>], workers: usize, most: usize, seed: u64) -> Vec<Ranked> {
        let new = |at: usize| {
            Tally::new(&[], UvMethod::Exact, TextField::Addr.into(), Seed::fixed(seed ^ at as u64))
                .with_rankings(&plan(), &VariableColumns::default())
        };
        let mut parts: Vec<Tally> = (0..workers).map(new).collect();
        let mut bounded = Bounded::new(&plan(), &VariableColumns::default(), most, Seed::fixed(seed));
        let visitors = AddressKeys::new(Seed::fixed(0));
        for hits in rounds {
            for (at, part) in parts.iter_mut().enumerate() {
                let mine = hits.iter().filter(|(worker, _)| worker % workers == at);
                let hits: Vec<&[Vec<u8>; 2]> = mine.map(|(_, hit)| hit).collect();
                hits.chunks(7).for_each(|hits| count(part, hits));
            }
            bounded.end_round(&mut parts.iter_mut().map(|part| &mut part.rankings[..]).collect::<Vec<_>>());
            assert!(bounded.rankings.iter().all(|ranking| ranking.table.keys(&visitors).len() <= most));
            assert!(parts.iter().flat_map(|part| &part.rankings).all(|table| table.keys(&visitors).len() <= most));
        }
        let rest = parts.into_iter().reduce(|mut all, next| {
            all.absorb(next);
            all
        });
        let tables = bounded.finish(rest.unwrap().rankings);
        let rows = |table: &Table<Unescaped>| {
            let groups = (0..table.keys(&visitors).len() as u32).map(GroupId);
            let parts = |group| table.key(&visitors, group).parts().map(|(_, key)| key.to_vec()).collect();
            let mut rows: Vec<(Parts, u64)> = groups.map(|group| (parts(group), table.pv_of(group))).collect();
            rows.sort();
            rows
        };
        tables.iter().map(|table| (rows(table), table.max_error)).collect()
    }

    /// A few paths with many hits, many with few hits, and some that differ only in how they are escaped.
    fn path() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            prop::sample::select(vec!["/", "/A", "/\\x41", "/\\x5Cx41", "", "-"]).prop_map(|s| s.as_bytes().to_vec()),
            (0..12_u8).prop_map(|n| format!("/{n}").into_bytes()),
            (0..10_000_u32).prop_map(|n| format!("/{n}").into_bytes()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 3))]

        #[test]
        fn guarantees_hold_for_any_number_of_workers(
            rounds in prop::collection::vec(prop::collection::vec((0..6_usize, [path(), path()]), 0..60), 0..12),
            most in 1..40_usize, seed: u64,
        ) {
            let expected = ranked(&rounds, 1, most, seed);
            for workers in [2, 3, 6] {
                prop_assert_eq!(&ranked(&rounds, workers, most, seed ^ workers as u64), &expected);
            }
            let pv = rounds.iter().map(Vec::len).sum::<usize>() as u64;
            for ((rows, max_error), ranked) in expected.iter().zip([&[0][..], &[1], &[1, 0]]) {
                let mut exact: HashMap<Parts, u64> = HashMap::new();
                for (_, hit) in rounds.iter().flatten() {
                    *exact.entry(ranked.iter().map(|at| unescaped(&hit[*at]).into_owned()).collect()).or_default() += 1;
                }
                prop_assert_eq!(rows.len(), exact.len().min(most));
                let error = max_error.unwrap_or(0);
                prop_assert!(error * (most as u64 + 1) <= pv, "{} of {} hits", error, pv);
                let rows: HashMap<_, _> = rows.iter().cloned().collect();
                for (key, hits) in &exact {
                    let counted = rows.get(key).copied().unwrap_or(0);
                    prop_assert!(counted <= *hits && *hits <= counted + error, "{:?}: {} of {}", key, counted, hits);
                }
                prop_assert!(rows.keys().all(|key| exact.contains_key(key)));
                prop_assert_eq!(max_error.is_none(), rows == exact);
                prop_assert_eq!(max_error.is_some(), exact.len() > most);
            }
        }
    }

    /// A key with some hits in every round must not be dropped in favour of keys that had slightly more long ago.
    #[test]
    fn steady_key_is_kept() {
        let hits = |paths: &[(&str, usize)]| -> Vec<Hit> {
            paths
                .iter()
                .flat_map(|(path, hits)| vec![(0, [path.as_bytes().to_vec(), b"10.0.0.1".to_vec()]); *hits])
                .collect()
        };
        let mut rounds = vec![hits(&[("/a", 10), ("/b", 10), ("/c", 10)])];
        rounds.extend(vec![hits(&[("/steady", 9)]); 20]);
        for (at, pair) in [(0, &b""[..]), (2, &b"10.0.0.1"[..])] {
            let (rows, max_error) = ranked(&rounds, 1, 3, 1).remove(at);
            let expected = [(&b"/a"[..], 10), (b"/b", 10), (b"/steady", 171)];
            let parts =
                |key: &[u8]| [pair, key].iter().filter(|part| !part.is_empty()).map(|part| part.to_vec()).collect();
            assert_eq!(rows, expected.map(|(key, hits)| (parts(key), hits)));
            assert_eq!(max_error, Some(10));
        }
    }
}
