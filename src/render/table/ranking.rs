//! The rankings, one table per dimension.

use std::io;

use super::column::{self, Column, PV, SENT, SHARE, UV};
use super::grid::{Bars, Grid, Keys};
use super::ink::Ink;
use super::wrap::Piece;
use super::{TableWriter, hits, labels};
use crate::dimension::Dimension;
use crate::metric::{Metric, Sort};
use crate::render::numbers::Grouped;
use crate::report::{Approximate, Ranking, Report, UvCount};
use crate::time::Unit;

pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    for ranking in report.top.iter().flatten().filter(|ranking| !ranking.rows.is_empty()) {
        let shown = ranking.rows.len() as u64;
        let approximate = report.approximate.iter().find(|approximate| approximate.dimension == ranking.dimension);
        let mut note = match approximate {
            Some(approximate) => format!("{} of more than {}", Grouped(shown), Grouped(approximate.max_keys)),
            None if shown < ranking.groups => format!("{} of {}", Grouped(shown), Grouped(ranking.groups)),
            None => String::new(),
        };
        if ranking.sort != Sort::default() {
            let by = format!("sorted {}", labels::order(ranking.sort));
            note = if note.is_empty() { by } else { format!("{note}, {by}") };
        }
        let grid = Grid {
            title: &labels::ranking(ranking.dimension),
            note: &note,
            keys: match ranking.dimension {
                Dimension::Time(Unit::Day) => Keys::RankedDays,
                Dimension::Status => Keys::RankedCodes,
                Dimension::Pair(_) => Keys::RankedPairs,
                _ => Keys::Ranked,
            },
            form: writer.next_form(),
            columns: &columns(ranking, &ranking.columns),
            bars: Bars::None,
            rows: &ranking.rows,
            total: None,
            hits: hits(report),
        };
        writer.grid(&grid)?;
        if let Some(Approximate { max_error, .. }) = approximate {
            let note = format!("approximate: each row may lack up to {}", labels::counted(*max_error, "request"));
            writer.write_wrapped(&Piece::words(Ink::Faint, &note), 2)?;
        }
    }
    Ok(())
}

/// Chooses the columns: visitors if they were counted, the metrics that the user asked for, and error shares. A ranking
/// of status codes or classes has no error shares, because there they are all or nothing.
fn columns(ranking: &Ranking, asked: &[Metric]) -> Vec<Column<'static>> {
    let mut columns = vec![PV];
    if ranking.rows.iter().any(|row| row.uv != UvCount::NotCounted) {
        columns.push(UV);
    }
    columns.push(SHARE);
    columns.extend(asked.iter().copied().filter_map(column::asked));
    if ranking.dimension.parts().all(|part| !matches!(part, Dimension::Status | Dimension::StatusClass)) {
        let [status_4xx, status_5xx, _] = column::shares(asked);
        columns.extend([status_4xx, status_5xx]);
    }
    columns.push(SENT);
    columns
}
