//! Rows: the numbers of a group, and the rankings that they are in.

use serde::{Deserialize, Serialize};

use super::row_split::Split;
use crate::dimension::Dimension;
use crate::metric::{Metric, Quantity};

/// The numbers of a group.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// What the group is: `200`, `2022-04-05`, `/api/`; `None` in the summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// In a ranking of pairs both keys, which `key` has with a space between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<[String; 2]>,
    /// Hits.
    pub pv: u64,
    /// Distinct visitors; of hits that some lines log a visitor for and some do not, those of the former.
    #[serde(default, skip_serializing_if = "UvCount::is_not_counted")]
    pub uv: UvCount,
    /// Bytes sent; stops at the largest number. `None`, as in all fields below, where the row has hits and the lines of all of
    /// them lack the field that it is taken from. Where some lack it, it is the number of the others.
    pub bytes: Option<u64>,
    /// Hits that were served from files.
    #[serde(rename = "static")]
    pub statics: Option<u64>,
    /// Hits that the application answered.
    pub dynamic: Option<u64>,
    /// Hits by status class.
    pub status_1xx: Option<u64>,
    /// 200 to 299.
    pub status_2xx: Option<u64>,
    /// 300 to 399.
    pub status_3xx: Option<u64>,
    /// 400 to 499.
    pub status_4xx: Option<u64>,
    /// 500 to 599.
    pub status_5xx: Option<u64>,
    /// All others.
    pub status_other: Option<u64>,
    /// Of all hits, 0 to 1, where that is of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// In a timeline the hits by [`Question::split`](crate::Question), where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// What else was asked for, by [`Question::columns`](crate::Question) and [`Question::sort`](crate::Question): request
    /// times, and when hits were.
    #[serde(flatten, with = "super::serial::columns")]
    pub columns: Vec<(Metric, Figure)>,
}

impl Row {
    /// A row whose numbers are all known, for tests: hits that are dynamic and sent nothing, some of them errors.
    #[cfg(test)]
    pub(crate) fn known(pv: u64, status_4xx: u64, status_5xx: u64) -> Row {
        Row {
            pv,
            bytes: Some(0),
            statics: Some(0),
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

    /// What a row tells of a metric; `None` where it was not asked to.
    #[must_use]
    pub fn figure(&self, metric: Metric) -> Option<Figure> {
        let count = match metric {
            Metric::Pv => Some(self.pv),
            Metric::Uv if self.uv == UvCount::NotCounted => return None,
            Metric::Uv => self.uv.known(),
            Metric::Share => return self.share.map(Figure::Share),
            Metric::Bytes => self.bytes,
            Metric::Static => self.statics,
            Metric::Dynamic => self.dynamic,
            Metric::Status1xx => self.status_1xx,
            Metric::Status2xx => self.status_2xx,
            Metric::Status3xx => self.status_3xx,
            Metric::Status4xx => self.status_4xx,
            Metric::Status5xx => self.status_5xx,
            Metric::StatusOther => self.status_other,
            _ => return self.columns.iter().find(|(told, _)| *told == metric).map(|(_, figure)| figure.clone()),
        };
        Some(count.map_or(Figure::Unknown, Figure::Count))
    }
}

/// Distinct visitors of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UvCount {
    /// Not asked for: JSON has no key for them.
    #[default]
    NotCounted,
    /// The row has hits, and no line of them logs what tells visitors apart: `null` in JSON.
    Unknown,
    /// The number of visitors of the hits whose lines log it.
    Known(u64),
}

impl UvCount {
    /// The number, where it was counted and is known.
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

/// What a metric comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Figure {
    /// So many.
    Count(u64),
    /// So much of all, 0 to 1.
    Share(f64),
    /// Milliseconds.
    Ms(u64),
    /// Milliseconds in the mean.
    MeanMs(f64),
    /// `2022-04-05T03:45:05+00:00`
    Moment(String),
    /// Nothing was logged that would tell.
    Unknown,
}

impl From<Quantity> for Figure {
    fn from(quantity: Quantity) -> Figure {
        match quantity {
            Quantity::Count(number) => Figure::Count(number),
            Quantity::Share(part, whole) => Figure::Share(part as f64 / whole as f64),
            Quantity::Ms(ms) => Figure::Ms(ms),
            Quantity::MeanMs(sum_ms, count) => Figure::MeanMs(sum_ms as f64 / count as f64),
            Quantity::Moment(stamp) => Figure::Moment(stamp.to_string()),
        }
    }
}

/// All hits together.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Their numbers.
    #[serde(flatten)]
    pub row: Row,
    /// Distinct pairs of visitor and day; `None` where there are hits and no line logs both.
    pub visitor_days: Option<u64>,
}

/// The groups of a dimension with the most hits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ranking {
    /// What is ranked.
    pub dimension: Dimension,
    /// Those with the most of what was asked for, which is hits unless said; of equals those with the most hits, then by
    /// key bytes.
    pub rows: Vec<Row>,
    /// What they are in the order of.
    pub sort: Metric,
    /// What rows tell because it was asked for.
    pub told: Vec<Metric>,
    /// How many groups there are in all; of an approximate ranking, how many were kept.
    pub groups: u64,
}

/// How far a ranking may be from the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Approximate {
    /// What is ranked.
    #[serde(skip, default = "of_no_dimension")]
    pub dimension: Dimension,
    /// Of so many keys hits are known.
    pub max_keys: u64,
    /// So many hits of a key may be missing, at most: a row's numbers are those of `pv` hits of its key, which has no more
    /// than `pv + max_error`. A key that has no row has at most as many as this and the last row's `pv` together.
    pub max_error: u64,
}

/// A value until the key of the entry is known.
fn of_no_dimension() -> Dimension {
    Dimension::All
}
