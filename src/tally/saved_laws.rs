//! Tests the laws of tallies in state files: they count the same when they are read back, and equal tallies have equal
//! bytes, whichever workers counted them. Damaged bytes are refused.

use proptest::prelude::*;

use super::form_laws::{everything, ways};
use super::laws::{Hit, count, count_addresses, counted, hit};
use super::{Table, TablePlan, Tally, Unescaped};
use crate::batch::TextField;
use crate::dimension::Dimension;
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::Seed;
use crate::measure::{Measure, MeasureKind, Precision, UvMethod};

fn saved(tally: &Tally<Unescaped>) -> Vec<u8> {
    let mut out = Encoder::default();
    tally.save(&mut out);
    out.into_bytes()
}

fn plan_of(tally: &Tally<Unescaped>) -> Vec<TablePlan> {
    let kinds = |table: &Table<Unescaped>| table.measures().iter().map(Measure::kind).collect();
    tally.tables.iter().map(|table| (table.dimension, kinds(table))).collect()
}

fn loaded(empty: &Tally<Unescaped>, hits: usize, bytes: &[u8]) -> Result<Tally<Unescaped>, Damaged> {
    loaded_in_part(empty, &plan_of(empty), hits, bytes)
}

/// Reads the tables and measures `kept` of a tally that was saved with those of `empty`.
fn loaded_in_part(
    empty: &Tally<Unescaped>,
    kept: &[TablePlan],
    hits: usize,
    bytes: &[u8],
) -> Result<Tally<Unescaped>, Damaged> {
    let (mut input, mut part) = (Decoder::new(bytes), empty.clone());
    part.keep_tables(kept);
    let tally = Tally::load(part, &plan_of(empty), hits as u64, &mut input)?;
    input.end().map(|()| tally)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 8))]

    /// All dimensions with all measures: however the hits are distributed to workers, and their tallies merged, the
    /// bytes are the same. Read back, they count the same, also when they are merged.
    #[test]
    fn saved_tally_depends_only_on_the_hits_and_is_read_back(
        parts in prop::collection::vec(prop::collection::vec(hit(), 0..30), 1..4), seed: u64, is_backwards: bool, by_instant: bool,
    ) {
        let all: Vec<&Hit> = parts.iter().flatten().collect();
        for (uv, visitor) in ways() {
            let count_all = |hits: &[&Hit], seed: u64| {
                let mut empty = counted(&[], uv, visitor, seed);
                empty.by_instant = by_instant;
                count(&mut empty, hits);
                empty
            };
            let whole = count_all(&all, seed).unescape();
            let bytes = saved(&whole);
            prop_assert_eq!(&saved(&count_all(&all, !seed).snapshot()), &bytes);

            let empty = count_all(&[], seed ^ 1).unescape();
            let read = loaded(&empty, all.len(), &bytes).unwrap();
            prop_assert_eq!(everything(&read), everything(&whole));
            prop_assert_eq!(&saved(&read), &bytes);

            // Any tables and measures can be read, and the others skipped.
            let mut mask = seed;
            let mut is_kept = || { mask = mask.rotate_left(1); mask & 1 == 1 };
            let mut kept = plan_of(&empty);
            kept.iter_mut().for_each(|(_, measures)| measures.retain(|_| is_kept()));
            kept.retain(|(_, measures)| !measures.is_empty());
            let mut expected = whole.clone();
            expected.keep_tables(&kept);
            prop_assert_eq!(&saved(&loaded_in_part(&empty, &kept, all.len(), &bytes).unwrap()), &saved(&expected));

            let mut tallies: Vec<Tally<Unescaped>> = (seed..).zip(&parts).map(|(seed, part)| {
                let tally = count_all(&part.iter().collect::<Vec<_>>(), seed).unescape();
                loaded(&empty, part.len(), &saved(&tally)).unwrap()
            }).collect();
            if is_backwards {
                tallies.reverse();
            }
            let mut tallies = tallies.into_iter();
            let mut merged = tallies.next().unwrap();
            tallies.enumerate().for_each(|(i, tally)| if i % 2 == 0 { merged.merge(&tally) } else { merged.absorb(tally) });
            prop_assert_eq!(everything(&merged), everything(&whole));
            prop_assert_eq!(&saved(&merged), &bytes);
        }
    }

    #[test]
    fn damaged_bytes_are_refused_or_written_again(
        hits in prop::collection::vec(hit(), 1..12), damage in prop::collection::vec((any::<prop::sample::Index>(), 1..=u8::MAX), 50),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 20),
    ) {
        for (uv, visitor) in ways() {
            let bytes = saved(&counted(&hits.iter().collect::<Vec<_>>(), uv, visitor, 1).unescape());
            let empty = counted(&[], uv, visitor, 2).unescape();
            for (at, change) in &damage {
                let mut damaged = bytes.clone();
                damaged[at.index(bytes.len())] ^= change;
                if let Ok(tally) = loaded(&empty, hits.len(), &damaged) {
                    prop_assert_eq!(saved(&tally), &damaged[..]);
                }
                // Skipped numbers are not checked.
                let _ = loaded_in_part(&empty, &[], hits.len(), &damaged);
            }
            for cut in &cuts {
                prop_assert!(loaded(&empty, hits.len(), &bytes[..cut.index(bytes.len())]).is_err());
            }
            prop_assert!(loaded(&empty, hits.len(), &[&bytes[..], &[0]].concat()).is_err());
            prop_assert!(loaded(&empty, hits.len() + 1, &bytes).is_err(), "a hit is missing");
            prop_assert!(loaded(&empty, hits.len() - 1, &bytes).is_err(), "too many hits");
        }
    }
}

/// Sketches of few visitors have hashes, and those of many have registers.
#[test]
fn sketches_are_read_back_in_both_forms() {
    let uv = UvMethod::Hll(Precision::new(4).unwrap());
    let plan = [(Dimension::All, vec![MeasureKind::Uv])];
    for visitors in [0, 1, 8, 9, 100_u8] {
        let addresses: Vec<Vec<u8>> = (0..visitors).map(|n| format!("10.0.0.{n}").into_bytes()).collect();
        let mut tally = Tally::new(&plan, uv, TextField::Addr.into(), Seed::fixed(1));
        count_addresses(&mut tally, &addresses);
        let tally = tally.unescape();
        let bytes = saved(&tally);
        let empty = Tally::new(&plan, uv, TextField::Addr.into(), Seed::fixed(2)).unescape();
        let mut read = loaded(&empty, visitors.into(), &bytes).unwrap();
        assert_eq!(saved(&read), bytes);
        read.merge(&tally);
        assert_eq!(saved(&read), bytes, "the same visitors again, {visitors}");
    }
}

/// The layout that the book documents.
#[test]
fn small_tally_has_the_documented_bytes() {
    let plan = [
        (Dimension::All, vec![MeasureKind::Counts, MeasureKind::Uv]),
        (Dimension::Ip, vec![MeasureKind::Hits]),
        (Dimension::named("kind/ip").unwrap(), vec![MeasureKind::Hits]),
    ];
    let mut tally = Tally::new(&plan, UvMethod::Exact, TextField::Addr.into(), Seed::fixed(1));
    let addresses = ["0.0.0.9", "::1", "0.0.0.9", "0.0.0.7"].map(|address| address.as_bytes().to_vec());
    count_addresses(&mut tally, &addresses);
    let expected = [
        // The first and the last hit are at 12:00:00 +01:00: 43200 s and 60 min, zigzag-coded.
        &[1, 0x80, 0xA3, 5, 120, 0x80, 0xA3, 5, 120][..],
        // No hit lacks a visitor, status, byte count, path or time.
        &[0; 5],
        // Visitors: two IPv4 addresses, 7 and 9; one other text, which shares no byte with one before and has three.
        &[2, 7, 1, 1, 0, 3],
        b"::1",
        // No visitor without a time.
        &[0],
        // All hits: own keys, one, no shared bytes, three bytes.
        &[0, 1, 0, 3],
        b"all",
        // Hits by class: four are 2xx; 40 bytes; no static hits; no group with hits that lack a field.
        &[0, 0, 4, 0, 0, 0, 40, 0, 0],
        // All three visitors; no group with hits of unknown visitors.
        &[3, 0],
        // Addresses are the visitors: 7, 9, ::1.
        &[1, 1, 2, 1],
        // Pairs: one kind, three addresses.
        &[0, 1, 0, 7],
        b"dynamic",
        &[3, 0, 6, 0, 7, 1, 3],
        b"0.0.0.79::1",
        // Three pairs: each has the kind 0, and the addresses 0, 1 and 2.
        &[3, 0, 0, 0, 0, 1, 2],
        // Their hits: one of 0.0.0.7, two of 0.0.0.9, one of ::1.
        &[1, 2, 1],
    ];
    assert_eq!(saved(&tally.unescape()), expected.concat());
}
