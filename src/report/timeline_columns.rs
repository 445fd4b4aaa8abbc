//! The columns of a timeline.

use super::Report;
use crate::dimension::Dimension;
use crate::metric::Metric;

impl Report {
    /// Columns that the user asked for, and any other that the timeline's rows have.
    #[cfg(feature = "table")]
    pub(crate) fn asked_columns(&self) -> Vec<Metric> {
        let first = self.timeline.iter().flatten().next();
        let of_rows = first.into_iter().flat_map(|row| &row.columns).map(|(metric, _)| *metric);
        let others = of_rows.filter(|metric| !self.columns.contains(metric));
        self.columns.iter().copied().chain(others).collect()
    }

    /// True if a value of the timeline's split has exactly the hits that this metric counts. Such a metric is left out,
    /// because its column would repeat that of the value.
    pub(crate) fn split_has(&self, metric: Metric) -> bool {
        use Metric::{Dynamic, Static, Status1xx, Status2xx, Status3xx, Status4xx, Status5xx, StatusOther};
        match self.period.split {
            Some(Dimension::StatusClass) => {
                [Status1xx, Status2xx, Status3xx, Status4xx, Status5xx, StatusOther].contains(&metric)
            }
            Some(Dimension::Class) => [Static, Dynamic].contains(&metric),
            _ => false,
        }
    }
}
