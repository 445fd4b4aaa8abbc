//! Rows, which are the numbers of a group, and the rankings that contain them.

use serde::{Deserialize, Serialize};

use super::row_split::Split;
use crate::dimension::Dimension;
use crate::metric::{Metric, Quantity, Sort};

/// The numbers of a group.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// Key of the group: `200`, `2022-04-05`, `/api/`; `None` in the summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Both keys, in a ranking of pairs. `key` is the two joined by a space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<[String; 2]>,
    /// Short name of the key, for tables without room for it: `Chrome on Windows` for a user agent. Not serialized.
    #[serde(skip)]
    pub short: Option<String>,
    /// Number of hits.
    pub pv: u64,
    /// Number of distinct visitors. Hits whose lines do not log a visitor are left out.
    #[serde(default, skip_serializing_if = "UvCount::is_not_counted")]
    pub uv: UvCount,
    /// Bytes sent; saturates at `u64::MAX`. `None`, as in all fields below, if the row has hits and all of their lines
    /// lack the field that the number is taken from. If only some lines lack it, the number is that of the others.
    pub bytes: Option<u64>,
    /// Hits that nginx served from files.
    #[serde(rename = "static")]
    pub static_hits: Option<u64>,
    /// Hits that the application answered.
    pub dynamic: Option<u64>,
    /// Hits with a status of 100 to 199.
    pub status_1xx: Option<u64>,
    /// Hits with a status of 200 to 299.
    pub status_2xx: Option<u64>,
    /// Hits with a status of 300 to 399.
    pub status_3xx: Option<u64>,
    /// Hits with a status of 400 to 499.
    pub status_4xx: Option<u64>,
    /// Hits with a status of 500 to 599.
    pub status_5xx: Option<u64>,
    /// Hits with any other status.
    pub status_other: Option<u64>,
    /// Share of all hits, 0 to 1; `None` in sections without shares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Hits by the dimension of [`Question::split`](crate::Question), in a timeline that is split.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// Metrics from [`Question::columns`](crate::Question) and [`Question::sort`](crate::Question) that have no field
    /// above: request times, and the times of the first and last hit.
    #[serde(flatten, with = "super::serial::columns")]
    pub columns: Vec<(Metric, Figure)>,
}

impl Row {
    /// Returns a row without unknown numbers, for tests. All hits are dynamic and sent no bytes; those that are not
    /// errors are 2xx.
    #[cfg(test)]
    pub(crate) fn known(pv: u64, status_4xx: u64, status_5xx: u64) -> Row {
        Row {
            pv,
            bytes: Some(0),
            static_hits: Some(0),
            dynamic: Some(pv),
            status_1xx: Some(0),
            status_2xx: Some(pv - status_4xx - status_5xx),
            status_3xx: Some(0),
            status_4xx: Some(status_4xx),
            status_5xx: Some(status_5xx),
            status_other: Some(0),
            ..Row::default()
        }
    }

    /// Returns the value of a metric; `None` if the row does not have it, because it was not requested.
    #[must_use]
    pub fn figure(&self, metric: Metric) -> Option<Figure> {
        let count = match metric {
            Metric::Pv => Some(self.pv),
            Metric::Uv if self.uv == UvCount::NotCounted => return None,
            Metric::Uv => self.uv.known(),
            Metric::Share => return self.share.map(Figure::Share),
            Metric::Bytes => self.bytes,
            Metric::Static => self.static_hits,
            Metric::Dynamic => self.dynamic,
            Metric::Status1xx => self.status_1xx,
            Metric::Status2xx => self.status_2xx,
            Metric::Status3xx => self.status_3xx,
            Metric::Status4xx => self.status_4xx,
            Metric::Status5xx => self.status_5xx,
            Metric::StatusOther => self.status_other,
            _ => return self.columns.iter().find(|(columns, _)| *columns == metric).map(|(_, figure)| figure.clone()),
        };
        Some(count.map_or(Figure::Unknown, Figure::Count))
    }
}

/// Number of distinct visitors of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UvCount {
    /// Not requested. JSON has no key for it.
    #[default]
    NotCounted,
    /// The row has hits, and none of their lines logs the fields that identify a visitor. `null` in JSON.
    Unknown,
    /// Number of visitors, among the hits whose lines log the fields that identify a visitor.
    Known(u64),
}

impl UvCount {
    /// Returns the number if it was counted and is known.
    #[must_use]
    pub fn known(self) -> Option<u64> {
        match self {
            UvCount::Known(visitors) => Some(visitors),
            UvCount::NotCounted | UvCount::Unknown => None,
        }
    }

    fn is_not_counted(&self) -> bool {
        *self == UvCount::NotCounted
    }
}

/// The value of a metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Figure {
    /// A number.
    Count(u64),
    /// A share of the whole, 0 to 1.
    Share(f64),
    /// A time in milliseconds.
    Ms(u64),
    /// A mean time in milliseconds.
    MeanMs(f64),
    /// A mean number.
    Mean(f64),
    /// A moment: `2022-04-05T03:45:05+00:00`.
    Moment(String),
    /// The lines of the hits do not log the field that it is taken from.
    Unknown,
}

impl From<Quantity> for Figure {
    fn from(quantity: Quantity) -> Figure {
        match quantity {
            Quantity::Count(number) => Figure::Count(number),
            Quantity::Share(part, whole) => Figure::Share(part as f64 / whole as f64),
            Quantity::Ms(ms) => Figure::Ms(ms),
            Quantity::MeanMs(sum_ms, count) => Figure::MeanMs(sum_ms as f64 / count as f64),
            Quantity::Mean(sum, parts) => Figure::Mean(sum as f64 / parts as f64),
            Quantity::Moment(stamp) => Figure::Moment(stamp.to_string()),
        }
    }
}

/// All hits together.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Numbers of all hits.
    #[serde(flatten)]
    pub row: Row,
    /// Number of distinct pairs of visitor and day; `None` if there are hits and no line logs both.
    pub visitor_days: Option<u64>,
}

/// The groups of a dimension that are first in an order, such as those with the most hits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ranking {
    /// The dimension that is ranked.
    pub dimension: Dimension,
    /// The first rows in the order `sort`.
    pub rows: Vec<Row>,
    /// Order of the rows; by hits by default, the most first.
    pub sort: Sort,
    /// Metrics that were requested for the rows.
    pub columns: Vec<Metric>,
    /// Number of all groups; in an approximate ranking, the number of groups that were kept.
    pub groups: u64,
}

/// The error bound of a ranking that dropped keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Approximate {
    /// The dimension that is ranked.
    #[serde(skip, default = "of_no_dimension")]
    pub dimension: Dimension,
    /// Largest number of keys that the ranking keeps.
    pub max_keys: u64,
    /// Largest number of hits that a key may be missing. A key with a row has between `pv` and `pv + max_error` hits,
    /// and the row's numbers are those of `pv` of them. A key without a row has at most `max_error` plus the last row's
    /// `pv` hits.
    pub max_error: u64,
}

/// Placeholder until the key of the map entry is known.
fn of_no_dimension() -> Dimension {
    Dimension::All
}
