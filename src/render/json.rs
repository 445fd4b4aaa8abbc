//! The report as one JSON object, as `report.schema.json` describes it.

use std::io::{self, Write};

use serde::Serialize;

use super::Style;
use crate::explain::Explanation;
use crate::report::Report;
use crate::requests::{Request, RequestOrder};
use crate::state::Inspection;

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write_line(report, style.pretty, out)
}

/// Writes a report as JSON, followed by a line feed.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write_json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_line(report, false, out)
}

/// Writes an explanation as JSON, followed by a line feed. If `pretty`, it is indented with one value per line.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write_explanation_json(explanation: &Explanation, pretty: bool, out: &mut dyn Write) -> io::Result<()> {
    write_line(explanation, pretty, out)
}

/// Writes the contents of a state as JSON, followed by a line feed. If `pretty`, it is indented with one value per line.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write_inspection_json(inspection: &Inspection, pretty: bool, out: &mut dyn Write) -> io::Result<()> {
    write_line(inspection, pretty, out)
}

/// Writes a list of requests as one JSON object, followed by a line feed. If `pretty`, it is indented with one value per
/// line.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write_requests_json(
    order: RequestOrder,
    requests: &[Request],
    pretty: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_line(&Requests { schema: "logstat.requests/1", order: order.name(), requests }, pretty, out)
}

/// Writes each request as a JSON object on a line.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write_requests_ndjson(requests: &[Request], out: &mut dyn Write) -> io::Result<()> {
    requests.iter().try_for_each(|request| write_line(request, false, out))
}

/// A list of requests.
#[derive(Serialize)]
struct Requests<'r> {
    schema: &'static str,
    order: &'static str,
    requests: &'r [Request],
}

fn write_line(value: &impl Serialize, pretty: bool, out: &mut dyn Write) -> io::Result<()> {
    if pretty {
        serde_json::to_writer_pretty(&mut *out, value)?;
    } else {
        serde_json::to_writer(&mut *out, value)?;
    }
    out.write_all(b"\n")
}
