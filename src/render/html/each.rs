//! The list of the reports of parts, with links to their pages.

use super::grid::Grid;
use crate::render::part_label::plural;
use crate::render::part_rows::PartRows;
use crate::report::{Report, Row};

/// The reports of the parts of all hits.
pub(super) struct Parts<'r> {
    pub(super) grid: Grid<'r>,
    rows: &'r [Row],
    links: &'r [String],
}

impl<'r> Parts<'r> {
    /// `links` are those to the pages of the parts, in their order.
    pub(super) fn of(parts: &'r PartRows, report: &Report, links: &'r [String]) -> Parts<'r> {
        let rows = &parts.rows;
        let grid = Grid::new("each", parts.title(), parts.key(), rows, report).with_metrics(&parts.metrics);
        Parts { grid, rows, links }
    }

    /// All rows, each with its key and the page of the part, if there is one.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&'r Row, &'r str, Option<&'r str>)> {
        let links = self.links.iter().map(|link| Some(&**link)).chain(std::iter::repeat(None));
        self.rows.iter().zip(links).map(|(row, link)| (row, row.key.as_deref().unwrap_or_default(), link))
    }
}

/// The link from the page of a part to that of all hits, and its text.
pub(super) fn link_to_all<'r>(report: &Report, links: &'r [String]) -> Option<(&'r str, String)> {
    let each = report.each.as_ref().filter(|each| each.part.is_some())?;
    Some((links.first()?, format!("All {}", plural(each.dimension))))
}
