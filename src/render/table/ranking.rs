//! What there is most of: a ranking a dimension.

use std::io;

use super::column::{Column, PV, SENT, SHARE, STATUS_4XX, STATUS_5XX, UV};
use super::grid::{Bars, Grid, Keys};
use super::{Sheet, hits, words};
use crate::dimension::Dimension;
use crate::report::numbers::Grouped;
use crate::report::{Ranking, Report};
use crate::time::Unit;

pub(super) fn write(report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    for ranking in report.top.iter().flatten().filter(|ranking| !ranking.rows.is_empty()) {
        let shown = ranking.rows.len() as u64;
        let note = if shown < ranking.groups {
            format!("{} of {}", Grouped(shown), Grouped(ranking.groups))
        } else {
            String::new()
        };
        let grid = Grid {
            title: &words::ranking(ranking.dimension),
            note: &note,
            keys: match ranking.dimension {
                Dimension::Time(Unit::Day) => Keys::RankedDays,
                _ => Keys::Ranked,
            },
            columns: &columns(ranking),
            bars: Bars::None,
            rows: &ranking.rows,
            total: None,
            hits: hits(report),
        };
        sheet.begin()?;
        grid.for_each_line(sheet.page, |line| sheet.line(line))?;
    }
    Ok(())
}

/// Visitors where they were counted; errors but in a ranking of status codes, where they are all or nothing.
fn columns(ranking: &Ranking) -> Vec<Column> {
    let mut columns = vec![PV];
    if ranking.rows.iter().any(|row| row.uv.is_some()) {
        columns.push(UV);
    }
    columns.push(SHARE);
    if ranking.dimension != Dimension::Status {
        columns.extend([STATUS_4XX, STATUS_5XX]);
    }
    columns.push(SENT);
    columns
}
