//! Hits by class of bots, and the bots with the most hits.

use std::io;

use super::column::{PV, SENT, SHARE, UV};
use super::grid::{Bars, Grid, Keys};
use super::{TableWriter, hits};
use crate::report::Report;

pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    let Some(bots) = &report.bots else { return Ok(()) };
    let grid = |title, keys, columns, rows, form| Grid {
        title,
        note: "",
        keys,
        form,
        columns,
        bars: Bars::None,
        rows,
        total: None,
        hits: hits(report),
    };
    if !bots.classes.is_empty() {
        let form = writer.next_form();
        writer.grid(&grid("People and bots", Keys::Whole, &[PV, SHARE, UV, SENT], &bots.classes, form))?;
    }
    if !bots.top.is_empty() {
        let form = writer.next_form();
        writer.grid(&grid("Bots with the most requests", Keys::RankedPairs, &[PV, SHARE, SENT], &bots.top, form))?;
    }
    Ok(())
}
