//! Request times: a short form below the summary, and the full form if there is no summary.

use std::io;

use super::ink::Ink;
use super::stat_grid::{self, Stat};
use super::wrap::Piece;
use super::{TableWriter, hits, labels, no_times};
use crate::render::numbers::{Duration, Percent, Seconds};
use crate::render::tone::Tone;
use crate::report::{LatencyReport, Report};

/// Writes the full latency section of a report without a summary. With a summary, the short form is there.
pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    if report.summary.is_some() {
        return Ok(());
    }
    let Some(latency) = &report.latency else { return no_times::write_part(report, writer) };
    let mean_ms = (u128::from(latency.sum_ms) + u128::from(latency.count) / 2) / u128::from(latency.count.max(1));
    let stats = [
        vec![
            Stat::new("p50", Duration(latency.p50_ms)).ink(Ink::Strong),
            Stat::new("p90", Duration(latency.p90_ms)),
            Stat::new("p95", Duration(latency.p95_ms)),
            Stat::new("p99", Duration(latency.p99_ms)),
        ],
        vec![Stat::new("Mean", Duration(mean_ms as u64)), Stat::new("Max", Duration(latency.max_ms))],
        vec![slow(latency, hits(report))],
    ];
    writer.begin()?;
    let of = labels::counted(latency.count, "request");
    let head = [Piece::new("", Ink::Strong, "Request times"), Piece::new(" ", Ink::Faint, format!(" {of}"))];
    writer.write_wrapped(&head, 0)?;
    stat_grid::for_each_line(&stats, writer.terminal, |line| writer.line(line))?;
    Ok(())
}

/// Returns the rows for the summary.
pub(super) fn in_short(latency: &LatencyReport, hits: u64) -> [Vec<Stat>; 2] {
    [
        vec![
            Stat::new("Time p50", Duration(latency.p50_ms)),
            Stat::new("p90", Duration(latency.p90_ms)),
            Stat::new("p99", Duration(latency.p99_ms)),
            Stat::new("Max", Duration(latency.max_ms)),
        ],
        vec![slow(latency, hits)],
    ]
}

/// The share of slow requests among timed requests. The note gives the number of timed requests if not all were timed.
fn slow(latency: &LatencyReport, hits: u64) -> Stat {
    let mut note = format!("over {}", Seconds(latency.slow_threshold_ms));
    if latency.count < hits {
        note += &format!(", of {} with a time", labels::counted(latency.count, "request"));
    }
    let ink = Tone::of_slow(latency.slow, latency.count).into();
    Stat::new("Slow", Percent(latency.slow, latency.count)).ink(ink).note(note)
}
