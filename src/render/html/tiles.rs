//! The summary: one number per tile, the most wanted first.

use super::class;
use crate::render::labels;
use crate::render::numbers::{Bytes, DisplayFigure, Duration, Grouped, Known, Percent, Seconds, share};
use crate::render::parts;
use crate::render::terms::{REQUESTS, VISITORS, WITHOUT_BOTS};
use crate::render::tone::Tone;
use crate::report::{Figure, Report, UvCount};

pub(super) struct Tile {
    pub(super) label: &'static str,
    /// Name of the metric in JSON.
    pub(super) metric: &'static str,
    /// The number in JSON; empty if it is null.
    pub(super) value: String,
    pub(super) text: String,
    /// Text below the number; may be empty.
    pub(super) note: String,
    pub(super) tone: &'static str,
}

pub(super) fn tiles(report: &Report) -> Vec<Tile> {
    let Some(summary) = &report.summary else { return Vec::new() };
    let row = &summary.row;
    let tile = |label, metric, value: Option<u64>, text: String, note: String| Tile {
        label,
        metric,
        value: value.map(|value| value.to_string()).unwrap_or_default(),
        text,
        note,
        tone: "",
    };
    let of_hits = |label, metric, part: Option<(u64, u64)>, tone: Tone| {
        let hits = part.map(|(hits, _)| hits);
        let text = share(part).to_string();
        let note = Known(hits.map(|hits| labels::counted(hits, "request"))).to_string();
        Tile { tone: class(tone), ..tile(label, metric, hits, text, note) }
    };
    let of_status = |label, metric, hits, tone: fn(Option<(u64, u64)>) -> Tone| {
        let part = parts::of_status(row, hits);
        of_hits(label, metric, part, tone(part))
    };
    let people = report.people.map(|people| format!("{} {}", Grouped(people.requests), WITHOUT_BOTS[0]));
    let mut tiles =
        vec![tile(REQUESTS[0], "pv", Some(row.pv), Grouped(row.pv).to_string(), people.unwrap_or_default())];
    if row.uv != UvCount::NotCounted {
        let uv = row.uv.known();
        let visitor_days = format!("{} visitor days", Known(summary.visitor_days.map(Grouped)));
        let people =
            report.people.map(|people| format!("{} {}, ", Known(people.visitors.map(Grouped)), WITHOUT_BOTS[0]));
        let note = people.unwrap_or_default() + &visitor_days;
        tiles.push(tile(VISITORS[0], "uv", uv, Known(uv.map(Grouped)).to_string(), note));
    }
    let bytes = format!("{} bytes", Known(row.bytes.map(Grouped)));
    tiles.push(tile("Sent", "bytes", row.bytes, Known(row.bytes.map(Bytes)).to_string(), bytes));
    tiles.push(of_hits("Static", "static", parts::of_path(row), Tone::Plain));
    tiles.push(of_status("2xx", "status_2xx", row.status_2xx, |_| Tone::Plain));
    tiles.push(of_status("3xx", "status_3xx", row.status_3xx, |_| Tone::Plain));
    tiles.push(of_status("4xx", "status_4xx", row.status_4xx, Tone::of_4xx));
    tiles.push(of_status("5xx", "status_5xx", row.status_5xx, Tone::of_5xx));
    for (label, metric, hits) in
        [("1xx", "status_1xx", row.status_1xx), ("Other status", "status_other", row.status_other)]
    {
        if hits.is_some_and(|hits| hits > 0) {
            tiles.push(of_status(label, metric, hits, |_| Tone::Plain));
        }
    }
    if let Some(latency) = &report.latency {
        let duration = report.durations.first().map(|duration| format!(" of {}", duration.name)).unwrap_or_default();
        let time = |label, metric, ms, note: &str| {
            tile(label, metric, Some(ms), Duration(ms).to_string(), format!("{note}{duration}"))
        };
        tiles.push(time("Median time", "p50_ms", latency.p50_ms, "p50"));
        tiles.push(time("95% within", "p95_ms", latency.p95_ms, "p95"));
        tiles.push(time("99% within", "p99_ms", latency.p99_ms, "p99"));
        let slow = format!("{} over {}", Grouped(latency.slow), Seconds(latency.slow_threshold_ms));
        tiles.push(Tile {
            tone: class(Tone::of_slow(latency.slow, latency.count)),
            ..tile("Slow", "slow", Some(latency.slow), Percent(latency.slow, latency.count).to_string(), slow)
        });
    }
    for (metric, figure) in row.columns.iter().filter(|(metric, _)| metric.is_in_summary()) {
        let value = match figure {
            Figure::Count(number) => number.to_string(),
            Figure::Share(number) | Figure::Mean(number) => number.to_string(),
            Figure::Ms(_) | Figure::MeanMs(_) | Figure::Moment(_) | Figure::Unknown => String::new(),
        };
        let label = metric.column().unwrap_or(metric.name());
        tiles.push(Tile { value, ..tile(label, metric.key(), None, DisplayFigure(figure).to_string(), String::new()) });
    }
    tiles
}
