//! From rows to numbers: each dimension, each measure, and the merge of two workers' tables.

use std::iter::once;
use std::time::{Duration, Instant};

use criterion::Criterion;
use logstat::stages::{Counted, Measure, Tables, Times, UnescapedTables};
use logstat::{Dimension, Precision, Unit, UvMethod};

use crate::log::{LOG, VHOST_LOG};
use crate::plain::Groups;

const DAY: Dimension = Dimension::Time(Unit::Day);

/// Each dimension as the only table, counting hits only. Derived dimensions are excluded: earlier steps fill their
/// columns.
pub(crate) fn dimensions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dimension");
    let dimensions = once(Dimension::All).chain(Dimension::all());
    for dimension in dimensions.filter(|dimension| !matches!(dimension, Dimension::Derived(_))) {
        let log = if dimension == Dimension::Host { &VHOST_LOG } else { &LOG };
        let expected = log.expected(dimension);
        group.throughput(log.throughput());
        let name = if dimension == Dimension::All { "all" } else { dimension.name() };
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| {
                repeated(times, dimension, &expected, || {
                    log.count(log.text, &[(dimension, &[Measure::Counts])], UvMethod::Exact)
                })
            });
        });
    }
    group.finish();
}

/// Each measure, for the few groups of days and the many of paths. The time includes the look-up of groups, and that of
/// visitors where they are counted.
pub(crate) fn measures(criterion: &mut Criterion) {
    let hll = UvMethod::Hll(Precision::default());
    let measures = [
        ("counts", Measure::Counts, UvMethod::Exact),
        ("uv exact", Measure::Uv, UvMethod::Exact),
        ("uv hll", Measure::Uv, hll),
        ("latency", Measure::Latency, UvMethod::Exact),
    ];
    let mut group = criterion.benchmark_group("measure");
    group.throughput(LOG.throughput());
    for (groups, dimension) in [("days", DAY), ("paths", Dimension::Path)] {
        let expected = LOG.expected(dimension);
        for (name, measure, uv) in measures {
            group.bench_function(format!("{name} of {groups}"), |bencher| {
                bencher.iter_custom(|times| {
                    repeated(times, dimension, &expected, || LOG.count(LOG.text, &[(dimension, &[measure])], uv))
                });
            });
        }
    }
    group.finish();
}

/// Merges two halves of the log, with the tables of a default question.
pub(crate) fn merge(criterion: &mut Criterion) {
    use Measure::{Counts, Latency, Uv};
    let plan: [(Dimension, &[Measure]); 5] = [
        (Dimension::All, &[Counts, Uv, Latency]),
        (DAY, &[Uv, Counts]),
        (Dimension::Status, &[Counts]),
        (Dimension::Class, &[Counts, Uv]),
        (Dimension::Path, &[Counts]),
    ];
    let middle = LOG.text.len() / 2;
    let cut = middle + LOG.text[middle..].iter().position(|&b| b == b'\n').expect("the line has an end") + 1;
    let expected = plan.map(|(dimension, _)| (dimension, LOG.expected(dimension)));
    let mut group = criterion.benchmark_group("merge");
    group.throughput(LOG.throughput());
    for (name, uv) in [("uv exact", UvMethod::Exact), ("uv hll", UvMethod::Hll(Precision::default()))] {
        group.bench_function(name, |bencher| {
            let half = |part: &[u8]| LOG.count(part, &plan, uv).0;
            let halves = (half(&LOG.text[..cut]), half(&LOG.text[cut..]));
            bencher.iter_custom(|times| {
                let mut spent = Duration::ZERO;
                let mut merged = None;
                for _ in 0..times {
                    let (mut tables, other) = halves.clone();
                    let begin = Instant::now();
                    tables.absorb(other);
                    spent += begin.elapsed();
                    merged = Some(tables);
                }
                let merged = merged.expect("there is at least one time").unescaped();
                expected.iter().for_each(|(dimension, expected)| check(&merged, *dimension, expected));
                spent
            });
        });
    }
    group.finish();
}

/// Counts repeatedly, and checks the last result.
fn repeated(
    times: u64,
    dimension: Dimension,
    expected: &Groups<'_>,
    mut count: impl FnMut() -> (Tables, Duration),
) -> Duration {
    let (mut tables, mut spent) = count();
    for _ in 1..times {
        let (again, took) = count();
        (tables, spent) = (again, spent + took);
    }
    check(&tables.unescaped(), dimension, expected);
    spent
}

/// Asserts every number of every group.
fn check(tables: &UnescapedTables, dimension: Dimension, expected: &Groups<'_>) {
    let groups = tables.groups(dimension);
    assert_eq!(groups.len(), expected.len(), "number of groups of {dimension:?}");
    for group in groups {
        let of = format!("{} of {dimension:?}", group.key.escape_ascii());
        let expected = expected.get(&group.key).unwrap_or_else(|| panic!("{of} is missing"));
        if let Some(counts) = group.counts {
            let right = Counted { class: expected.class, bytes: expected.bytes, static_hits: expected.static_hits };
            assert_eq!(counts, right, "{of}");
        }
        if let Some(uv) = group.uv {
            // Four standard errors. Small sets are counted exactly by both methods.
            let right = expected.visitors.len() as u64;
            let off = if tables.is_exact() || right <= 8192 { 0 } else { right * 4 * 81 / 10_000 };
            assert!(uv.abs_diff(right) <= off, "{uv} visitors instead of {right}: {of}");
        }
        if let Some(times) = group.times {
            let all = &expected.times_ms;
            let right = Times {
                count: all.len() as u64,
                sum_ms: all.iter().sum(),
                max_ms: *all.last().expect("every hit has a time"),
                p99_ms: expected.p99_ms(),
            };
            assert_eq!(times, right, "{of}");
        }
    }
}
