//! Rows: the numbers of a group, and the rankings that they are in.

use serde::Serialize;
use serde::ser::Serializer;

use super::Split;
use crate::dimension::Dimension;
use crate::metric::Metric;

/// The numbers of a group.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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
    /// Distinct visitors, where they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uv: Option<u64>,
    /// Bytes sent; stops at the largest number.
    pub bytes: u64,
    /// Hits that were served from files.
    #[serde(rename = "static")]
    pub statics: u64,
    /// Hits that the application answered.
    pub dynamic: u64,
    /// Hits by status class.
    pub status_1xx: u64,
    /// 200 to 299.
    pub status_2xx: u64,
    /// 300 to 399.
    pub status_3xx: u64,
    /// 400 to 499.
    pub status_4xx: u64,
    /// 500 to 599.
    pub status_5xx: u64,
    /// All others.
    pub status_other: u64,
    /// Of all hits, 0 to 1, where that is of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// In a timeline the hits by [`Question::split`](crate::Question), where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// What else was asked for, by [`Question::columns`](crate::Question) and [`Question::sort`](crate::Question): request
    /// times, and when hits were.
    #[serde(flatten, serialize_with = "by_metric")]
    pub columns: Vec<(Metric, Figure)>,
}

impl Row {
    /// What a row tells of a metric; `None` where it was not asked to.
    #[must_use]
    pub fn figure(&self, metric: Metric) -> Option<Figure> {
        let count = match metric {
            Metric::Pv => self.pv,
            Metric::Uv => self.uv?,
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
        Some(Figure::Count(count))
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

/// All hits together.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Their numbers.
    #[serde(flatten)]
    pub row: Row,
    /// Distinct pairs of visitor and day.
    pub visitor_days: u64,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Approximate {
    /// What is ranked.
    #[serde(skip)]
    pub dimension: Dimension,
    /// Of so many keys hits are known.
    pub max_keys: u64,
    /// So many hits of a key may be missing, at most: a row's numbers are those of `pv` hits of its key, which has no more
    /// than `pv + max_error`. A key that has no row has at most as many as this and the last row's `pv` together.
    pub max_error: u64,
}

fn by_metric<S: Serializer>(columns: &[(Metric, Figure)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(columns.iter().map(|(metric, figure)| (metric.key(), figure)))
}
