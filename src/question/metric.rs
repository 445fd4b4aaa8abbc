//! What is told of a key: THE TABLE of metrics, which columns, orders and verdicts are named by.

use crate::batch::Fields;
use crate::measure::MeasureKind;

/// A number, or a moment, that the hits of a key have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Metric {
    /// Hits.
    Pv,
    /// Distinct visitors.
    Uv,
    /// Hits as a share of all hits.
    Share,
    /// Bytes sent.
    Bytes,
    /// Hits that were served from files.
    Static,
    /// Hits that the application answered.
    Dynamic,
    /// Hits answered with 100 to 199.
    Status1xx,
    /// 200 to 299.
    Status2xx,
    /// 300 to 399.
    Status3xx,
    /// 400 to 499.
    Status4xx,
    /// 500 to 599.
    Status5xx,
    /// All other statuses.
    StatusOther,
    /// The mean of request times.
    Avg,
    /// The median of request times, by nearest rank as all percentiles.
    P50,
    /// What 90 of 100 took no longer than.
    P90,
    /// What 95 of 100 took no longer than.
    P95,
    /// What 99 of 100 took no longer than.
    P99,
    /// The longest request time.
    Max,
    /// All request times together.
    TotalTime,
    /// The first hit.
    First,
    /// The last hit.
    Last,
}

/// A row of the table of metrics.
struct MetricRow {
    metric: Metric,
    /// What a user types.
    name: &'static str,
    /// What JSON has; a user may type it too.
    key: &'static str,
    /// What it is taken from.
    measure: MeasureKind,
}

const fn row(metric: Metric, name: &'static str, key: &'static str, measure: MeasureKind) -> MetricRow {
    MetricRow { metric, name, key, measure }
}

/// THE TABLE of metrics.
const METRICS: [MetricRow; 21] = [
    row(Metric::Pv, "pv", "pv", MeasureKind::Counts),
    row(Metric::Uv, "uv", "uv", MeasureKind::Uv),
    row(Metric::Share, "share", "share", MeasureKind::Counts),
    row(Metric::Bytes, "bytes", "bytes", MeasureKind::Counts),
    row(Metric::Static, "static", "static", MeasureKind::Counts),
    row(Metric::Dynamic, "dynamic", "dynamic", MeasureKind::Counts),
    row(Metric::Status1xx, "1xx", "status_1xx", MeasureKind::Counts),
    row(Metric::Status2xx, "2xx", "status_2xx", MeasureKind::Counts),
    row(Metric::Status3xx, "3xx", "status_3xx", MeasureKind::Counts),
    row(Metric::Status4xx, "4xx", "status_4xx", MeasureKind::Counts),
    row(Metric::Status5xx, "5xx", "status_5xx", MeasureKind::Counts),
    row(Metric::StatusOther, "status_other", "status_other", MeasureKind::Counts),
    row(Metric::Avg, "avg", "avg_ms", MeasureKind::Times),
    row(Metric::P50, "p50", "p50_ms", MeasureKind::Latency),
    row(Metric::P90, "p90", "p90_ms", MeasureKind::Latency),
    row(Metric::P95, "p95", "p95_ms", MeasureKind::Latency),
    row(Metric::P99, "p99", "p99_ms", MeasureKind::Latency),
    row(Metric::Max, "max", "max_ms", MeasureKind::Times),
    row(Metric::TotalTime, "total_time", "sum_ms", MeasureKind::Times),
    row(Metric::First, "first", "first", MeasureKind::Seen),
    row(Metric::Last, "last", "last", MeasureKind::Seen),
];

impl Metric {
    /// Every metric.
    pub fn all() -> impl Iterator<Item = Metric> {
        METRICS.iter().map(|row| row.metric)
    }

    /// The metric of a name, as a user types it or as JSON has it: `5xx`, `status_5xx`.
    pub fn named(name: &str) -> Option<Metric> {
        METRICS.iter().find(|row| row.name == name || row.key == name).map(|row| row.metric)
    }

    /// What a user types: `p95`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What JSON has, with its unit: `p95_ms`.
    pub fn key(self) -> &'static str {
        self.row().key
    }

    fn row(self) -> &'static MetricRow {
        METRICS.iter().find(|row| row.metric == self).expect("every metric has its row")
    }

    /// Whether it is a moment, and no number.
    pub(crate) fn is_moment(self) -> bool {
        self.measure() == MeasureKind::Seen
    }

    /// Whether it is how long requests took.
    pub(crate) fn is_time(self) -> bool {
        matches!(self.measure(), MeasureKind::Latency | MeasureKind::Times)
    }

    pub(crate) fn measure(self) -> MeasureKind {
        self.row().measure
    }

    /// The fields without which it cannot be told, and the variable that logs them. What tells visitors apart, the question
    /// says.
    pub(crate) fn asked(self) -> (Fields, &'static str) {
        match self {
            Metric::Pv | Metric::Share | Metric::Uv => (Fields::NONE, ""),
            Metric::Bytes => (Fields::BYTES, "$body_bytes_sent"),
            Metric::Static | Metric::Dynamic => (Fields::text(crate::batch::TextField::Path), "$request"),
            Metric::Status1xx
            | Metric::Status2xx
            | Metric::Status3xx
            | Metric::Status4xx
            | Metric::Status5xx
            | Metric::StatusOther => (Fields::STATUS, "$status"),
            Metric::Avg | Metric::P50 | Metric::P90 | Metric::P95 | Metric::P99 | Metric::Max | Metric::TotalTime => {
                (Fields::REQUEST_TIME, "$request_time")
            }
            Metric::First | Metric::Last => (Fields::TIME, "$time_local"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_one_row_and_its_names() {
        for metric in Metric::all() {
            assert_eq!(Metric::named(metric.name()), Some(metric));
            assert_eq!(Metric::named(metric.key()), Some(metric));
        }
        assert_eq!((Metric::named("other"), Metric::named("p42"), Metric::named("")), (None, None, None));
        let mut all: Vec<_> = Metric::all().collect();
        all.dedup();
        assert_eq!(all.len(), METRICS.len());
    }
}
