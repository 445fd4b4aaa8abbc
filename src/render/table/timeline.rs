//! Hits by time, with bars.

use std::borrow::Cow;
use std::io;

use super::column::{self, Column, PV, SENT, SHARE, UV};
use super::fit::cut_middle;
use super::grid::{Bars, Grid, Keys};
use super::ink::Ink;
use super::wrap::Piece;
use super::{TableWriter, hits, labels};
use crate::metric::Metric;
use crate::render::numbers::Grouped;
use crate::report::{Report, Row, Split};
use crate::time::Unit;

/// Maximum width of a split value in the heading, in columns; a longer one is cut.
const LABEL: usize = 16;

pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    let Some(rows) = report.timeline.as_deref().filter(|rows| rows.iter().any(has_time)) else { return Ok(()) };
    let unit = report.period.unit;
    let is_trend = rows.len() > 1;
    let total = report.summary.as_ref().filter(|_| is_trend);
    let split = Split::sum(rows.iter().filter_map(|row| row.split.as_ref()));
    let total_row = total.map(|summary| Row { split: split.clone(), ..summary.row.clone() });
    let labels: Vec<_> = split.iter().flat_map(Split::iter).map(|(value, _)| cut_middle(value, LABEL)).collect();
    let columns = columns(report, rows, &labels);
    let grid = Grid {
        title: &labels::timeline(unit, report.period.split),
        note: "",
        keys: if unit == Unit::Day { Keys::Days } else { Keys::Whole },
        form: writer.next_form(),
        columns: &columns,
        bars: if is_trend { Bars::Hits } else { Bars::None },
        rows,
        total: total_row.as_ref(),
        hits: hits(report),
    };
    writer.grid(&grid)?;
    let Some(total) = total else { return Ok(()) };
    let Some(uv) = total.row.uv.known() else { return Ok(()) };
    let sum = rows.iter().filter_map(|row| row.uv.known()).fold(0, u64::saturating_add);
    writer.write_wrapped(&Piece::words(Ink::Faint, &uv_of_the_total(uv, sum, unit)), 0)
}

/// Chooses the columns: hits and visitors, the metrics that the user asked for, the values of the split, and the usual
/// shares, unless the values of the split are the same hits.
fn columns<'l>(report: &Report, rows: &[Row], labels: &'l [Cow<'l, str>]) -> Vec<Column<'l>> {
    let mut columns = vec![PV, UV];
    if rows.iter().any(|row| row.share.is_some()) {
        columns.push(SHARE);
    }
    let asked: Vec<Metric> = report.asked_columns().into_iter().filter(|metric| !report.split_has(*metric)).collect();
    asked.iter().for_each(|metric| columns.extend(column::asked(*metric)));
    columns.extend(column::of_split(labels.iter().map(|label| &**label)));
    let [status_4xx, status_5xx, static_hits] = column::shares(&asked);
    let shares = [(Metric::Static, static_hits), (Metric::Status4xx, status_4xx), (Metric::Status5xx, status_5xx)];
    let shares = shares.into_iter().filter(|(metric, _)| !report.split_has(*metric));
    shares.for_each(|(_, share)| columns.push(share));
    columns.push(SENT);
    columns
}

/// True if the row has a time. A log whose format has no time has all its hits in one row.
fn has_time(row: &Row) -> bool {
    row.key.as_deref() != Some("-")
}

/// Explains, below the total, how its visitors relate to those of the rows.
fn uv_of_the_total(uv: u64, sum: u64, unit: Unit) -> String {
    if sum == uv {
        let within = if matches!(unit, Unit::Day | Unit::Weekday) { "on" } else { "in" };
        format!("No visitor appears {within} more than one {}.", labels::unit(unit))
    } else {
        format!("The total counts each visitor once; the {} add up to {}.", labels::units(unit), Grouped(sum))
    }
}
