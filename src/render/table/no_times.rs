//! Advice for logs without request times, where their times would be.

use std::io;

use super::TableWriter;
use super::ink::Ink;
use super::line::Line;
use super::wrap::Piece;
use crate::render::no_times::{directive, sentence};
use crate::report::Report;

const INDENT: usize = 2;
/// Indent of the `log_format` directive.
const DIRECTIVE_INDENT: usize = 4;

/// Writes the advice below the summary.
pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    let Some(no_times) = report.no_times.as_ref().filter(|_| super::hits(report) > 0) else { return Ok(()) };
    writer.write_wrapped(&Piece::words(Ink::Faint, sentence(no_times)), INDENT)?;
    let columns = writer.terminal.columns.saturating_sub(DIRECTIVE_INDENT);
    no_times.log_format.iter().flat_map(|format| directive(format, columns)).try_for_each(|text| {
        let mut line = Line::new(writer.terminal.colors);
        line.gap(DIRECTIVE_INDENT);
        line.push(Ink::Plain, &text);
        writer.line(&line)
    })
}

/// Writes the advice as a part of its own, for a report without a summary.
pub(super) fn write_part(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    if report.no_times.is_none() || super::hits(report) == 0 {
        return Ok(());
    }
    writer.begin()?;
    write(report, writer)
}
