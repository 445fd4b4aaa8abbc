//! A report as sections of rows with figures: what all formats write that are lists of numbers.

use std::borrow::Cow;

use crate::dimension::{Dimension, Pair};
use crate::metric::Metric;
use crate::report::{Figure, LatencyReport, Report, Row};

/// A section of a report.
pub(super) struct Section<'r> {
    /// `timeline`, `top.path`.
    pub(super) name: Cow<'static, str>,
    /// What its rows are a pair of.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "CSV alone names the columns of keys"))]
    pub(super) pair: Option<Pair>,
    /// What its rows are told by: `pv`, `p95_ms`.
    pub(super) metrics: Vec<&'static str>,
    pub(super) rows: Vec<SectionRow<'r>>,
}

pub(super) struct SectionRow<'r> {
    /// Empty where the section is one row.
    pub(super) key: &'r str,
    /// Both keys of a pair.
    pub(super) keys: Option<&'r [String; 2]>,
    /// One a metric.
    pub(super) figures: Vec<Figure>,
}

/// All sections of a report that it has, in its order.
pub(super) fn sections(report: &Report) -> Vec<Section<'_>> {
    let mut all = Vec::new();
    if let Some(summary) = &report.summary {
        let mut section = of_rows("summary".into(), std::slice::from_ref(&summary.row));
        section.metrics.push("visitor_days");
        section.rows.iter_mut().for_each(|row| row.figures.push(Figure::Count(summary.visitor_days)));
        all.push(section);
    }
    let listed = [("timeline", &report.timeline), ("status", &report.status), ("class", &report.class)];
    all.extend(listed.into_iter().filter_map(|(name, rows)| rows.as_ref().map(|rows| of_rows(name.into(), rows))));
    let rankings = report.top.iter().flatten();
    all.extend(rankings.map(|ranking| {
        let pair = if let Dimension::Pair(pair) = ranking.dimension { Some(pair) } else { None };
        Section { pair, ..of_rows(format!("top.{}", ranking.dimension.name()).into(), &ranking.rows) }
    }));
    all.extend(report.latency.as_ref().map(of_latency));
    all
}

fn of_rows<'r>(name: Cow<'static, str>, rows: &'r [Row]) -> Section<'r> {
    // Rows of a section are told the same, so the first tells what that is; what is in all rows stands for none.
    let usual = Row::default();
    let metrics: Vec<Metric> =
        Metric::all().filter(|metric| rows.first().unwrap_or(&usual).figure(*metric).is_some()).collect();
    let row = |row: &'r Row| {
        let figures = metrics.iter().map(|metric| row.figure(*metric).unwrap_or(Figure::Unknown));
        SectionRow { key: row.key.as_deref().unwrap_or_default(), keys: row.keys.as_ref(), figures: figures.collect() }
    };
    Section {
        name,
        pair: None,
        metrics: metrics.iter().map(|metric| metric.key()).collect(),
        rows: rows.iter().map(row).collect(),
    }
}

fn of_latency(latency: &LatencyReport) -> Section<'static> {
    let (metrics, figures) = [
        ("count", Figure::Count(latency.count)),
        ("sum_ms", Figure::Ms(latency.sum_ms)),
        ("max_ms", Figure::Ms(latency.max_ms)),
        ("p50_ms", Figure::Ms(latency.p50_ms)),
        ("p90_ms", Figure::Ms(latency.p90_ms)),
        ("p95_ms", Figure::Ms(latency.p95_ms)),
        ("p99_ms", Figure::Ms(latency.p99_ms)),
        ("slow_threshold_ms", Figure::Ms(latency.slow_threshold_ms)),
        ("slow", Figure::Count(latency.slow)),
    ]
    .into_iter()
    .unzip();
    Section { name: "latency".into(), pair: None, metrics, rows: vec![SectionRow { key: "", keys: None, figures }] }
}
