//! Exact UV of a million groups with a million visitors: one bit set per group would take 125 GB. Asserts the maximum
//! number of bytes per pair of group and visitor.

use std::io::Write;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode, Throughput};
use logstat::stages::{Measure, Plan, Presets, Scanner, Tables};
use logstat::{Dimension, UvMethod};

const MILLION: u32 = 1_000_000;
/// Groups have 1 to `MOST` visitors, so that sets of several forms occur.
const MOST: u32 = 8;
const PAIRS: usize = MILLION as usize / 2 * (MOST as usize + 1);
/// A set takes 32 bytes, in an array of at most twice the necessary length. Sets of seven or eight visitors also have a
/// table of 64 bytes. That is 18 bytes a pair; the visitors alone would take four.
const BYTES_A_PAIR: usize = 18;

const PLAN: &Plan<'static> = &[(Dimension::Path, &[Measure::Uv]), (Dimension::All, &[Measure::Uv])];

pub(crate) fn exact_uv(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("memory");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(PAIRS as u64));
    group.bench_function("pairs of a million groups and a million visitors", |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| count_in_halves()).sum());
    });
    group.finish();
}

/// Two workers count half of the rounds each, and their tables are merged.
fn count_in_halves() -> Duration {
    let (mut tables, first_spent) = count(0..MOST / 2);
    let (other, second_spent) = count(MOST / 2..MOST);
    let begin = Instant::now();
    tables.absorb(other);
    let spent = first_spent + second_spent + begin.elapsed();

    let bytes = tables.uv_bytes();
    assert!(bytes <= BYTES_A_PAIR * PAIRS, "{} bytes a pair", bytes as f64 / PAIRS as f64);
    let tables = tables.unescaped();
    let paths = tables.groups(Dimension::Path);
    assert_eq!(paths.len(), MILLION as usize);
    for path in paths {
        let number: u32 =
            std::str::from_utf8(&path.key[3..]).ok().and_then(|n| n.parse().ok()).expect("/g/ and a number");
        assert_eq!(path.uv, Some(u64::from(visitors_of(number))));
    }
    assert_eq!(tables.groups(Dimension::All)[0].uv, Some(u64::from(MILLION)));
    spent
}

fn visitors_of(group: u32) -> u32 {
    1 + group % MOST
}

/// In each round, every group with more visitors than previous rounds gets the next one. 7 and 1,000,000 are coprime, so
/// in the first round every visitor occurs once.
fn count(rounds: std::ops::Range<u32>) -> (Tables, Duration) {
    const PIECE: usize = 1 << 20;
    let presets = Presets::default();
    let mut scanner = None;
    let mut tables = Tables::new(PLAN, UvMethod::Exact);
    let mut spent = Duration::ZERO;
    let mut piece = Vec::with_capacity(PIECE + 256);
    let pairs = rounds.flat_map(|round| (0..MILLION).map(move |group| (round, group)));
    let mut pairs = pairs.filter(|(round, group)| *round < visitors_of(*group)).peekable();
    while pairs.peek().is_some() {
        piece.clear();
        for (round, group) in pairs.by_ref() {
            let visitor = (u64::from(group) * 7 + u64::from(round) * 250_007) % u64::from(MILLION);
            let address = Ipv4Addr::from_bits(0x0A00_0000 + visitor as u32);
            writeln!(piece, r#"{address} - - [14/Nov/2026:00:00:00 +0800] "GET /g/{group} HTTP/1.1" 200 1 "-" "-""#)
                .expect("writing to a Vec cannot fail");
            if piece.len() >= PIECE {
                break;
            }
        }
        let scanner = scanner.get_or_insert_with(|| Scanner::new(&presets, &piece));
        scanner.each_batch(&piece, PLAN, |rows| {
            let begin = Instant::now();
            tables.add(rows);
            spent += begin.elapsed();
        });
    }
    (tables, spent)
}
