//! Rankings of no more than so many keys.
//!
//! A log is counted in rounds of so much text. Within a round every key is counted. After it, where a ranking has more keys
//! than it may have, those go that had the fewest hits.
//!
//! What is promised of a ranking of at most N keys, PV being the hits of all keys:
//! - The count of a key that is there is no more than the key's hits, and lacks at most `max_error` of them.
//! - A key that is not there had at most `max_error` hits.
//! - `max_error` is at most PV / (N + 1), and there is none as long as nothing had to go.
//!
//! Why. Of each key is known how many hits it may have had when it was not there: `max_error` as that was when it came. So
//! its hits are at most count + missed. Those with the largest such sum stay, and the largest sum of those that go is the
//! new `max_error`, which is thus true of them; new keys of later rounds inherit it. Take `max_error` from all sums, and this
//! is the summary of Misra and Gries as it is merged in Agarwal et al., "Mergeable Summaries", PODS 2012: whenever
//! `max_error` grows by one, N + 1 keys lose one each of what is left of PV, so it cannot grow more often than PV / (N + 1).
//!
//! What is in a round is said by the text alone, so it is no matter who counts it, in which pieces, or whether those are
//! merged after each round or only when it may be time to drop keys.

use super::degraded::MISSED;
use super::form::Unescaped;
use super::table::{MergedVisitors, Table};
use super::{TablePlan, rankings_of};
use crate::dimension::Extras;
use crate::keys::{AddressKeys, GroupId, Seed};
use crate::measure::SizeOf;

/// The rankings of all rounds so far, texts being the keys that are reported.
#[derive(Clone)]
pub(crate) struct Bounded {
    /// How many keys a ranking has at most.
    most: usize,
    rankings: Vec<Ranking>,
    /// There are none: who is ranked is so by a key as others are.
    visitors: AddressKeys,
}

#[derive(Clone)]
struct Ranking {
    table: Table<Unescaped>,
    /// How many hits each group may have had when it was not there.
    missed: Vec<u64>,
}

impl Bounded {
    /// The plan is that of [`Tally::with_rankings`](super::Tally::with_rankings).
    pub(crate) fn new(plan: &[TablePlan], extras: &Extras, most: usize, seed: Seed) -> Bounded {
        let rankings = rankings_of(plan, extras, seed).map(|table| Ranking { table, missed: Vec::new() }).collect();
        Bounded { most, rankings, visitors: AddressKeys::new(seed) }
    }

    /// Ends a round, of which all that was counted is in `parts`, each the rankings of a tally. What is taken from them they
    /// begin anew; where nothing can have to go they keep what they have, and know its keys already in the next round.
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

    /// Takes all that was counted from the rankings of a tally, which then begin anew.
    pub(crate) fn take(&mut self, part: &mut [Table]) {
        let Bounded { most, rankings, visitors } = self;
        for (ranking, part) in rankings.iter_mut().zip(part) {
            ranking.drain(part, visitors);
            ranking.cut(*most, visitors);
        }
    }

    /// Number of keys that a ranking has at most.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// True if there is a ranking.
    pub(crate) fn has_rankings(&self) -> bool {
        !self.rankings.is_empty()
    }

    /// Allows rankings no more than `most` keys from now on. What is promised of that many keys holds if there were more before:
    /// `max_error` has then grown more slowly.
    pub(crate) fn bound(&mut self, most: usize) {
        self.most = most;
        self.rankings.iter_mut().for_each(|ranking| ranking.cut(most, &self.visitors));
    }

    /// Bytes by the formula of all rankings: of a part of what is counted, or of all of it.
    pub(crate) fn bytes(&mut self, size: SizeOf) -> u64 {
        let of = |ranking: &mut Ranking| {
            let missed = ranking.missed.len() as u64 * MISSED;
            ranking.table.bytes(size) + ranking.table.set_bytes(size) + missed
        };
        self.rankings.iter_mut().map(of).sum()
    }

    /// The rankings, each with its bytes by the formula.
    pub(crate) fn parts(&mut self) -> Vec<(&'static str, u64)> {
        let size = SizeOf::Whole { visitors: 0 };
        self.rankings.iter().map(|ranking| (ranking.table.dimension.name(), ranking.table.bytes(size))).collect()
    }

    /// The rankings when the last round was counted, of which the rest is what was not taken from the parts.
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
        part.drain_to(&mut self.table, MergedVisitors { all: visitors, ids: &[] });
        // Groups that are new are behind those that are not.
        self.missed.resize(self.table.keys(visitors).len(), self.table.max_error.unwrap_or(0));
    }

    /// Leaves no more than `most` keys.
    fn cut(&mut self, most: usize, visitors: &AddressKeys) {
        let Ranking { table, missed } = self;
        let keys = table.keys(visitors);
        if keys.len() <= most {
            return;
        }
        let ids = (0..keys.len() as u32).map(GroupId);
        let hits_at_most = |group: GroupId| table.pv_of(group).saturating_add(missed[group.0 as usize]);
        let mut groups: Vec<(u64, GroupId)> = ids.map(|group| (hits_at_most(group), group)).collect();
        // Of equals those with the smaller keys stay, as they would in a ranking.
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

    /// Which worker counts a hit, and the hit's path and address.
    type Hit = (usize, [Vec<u8>; 2]);
    /// A key, or both of a pair.
    type Parts = Vec<Vec<u8>>;
    /// What a ranking comes to: counts by key, and the error.
    type Ranked = (Vec<(Parts, u64)>, Option<u64>);

    fn plan() -> Vec<TablePlan> {
        ["path", "ip", "ip/path"].map(|name| (Dimension::named(name).unwrap(), vec![MeasureKind::Counts])).to_vec()
    }

    fn count(part: &mut Tally, hits: &[&[Vec<u8>; 2]]) {
        let mut batch = Batch::new(Fields::text(TextField::Path).and(Fields::text(TextField::Addr)));
        for [path, addr] in hits {
            batch.set_text(TextField::Path, path);
            batch.set_text(TextField::Addr, addr);
            let stamp = Stamp { wall_s: 0, offset_min: 0 };
            batch.add(Numbers { stamp, status: Status::new(200), bytes: 1, time_ms: None, is_static: false });
        }
        part.add(&batch, &(0..hits.len() as u16).collect::<Vec<_>>());
    }

    /// The rankings of rounds that are counted by so many workers.
    fn ranked(rounds: &[Vec<Hit>], workers: usize, most: usize, seed: u64) -> Vec<Ranked> {
        let new = |at: usize| {
            Tally::new(&[], UvMethod::Exact, TextField::Addr.into(), Seed::fixed(seed ^ at as u64))
                .with_rankings(&plan(), &Extras::default())
        };
        let mut parts: Vec<Tally> = (0..workers).map(new).collect();
        let mut bounded = Bounded::new(&plan(), &Extras::default(), most, Seed::fixed(seed));
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

    /// Few paths with many hits, many with few, and some that differ only in how they are escaped.
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
        fn what_is_promised_holds_and_who_counts_what_is_no_matter(
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

    /// A key that has some hits in every round must not lose them to keys that had a few more long ago.
    #[test]
    fn what_comes_steadily_is_found() {
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
