//! The laws of tallies that outlive a run: however hits are shared among tallies, merged, looked at in between and partitioned,
//! the numbers are those of one tally of all hits, and escapes are undone exactly once.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::laws::{Hit, Parts, Plain, all_dimensions, count, counted, found, hit};
use super::{Partitioned, Tally};
use crate::batch::TextField;
use crate::measure::{Precision, UvMethod};

/// All tables of a tally, its period and the hits that lack a field.
fn everything<F>(tally: &Tally<F>) -> impl PartialEq + std::fmt::Debug + use<F> {
    let tables: Vec<BTreeMap<Parts, Plain>> = all_dimensions().iter().map(|d| found(tally, *d)).collect();
    (tables, tally.period, tally.unknown, tally.undated.of_one())
}

/// Ways to count visitors, and what tells them apart.
fn ways() -> [(UvMethod, TextField); 3] {
    let hll = UvMethod::Hll(Precision::default());
    [(UvMethod::Exact, TextField::Addr), (UvMethod::Exact, TextField::Agent), (hll, TextField::Addr)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 8))]

    #[test]
    fn merged_is_absorbed_and_the_other_stays_as_it_was(
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
            // As often as wanted: the other was not changed.
            let mut merged = second.clone();
            merged.merge(&first);
            prop_assert_eq!(&everything(&merged.snapshot()), &expected);
            let mut absorbed = first;
            absorbed.absorb(second);
            prop_assert_eq!(&everything(&absorbed.unescape()), &expected);
        }
    }

    #[test]
    fn tallies_that_were_unescaped_merge_without_undoing_escapes_again(
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
    fn a_snapshot_is_the_report_of_what_was_counted_and_changes_nothing(
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

    /// A partition's tally is the tally of its hits, whoever counted them.
    #[test]
    fn a_part_is_the_tally_of_its_hits(
        hits in prop::collection::vec((hit(), 0..4_u8, 0..3_usize), 0..90), seeds in prop::array::uniform3(any::<u64>()),
    ) {
        for (uv, visitor) in ways() {
            let mut workers = seeds.map(|seed| Partitioned::new(counted(&[], uv, visitor, seed)));
            for (hit, key, worker) in &hits {
                count(workers[*worker].part(*key), &[hit]);
            }
            let [mut all, second, third] = workers;
            all.merge(&second);
            all.merge(&third);
            let of = |is_wanted: &dyn Fn(u8) -> bool| {
                let wanted = hits.iter().filter(|(_, key, _)| is_wanted(*key)).map(|(hit, ..)| hit);
                counted(&wanted.collect::<Vec<_>>(), uv, visitor, 7).unescape()
            };
            for (key, part) in all.snapshot().iter() {
                prop_assert_eq!(everything(part), everything(&of(&|other| other == *key)), "{}", key);
            }
            prop_assert_eq!(everything(&all.total(|_| true).unescape()), everything(&of(&|_| true)));
            prop_assert_eq!(everything(&all.total(|key| *key < 2).unescape()), everything(&of(&|key| key < 2)));
            all.retain(|key| *key % 2 == 1);
            prop_assert_eq!(everything(&all.total(|_| true).unescape()), everything(&of(&|key| key % 2 == 1)));
        }
    }
}
