//! Tests the law of tables, for every dimension with every measure: a table depends only on the multiset of hits.
//!
//! Hits are distributed to workers that have different hash seeds and see the keys in different orders. Their tallies
//! are merged in any order. The result must equal that of a plain map of plain sets.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;

use super::{Tally, Unknown};
use crate::batch::{Batch, Column, Fields, Numbers, Status, TextField};
use crate::dimension::{Dimension, VariableColumns, written_time};
use crate::dimension::{Key, KeysOfTable};
use crate::keys::{GroupId, Seed, fixed_hash};
use crate::measure::{Cache, Cached, Durations, FirstLast, Hits, MeasureKind, Seconds, Sorted, Timed, Times};
use crate::measure::{Precision, UvMethod};
use crate::text::undo_escapes;
use crate::time::Stamp;

const TEXTS: [TextField; 8] = [
    TextField::Addr,
    TextField::Host,
    TextField::User,
    TextField::Method,
    TextField::Path,
    TextField::Protocol,
    TextField::Referer,
    TextField::Agent,
];

#[derive(Clone, Debug)]
pub(super) struct Hit {
    texts: [Vec<u8>; 8],
    pub(super) wall_s: i64,
    pub(super) offset_min: i16,
    status: Status,
    bytes: u64,
    time_ms: Option<u64>,
    further_ms: [Option<u64>; 2],
    from_cache: Option<bool>,
    is_static: bool,
    /// The fields that the hit's line does not log.
    pub(super) lacks: Fields,
}

const PATH: Fields = Fields::text(TextField::Path);

/// Fields that a line lacks; usually none.
fn lacks() -> impl Strategy<Value = Fields> {
    let one = prop::sample::select(vec![
        Fields::STATUS,
        Fields::BYTES,
        Fields::TIME,
        PATH,
        Fields::text(TextField::Addr),
        Fields::text(TextField::Agent),
    ]);
    let some = prop::collection::vec(one, 1..4);
    prop_oneof![
        6 => Just(Fields::NONE),
        1 => some.prop_map(|all| all.into_iter().fold(Fields::NONE, Fields::union)),
    ]
}

/// Texts: some differ only in how they are escaped, and some are addresses.
fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::sample::select(vec![
            "-",
            "",
            "A",
            "\\x41",
            "\\x5C",
            "\\x5Cx41",
            "\\\\",
            "\\",
            "::1",
            "0::1",
            "10.0.0.1",
            "\\x310.0.0.1",
            "255.255.255.255",
            "10.0.0.01",
        ])
        .prop_map(|s| s.as_bytes().to_vec()),
        (0..60_u8).prop_map(|n| format!("192.168.0.{n}").into_bytes()),
        prop::collection::vec(any::<u8>(), 0..3),
    ]
}

fn time_ms() -> impl Strategy<Value = Option<u64>> {
    prop::option::of(prop_oneof![0..500_u64, 4_000..5_000_u64, any::<u64>()])
}

prop_compose! {
    pub(super) fn hit()(
        texts in prop::array::uniform8(text()), wall_s in prop_oneof![0..200_000_i64, -62_135_596_800..253_402_300_799_i64],
        offset_min in -1439..1440_i16, status in 0..1001_u16,
        bytes in prop_oneof![4 => 0..5_000_u64, 1 => Just(u64::MAX)],
        time_ms in time_ms(), further_ms in (time_ms(), prop::option::weighted(0.1, 0..9_u64)),
        from_cache in prop::option::of(any::<bool>()), is_static: bool,
        lacks in lacks(),
    ) -> Hit {
        // A field that is not logged has the values of a missing one.
        let status = if lacks.intersects(Fields::STATUS) { Status::MISSING } else { Status::new(status) };
        let bytes = if lacks.intersects(Fields::BYTES) { 0 } else { bytes };
        let is_static = is_static && !lacks.intersects(PATH);
        Hit { texts, wall_s, offset_min, status, bytes, time_ms, further_ms: further_ms.into(), from_cache, is_static, lacks }
    }
}

pub(super) fn all_dimensions() -> Vec<Dimension> {
    let variable = Dimension::named("upstream_addr").unwrap();
    // Pairs in which neither, one or both keys are texts; some of the texts are addresses, which other tables intern as
    // visitors.
    let pairs = ["path/ip", "upstream_addr/status", "day/kind", "kind/agent", "status-class/hour"]
        .map(|name| Dimension::named(name).unwrap());
    // Computed keys are texts like others, and hits have none: two dimensions represent them all.
    let (computed, others): (Vec<_>, Vec<_>) = Dimension::all().partition(|d| matches!(d, Dimension::Derived(_)));
    [Dimension::All, variable].into_iter().chain(others).chain(computed.into_iter().take(2)).chain(pairs).collect()
}

/// A key, or both keys of a pair.
pub(super) type Parts = Vec<Vec<u8>>;

pub(super) fn counted(hits: &[&Hit], uv: UvMethod, visitor: TextField, seed: u64) -> Tally {
    let measures: Vec<_> = MeasureKind::all().collect();
    let plan: Vec<_> = all_dimensions().into_iter().map(|d| (d, measures.clone())).collect();
    let mut tally = Tally::new(&plan, uv, visitor.into(), Seed::fixed(seed));
    count(&mut tally, hits);
    tally
}

pub(super) fn count(tally: &mut Tally, hits: &[&Hit]) {
    for_each_batch(hits, |batch, rows| tally.add(batch, rows));
}

/// Calls `add` with batches of hits, and all rows of each.
pub(super) fn for_each_batch(hits: &[&Hit], mut add: impl FnMut(&Batch<'_>, &[u16])) {
    for hits in hits.chunks(7) {
        let derived = || Dimension::all().filter(|dimension| matches!(dimension, Dimension::Derived(_)));
        let derived = || derived().filter_map(|dimension| dimension.column(&VariableColumns::default()));
        let needs = TEXTS.iter().fold(Fields::VARIABLES, |needs, field| needs.union(Fields::text(*field)));
        let needs = derived().fold(needs, |needs, column| needs.union(Fields::column(column)));
        let mut batch = Batch::new(needs);
        for hit in hits {
            for (field, text) in TEXTS.iter().zip(&hit.texts) {
                batch.set_text(*field, text);
            }
            for column in derived().chain([Column::variable(0)]) {
                batch.set_text(column, &hit.texts[TextField::User as usize]);
            }
            let stamp = Stamp { wall_s: hit.wall_s, offset_min: hit.offset_min };
            let Hit { status, bytes, time_ms, further_ms, from_cache, is_static, lacks, .. } = **hit;
            let row = batch.len();
            further_ms.into_iter().enumerate().for_each(|(at, time_ms)| batch.set_further_ms(at, row, time_ms));
            batch.set_from_cache(row, from_cache);
            if lacks != Fields::NONE {
                batch.set_lacks(lacks);
            }
            if stamp == Stamp::NONE {
                batch.set_undated();
            }
            batch.add(Numbers { stamp, status, bytes, time_ms, is_static });
        }
        add(&batch, &(0..hits.len() as u16).collect::<Vec<_>>());
    }
}

/// Counts a hit at noon, with status 200 and 10 bytes, for each address.
pub(super) fn count_addresses(tally: &mut Tally, addresses: &[Vec<u8>]) {
    let mut batch = Batch::new(Fields::text(TextField::Addr));
    for address in addresses {
        batch.set_text(TextField::Addr, address);
        let stamp = Stamp { wall_s: 43_200, offset_min: 60 };
        batch.add(Numbers { stamp, status: Status::new(200), bytes: 10, time_ms: None, is_static: false });
    }
    tally.add(&batch, &(0..addresses.len() as u16).collect::<Vec<_>>());
}

/// The numbers of a group in plain types.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plain {
    class: [u64; 6],
    bytes: u64,
    static_hits: u64,
    hits: u64,
    pub(super) uv: u64,
    /// Number of hits that lack their status, bytes, path and visitor.
    lacking: [u64; 4],
    times: Vec<u64>,
    /// The number of request times, their sum, and the longest, if the table has them as a measure of their own.
    timed: Option<Timed>,
    further: [Vec<u64>; 2],
    cached: Cached,
    /// The most hits in one second.
    peak: Option<u64>,
    /// The first and the last instant, in seconds.
    seen: Option<(i64, i64)>,
}

fn key_of(text: &[u8]) -> Vec<u8> {
    if text.is_empty() { b"-".to_vec() } else { undo_escapes(text).into_owned() }
}

/// Returns the unescaped key of a hit in a dimension that is not a pair.
pub(super) fn key_in(hit: &Hit, dimension: Dimension) -> Vec<u8> {
    let text = |field: TextField| key_of(&hit.texts[field as usize]);
    match dimension {
        Dimension::All => b"all".to_vec(),
        Dimension::Path => text(TextField::Path),
        Dimension::Ip => text(TextField::Addr),
        Dimension::Host => text(TextField::Host),
        Dimension::Method => text(TextField::Method),
        Dimension::Referer => text(TextField::Referer),
        Dimension::Agent => text(TextField::Agent),
        Dimension::User => text(TextField::User),
        Dimension::Protocol => text(TextField::Protocol),
        Dimension::Status => hit.status.key().into_bytes(),
        Dimension::StatusClass => match hit.status.index() {
            1000 => b"-".to_vec(),
            code @ 100..600 => format!("{}xx", code / 100).into_bytes(),
            _ => b"other".to_vec(),
        },
        Dimension::Class if hit.lacks.intersects(PATH) => b"-".to_vec(),
        Dimension::Class => if hit.is_static { "static" } else { "dynamic" }.as_bytes().to_vec(),
        Dimension::Time(unit) => unit.key(unit.bucket(hit.wall_s).number).into_bytes(),
        // Its column has the text of the user field, so that the law is tested with all kinds of texts.
        Dimension::Variable(_) | Dimension::Derived(_) => text(TextField::User),
        Dimension::Pair(_) => unreachable!("a part of a pair cannot be a pair"),
    }
}

/// Hits of each second.
type HitsBySecond = BTreeMap<i64, u64>;

/// Slow reference: a table by its definition.
fn reference(hits: &[Hit], dimension: Dimension, visitor: TextField) -> BTreeMap<Parts, Plain> {
    let mut groups: BTreeMap<Parts, (Plain, HashSet<Vec<u8>>, HitsBySecond)> = BTreeMap::new();
    for hit in hits {
        let is_listed = match dimension {
            Dimension::Status | Dimension::StatusClass => !hit.lacks.intersects(Fields::STATUS),
            Dimension::Class => !hit.lacks.intersects(PATH),
            _ => true,
        };
        if !is_listed {
            continue;
        }
        let key = dimension.parts().map(|part| key_in(hit, part)).collect();
        let (plain, visitors, seconds) = groups.entry(key).or_default();
        plain.class[hit.status.class() as usize] += 1;
        plain.bytes = plain.bytes.saturating_add(hit.bytes);
        plain.static_hits += u64::from(hit.is_static);
        plain.hits += 1;
        let instant_s = hit.wall_s - i64::from(hit.offset_min) * 60;
        plain.seen = plain
            .seen
            .map_or(Some((instant_s, instant_s)), |(first, last)| Some((first.min(instant_s), last.max(instant_s))));
        plain.times.extend(hit.time_ms);
        plain.further.iter_mut().zip(hit.further_ms).for_each(|(times, time_ms)| times.extend(time_ms));
        *seconds.entry(instant_s).or_insert(0) += 1;
        plain.peak = seconds.values().max().copied();
        if let Some(from_cache) = hit.from_cache {
            let cached = &mut plain.cached;
            cached.asked += 1;
            cached.asked_bytes = cached.asked_bytes.saturating_add(hit.bytes);
            cached.answered += u64::from(from_cache);
            cached.answered_bytes = cached.answered_bytes.saturating_add(if from_cache { hit.bytes } else { 0 });
        }
        let fields = [Fields::STATUS, Fields::BYTES, PATH, Fields::text(visitor)];
        for (lacking, field) in plain.lacking.iter_mut().zip(fields) {
            *lacking += u64::from(hit.lacks.intersects(field));
        }
        if !hit.lacks.intersects(Fields::text(visitor)) {
            visitors.insert(key_of(&hit.texts[visitor as usize]));
        }
    }
    groups
        .into_iter()
        .map(|(key, (mut plain, visitors, _))| {
            plain.uv = visitors.len() as u64;
            plain.times.sort_unstable();
            plain.further.iter_mut().for_each(|times| times.sort_unstable());
            (key, plain)
        })
        .collect()
}

fn written(key: &Key<'_>) -> Parts {
    let written = |(dimension, key): (Dimension, &[u8])| match dimension {
        Dimension::Time(unit) => written_time(unit, key).into_bytes(),
        _ => key.to_vec(),
    };
    key.parts().map(written).collect()
}

/// Reads a table back, with its times as far as percentiles show them. Measures that it does not have are 0.
pub(super) fn found<F>(tally: &Tally<F>, dimension: Dimension) -> BTreeMap<Parts, Plain> {
    let table = tally.table(dimension);
    let keys = table.keys(&tally.visitors);
    let group = |id: u32| {
        let group = GroupId(id);
        let key = written(&table.key(&tally.visitors, group));
        let counts = table.counts().map(|counts| counts.of(group)).unwrap_or_default();
        let lacking = table.counts().map(|counts| counts.lacking(group)).unwrap_or_default();
        let unknown = table.uv().map_or(0, |uv| uv.unknown(group));
        let times = table.latency().map(|times| times.of(group).sorted());
        let of_times = |times: &Sorted| {
            vec![times.count(), times.max_ms(), times.sum_ms(), times.percentile_ms(50), times.slower_than(300)]
        };
        let plain = Plain {
            class: counts.class,
            bytes: counts.bytes,
            static_hits: counts.static_hits,
            uv: table.uv().map_or(0, |uv| uv.of(group)),
            lacking: [lacking.status, lacking.bytes, lacking.path, unknown],
            hits: table.measure().map_or(0, |hits: &Hits| hits.of(group)),
            seen: table
                .measure()
                .and_then(|moments: &FirstLast| moments.of(group))
                .map(|(first, last)| (first.epoch_s(), last.epoch_s())),
            times: times.as_ref().map(of_times).unwrap_or_default(),
            timed: table.measure().map(|times: &Times| times.of(group)),
            further: [0, 1].map(|at| {
                let times = table.measure().and_then(|durations: &Durations| durations.of(at, group));
                times.map_or_else(|| vec![0; 5], |times| of_times(&times.sorted()))
            }),
            cached: table.measure().map(|cache: &Cache| cache.of(group)).unwrap_or_default(),
            peak: table.measure().and_then(|seconds: &Seconds| seconds.of(group).peak()),
        };
        if let Some((timed, times)) = plain.timed.zip(times) {
            let of_all = [times.count(), times.max_ms(), times.sum_ms()];
            assert_eq!([timed.count, timed.max_ms, timed.sum_ms], of_all, "two measures of the same times disagree");
        }
        (key, plain)
    };
    (0..keys.len() as u32).map(group).collect()
}

fn as_reported(times: &[u64]) -> Vec<u64> {
    let median = if times.is_empty() { 0 } else { times[times.len().div_ceil(2) - 1] };
    vec![
        times.len() as u64,
        times.last().copied().unwrap_or(0),
        times.iter().fold(0, |sum: u64, t| sum.saturating_add(*t)),
        median,
        times.iter().filter(|t| **t > 300).count() as u64,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    #[test]
    fn table_depends_only_on_the_multiset_of_hits(
        hits in prop::collection::vec((hit(), 0..4_usize), 0..120), seeds in prop::array::uniform4(any::<u64>()),
        order in Just(vec![0_usize, 1, 2, 3]).prop_shuffle(), backwards: bool,
    ) {
        let hll = UvMethod::Hll(Precision::default());
        let (by_address, by_agent) = (TextField::Addr, TextField::Agent);
        for (uv, visitor) in [(UvMethod::Exact, by_address), (UvMethod::Exact, by_agent), (hll, by_agent)] {
            // Each worker has some of the hits, and one may see its hits in reverse order.
            let mut parts: [Vec<&Hit>; 4] = Default::default();
            hits.iter().for_each(|(hit, worker)| parts[*worker].push(hit));
            if backwards {
                parts[1].reverse();
            }
            let mut tallies = order.iter().map(|&worker| counted(&parts[worker], uv, visitor, seeds[worker]));
            let mut merged = tallies.next().unwrap();
            tallies.for_each(|tally| merged.absorb(tally));
            let merged = merged.unescape();

            let hits: Vec<Hit> = hits.iter().map(|(hit, _)| hit.clone()).collect();
            for dimension in all_dimensions() {
                let mut expected = reference(&hits, dimension, visitor);
                expected.values_mut().for_each(|plain| {
                    plain.times = as_reported(&plain.times);
                    plain.further.iter_mut().for_each(|times| *times = as_reported(times));
                    plain.timed = Some(Timed { count: plain.times[0], max_ms: plain.times[1], sum_ms: plain.times[2] });
                });
                prop_assert_eq!(found(&merged, dimension), expected, "{:?} by {:?}", dimension, uv);
            }
            let lacking = |field| hits.iter().filter(|hit| hit.lacks.intersects(field)).count() as u64;
            let unknown = Unknown {
                visitor: lacking(Fields::text(visitor)),
                status: lacking(Fields::STATUS),
                bytes: lacking(Fields::BYTES),
                path: lacking(PATH),
                time: lacking(Fields::TIME),
            };
            prop_assert_eq!(merged.unknown, unknown);
            let stamps = || hits.iter().map(|hit| (hit.wall_s, hit.offset_min));
            let period = merged.period.map(|(a, b)| ((a.wall_s, a.offset_min), (b.wall_s, b.offset_min)));
            prop_assert_eq!(period, stamps().min().zip(stamps().max()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 8))]

    /// Kept groups have all their numbers. Dropped groups start from zero when they come again.
    #[test]
    fn kept_groups_are_unchanged(hits in prop::collection::vec(hit(), 0..60), step in 1..5_usize, seed: u64) {
        let hits: Vec<&Hit> = hits.iter().collect();
        for uv in [UvMethod::Exact, UvMethod::Hll(Precision::default())] {
            let mut tally = counted(&hits, uv, TextField::Addr, seed);
            let before: Vec<_> = all_dimensions().iter().map(|d| found(&tally, *d)).collect();
            let mut kept: Vec<Vec<Parts>> = Vec::new();
            for table in &mut tally.tables {
                // Tables whose keys are the visitors cannot drop any.
                let is_own = !matches!(table.keys(&tally.visitors), KeysOfTable::Visitors(_));
                let len = table.keys(&tally.visitors).len() as u32;
                let groups: Vec<_> = (0..len).step_by(if is_own { step } else { 1 }).map(GroupId).collect();
                kept.push(groups.iter().map(|group| written(&table.key(&tally.visitors, *group))).collect());
                if is_own {
                    table.keep(&groups);
                }
            }
            for ((dimension, kept), before) in all_dimensions().into_iter().zip(&kept).zip(&before) {
                let expected: BTreeMap<_, _> = kept.iter().map(|key| (key.clone(), before[key].clone())).collect();
                prop_assert_eq!(found(&tally, dimension), expected, "{:?} by {:?}", dimension, uv);
            }
            count(&mut tally, &hits);
            for ((dimension, kept), before) in all_dimensions().into_iter().zip(&kept).zip(before) {
                let again = found(&tally, dimension);
                prop_assert_eq!(again.len(), before.len());
                for (key, plain) in before {
                    let times = if kept.contains(&key) { 2 } else { 1 };
                    prop_assert_eq!(again[&key].class, plain.class.map(|hits| hits * times));
                    prop_assert_eq!(again[&key].uv, plain.uv);
                    prop_assert_eq!(again[&key].lacking, plain.lacking.map(|hits| hits * times));
                }
            }
        }
    }
}

#[test]
fn sketches_of_one_set_are_equal_for_every_cut() {
    let hit = |n: u32| Hit {
        texts: std::array::from_fn(|_| std::net::Ipv4Addr::from_bits(n * 77).to_string().into_bytes()),
        wall_s: i64::from(n % 5) * 86_400,
        offset_min: 0,
        status: Status::new(200),
        bytes: 1,
        time_ms: None,
        further_ms: [None; 2],
        from_cache: None,
        is_static: n.is_multiple_of(3),
        lacks: Fields::NONE,
    };
    let hits: Vec<Hit> = (0..3000).map(hit).collect();
    let uv = UvMethod::Hll(Precision::new(6).unwrap());
    let whole = counted(&hits.iter().collect::<Vec<_>>(), uv, TextField::Addr, 1);
    for cut in [1, 40, 1500, 2990] {
        let (left, right) = hits.split_at(cut);
        let mut merged = counted(&right.iter().rev().collect::<Vec<_>>(), uv, TextField::Addr, 2);
        merged.merge(&counted(&left.iter().collect::<Vec<_>>(), uv, TextField::Addr, 3));
        for dimension in [Dimension::All, Dimension::Class, Dimension::Time(crate::time::Unit::Day)] {
            assert_eq!(found(&merged, dimension), found(&whole, dimension), "cut at {cut}");
        }
    }
    let distinct: HashSet<u64> = hits.iter().map(|h| fixed_hash(&h.texts[0])).collect();
    assert_eq!(distinct.len(), 3000);
}
