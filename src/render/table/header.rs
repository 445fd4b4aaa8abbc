//! The head of a table: the inputs, and the period that they cover.

use std::cmp::Reverse;
use std::io;

use super::fit::{cut_end, cut_middle, width};
use super::ink::Ink;
use super::wrap::Piece;
use super::{TableWriter, labels};
use crate::render::dates::{days_between, days_of_period};
use crate::render::numbers::Grouped;
use crate::report::{FormatReport, Report, UvReport};
use crate::text::printable;

/// Maximum number of format names. More would not help the reader.
const FORMATS_AT_MOST: usize = 3;
/// Maximum width of the format names, in columns.
const FORMAT_COLUMNS: usize = 40;
/// Maximum width of the format names if an input has several formats, in columns. Line counts are included.
const MIXED_COLUMNS: usize = 60;
/// Maximum number of format names in that case.
const MIXED_AT_MOST: usize = 2;

/// Columns of the signs before and after the name of a part.
const PART_SIGNS: usize = 6;

pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    writer.begin()?;
    if let Some(part) = labels::part(report) {
        let requests = labels::counted(report.lines.parsed, "request");
        let room = writer.terminal.columns.saturating_sub(width(&requests) + PART_SIGNS);
        let name = cut_middle(&part, room).into_owned();
        let pieces = [Piece::new("", Ink::Strong, format!("── {name}")), Piece::new(" · ", Ink::Plain, requests)];
        writer.write_wrapped(&pieces, 0)?;
        if !report.inputs.is_empty() {
            writer.write_wrapped(&inputs(report, writer), 0)?;
        }
        return writer.write_wrapped(&period(report), 0);
    }
    writer.write_wrapped(&inputs(report, writer), 0)?;
    writer.write_wrapped(&period(report), 0)
}

/// Returns the name of the input, or the number of inputs, and what was read.
fn inputs(report: &Report, writer: &TableWriter<'_>) -> Vec<Piece> {
    let mut rest = Vec::new();
    if let Some(formats) = formats(report) {
        let columns = if is_mixed(report) { MIXED_COLUMNS.min(writer.terminal.columns) } else { FORMAT_COLUMNS };
        rest.push(Piece::new(" · ", Ink::Plain, cut_end(&formats, columns)));
    }
    rest.extend(labels::read(report).map(|text| Piece::new(" · ", Ink::Plain, text)));
    let name = match &report.inputs[..] {
        [input] => {
            // Cut a long name so that the rest fits on the same line, unless too little of the name would be left.
            let columns: usize = rest.iter().map(|piece| width(piece.before) + width(&piece.text)).sum();
            let room = writer.terminal.columns.saturating_sub(columns);
            let room = if room < writer.terminal.columns / 3 { writer.terminal.columns } else { room };
            cut_middle(labels::input(&input.path), room).into_owned()
        }
        inputs => labels::counted(inputs.len() as u64, "file"),
    };
    rest.insert(0, Piece::new("", Ink::Strong, name.trim_end()));
    rest
}

/// Returns the formats of the inputs, each once. If an input has several formats, each has its line count, and the
/// largest comes first.
fn formats(report: &Report) -> Option<String> {
    let mut names: Vec<(String, u64)> = Vec::new();
    for input in &report.inputs {
        for FormatReport { format, lines } in &input.formats {
            let name = input.format_label(format);
            match names.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => *sum += lines,
                None => names.push((name, *lines)),
            }
        }
    }
    let is_mixed = is_mixed(report);
    if is_mixed {
        names.sort_by_key(|(_, lines)| Reverse(*lines));
    }
    let most = if is_mixed { MIXED_AT_MOST } else { FORMATS_AT_MOST };
    let more = names.len().saturating_sub(most);
    names.truncate(most);
    let name = |(name, lines): &(String, u64)| match is_mixed {
        true => format!("{} {}", cut_end(name, FORMAT_COLUMNS / 2), Grouped(*lines)),
        false => name.clone(),
    };
    let mut text = printable(names.iter().map(name).collect::<Vec<_>>().join(", ").as_bytes());
    if more > 0 {
        text += &format!(" and {more} more");
    }
    (!names.is_empty()).then_some(text)
}

/// True if an input has lines of several formats.
fn is_mixed(report: &Report) -> bool {
    report.inputs.iter().any(|input| input.formats.len() > 1)
}

/// Returns the period, `2026-11-14 00:00:03 → 2026-11-20 23:59:58 +08:00 · 7 days`, and how exact the visitor count is.
fn period(report: &Report) -> Vec<Piece> {
    let mut pieces = Vec::new();
    match (&report.period.first, &report.period.last) {
        (Some(first), Some(last)) => {
            // `2026-11-14T00:00:03+08:00`
            let (first_clock, first_zone) = first.split_at(first.len().min(19));
            let (last_clock, last_zone) = last.split_at(last.len().min(19));
            let readable = |clock: &str| clock.replace('T', " ");
            if first == last {
                pieces.push(Piece::new("", Ink::Plain, format!("{} {first_zone}", readable(first_clock))));
            } else {
                let zone = if first_zone == last_zone { String::new() } else { format!(" {first_zone}") };
                pieces.push(Piece::new("", Ink::Plain, format!("{}{zone}", readable(first_clock))));
                // If the day is the same, show only the time.
                let is_one_day = days_between(first, last) == Some(0);
                let last_clock = if is_one_day { last_clock[11..].to_owned() } else { readable(last_clock) };
                pieces.push(Piece::new(" ", Ink::Plain, format!("→ {last_clock} {last_zone}")));
            }
            if let Some(days) = days_of_period(first, last) {
                pieces.push(Piece::new(" · ", Ink::Plain, labels::counted(days, "day")));
            }
        }
        _ => {
            let what = if super::hits(report) == 0 { "no requests" } else { "no times" };
            pieces.push(Piece::new("", Ink::Plain, what));
        }
    }
    if let Some(zone) = &report.period.zone {
        pieces.push(Piece::new(" · ", Ink::Plain, zone.clone()));
    }
    pieces.extend(labels::visitors(report).map(|text| Piece::new(" · ", Ink::Plain, text)));
    if let UvReport::Hll { standard_error, .. } = report.uv {
        let percent = format!("{:.2}", standard_error * 100.0);
        let percent = percent.trim_end_matches('0').trim_end_matches('.');
        pieces.push(Piece::new(" · ", Ink::Plain, format!("visitors ± {percent}%")));
    }
    pieces
}
