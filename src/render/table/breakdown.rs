//! Hits by status code, and static and dynamic hits. They are next to each other if the page is wide enough.

use std::io;

use super::column::{PV, SENT, SHARE, UV};
use super::grid::{Bars, Grid, Keys};
use super::layout::{self, ColumnLayout, Side};
use super::{TableWriter, hits};
use crate::render::TerminalStyle;
use crate::render::terms::Form;
use crate::report::{Report, Row};

/// Minimum width of a page, in columns, to place both tables side by side.
const SIDE_BY_SIDE: usize = 72;
/// Minimum columns for the status table on such a page. It gets this minimum because it has more rows.
const STATUS_AT_LEAST: usize = 32;
const GAP: usize = 4;

pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    let rows = |rows: &Option<Vec<Row>>| rows.clone().filter(|rows| !rows.is_empty());
    let (status, class) = (rows(&report.status), rows(&report.class));
    let hits = hits(report);
    let terminal = writer.terminal;
    match (&status, &class) {
        (Some(status), Some(class)) if terminal.columns >= SIDE_BY_SIDE => {
            let form = writer.next_form();
            let (left, right) = (of_status(status, hits, form), of_class(class, hits, Form::Full));
            let right_page = TerminalStyle { columns: terminal.columns - GAP - STATUS_AT_LEAST, ..terminal };
            let right_columns = right.columns(right_page);
            let left_page = TerminalStyle { columns: terminal.columns - GAP - right_columns, ..terminal };
            let places = [
                ColumnLayout { gap: 0, width: left.columns(left_page), side: Side::Left },
                ColumnLayout { gap: GAP, width: right_columns, side: Side::Left },
            ];
            // Names of codes and columns are worth the lines that two tables one below the other take.
            let drops = |grid: &Grid<'_>, page| grid.dropped(page).len() > grid.dropped(terminal).len();
            if left.has_names(terminal) && !left.has_names(left_page)
                || drops(&left, left_page)
                || drops(&right, right_page)
            {
                writer.grid(&left)?;
                return writer.grid(&right);
            }
            let (left, right) = (lines(&left, left_page)?, lines(&right, right_page)?);
            let line = |of: &[String], i| of.get(i).cloned().unwrap_or_default();
            let rows = (0..left.len().max(right.len())).map(|i| vec![line(&left, i), line(&right, i)]);
            writer.begin()?;
            layout::for_each_line(&places, rows, |line| writer.line(line))
        }
        _ => {
            if let Some(status) = status.as_deref() {
                let grid = of_status(status, hits, writer.next_form());
                writer.grid(&grid)?;
            }
            if let Some(class) = class.as_deref() {
                let grid = of_class(class, hits, writer.next_form());
                writer.grid(&grid)?;
            }
            Ok(())
        }
    }
}

fn of_status(rows: &[Row], hits: u64, form: Form) -> Grid<'_> {
    let bars = if rows.len() > 1 { Bars::Hits } else { Bars::None };
    Grid { title: "Status", note: "", keys: Keys::Codes, form, columns: &[PV, SHARE], bars, rows, total: None, hits }
}

fn of_class(rows: &[Row], hits: u64, form: Form) -> Grid<'_> {
    let (title, columns) = ("Static and dynamic", &[PV, SHARE, UV, SENT]);
    Grid { title, note: "", keys: Keys::Whole, form, columns, bars: Bars::None, rows, total: None, hits }
}

fn lines(grid: &Grid<'_>, terminal: TerminalStyle) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    grid.for_each_line(terminal, |line| {
        lines.push(line.to_owned());
        Ok(())
    })?;
    Ok(lines)
}
