//! The summary: a number a tile, those first that are asked for first.

use crate::render::table::ink::Ink;
use crate::report::Report;
use crate::report::numbers::{Bytes, Duration, Grouped, Percent, Seconds};

pub(super) struct Tile {
    pub(super) label: &'static str,
    /// What JSON calls it, and its number there.
    pub(super) metric: &'static str,
    pub(super) value: u64,
    pub(super) text: String,
    /// Under the number; may be empty.
    pub(super) note: String,
    pub(super) tone: &'static str,
}

pub(super) fn tiles(report: &Report) -> Vec<Tile> {
    let Some(summary) = &report.summary else { return Vec::new() };
    let row = &summary.row;
    let tile = |label, metric, value, text: String, note: String| Tile { label, metric, value, text, note, tone: "" };
    let of_hits = |label, metric, value, ink: Ink| Tile {
        tone: ink.tone(),
        ..tile(label, metric, value, Percent(value, row.pv).to_string(), Grouped(value).to_string())
    };
    let visitor_days = format!("{} visitor days", Grouped(summary.visitor_days));
    let mut tiles = vec![tile("PV", "pv", row.pv, Grouped(row.pv).to_string(), "requests".to_owned())];
    tiles.extend(row.uv.map(|uv| tile("UV", "uv", uv, Grouped(uv).to_string(), visitor_days)));
    tiles.push(tile("Sent", "bytes", row.bytes, Bytes(row.bytes).to_string(), format!("{} bytes", Grouped(row.bytes))));
    tiles.push(of_hits("Static", "static", row.statics, Ink::Plain));
    tiles.push(of_hits("2xx", "status_2xx", row.status_2xx, Ink::Plain));
    tiles.push(of_hits("3xx", "status_3xx", row.status_3xx, Ink::Plain));
    tiles.push(of_hits("4xx", "status_4xx", row.status_4xx, Ink::of_4xx(row.status_4xx, row.pv)));
    tiles.push(of_hits("5xx", "status_5xx", row.status_5xx, Ink::of_5xx(row.status_5xx, row.pv)));
    for (label, metric, part) in
        [("1xx", "status_1xx", row.status_1xx), ("Other status", "status_other", row.status_other)]
    {
        if part > 0 {
            tiles.push(of_hits(label, metric, part, Ink::Plain));
        }
    }
    if let Some(latency) = &report.latency {
        let time = |label, metric, ms, note: &str| tile(label, metric, ms, Duration(ms).to_string(), note.to_owned());
        tiles.push(time("Median time", "p50_ms", latency.p50_ms, "p50"));
        tiles.push(time("p95", "p95_ms", latency.p95_ms, "request time"));
        tiles.push(time("p99", "p99_ms", latency.p99_ms, "request time"));
        let slow = format!("{} over {}", Grouped(latency.slow), Seconds(latency.slow_threshold_ms));
        tiles.push(Tile {
            tone: Ink::of_slow(latency.slow, latency.count).tone(),
            ..tile("Slow", "slow", latency.slow, Percent(latency.slow, latency.count).to_string(), slow)
        });
    }
    tiles
}
