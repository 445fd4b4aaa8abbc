//! From a file to a report, as the program does it where nothing is asked for.

use std::cmp::Reverse;

use criterion::Criterion;
use logstat::{Access, Dimension, Engine, Input, Question, Report, Row, Unit, count, guard_mappings};

use crate::log::{LINES, LOG};
use crate::plain::{Expected, Groups};

pub(crate) fn whole(criterion: &mut Criterion) {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), LOG.text).expect("room for the log");
    let right = Right::new();
    let mapped = guard_mappings().map(|guard| ("mapped", Access::Map(guard)));
    let mut group = criterion.benchmark_group("whole");
    group.throughput(LOG.throughput());
    for (name, access) in mapped.into_iter().chain([("read", Access::Read)]) {
        for threads in [1, 2] {
            let engine = Engine { threads, access, ..Engine::default() };
            group.bench_function(format!("{name}, threads: {threads}"), |bencher| {
                bencher.iter(|| {
                    let outcome = count(&Question::default(), vec![Input::path(file.path())], &engine);
                    let outcome = outcome.expect("a log in a format that is known");
                    assert!(outcome.problems.is_empty());
                    right.check(&outcome.report.expect("the file was read"));
                });
            });
        }
    }
    group.finish();
}

/// What is right of the report.
struct Right {
    all: Groups<'static>,
    days: Groups<'static>,
    status: Groups<'static>,
    class: Groups<'static>,
    /// The ten with the most hits.
    paths: Vec<(Vec<u8>, Expected<'static>)>,
    groups: usize,
}

impl Right {
    fn new() -> Right {
        let paths = LOG.expected(Dimension::Path);
        let groups = paths.len();
        let mut paths: Vec<_> = paths.into_iter().collect();
        // They ascend, and equals stay in order.
        paths.sort_by_key(|(_, expected)| Reverse(expected.pv));
        paths.truncate(10);
        Right {
            all: LOG.expected(Dimension::All),
            days: LOG.expected(Dimension::Time(Unit::Day)),
            status: LOG.expected(Dimension::Status),
            class: LOG.expected(Dimension::Class),
            paths,
            groups,
        }
    }

    fn check(&self, report: &Report) {
        let lines = report.lines;
        assert_eq!((lines.read, lines.parsed, lines.malformed), (LINES as u64, LINES as u64, 0));
        let summary = report.summary.as_ref().expect("a summary");
        let all = &self.all[&b"all"[..]];
        same(&summary.row, all);
        assert_eq!(summary.visitor_days, self.days.values().map(|day| day.visitors.len() as u64).sum::<u64>());
        for (rows, groups) in
            [(&report.timeline, &self.days), (&report.status, &self.status), (&report.class, &self.class)]
        {
            let rows = rows.as_ref().expect("a section");
            assert_eq!(rows.len(), groups.len());
            for row in rows {
                same(row, &groups[row.key.as_deref().unwrap_or_default().as_bytes()]);
            }
        }
        let top = &report.top.as_ref().expect("a ranking")[0];
        assert_eq!((top.rows.len(), top.groups), (10, self.groups as u64));
        for (row, (key, expected)) in top.rows.iter().zip(&self.paths) {
            assert_eq!(row.key.as_deref().map(str::as_bytes), Some(&key[..]));
            same(row, expected);
        }
        let latency = report.latency.expect("times are logged");
        assert_eq!((latency.count, latency.p99_ms), (LINES as u64, all.p99_ms()));
    }
}

fn same(row: &Row, expected: &Expected<'_>) {
    assert_eq!((row.pv, row.bytes, row.statics), (expected.pv, expected.bytes, expected.statics));
    assert_eq!([row.status_2xx, row.status_3xx, row.status_4xx, row.status_5xx], expected.class[2..]);
    if let Some(uv) = row.uv {
        assert_eq!(uv, expected.visitors.len() as u64);
    }
}
