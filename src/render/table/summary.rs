//! The first lines below the head, which answer "how is my site?".

use std::io;

use super::fit::{cut_middle, width};
use super::ink::Ink;
use super::stat_grid::{self, Stat};
use super::wrap::Piece;
use super::{TableWriter, hits, latency, no_times};
use crate::metric::Metric;
use crate::render::highlights::{Finding, finding};
use crate::render::numbers::{Bytes, DisplayFigure, Grouped, Known, share};
use crate::render::parts;
use crate::render::terms::{Form, REQUESTS, VISITORS, WITHOUT_BOTS};
use crate::render::tone::Tone;
use crate::report::{Figure, Highlight, People, Report, Row};

const INDENT: usize = 2;

pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    let Some(summary) = &report.summary else { return Ok(()) };
    let row = &summary.row;
    writer.begin()?;
    let requests = Stat::labelled(REQUESTS, Grouped(row.pv)).ink(Ink::Strong);
    let visitors = Stat::labelled(VISITORS, Known(row.uv.known().map(Grouped))).ink(Ink::Strong);
    let people = |number: Option<u64>| Stat::labelled(WITHOUT_BOTS, Known(number.map(Grouped)));
    let [requests, visitors] = match report.people {
        Some(People { requests: pv, visitors: uv, .. }) => {
            [requests.above(people(Some(pv))), visitors.above(people(uv))]
        }
        None => [requests, visitors],
    };
    let sent = Stat::new("Sent", Known(row.bytes.map(Bytes)));
    let mut stats = vec![vec![requests, visitors, sent, Stat::new("Static", share(parts::of_path(row)))], codes(row)];
    let asked: Vec<_> = row.columns.iter().filter(|(metric, _)| metric.is_in_summary()).collect();
    stats.extend(asked.chunks(4).map(|asked| {
        let stat = |(metric, figure): &&(Metric, Figure)| {
            Stat::new(metric.column().unwrap_or(metric.name()), DisplayFigure(figure))
        };
        asked.iter().map(stat).collect()
    }));
    // Durations that the user names have parts of their own, with their names.
    if let Some(latency) = report.latency.as_ref().filter(|_| report.durations.is_empty()) {
        stats.extend(latency::in_short(latency, row.pv));
    }
    let form = stat_grid::for_each_line(&stats, writer.terminal, |line| writer.line(line))?;
    if form == Form::WithAbbreviation {
        writer.form = Form::Full;
    }
    no_times::write(report, writer)?;
    let mut highlights = report.highlights.iter().flatten();
    highlights.try_for_each(|highlight| {
        writer.write_wrapped(&pointed_at(highlight, hits(report), writer.terminal.columns), INDENT)
    })
}

/// Formats a highlight as pieces that break between words. A subject is cut so that it fits on one line.
fn pointed_at(highlight: &Highlight, hits: u64, columns: usize) -> Vec<Piece> {
    let Finding { subject, rest, tone } = finding(highlight, hits);
    let room = columns.saturating_sub(INDENT + width("▲ "));
    // A colon after the subject stays with it.
    let (colon, rest) = rest.split_once(' ').unwrap_or((&rest, ""));
    let subject = cut_middle(&subject, room.saturating_sub(width(colon)));
    let mut pieces = vec![Piece::new("", tone.into(), format!("▲ {subject}{colon}"))];
    pieces.extend(Piece::words(Ink::Plain, rest));
    pieces
}

/// Returns the share of each status class. Rare classes are listed only if they have hits, so the shares always add up.
fn codes(row: &Row) -> Vec<Stat> {
    let stat = |label, hits| Stat::new(label, share(parts::of_status(row, hits)));
    let mut stats = vec![
        stat("2xx", row.status_2xx),
        stat("3xx", row.status_3xx),
        stat("4xx", row.status_4xx).ink(Tone::of_4xx(parts::of_status(row, row.status_4xx)).into()),
        stat("5xx", row.status_5xx).ink(Tone::of_5xx(parts::of_status(row, row.status_5xx)).into()),
    ];
    for (label, part) in [("1xx", row.status_1xx), ("Other", row.status_other)] {
        if part.is_some_and(|hits| hits > 0) {
            stats.push(stat(label, part));
        }
    }
    stats
}
