//! Tests the laws of tallies that outlive a run. However hits are distributed to tallies, and tallies merged, read in
//! between and partitioned, the numbers are those of one tally of all hits. Escapes are undone exactly once.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::Tally;
use super::laws::{Hit, Parts, Plain, all_dimensions, count, counted, found, hit, key_in};
use super::partitioned::Partitioned;
use crate::batch::TextField;
use crate::dimension::{Dimension, VariableColumns, written_time};
use crate::measure::{Precision, UvMethod};

/// Returns all tables of a tally, its period, the hits that lack a field, and the visitors without a time.
pub(super) fn everything<F>(tally: &Tally<F>) -> impl PartialEq + std::fmt::Debug + use<F> {
    let tables: Vec<BTreeMap<Parts, Plain>> = all_dimensions().iter().map(|d| found(tally, *d)).collect();
    (tables, tally.period, tally.unknown, tally.undated.of_one())
}

/// Ways to count visitors, and the fields that identify them.
pub(super) fn ways() -> [(UvMethod, TextField); 3] {
    let hll = UvMethod::Hll(Precision::default());
    [(UvMethod::Exact, TextField::Addr), (UvMethod::Exact, TextField::Agent), (hll, TextField::Addr)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 8))]

    #[test]
    fn merge_equals_absorb_and_leaves_the_other_unchanged(
        hits in prop::collection::vec((hit(), any::<bool>()), 0..80), seed: u64,
    ) {
        let of = |first: bool| hits.iter().filter(|hit| hit.1 == first).map(|hit| &hit.0).collect::<Vec<&Hit>>();
        let all: Vec<&Hit> = hits.iter().map(|hit| &hit.0).collect();
        for (uv, visitor) in ways() {
            let [first, second] = [true, false].map(|first| counted(&of(first), uv, visitor, seed ^ u64::from(first)));
            let expected = everything(&counted(&all, uv, visitor, seed).unescape());
            let mut merged = first.clone();
            merged.merge(&second);
            prop_assert_eq!(&everything(&merged.unescape()), &expected);
            // `second` was not changed, so it can be used again.
            let mut merged = second.clone();
            merged.merge(&first);
            prop_assert_eq!(&everything(&merged.snapshot()), &expected);
            let mut absorbed = first;
            absorbed.absorb(second);
            prop_assert_eq!(&everything(&absorbed.unescape()), &expected);
        }
    }

    #[test]
    fn merging_unescaped_tallies_does_not_unescape_again(
        parts in prop::collection::vec(prop::collection::vec(hit(), 0..30), 1..4), seed: u64,
    ) {
        let all: Vec<&Hit> = parts.iter().flatten().collect();
        for (uv, visitor) in ways() {
            let mut tallies = parts.iter().zip(seed..).map(|(part, seed)| {
                counted(&part.iter().collect::<Vec<_>>(), uv, visitor, seed).unescape()
            });
            let mut merged = tallies.next().unwrap();
            tallies.enumerate().for_each(|(i, tally)| if i % 2 == 0 { merged.merge(&tally) } else { merged.absorb(tally) });
            prop_assert_eq!(everything(&merged), everything(&counted(&all, uv, visitor, seed).unescape()));
        }
    }

    #[test]
    fn snapshot_equals_unescaped_tally_and_changes_nothing(
        before in prop::collection::vec(hit(), 0..60), after in prop::collection::vec(hit(), 0..60), seed: u64,
    ) {
        let (before, after): (Vec<&Hit>, Vec<&Hit>) = (before.iter().collect(), after.iter().collect());
        for (uv, visitor) in ways() {
            let mut tally = counted(&before, uv, visitor, seed);
            let expected = everything(&counted(&before, uv, visitor, !seed).unescape());
            prop_assert_eq!(&everything(&tally.snapshot()), &expected);
            prop_assert_eq!(&everything(&tally.snapshot()), &expected);
            count(&mut tally, &after);
            let all = [&before[..], &after].concat();
            prop_assert_eq!(everything(&tally.unescape()), everything(&counted(&all, uv, visitor, seed).unescape()));
        }
    }

    /// A part equals the tally of its hits, whichever worker counted them. All parts merged equal the tally of all
    /// hits.
    #[test]
    fn part_equals_the_tally_of_its_hits(
        hits in prop::collection::vec((hit(), 0..4_u8, 0..3_usize), 0..40), seeds in prop::array::uniform3(any::<u64>()),
        is_merged: bool,
    ) {
        for (uv, visitor) in ways() {
            let mut workers = seeds.map(|seed| Partitioned::new(counted(&[], uv, visitor, seed)));
            for (hit, key, worker) in &hits {
                count(workers[*worker].part(*key), &[hit]);
            }
            let [mut all, second, third] = workers;
            if is_merged {
                all.merge(&second, Tally::merge);
                all.merge(&third, Tally::merge);
            } else {
                all.absorb(second, Tally::absorb);
                all.absorb(third, Tally::absorb);
            }
            let mut total = all.empty().clone();
            all.iter().for_each(|(_, part)| total.merge(part));
            let of = |is_wanted: &dyn Fn(u8) -> bool| {
                let wanted = hits.iter().filter(|(_, key, _)| is_wanted(*key)).map(|(hit, ..)| hit);
                everything(&counted(&wanted.collect::<Vec<_>>(), uv, visitor, 7).unescape())
            };
            prop_assert_eq!(everything(&total.unescape()), of(&|_| true));
            let keys: std::collections::BTreeSet<u8> = hits.iter().map(|(_, key, _)| *key).collect();
            prop_assert!(all.iter().map(|(key, _)| key).eq(&keys));
            for (key, part) in all.map(|part| part.unescape()).iter() {
                prop_assert_eq!(everything(part), of(&|other| other == *key), "{}", key);
            }
        }
    }

    /// A tally that is divided by the keys of a dimension has the tally of each key's hits, and that of the rest. Its own
    /// tables are then the same as without.
    #[test]
    fn each_part_has_the_tally_of_its_hits(
        parts in prop::collection::vec(prop::collection::vec(hit(), 0..9), 1..4), seed: u64, at: prop::sample::Index,
        way in 0..3_usize, is_last: bool, most in 0..6_usize, kept in prop::option::of((0..3_usize, 0..4_usize)),
    ) {
        let single: Vec<_> = all_dimensions().into_iter().filter(|d| !matches!(d, Dimension::Pair(_))).collect();
        let (dimension, (uv, visitor)) = (single[at.index(single.len())], ways()[way]);
        let variable_columns = VariableColumns::of(all_dimensions().into_iter());
        let empty = |seed| counted(&[], uv, visitor, seed).with_each(dimension, &variable_columns);
        let written = |key: &[u8]| match dimension {
            Dimension::Time(unit) => written_time(unit, key).into_bytes(),
            _ => key.to_vec(),
        };
        // After some of the hits, all but the largest parts may be merged. Other tallies then know which are kept.
        let mut kept_names: Option<BTreeSet<Vec<u8>>> = None;
        let mut tallies: Vec<Tally> = Vec::new();
        for (number, (part, seed)) in parts.iter().zip(seed..).enumerate() {
            let mut tally = empty(seed);
            if let Some(other) = tallies.last() {
                tally.keep_parts_of(other);
            }
            count(&mut tally, &part.iter().collect::<Vec<_>>());
            if let Some((_, most)) = kept.filter(|(after, _)| *after == number)
                && tally.keep_parts(most)
            {
                kept_names = Some(tally.by_part.as_ref().unwrap().names().iter().map(written).collect());
            }
            tallies.push(tally);
        }
        let mut tallies = tallies.into_iter().rev();
        let mut merged = tallies.next().unwrap();
        tallies.enumerate().for_each(|(i, tally)| if i % 2 == 0 { merged.merge(&tally) } else { merged.absorb(tally) });
        let mut merged = if is_last { merged.unescape() } else { merged.snapshot() };
        let found = merged.divide(most);

        let all: Vec<&Hit> = parts.iter().flatten().collect();
        let of = |hits: &[&Hit]| everything(&counted(hits, uv, visitor, 7).unescape());
        prop_assert_eq!(everything(&merged), of(&all));
        let mut by_key: BTreeMap<Vec<u8>, Vec<&Hit>> = BTreeMap::new();
        all.iter().for_each(|hit| by_key.entry(key_in(hit, dimension)).or_default().push(hit));
        let is_named = |key: &Vec<u8>| kept_names.as_ref().is_none_or(|kept| kept.contains(key));
        let mut named: Vec<(&Vec<u8>, &Vec<&Hit>)> = by_key.iter().filter(|(key, _)| is_named(key)).collect();
        // Keys of times are compared as numbers, so equal numbers of hits are not tested for them.
        named.sort_by_key(|(key, hits)| (Reverse(hits.len()), *key));
        let shown = if most == 0 { named.len() } else { most.min(named.len()) };
        let is_time = matches!(dimension, Dimension::Time(_));
        let (mut rest, mut rest_keys) = (all.clone(), by_key.len());
        for (at, part) in found.iter().filter(|part| part.key.is_some()).enumerate() {
            let key = written(part.key.as_ref().unwrap());
            if !is_time {
                prop_assert_eq!(&key, named[at].0);
            }
            let hits = &by_key[&key];
            prop_assert!(hits.len() >= named[shown - 1].1.len(), "{:?}", key);
            prop_assert_eq!((everything(&part.tally), part.hits, part.keys), (of(hits), hits.len() as u64, Some(1)), "{:?}", key);
            rest.retain(|hit| key_in(hit, dimension) != key);
            rest_keys -= 1;
        }
        prop_assert_eq!(found.iter().filter(|part| part.key.is_some()).count(), shown);
        match found.iter().find(|part| part.key.is_none()) {
            None => prop_assert!(rest.is_empty()),
            Some(part) => {
                let keys = kept_names.is_none().then_some(rest_keys as u64);
                prop_assert!(!rest.is_empty() && part.hits == rest.len() as u64 && part.keys == keys);
                prop_assert_eq!(everything(&part.tally), of(&rest));
            }
        }
    }
}
