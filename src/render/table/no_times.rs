//! Advice for logs without request times, where their times would be.

use std::io;

use super::Sheet;
use super::flow::Piece;
use super::ink::Ink;
use super::line::Line;
use crate::render::no_times::{directive, sentence};
use crate::report::Report;

const INDENT: usize = 2;
/// Indent of the `log_format` directive.
const DIRECTIVE_INDENT: usize = 4;

/// Writes the advice below the summary.
pub(super) fn write(report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let Some(no_times) = report.no_times.as_ref().filter(|_| super::hits(report) > 0) else { return Ok(()) };
    sheet.flow(&Piece::words(Ink::Faint, sentence(no_times)), INDENT)?;
    let columns = sheet.page.columns.saturating_sub(DIRECTIVE_INDENT);
    no_times.log_format.iter().flat_map(|format| directive(format, columns)).try_for_each(|text| {
        let mut line = Line::new(sheet.page.colors);
        line.gap(DIRECTIVE_INDENT);
        line.push(Ink::Plain, &text);
        sheet.line(&line)
    })
}

/// Writes the advice as a part of its own, for a report without a summary.
pub(super) fn write_part(report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    if report.no_times.is_none() || super::hits(report) == 0 {
        return Ok(());
    }
    sheet.begin()?;
    write(report, sheet)
}
