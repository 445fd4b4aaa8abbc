//! Expected values of a whole report, computed by plain code.

use std::cmp::Reverse;

use logstat::{Dimension, Question, Report, Row, Section, Unit, UvMethod};

use crate::plain::{self, Expected, Groups, Hit};

/// The expected answer to a question.
pub(crate) struct Right {
    question: Question,
    has_times: bool,
    all: Groups<'static>,
    timeline: Groups<'static>,
    visitor_days: u64,
    status: Groups<'static>,
    class: Groups<'static>,
    rankings: Vec<Ranked>,
}

/// A ranking: its first keys with their expected values, and the total number of groups.
struct Ranked {
    first: Vec<(Vec<u8>, Expected<'static>)>,
    groups: usize,
}

impl Right {
    pub(crate) fn new(hits: &[Hit<'static>], question: &Question, has_times: bool) -> Right {
        let ranked = |dimension: Dimension| {
            let mut first: Vec<_> = plain::groups(hits, dimension).into_iter().collect();
            let groups = first.len();
            // Keys are in ascending order, and the sort is stable.
            first.sort_by_key(|(_, expected)| Reverse(expected.pv));
            first.truncate(question.showing.limit);
            Ranked { first, groups }
        };
        let days = plain::groups(hits, Dimension::Time(Unit::Day));
        Right {
            question: question.clone(),
            has_times,
            all: plain::groups(hits, Dimension::All),
            timeline: plain::groups(hits, Dimension::Time(question.counting.unit())),
            visitor_days: days.values().map(|day| day.visitors.len() as u64).sum(),
            status: plain::groups(hits, Dimension::Status),
            class: plain::groups(hits, Dimension::Class),
            rankings: question.counting.rankings().into_iter().map(ranked).collect(),
        }
    }

    /// Asserts that the report has these numbers and exactly the requested sections.
    pub(crate) fn check(&self, report: &Report) {
        let all = &self.all[&b"all"[..]];
        let lines = report.lines;
        assert_eq!((lines.read, lines.parsed, lines.malformed), (all.pv, all.pv, 0));
        assert_eq!(report.period.unit, self.question.counting.unit());
        let is_shown = |section, is_there| assert_eq!(is_there, self.question.showing.shows(section), "{section:?}");
        is_shown(Section::Summary, report.summary.is_some());
        if let Some(summary) = &report.summary {
            self.same(&summary.row, all);
            self.is_near(summary.visitor_days.expect("every hit has a visitor and a day"), self.visitor_days);
        }
        for (section, rows, groups) in [
            (Section::Timeline, &report.timeline, &self.timeline),
            (Section::Status, &report.status, &self.status),
            (Section::Class, &report.class, &self.class),
        ] {
            is_shown(section, rows.is_some());
            let Some(rows) = rows else { continue };
            assert_eq!(rows.len(), groups.len());
            for row in rows {
                self.same(row, &groups[row.key.as_deref().unwrap_or_default().as_bytes()]);
            }
        }
        is_shown(Section::Top, report.top.is_some());
        let rankings = report.top.as_deref().unwrap_or_default();
        for (ranking, right) in rankings.iter().zip(&self.rankings) {
            assert_eq!((ranking.rows.len(), ranking.groups), (right.first.len(), right.groups as u64));
            for (row, (key, expected)) in ranking.rows.iter().zip(&right.first) {
                assert_eq!(*plain::unescaped(row.key.as_deref().unwrap_or_default().as_bytes()), key[..]);
                self.same(row, expected);
            }
        }
        assert_eq!(report.latency.is_some(), self.has_times && self.question.showing.shows(Section::Latency));
        if let Some(latency) = &report.latency {
            assert_eq!((latency.count, latency.p99_ms), (all.pv, all.p99_ms()));
        }
    }

    fn same(&self, row: &Row, expected: &Expected<'_>) {
        assert_eq!(
            (row.pv, row.bytes, row.static_hits),
            (expected.pv, Some(expected.bytes), Some(expected.static_hits))
        );
        assert_eq!(
            [row.status_2xx, row.status_3xx, row.status_4xx, row.status_5xx].map(Option::unwrap_or_default),
            expected.class[2..]
        );
        if let Some(uv) = row.uv.known() {
            self.is_near(uv, expected.visitors.len() as u64);
        }
    }

    /// Asserts that a number is equal, or, for a sketch, within five standard errors: exceeded by chance once in a
    /// million.
    fn is_near(&self, uv: u64, right: u64) {
        let error = match self.question.counting.uv {
            UvMethod::Hll(precision) => 5.0 * precision.standard_error(),
            _ => 0.0,
        };
        assert!(uv.abs_diff(right) as f64 <= error * right as f64, "{uv} instead of {right}");
    }
}
