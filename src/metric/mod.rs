//! Metrics: the numbers reported per key. Columns, sort orders and checks use their names. To add one, add a row in
//! `table.rs`.

mod counted;
mod of_group;
mod sort;
mod table;

pub(crate) use of_group::{OfGroup, Quantity};
pub use sort::{Sort, SortError};
pub use table::Metric;
use table::{ALL, METRICS, MetricRow};

use crate::batch::Fields;
use crate::dimension::Dimension;
use crate::measure::MeasureKind;

/// THE TABLE of other names for metrics.
const ALIASES: [(&str, Metric); 12] = [
    ("requests", Metric::Pv),
    ("hits", Metric::Pv),
    ("count", Metric::Pv),
    ("visitors", Metric::Uv),
    ("size", Metric::Bytes),
    ("sent", Metric::Bytes),
    ("mean", Metric::Avg),
    ("average", Metric::Avg),
    ("median", Metric::P50),
    ("total-time", Metric::TotalTime),
    ("slowest", Metric::Max),
    ("longest", Metric::Max),
];

impl Metric {
    /// Returns every metric.
    pub fn all() -> impl Iterator<Item = Metric> {
        ALL.iter().copied()
    }

    /// Returns the metric with this name, as a user types it or as JSON has it: `5xx`, `status_5xx`. Other names, such
    /// as `requests` for `pv`, are known too, and so are capitals.
    pub fn named(name: &str) -> Option<Metric> {
        let name = name.trim().to_ascii_lowercase();
        let alias = || ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, metric)| *metric);
        Metric::all().find(|metric| metric.name() == name || metric.key() == name).or_else(alias)
    }

    /// The name that a user types: `p95`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// True if the summary of a report for people has the metric if it is asked for. The summary has others anyway, or
    /// another section has them.
    pub fn is_in_summary(self) -> bool {
        matches!(self, Metric::Busy | Metric::Peak | Metric::CacheHits | Metric::CacheBytes)
    }

    /// The key in JSON, with its unit: `p95_ms`.
    pub fn key(self) -> &'static str {
        self.row().key
    }

    fn row(self) -> &'static MetricRow {
        &METRICS[self as usize]
    }

    /// True if it is a point in time, not a number.
    pub(crate) fn is_moment(self) -> bool {
        self.measure() == MeasureKind::FirstLast
    }

    /// True if it is a request time.
    pub(crate) fn is_time(self) -> bool {
        matches!(self.measure(), MeasureKind::Latency | MeasureKind::Times) && self != Metric::Busy
    }

    /// True if it is a share of hits or bytes.
    pub(crate) fn is_share(self) -> bool {
        matches!(self, Metric::Share | Metric::CacheHits | Metric::CacheBytes)
    }

    /// Its value for no hits, if that is known. Times and shares are unknown then.
    pub(crate) fn of_no_hits(self) -> Option<Quantity> {
        match self {
            Metric::Busy => Some(Quantity::Mean(0, 1)),
            Metric::CacheHits | Metric::CacheBytes => None,
            _ if self.is_time() || self.is_moment() => None,
            _ => Some(Quantity::Count(0)),
        }
    }

    /// The reason why rows of this dimension cannot have it, if they cannot.
    pub(crate) fn refuses(self, dimension: Dimension) -> Option<&'static str> {
        let is_time = |dimension: Dimension| matches!(dimension, Dimension::Time(_));
        match self {
            Metric::Peak if dimension != Dimension::All && !is_time(dimension) => {
                Some("only the summary and rows of time have it")
            }
            Metric::Busy if dimension.parts().filter(|part| is_time(*part)).count() > 1 => {
                Some("a row of two units of time has no length of its own")
            }
            _ => None,
        }
    }

    pub(crate) fn measure(self) -> MeasureKind {
        self.row().measure
    }

    /// The heading of its column on an HTML page: `Requests`, `Total time`.
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// The heading of its column in a text table: `5xx hits`. `None` if every ranking has such a column.
    pub fn column(self) -> Option<&'static str> {
        self.row().column
    }

    /// Returns every metric in the order of its column on an HTML page: those of every ranking, then times and moments,
    /// then the kinds of hits and bytes.
    pub fn in_columns() -> Vec<Metric> {
        let mut all: Vec<_> = Metric::all().collect();
        all.sort_by_key(|metric| metric.row().place);
        all
    }

    /// True if every row of a report has a field for it.
    pub(crate) fn is_field(self) -> bool {
        self.row().is_field
    }

    /// Returns the fields that the metric needs, and the nginx variable that logs them. For UV, the question defines
    /// which fields identify visitors.
    pub(crate) fn requirement(self) -> (Fields, &'static str) {
        self.row().requirement
    }

    /// Reads the metric from the measures of a group; `None` if it is unknown.
    pub(crate) fn read(self, group: &OfGroup<'_>) -> Option<Quantity> {
        (self.row().read)(group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_metrics_are_unique() {
        for metric in Metric::all() {
            assert_eq!(Metric::named(metric.name()), Some(metric));
            assert_eq!(Metric::named(metric.key()), Some(metric));
        }
        for (i, (alias, metric)) in ALIASES.iter().enumerate() {
            assert_eq!(Metric::named(&alias.to_uppercase()), Some(*metric));
            assert!(Metric::all().all(|metric| metric.name() != *alias && metric.key() != *alias), "{alias}");
            assert!(ALIASES[..i].iter().all(|(other, _)| other != alias), "{alias}");
        }
        assert_eq!((Metric::named("other"), Metric::named("p42"), Metric::named("")), (None, None, None));
        let names: Vec<_> =
            Metric::all().flat_map(|metric| [(metric, metric.name()), (metric, metric.key())]).collect();
        for (metric, name) in &names {
            assert!(names.iter().all(|(other, known)| known != name || other == metric), "{name}");
        }
    }

    #[test]
    fn places_of_metrics_are_unique() {
        let mut places: Vec<_> = METRICS.iter().map(|row| row.place).collect();
        places.sort_unstable();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
    }

    #[test]
    fn rows_are_in_the_order_of_the_enum() {
        let rows = [(Metric::Pv, "pv"), (Metric::Status5xx, "5xx"), (Metric::P99, "p99"), (Metric::Last, "last")];
        assert!(rows.iter().all(|(metric, name)| metric.name() == *name));
        assert!(Metric::all().enumerate().all(|(place, metric)| metric as usize == place));
        assert_eq!(METRICS.len(), ALL.len());
    }
}
