//! THE TABLE of metrics.

use super::of_group::{OfGroup, Quantity};
use crate::batch::{Fields, TextField};
use crate::measure::MeasureKind;

/// Definition of a metric.
pub(super) struct MetricRow {
    /// The name that a user types.
    pub(super) name: &'static str,
    /// The key in JSON; users may type it too.
    pub(super) key: &'static str,
    /// The heading of its column on an HTML page.
    pub(super) label: &'static str,
    /// The heading of its column in a text table; `None` if every ranking has such a column.
    pub(super) column: Option<&'static str>,
    /// Orders the columns of an HTML page, ascending: first those of every ranking, then times and moments, then the
    /// kinds of hits and bytes. Steps of ten leave space for new metrics.
    pub(super) place: u8,
    /// True if every row of a report has a field for it.
    pub(super) is_field: bool,
    /// The measure that it is read from.
    pub(super) measure: MeasureKind,
    /// The fields that the metric needs, and the nginx variable that logs them. For UV, the question defines which
    /// fields identify visitors.
    pub(super) requirement: (Fields, &'static str),
    /// Reads the metric; `None` if it is unknown.
    pub(super) read: fn(&OfGroup<'_>) -> Option<Quantity>,
}

const NOTHING: (Fields, &str) = (Fields::NONE, "");
const BYTES: (Fields, &str) = (Fields::BYTES, "$body_bytes_sent");
const PATH: (Fields, &str) = (Fields::text(TextField::Path), "$request");
const STATUS: (Fields, &str) = (Fields::STATUS, "$status");
const REQUEST_TIME: (Fields, &str) = (Fields::REQUEST_TIME, "$request_time");
const CACHE: (Fields, &str) = (Fields::CACHE, "$upstream_cache_status");
const TIME: (Fields, &str) = (Fields::TIME, "$time_local");

type Read = fn(&OfGroup<'_>) -> Option<Quantity>;

/// A number with a column in every ranking.
const fn shown_as_number(
    name: &'static str,
    label: &'static str,
    place: u8,
    measure: MeasureKind,
    read: Read,
) -> MetricRow {
    MetricRow { name, key: name, label, column: None, place, is_field: true, measure, requirement: NOTHING, read }
}

/// A count of hits that tables otherwise show as a share, or not at all.
const fn hits(
    (name, label, column): (&'static str, &'static str, &'static str),
    place: u8,
    requirement: (Fields, &'static str),
    read: Read,
) -> MetricRow {
    let measure = MeasureKind::Counts;
    MetricRow { name, key: name, label, column: Some(column), place, is_field: true, measure, requirement, read }
}

/// A metric that rows show only on request.
const fn other(
    (name, key, label): (&'static str, &'static str, &'static str),
    place: u8,
    measure: MeasureKind,
    requirement: (Fields, &'static str),
    read: Read,
) -> MetricRow {
    MetricRow { name, key, label, column: Some(label), place, is_field: false, measure, requirement, read }
}

const fn of_status(
    name: &'static str,
    key: &'static str,
    (label, column): (&'static str, &'static str),
    place: u8,
    read: Read,
) -> MetricRow {
    MetricRow { key, ..hits((name, label, column), place, STATUS, read) }
}

/// Writes the enum of metrics and the table of their rows.
macro_rules! metrics {
    ($($(#[$doc:meta])* $metric:ident: $row:expr,)+) => {
        /// A number or a time that is reported per key.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Metric {
            $($(#[$doc])* $metric,)+
        }

        /// THE TABLE of metrics, in the order of the enum.
        pub(super) const METRICS: &[MetricRow] = &[$($row),+];

        pub(super) const ALL: &[Metric] = &[$(Metric::$metric),+];
    };
}

use MeasureKind::{Cache, Counts, FirstLast, Latency, Seconds, Times, Uv};
use Quantity::{Count, MeanMs, Moment, Ms, Share};

#[rustfmt::skip]
metrics! {
    /// Hits.
    Pv: shown_as_number("pv", "Requests", 0, Counts, |group| Some(Count(group.pv()))),
    /// Distinct visitors.
    Uv: shown_as_number("uv", "Visitors", 20, Uv, |group| group.uv().map(Count)),
    /// Share of all hits.
    Share: shown_as_number("share", "Share", 10, Counts, |group| Some(Share(group.pv(), group.pv_of_all.max(1)))),
    /// Bytes sent.
    Bytes: MetricRow { requirement: BYTES, ..shown_as_number("bytes", "Sent", 200, Counts, |group| group.counted().bytes().map(Count)) },
    /// Hits served from static files.
    Static: hits(("static", "Static", "Static count"), 120, PATH, |group| group.counted().static_hits().map(Count)),
    /// Hits answered by the application.
    Dynamic: hits(("dynamic", "Dynamic", "Dynamic count"), 130, PATH, |group| group.counted().dynamic().map(Count)),
    /// Hits with status 100 to 199.
    Status1xx: of_status("1xx", "status_1xx", ("1xx", "1xx count"), 140, |group| group.counted().class(1).map(Count)),
    /// Hits with status 200 to 299.
    Status2xx: of_status("2xx", "status_2xx", ("2xx", "2xx count"), 150, |group| group.counted().class(2).map(Count)),
    /// Hits with status 300 to 399.
    Status3xx: of_status("3xx", "status_3xx", ("3xx", "3xx count"), 160, |group| group.counted().class(3).map(Count)),
    /// Hits with status 400 to 499.
    Status4xx: of_status("4xx", "status_4xx", ("4xx", "4xx count"), 170, |group| group.counted().class(4).map(Count)),
    /// Hits with status 500 to 599.
    Status5xx: of_status("5xx", "status_5xx", ("5xx", "5xx count"), 180, |group| group.counted().class(5).map(Count)),
    /// Hits with any other status.
    StatusOther: of_status("status_other", "status_other", ("Other status", "Other status"), 190, |group| group.counted().class(0).map(Count)),
    /// Mean request time.
    Avg: other(("avg", "avg_ms", "Avg"), 30, Times, REQUEST_TIME, |group| group.timed().map(|timed| MeanMs(timed.sum_ms, timed.count))),
    /// Median request time. Like all percentiles, by nearest rank.
    P50: other(("p50", "p50_ms", "p50"), 40, Latency, REQUEST_TIME, |group| group.percentile_ms(50).map(Ms)),
    /// 90th percentile of request times.
    P90: other(("p90", "p90_ms", "p90"), 50, Latency, REQUEST_TIME, |group| group.percentile_ms(90).map(Ms)),
    /// 95th percentile of request times.
    P95: other(("p95", "p95_ms", "p95"), 60, Latency, REQUEST_TIME, |group| group.percentile_ms(95).map(Ms)),
    /// 99th percentile of request times.
    P99: other(("p99", "p99_ms", "p99"), 70, Latency, REQUEST_TIME, |group| group.percentile_ms(99).map(Ms)),
    /// Longest request time.
    Max: other(("max", "max_ms", "Max"), 80, Times, REQUEST_TIME, |group| group.timed().map(|timed| Ms(timed.max_ms))),
    /// Sum of request times.
    TotalTime: other(("total_time", "sum_ms", "Total time"), 90, Times, REQUEST_TIME, |group| group.timed().map(|timed| Ms(timed.sum_ms))),
    /// Mean number of hits in flight: the sum of request times divided by the length of the row's time.
    Busy: other(("busy", "busy", "Busy"), 94, Times, REQUEST_TIME, |group| group.busy()),
    /// Most hits in one second. Only all hits and rows of units of time have it.
    Peak: other(("peak", "peak", "Peak"), 97, Seconds, TIME, |group| group.peak().map(Count)),
    /// Share of hits that a cache answered, among those with a cache status.
    CacheHits: other(("cache-hits", "cache_hits", "Cache hits"), 210, Cache, CACHE, |group| group.cache_hits()),
    /// Share of bytes that a cache answered, among those of hits with a cache status.
    CacheBytes: other(("cache-bytes", "cache_bytes", "Cache bytes"), 220, Cache, CACHE, |group| group.cache_bytes()),
    /// Time of the first hit.
    First: other(("first", "first", "First"), 100, FirstLast, TIME, |group| group.seen().map(|(first, _)| Moment(first))),
    /// Time of the last hit.
    Last: other(("last", "last", "Last"), 110, FirstLast, TIME, |group| group.seen().map(|(_, last)| Moment(last))),
}
