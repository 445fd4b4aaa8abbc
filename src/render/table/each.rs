//! The list of the reports of parts, before the first of them.

use std::io;

use super::column::{Column, PV, SHARE, STATUS_4XX, STATUS_5XX, UV};
use super::grid::{Bars, Grid, Keys};
use super::{TableWriter, hits};
use crate::dimension::Dimension;
use crate::metric::Metric;
use crate::render::part_rows::PartRows;
use crate::report::Report;
use crate::time::Unit;

/// Columns by their metric.
const COLUMNS: [(Metric, Column<'static>); 5] = [
    (Metric::Pv, PV),
    (Metric::Uv, UV),
    (Metric::Share, SHARE),
    (Metric::Status4xx, STATUS_4XX),
    (Metric::Status5xx, STATUS_5XX),
];

pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    let Some(parts) = PartRows::of(report) else { return Ok(()) };
    let columns = COLUMNS.into_iter().filter(|(metric, _)| parts.metrics.contains(metric));
    let columns: Vec<Column<'_>> = columns.map(|(_, column)| column).collect();
    let grid = Grid {
        title: &parts.title(),
        note: "",
        keys: match parts.dimension {
            Dimension::Time(Unit::Day) => Keys::Days,
            Dimension::Status => Keys::Codes,
            _ => Keys::Cut,
        },
        form: writer.next_form(),
        columns: &columns,
        bars: Bars::None,
        rows: &parts.rows,
        total: None,
        hits: hits(report),
    };
    writer.grid(&grid)
}
