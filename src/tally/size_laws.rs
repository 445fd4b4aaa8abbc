//! Tests the laws of sizes: a size depends only on the multiset of hits, the sizes of all parts add up to at least the
//! size of the whole, and sketches made from exact sets are those that would have been made from the start.

use proptest::prelude::*;

use super::Tally;
use super::laws::{Hit, all_dimensions, count, counted, found, hit};
use crate::batch::TextField;
use crate::dimension::{Dimension, VariableColumns};
use crate::measure::{Precision, UvMethod};

/// Returns a tally of each worker's hits.
fn parts(hits: &[(Hit, usize)], uv: UvMethod, visitor: TextField, seeds: [u64; 3]) -> [Tally; 3] {
    std::array::from_fn(|worker| {
        let mine = hits.iter().filter(|(_, of)| *of == worker).map(|(hit, _)| hit);
        counted(&mine.collect::<Vec<_>>(), uv, visitor, seeds[worker])
    })
}

/// Returns tallies that are divided by a dimension, and where the largest parts of each are kept.
fn divided(hits: &[(Hit, usize)], uv: UvMethod, kept: Option<usize>, seeds: [u64; 3]) -> [Tally; 3] {
    let columns = VariableColumns::of(all_dimensions().into_iter());
    let empty = |seed| counted(&[], uv, TextField::Addr, seed).with_each(Dimension::Host, &columns);
    let mut first = empty(1);
    count(&mut first, &hits.iter().map(|(hit, _)| hit).collect::<Vec<_>>());
    kept.into_iter().for_each(|most| _ = first.keep_parts(most));
    std::array::from_fn(|worker| {
        let mut tally = empty(seeds[worker]);
        tally.keep_parts_of(&first);
        let mine = hits.iter().filter(|(_, of)| *of == worker).map(|(hit, _)| hit);
        count(&mut tally, &mine.collect::<Vec<_>>());
        tally
    })
}

fn merged(parts: [Tally; 3]) -> Tally {
    let [mut all, second, third] = parts;
    all.absorb(second);
    all.absorb(third);
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 6))]

    #[test]
    fn size_depends_only_on_the_multiset_of_hits(
        hits in prop::collection::vec((hit(), 0..3_usize), 0..80), seeds in prop::array::uniform3(any::<u64>()),
    ) {
        let hll = UvMethod::Hll(Precision::new(4).unwrap());
        for (uv, visitor) in [(UvMethod::Exact, TextField::Addr), (UvMethod::Exact, TextField::Agent), (hll, TextField::Addr)] {
            let all: Vec<&Hit> = hits.iter().map(|(hit, _)| hit).collect();
            let whole = counted(&all, uv, visitor, 7).whole_bytes();
            let mut parts = parts(&hits, uv, visitor, seeds);
            let sum: u64 = parts.iter_mut().map(Tally::part_bytes).sum();
            for part in &mut parts {
                let bounds = part.bounds();
                let exact = part.exact_bounds();
                prop_assert!(exact.at_least == exact.at_most && bounds.at_least <= exact.at_most, "{:?} {:?}", bounds, exact);
                prop_assert!(exact.at_most <= bounds.at_most, "{:?} {:?}", bounds, exact);
                prop_assert_eq!(part.whole_bytes(), exact.at_most);
            }
            let mut merged = merged(parts);
            prop_assert_eq!(merged.whole_bytes(), whole);
            prop_assert!(sum >= whole, "{} of {}", sum, whole);
            prop_assert_eq!(merged.parts().iter().map(|(_, bytes)| bytes).sum::<u64>(), whole);
        }
    }

    #[test]
    fn size_of_divided_tallies_depends_only_on_the_multiset_of_hits(
        hits in prop::collection::vec((hit(), 0..3_usize), 0..50), seeds in prop::array::uniform3(any::<u64>()),
        kept in prop::option::of(0..4_usize),
    ) {
        for uv in [UvMethod::Exact, UvMethod::Hll(Precision::new(4).unwrap())] {
            let whole = merged(divided(&hits, uv, kept, [7, 8, 9])).whole_bytes();
            let mut parts = divided(&hits, uv, kept, seeds);
            let sum: u64 = parts.iter_mut().map(Tally::part_bytes).sum();
            let mut merged = merged(parts);
            prop_assert_eq!(merged.whole_bytes(), whole);
            prop_assert!(sum >= whole, "{} of {}", sum, whole);
            prop_assert_eq!(merged.parts().iter().map(|(_, bytes)| bytes).sum::<u64>(), whole);
            let exact = merged.exact_bounds();
            prop_assert_eq!((exact.at_least, exact.at_most), (whole, whole));
        }
    }

    #[test]
    fn sketches_made_from_exact_sets_equal_those_made_from_the_start(
        hits in prop::collection::vec((hit(), 0..3_usize), 1..80), seeds in prop::array::uniform3(any::<u64>()),
    ) {
        let precision = Precision::new(4).unwrap();
        let all: Vec<&Hit> = hits.iter().map(|(hit, _)| hit).collect();
        for visitor in [TextField::Addr, TextField::Agent] {
            let expected = counted(&all, UvMethod::Hll(precision), visitor, 7).unescape();
            let mut exact = merged(parts(&hits, UvMethod::Exact, visitor, seeds));
            exact.make_sketches(precision);
            // Adding some of the same hits again changes no set.
            exact.merge(&counted(&all[..all.len() / 2], UvMethod::Hll(precision), visitor, 9));
            let class = |uv| {
                let mut tally = counted(&[], uv, visitor, 5).with_each(Dimension::Class, &VariableColumns::default());
                count(&mut tally, &all);
                tally
            };
            let (mut by_class, sketched) = (class(UvMethod::Exact), class(UvMethod::Hll(precision)));
            by_class.make_sketches(precision);
            let uv = |tally: Tally| {
                let parts = tally.unescape().divide(0);
                let uv = |tally| found(tally, Dimension::All).into_values().map(|plain| plain.uv).collect::<Vec<_>>();
                parts.iter().map(|part| (part.key.clone(), uv(&part.tally))).collect::<Vec<_>>()
            };
            prop_assert_eq!(uv(by_class), uv(sketched));
            let (exact, mut twice) = (exact.unescape(), counted(&all, UvMethod::Hll(precision), visitor, 7));
            twice.merge(&counted(&all[..all.len() / 2], UvMethod::Hll(precision), visitor, 9));
            let twice = twice.unescape();
            for dimension in all_dimensions() {
                prop_assert_eq!(found(&exact, dimension), found(&twice, dimension), "{:?}", dimension);
                let visitors = |tally| found(tally, dimension).into_values().map(|plain| plain.uv).collect::<Vec<_>>();
                prop_assert_eq!(visitors(&exact), visitors(&expected), "{:?}", dimension);
            }
        }
    }
}
