//! The ledger at the end of each table: it accounts for every line, and shows those that were not counted.

use std::fmt::Display;
use std::io;

use super::fit::{cut_end, cut_middle, width};
use super::flow::{Piece, flow};
use super::ink::Ink;
use super::line::Line;
use super::{Sheet, hits, words};
use crate::filter::Filtered;
use crate::render::numbers::{Bytes, Grouped};
use crate::report::Report;

const FIRST_AT: &str = "the first at ";
/// Spaces before the text of a malformed line.
const SAMPLE_GAP: usize = 2;
/// Minimum columns for that text after its place. With fewer, it gets a line of its own.
const SAMPLE_AT_LEAST: usize = 12;

pub(super) fn write(report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let lines = &report.lines;
    sheet.begin()?;
    let part = |sign: &str, number: u64, what: &str| {
        let ink = if what == "malformed" && number > 0 { Ink::Odd } else { Ink::Plain };
        Piece::new(" ", ink, format!("{sign} {} {what}", Grouped(number)))
    };
    sheet.flow(
        &[
            Piece::new("", Ink::Plain, words::counted(lines.read, "line")),
            part("=", hits(report), "counted"),
            part("+", lines.filtered, "filtered"),
            part("+", lines.blank, "blank"),
            part("+", lines.malformed, "malformed"),
        ],
        0,
    )?;
    if let Some(pieces) = filtered(lines.filtered, &report.filtered_reasons) {
        sheet.flow(&pieces, 0)?;
    }
    if lines.skipped_bytes > 0 {
        let skipped = format!("{} skipped: outside the requested period", Bytes(lines.skipped_bytes));
        sheet.flow(&Piece::words(Ink::Plain, &skipped), 0)?;
    }
    if lines.lost_bytes > 0 {
        let lost = format!("{} could not be read: the lines there are not counted", Bytes(lines.lost_bytes));
        sheet.flow(&Piece::words(Ink::Bad, &lost), 0)?;
    }
    let Some(first) = report.malformed_samples.first() else { return Ok(()) };
    let columns = sheet.page.columns;
    let place = match first.line {
        Some(line) => format!(":{line}"),
        None => format!(", byte {}", first.byte),
    };
    let file = cut_middle(words::input(&first.path), columns.saturating_sub(width(&place) + width(FIRST_AT)));
    let (malformed, before) = match (lines.malformed, &report.malformed_reasons[..]) {
        (1, _) => ("malformed:".to_owned(), ""),
        (number, [] | [_]) => (format!("malformed: {},", Grouped(number)), FIRST_AT),
        (number, reasons) => {
            sheet.flow(&by_reason("malformed", number, reasons), 0)?;
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
    let mut lines = flow(&pieces, 0, columns, sheet.page.colors);
    // Show the malformed line after its place if there is room for more than a word of it.
    let used = lines.last().map_or(0, Line::columns) + SAMPLE_GAP;
    if used + SAMPLE_AT_LEAST > columns {
        lines.push(Line::new(sheet.page.colors));
    }
    if let Some(line) = lines.last_mut() {
        line.gap(SAMPLE_GAP);
        let room = columns.saturating_sub(line.columns());
        line.push(Ink::Faint, cut_end(&first.text, room).trim_end());
    }
    sheet.lines(&lines)
}

/// Formats `filtered: 40 = 30 status + 10 path`, or `filtered: 40 by status`.
fn filtered(number: u64, reasons: &[(Filtered, u64)]) -> Option<Vec<Piece>> {
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
