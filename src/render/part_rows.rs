//! The parts of all hits as rows of one table, so that readers can compare them before they read the report of each.

use super::part_label::part;
#[cfg(feature = "html")]
use super::terms::key_heading;
use crate::dimension::Dimension;
use crate::metric::Metric;
use crate::report::{Report, Row, UvCount};
use crate::text::Grouped;

/// A row for each part, in the order of their reports.
pub(super) struct PartRows {
    pub(super) dimension: Dimension,
    /// The numbers that all rows have.
    pub(super) metrics: Vec<Metric>,
    pub(super) rows: Vec<Row>,
}

impl PartRows {
    /// `None` if the report is not about all hits, or has no parts.
    pub(super) fn of(report: &Report) -> Option<PartRows> {
        let each = report.each.as_ref().filter(|each| each.part.is_none() && !each.parts.is_empty())?;
        let dimension = each.dimension;
        let all = report.lines.parsed - report.lines.filtered;
        let row = |of_part: &Report| {
            let name = of_part.part().map(|name| match &name.key {
                Some(key) => key.clone(),
                None => part(dimension, name, |number| Grouped(number).to_string()),
            });
            let pv = of_part.lines.parsed;
            let share = (all > 0).then(|| pv as f64 / all as f64);
            let known = of_part.summary.as_ref().map(|summary| summary.row.clone());
            Row { key: name, pv, share, ..known.unwrap_or_default() }
        };
        let rows: Vec<Row> = each.parts.iter().map(row).collect();
        let mut metrics = vec![Metric::Pv];
        metrics.extend(rows.iter().any(|row| row.uv != UvCount::NotCounted).then_some(Metric::Uv));
        metrics.push(Metric::Share);
        // Requests of one status code or class are all errors or none.
        let is_of_codes = matches!(dimension, Dimension::Status | Dimension::StatusClass);
        if report.summary.is_some() && !is_of_codes {
            metrics.extend([Metric::Status4xx, Metric::Status5xx]);
        }
        Some(PartRows { dimension, metrics, rows })
    }

    /// `Reports by host`
    #[cfg(any(feature = "html", feature = "table"))]
    pub(super) fn title(&self) -> String {
        format!("Reports by {}", self.dimension.singular())
    }

    /// Heading over the keys.
    #[cfg(feature = "html")]
    pub(super) fn key(&self) -> String {
        key_heading(self.dimension.name())
    }
}
