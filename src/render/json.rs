//! The report as one JSON object, as `report.schema.json` describes it.

use std::io::{self, Write};

use super::Style;
use crate::explain::Explanation;
use crate::report::Report;

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if !style.pretty {
        return write_json(report, out);
    }
    serde_json::to_writer_pretty(&mut *out, report)?;
    out.write_all(b"\n")
}

/// Writes a report as JSON, followed by a line feed.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write_json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, report)?;
    out.write_all(b"\n")
}

/// Writes an explanation as JSON, followed by a line feed. If `pretty`, it is indented with one value per line.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write_explanation_json(explanation: &Explanation, pretty: bool, out: &mut dyn Write) -> io::Result<()> {
    if pretty {
        serde_json::to_writer_pretty(&mut *out, explanation)?;
    } else {
        serde_json::to_writer(&mut *out, explanation)?;
    }
    out.write_all(b"\n")
}
