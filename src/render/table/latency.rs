//! Request times: a short form below the summary, and the full form if there is no summary.

use std::io;

use super::facts::{self, Fact};
use super::flow::Piece;
use super::ink::Ink;
use super::{Sheet, hits, no_times, words};
use crate::render::numbers::{Duration, Percent, Seconds};
use crate::render::tone::Tone;
use crate::report::{LatencyReport, Report};

/// Writes the full latency section of a report without a summary. With a summary, the short form is there.
pub(super) fn write(report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    if report.summary.is_some() {
        return Ok(());
    }
    let Some(latency) = &report.latency else { return no_times::write_part(report, sheet) };
    let mean_ms = (u128::from(latency.sum_ms) + u128::from(latency.count) / 2) / u128::from(latency.count.max(1));
    let facts = [
        vec![
            Fact::new("p50", Duration(latency.p50_ms)).ink(Ink::Strong),
            Fact::new("p90", Duration(latency.p90_ms)),
            Fact::new("p95", Duration(latency.p95_ms)),
            Fact::new("p99", Duration(latency.p99_ms)),
        ],
        vec![Fact::new("Mean", Duration(mean_ms as u64)), Fact::new("Max", Duration(latency.max_ms))],
        vec![slow(latency, hits(report))],
    ];
    sheet.begin()?;
    let of = words::counted(latency.count, "request");
    let head = [Piece::new("", Ink::Strong, "Request times"), Piece::new(" ", Ink::Faint, format!(" {of}"))];
    sheet.flow(&head, 0)?;
    facts::for_each_line(&facts, sheet.page, |line| sheet.line(line))?;
    Ok(())
}

/// Returns the rows for the summary.
pub(super) fn in_short(latency: &LatencyReport, hits: u64) -> [Vec<Fact>; 2] {
    [
        vec![
            Fact::new("Time p50", Duration(latency.p50_ms)),
            Fact::new("p90", Duration(latency.p90_ms)),
            Fact::new("p99", Duration(latency.p99_ms)),
            Fact::new("Max", Duration(latency.max_ms)),
        ],
        vec![slow(latency, hits)],
    ]
}

/// The share of slow requests among timed requests. The note gives the number of timed requests if not all were timed.
fn slow(latency: &LatencyReport, hits: u64) -> Fact {
    let mut note = format!("over {}", Seconds(latency.slow_threshold_ms));
    if latency.count < hits {
        note += &format!(", of {} with a time", words::counted(latency.count, "request"));
    }
    let ink = Tone::of_slow(latency.slow, latency.count).into();
    Fact::new("Slow", Percent(latency.slow, latency.count)).ink(ink).note(note)
}
