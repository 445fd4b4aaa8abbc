//! What the report shows of the tables.

use super::{FailIf, Section};
use crate::metric::Metric;

/// What the report shows of the tables. Tables that were counted can answer another value of this, as long as they have what
/// it needs.
///
/// ```
/// use logstat::{Metric, Question, Section};
/// let question = Question::new().show([Section::Top]).sort(Metric::Bytes).limit(20);
/// assert!(question.showing.shows(Section::Top) && !question.showing.shows(Section::Summary));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Showing {
    /// The sections of the report; all by default.
    pub show: Option<Vec<Section>>,
    /// The number of rows of a ranking; 0 for all.
    pub limit: usize,
    /// The metrics of rows of rankings, in addition to PV, share, bytes, static and the status classes.
    pub columns: Vec<Metric>,
    /// The metric that rankings are sorted by, the largest and the latest first. Rows have it too.
    pub sort: Metric,
    /// True if the timeline lists buckets without a hit: those between `since` and `until`, or between the first and the last
    /// hit. If the unit is an hour of the day or a weekday, it lists all.
    pub fill: bool,
    /// The request time in milliseconds above which a request is slow.
    pub slow_ms: u64,
    /// The conditions under which a site is not well; [`Report::verdicts`](crate::Report) says which of them hold.
    pub fail_if: Vec<FailIf>,
}

impl Default for Showing {
    fn default() -> Self {
        Showing {
            show: None,
            limit: 10,
            columns: Vec::new(),
            sort: Metric::Pv,
            fill: false,
            slow_ms: 300,
            fail_if: Vec::new(),
        }
    }
}

impl Showing {
    /// True if the report has this section.
    pub fn shows(&self, section: Section) -> bool {
        self.show.as_ref().is_none_or(|show| show.contains(&section))
    }

    /// The metrics of the rows of rankings that are asked for, each once.
    pub(crate) fn metrics(&self) -> Vec<Metric> {
        let mut metrics: Vec<Metric> = Vec::new();
        for metric in self.columns.iter().chain([&self.sort]) {
            if !metrics.contains(metric) {
                metrics.push(*metric);
            }
        }
        metrics
    }
}
