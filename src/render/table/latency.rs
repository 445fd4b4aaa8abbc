//! Request times: a short form below the summary, and the full form if there is no summary.

use std::io;

use super::ink::Ink;
use super::stat_grid::{self, Stat};
use super::wrap::Piece;
use super::{TableWriter, hits, labels};
use crate::render::numbers::{Duration, Percent, Seconds};
use crate::render::tone::Tone;
use crate::report::{LatencyReport, Report};

/// Writes the full latency section of a report without a summary. With a summary, the short form is there.
pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    let Some(latency) = report.latency.as_ref().filter(|_| report.summary.is_none()) else { return Ok(()) };
    let mean_ms = (u128::from(latency.sum_ms) + u128::from(latency.count) / 2) / u128::from(latency.count.max(1));
    let stats = [
        vec![
            Stat::new("p50", Duration(latency.p50_ms)).ink(Ink::Strong),
            Stat::new("p90", Duration(latency.p90_ms)),
            Stat::new("p95", Duration(latency.p95_ms)),
            Stat::new("p99", Duration(latency.p99_ms)),
        ],
        vec![Stat::new("mean", Duration(mean_ms as u64)), Stat::new("max", Duration(latency.max_ms))],
        vec![slow(latency, hits(report))],
    ];
    writer.begin()?;
    let of = labels::counted(latency.count, "request");
    writer.write_wrapped(
        &[Piece::new("", Ink::Strong, "Request time"), Piece::new(" ", Ink::Faint, format!(" of {of}"))],
        0,
    )?;
    stat_grid::for_each_line(&stats, writer.terminal, |line| writer.line(line))
}

/// Returns the rows for the summary.
pub(super) fn in_short(latency: &LatencyReport, hits: u64) -> [Vec<Stat>; 2] {
    [
        vec![
            Stat::new("time p50", Duration(latency.p50_ms)),
            Stat::new("p90", Duration(latency.p90_ms)),
            Stat::new("p99", Duration(latency.p99_ms)),
            Stat::new("max", Duration(latency.max_ms)),
        ],
        vec![slow(latency, hits)],
    ]
}

/// The share of slow requests among timed requests. The note gives the number of timed requests if not all were timed.
fn slow(latency: &LatencyReport, hits: u64) -> Stat {
    let mut note = format!("longer than {}", Seconds(latency.slow_threshold_ms));
    if latency.count < hits {
        let was = if latency.count == 1 { "was" } else { "were" };
        note += &format!(", of the {} that {was} timed", labels::counted(latency.count, "request"));
    }
    let ink = Tone::of_slow(latency.slow, latency.count).into();
    Stat::new("slow", Percent(latency.slow, latency.count)).ink(ink).note(note)
}
