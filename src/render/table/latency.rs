//! Request times: a short form below the summary, and the full form if there is no summary.

use std::io;

use super::ink::Ink;
use super::stat_grid::{self, Stat};
use super::wrap::Piece;
use super::{TableWriter, hits, labels, no_times};
use crate::render::numbers::{Duration, Percent, Seconds};
use crate::render::tone::Tone;
use crate::report::{LatencyReport, Report};

/// Writes the full latency section of a report without a summary, or of each duration that the question names. In other
/// reports, the short form is in the summary.
pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    if !report.durations.is_empty() && hits(report) > 0 {
        let mut all = report.durations.iter();
        return all.try_for_each(|duration| match &duration.latency {
            Some(latency) => write_full(&duration.name, latency, hits(report), writer),
            None => head(&duration.name, "not measured by any request", writer),
        });
    }
    if report.summary.is_some() {
        return Ok(());
    }
    match &report.latency {
        Some(latency) => write_full("Request times", latency, hits(report), writer),
        None => no_times::write_part(report, writer),
    }
}

fn head(title: &str, about: &str, writer: &mut TableWriter<'_>) -> io::Result<()> {
    writer.begin()?;
    let head = [Piece::new("", Ink::Strong, title), Piece::new(" ", Ink::Faint, format!(" {about}"))];
    writer.write_wrapped(&head, 0)
}

fn write_full(title: &str, latency: &LatencyReport, hits: u64, writer: &mut TableWriter<'_>) -> io::Result<()> {
    let mean_ms = (u128::from(latency.sum_ms) + u128::from(latency.count) / 2) / u128::from(latency.count.max(1));
    let stats = [
        vec![
            Stat::new("p50", Duration(latency.p50_ms)).ink(Ink::Strong),
            Stat::new("p90", Duration(latency.p90_ms)),
            Stat::new("p95", Duration(latency.p95_ms)),
            Stat::new("p99", Duration(latency.p99_ms)),
        ],
        vec![Stat::new("Mean", Duration(mean_ms as u64)), Stat::new("Max", Duration(latency.max_ms))],
        vec![slow(latency, hits)],
    ];
    head(title, &labels::counted(latency.count, "request"), writer)?;
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
