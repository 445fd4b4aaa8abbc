//! The first lines below the head, which answer "how is my site?".

use std::io;

use super::fit::cut_middle;
use super::ink::Ink;
use super::stat_grid::{self, Stat};
use super::wrap::Piece;
use super::{TableWriter, hits, latency};
use crate::render::highlights::{HighlightText, Key, highlight_text};
use crate::render::numbers::{Bytes, Grouped, Known, share};
use crate::render::parts;
use crate::render::tone::Tone;
use crate::report::{Highlight, Report, Row};

const INDENT: usize = 2;

pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    let Some(summary) = &report.summary else { return Ok(()) };
    let row = &summary.row;
    writer.begin()?;
    let mut stats = vec![
        vec![
            Stat::new("PV", Grouped(row.pv)).ink(Ink::Strong),
            Stat::new("UV", Known(row.uv.known().map(Grouped))).ink(Ink::Strong),
            Stat::new("sent", Known(row.bytes.map(Bytes))),
            Stat::new("static", share(parts::of_path(row))),
        ],
        codes(row),
    ];
    if let Some(latency) = &report.latency {
        stats.extend(latency::in_short(latency, row.pv));
    }
    stat_grid::for_each_line(&stats, writer.terminal, |line| writer.line(line))?;
    let mut highlights = report.highlights.iter().flatten();
    highlights.try_for_each(|highlight| {
        writer.write_wrapped(&pointed_at(highlight, hits(report), writer.terminal.columns), INDENT)
    })
}

/// Formats a highlight as pieces that break between words. A key is cut so that it fits on one line.
fn pointed_at(highlight: &Highlight, hits: u64, columns: usize) -> Vec<Piece> {
    let HighlightText { what, key, figure, tone } = highlight_text(highlight, hits);
    let mut pieces = vec![Piece::new("", tone.into(), format!("▲ {what}"))];
    match key {
        Key::Words(words) => pieces.extend(Piece::words(Ink::Plain, &format!("{words}:"))),
        Key::Logged(text) => {
            let room = columns.saturating_sub(INDENT + 1);
            pieces.push(Piece::new(" ", Ink::Plain, format!("{}:", cut_middle(text, room))));
        }
    }
    pieces.extend(Piece::words(Ink::Plain, &figure));
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
    for (label, part) in [("1xx", row.status_1xx), ("other", row.status_other)] {
        if part.is_some_and(|hits| hits > 0) {
            stats.push(stat(label, part));
        }
    }
    stats
}
