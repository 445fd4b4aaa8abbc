//! From bytes to rows: newlines as the upper bound, marks, and the scan.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use logstat::Dimension;
use logstat::stages::{self, Measure, Plan};

use crate::log::{JSON_LOG, LINES, LOG};

/// The work of `wc -l`: a program that looks at every byte cannot be faster.
pub(crate) fn newlines(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("newlines");
    group.throughput(LOG.throughput());
    group.bench_function("memchr", |bencher| {
        bencher.iter(|| assert_eq!(memchr::memchr_iter(b'\n', black_box(LOG.text)).count(), LINES));
    });
    group.finish();
}

/// Positions of line ends and quotes: by marks, and by a search for the line end followed by a search for quotes.
pub(crate) fn marks(criterion: &mut Criterion) {
    let quotes_of = |line: &[u8]| line.iter().filter(|&&b| b == b'"').count();
    let lines = || LOG.text.split(|&b| b == b'\n');
    let all_quotes: usize = lines().map(quotes_of).sum();
    let marked_quotes = lines().filter(|line| !line.contains(&b'\\')).map(quotes_of).sum();

    let mut group = criterion.benchmark_group("marks");
    group.throughput(LOG.throughput());
    group.bench_function("marks", |bencher| {
        bencher.iter(|| assert_eq!(stages::marks(black_box(LOG.text)), (LINES, marked_quotes)));
    });
    group.bench_function("searches", |bencher| {
        let mut places = Vec::new();
        bencher.iter(|| {
            let (mut rest, mut lines, mut quotes) = (black_box(LOG.text), 0, 0);
            while let Some(end) = memchr::memchr(b'\n', rest) {
                places.clear();
                places.extend(memchr::memchr_iter(b'"', &rest[..end]));
                (rest, lines, quotes) = (&rest[end + 1..], lines + 1, quotes + black_box(&places).len());
            }
            assert_eq!((lines, quotes), (LINES, all_quotes));
        });
    });
    group.finish();
}

/// From lines to rows, without tables: with the columns of a default question, and with the fewest that a question can
/// need. For combined, and for the same traffic as JSON, whose lines are half as long again.
pub(crate) fn scan(criterion: &mut Criterion) {
    let all = [Measure::Counts, Measure::Uv, Measure::Latency];
    let plans: [(&str, &Plan<'_>); 2] =
        [("status", &[(Dimension::Status, &[])]), ("defaults", &[(Dimension::Path, &all)])];
    let of_all = &LOG.expected(Dimension::All)[&b"all"[..]];
    let addresses: usize = LOG.hits.iter().map(|hit| hit.address.len()).sum();
    // In a batch, each backslash of a path is escaped by another one.
    let len_of = |path: &[u8]| path.len() + path.iter().filter(|&&b| b == b'\\').count();
    let paths: usize = LOG.hits.iter().map(|hit| len_of(&hit.path)).sum();

    let mut group = criterion.benchmark_group("scan");
    for (kind, text, scanner) in [("", LOG.text, &LOG.scanner), (", JSON", JSON_LOG.0, &JSON_LOG.1)] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        for (name, plan) in plans {
            group.bench_function(format!("{name}{kind}"), |bencher| {
                bencher.iter(|| {
                    let mut found = (0, 0, 0, 0);
                    scanner.each_batch(black_box(text), plan, |rows| {
                        found.0 += rows.bytes().len();
                        found.1 += rows.bytes().iter().sum::<u64>();
                        found.2 += rows.addresses().iter().map(|address| address.len()).sum::<usize>();
                        found.3 += rows.paths().iter().map(|path| path.len()).sum::<usize>();
                    });
                    let (addresses, paths) = if name == "defaults" { (addresses, paths) } else { (0, 0) };
                    assert_eq!(found, (LINES, of_all.bytes, addresses, paths));
                });
            });
        }
    }
    group.finish();
}
