//! A report as sections of rows with numbers, for formats that are lists of numbers.

use std::borrow::Cow;

use crate::dimension::{Dimension, Pair};
use crate::metric::Metric;
use crate::report::{BotReport, DurationReport, Figure, LatencyReport, Report, Row, Split};

/// A section of a report.
#[derive(Clone)]
pub(super) struct Section<'r> {
    /// Name of the section: `timeline`, `top.path`.
    pub(super) name: Cow<'static, str>,
    /// Name of its keys for people: `day`, `path`; that of the section if it has no keys.
    pub(super) label: &'static str,
    /// The pair of dimensions, if rows are by pair.
    #[cfg_attr(not(feature = "csv"), expect(dead_code, reason = "CSV alone names the columns of keys"))]
    pub(super) pair: Option<Pair>,
    /// Metrics of its rows.
    pub(super) metrics: Vec<SectionColumn<'r>>,
    pub(super) rows: Vec<SectionRow<'r>>,
}

/// Meaning of a number.
#[derive(Clone, Copy)]
pub(super) enum SectionColumn<'r> {
    /// A metric, by its key: `pv`, `p95_ms`.
    Metric(&'static str),
    /// Hits of one value that the timeline is split by.
    Split(&'r str),
}

impl<'r> SectionColumn<'r> {
    /// Name of the metric: `pv`, `split.200`.
    pub(super) fn name(self) -> Cow<'r, str> {
        match self {
            SectionColumn::Metric(key) => Cow::Borrowed(key),
            SectionColumn::Split(value) => Cow::Owned(format!("split.{value}")),
        }
    }
}

#[derive(Clone)]
pub(super) struct SectionRow<'r> {
    /// Empty if the section has a single row.
    pub(super) key: &'r str,
    /// Both keys of a pair.
    pub(super) keys: Option<&'r [String; 2]>,
    /// One number per metric.
    pub(super) figures: Vec<Figure>,
}

/// Returns all sections of a report, in order.
pub(super) fn sections(report: &Report) -> Vec<Section<'_>> {
    let mut all = Vec::new();
    if let Some(summary) = &report.summary {
        let mut section = of_rows("summary".into(), "summary", std::slice::from_ref(&summary.row));
        section.metrics.push(SectionColumn::Metric("visitor_days"));
        let visitor_days = summary.visitor_days.map_or(Figure::Unknown, Figure::Count);
        section.rows.iter_mut().for_each(|row| row.figures.push(visitor_days.clone()));
        all.push(section);
    }
    let listed = [
        ("timeline", report.period.unit.name(), &report.timeline),
        ("status", "status", &report.status),
        ("class", Dimension::Class.name(), &report.class),
    ];
    let listed = listed.into_iter().filter_map(|(name, label, rows)| Some(of_rows(name.into(), label, rows.as_ref()?)));
    all.extend(listed);
    all.extend(report.bots.iter().flat_map(of_bots));
    let rankings = report.top.iter().flatten();
    all.extend(rankings.map(|ranking| {
        let pair = if let Dimension::Pair(pair) = ranking.dimension { Some(pair) } else { None };
        let name = format!("top.{}", ranking.dimension.key());
        Section { pair, ..of_rows(name.into(), ranking.dimension.name(), &ranking.rows) }
    }));
    match &report.durations[..] {
        [] => all.extend(report.latency.as_ref().map(|latency| of_latency("latency", [("", Some(latency))]))),
        durations => {
            let named = durations.iter().map(|DurationReport { name, latency, .. }| (&**name, latency.as_ref()));
            all.push(of_latency("duration", named));
        }
    }
    all
}

/// A section of rows that all have the same metrics.
pub(super) fn of_rows<'r>(name: Cow<'static, str>, label: &'static str, rows: &'r [Row]) -> Section<'r> {
    // All rows of a section have the same metrics, so those of the first row suffice. If there are no rows, a default
    // row stands in.
    let usual = Row::default();
    let metrics: Vec<Metric> =
        Metric::all().filter(|metric| rows.first().unwrap_or(&usual).figure(*metric).is_some()).collect();
    let split = |row: &'r Row| row.split.iter().flat_map(Split::iter);
    let row = |row: &'r Row| {
        let figures = metrics.iter().map(|metric| row.figure(*metric).unwrap_or(Figure::Unknown));
        let figures = figures.chain(split(row).map(|(_, pv)| Figure::Count(pv))).collect();
        SectionRow { key: row.key.as_deref().unwrap_or_default(), keys: row.keys.as_ref(), figures }
    };
    let values = rows.first().into_iter().flat_map(split).map(|(value, _)| SectionColumn::Split(value));
    let columns = metrics.iter().map(|metric| SectionColumn::Metric(metric.key())).chain(values);
    Section { name, label, pair: None, metrics: columns.collect(), rows: rows.iter().map(row).collect() }
}

/// The sections of people and bots.
fn of_bots(bots: &BotReport) -> [Section<'_>; 3] {
    let visitors = bots.people.visitors.map_or(Figure::Unknown, Figure::Count);
    let people = Section {
        name: "people".into(),
        label: "people",
        pair: None,
        metrics: vec![SectionColumn::Metric("pv"), SectionColumn::Metric("uv")],
        rows: vec![SectionRow { key: "", keys: None, figures: vec![Figure::Count(bots.people.requests), visitors] }],
    };
    let (class, bot) = (Dimension::bot_class(), Dimension::bot_and_class());
    let pair = if let Dimension::Pair(pair) = bot { Some(pair) } else { None };
    let top = Section { pair, ..of_rows("bots.top".into(), bot.name(), &bots.top) };
    [people, of_rows("bots".into(), class.name(), &bots.classes), top]
}

/// The section of request times, or of the durations that the question names, with a row for each.
fn of_latency<'r>(
    label: &'static str,
    durations: impl IntoIterator<Item = (&'r str, Option<&'r LatencyReport>)>,
) -> Section<'r> {
    let metrics = LATENCY.map(|(key, _)| SectionColumn::Metric(key)).to_vec();
    let figures = |latency: Option<&LatencyReport>| {
        let figure = |(key, read): (&str, Read)| match latency {
            Some(latency) => read(latency),
            None if key == "count" => Figure::Count(0),
            None => Figure::Unknown,
        };
        LATENCY.map(figure).to_vec()
    };
    let row = |(key, latency)| SectionRow { key, keys: None, figures: figures(latency) };
    let rows = durations.into_iter().map(row).collect();
    Section { name: "latency".into(), label, pair: None, metrics, rows }
}

/// Reads a number of a section about request times.
type Read = fn(&LatencyReport) -> Figure;

/// THE TABLE of the numbers of a section about request times.
const LATENCY: [(&str, Read); 9] = [
    ("count", |latency| Figure::Count(latency.count)),
    ("sum_ms", |latency| Figure::Ms(latency.sum_ms)),
    ("max_ms", |latency| Figure::Ms(latency.max_ms)),
    ("p50_ms", |latency| Figure::Ms(latency.p50_ms)),
    ("p90_ms", |latency| Figure::Ms(latency.p90_ms)),
    ("p95_ms", |latency| Figure::Ms(latency.p95_ms)),
    ("p99_ms", |latency| Figure::Ms(latency.p99_ms)),
    ("slow_threshold_ms", |latency| Figure::Ms(latency.slow_threshold_ms)),
    ("slow", |latency| Figure::Count(latency.slow)),
];
