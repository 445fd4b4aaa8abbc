//! The ledger at the end of each table: it accounts for every line, and shows those that were not counted.

use std::fmt::Display;
use std::io;

use super::fit::{cut_end, cut_middle, width};
use super::ink::Ink;
use super::line::Line;
use super::wrap::{Piece, wrap};
use super::{TableWriter, hits, labels};
use crate::filter::FilterReason;
use crate::render::numbers::{Bytes, Grouped};
use crate::render::warnings::databases;
use crate::report::Report;

const FIRST_AT: &str = "first at ";
/// Spaces before the text of a malformed line.
const SAMPLE_GAP: usize = 2;
/// Minimum columns for that text after its place. With fewer, it gets a line of its own.
const SAMPLE_AT_LEAST: usize = 12;

pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    // A part has no lines but its hits.
    if report.part().is_some() {
        return Ok(());
    }
    let lines = &report.lines;
    writer.begin()?;
    let part = |sign: &str, number: u64, what: &str| {
        let ink = if what == "malformed" && number > 0 { Ink::Odd } else { Ink::Plain };
        Piece::new(" ", ink, format!("{sign} {} {what}", Grouped(number)))
    };
    writer.write_wrapped(
        &[
            Piece::new("", Ink::Plain, labels::counted(lines.read, "line")),
            part("=", hits(report), "counted"),
            part("+", lines.filtered, "filtered"),
            part("+", lines.blank, "blank"),
            part("+", lines.malformed, "malformed"),
        ],
        0,
    )?;
    if let Some(pieces) = filtered(lines.filtered, &report.filtered_reasons) {
        writer.write_wrapped(&pieces, 0)?;
    }
    if lines.skipped_bytes > 0 {
        let skipped = format!("skipped {} outside the requested period", Bytes(lines.skipped_bytes));
        writer.write_wrapped(&Piece::words(Ink::Plain, &skipped), 0)?;
    }
    if lines.lost_bytes > 0 {
        let lost = format!("{} could not be read, so the lines there are not counted", Bytes(lines.lost_bytes));
        writer.write_wrapped(&Piece::words(Ink::Bad, &lost), 0)?;
    }
    for database in databases(report) {
        writer.write_wrapped(&Piece::words(Ink::Faint, database), 0)?;
    }
    let Some(first) = report.malformed_samples.first() else { return Ok(()) };
    let columns = writer.terminal.columns;
    let place = match first.line {
        Some(line) => format!(":{line}"),
        None => format!(", byte {}", first.byte),
    };
    let file = cut_middle(labels::input(&first.path), columns.saturating_sub(width(&place) + width(FIRST_AT)));
    let (malformed, before) = match (lines.malformed, &report.malformed_reasons[..]) {
        (1, _) => ("malformed:".to_owned(), ""),
        (number, [] | [_]) => (format!("malformed: {},", Grouped(number)), FIRST_AT),
        (number, reasons) => {
            writer.write_wrapped(&by_reason("malformed", number, reasons), 0)?;
            (String::new(), FIRST_AT)
        }
    };
    let mut pieces = vec![
        Piece::new(if malformed.is_empty() { "" } else { " " }, Ink::Plain, format!("{before}{file}{place}")),
        Piece::new(" ", Ink::Plain, format!("({})", first.reason)),
    ];
    if !malformed.is_empty() {
        pieces.insert(0, Piece::new("", Ink::Plain, malformed));
    }
    let mut lines = wrap(&pieces, 0, columns, writer.terminal.colors);
    // Show the malformed line after its place if there is room for more than a word of it.
    let used = lines.last().map_or(0, Line::columns) + SAMPLE_GAP;
    if used + SAMPLE_AT_LEAST > columns {
        lines.push(Line::new(writer.terminal.colors));
    }
    if let Some(line) = lines.last_mut() {
        line.gap(SAMPLE_GAP);
        let room = columns.saturating_sub(line.columns());
        line.push(Ink::Faint, cut_end(&first.text, room).trim_end());
    }
    writer.lines(&lines)
}

/// Formats `filtered: 40 = 30 status + 10 path`, or `filtered: 40 by status`.
fn filtered(number: u64, reasons: &[(FilterReason, u64)]) -> Option<Vec<Piece>> {
    match reasons {
        [] => None,
        [(reason, _)] => Some(vec![Piece::new("", Ink::Plain, format!("filtered: {} by {reason}", Grouped(number)))]),
        reasons => Some(by_reason("filtered", number, reasons)),
    }
}

/// Formats `malformed: 6 = 2 no match + 3 bad time + 1 bad number`.
fn by_reason(what: &str, number: u64, reasons: &[(impl Display, u64)]) -> Vec<Piece> {
    let mut pieces = vec![Piece::new("", Ink::Plain, format!("{what}: {}", Grouped(number)))];
    pieces.extend(reasons.iter().enumerate().map(|(i, (reason, lines))| {
        let sign = if i == 0 { '=' } else { '+' };
        Piece::new(" ", Ink::Plain, format!("{sign} {} {reason}", Grouped(*lines)))
    }));
    pieces
}
