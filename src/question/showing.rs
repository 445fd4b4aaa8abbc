//! Settings for the report's contents.

use super::{FailIf, Section};
use crate::dimension::Dimension;
use crate::metric::{Metric, Sort};

/// Settings for the report's contents. They can change without counting again, as long as the tables have the numbers
/// that are needed.
///
/// ```
/// use logstat::{Metric, Question, Section};
/// let question = Question::new().show([Section::Top]).sort(Metric::Bytes).limit(20);
/// assert!(question.showing.shows(Section::Top) && !question.showing.shows(Section::Summary));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Showing {
    /// Sections of the report; by default all, except [`Section::Bots`].
    pub show: Option<Vec<Section>>,
    /// True if [`Section::Bots`] is among the sections by default.
    pub bots: bool,
    /// Number of rows of a ranking; 10 by default, 0 for all.
    pub limit: usize,
    /// Number of keys of [`Counting::each`](crate::Counting) that have a report of their own: those with the most hits.
    /// 100 by default, 0 for all. The other hits have one report together.
    pub each_limit: usize,
    /// Metrics in the rows of rankings and of the timeline, and in the summary, in addition to PV, bytes, static, dynamic
    /// and the status classes. Rankings have shares and the timeline has UV in any case.
    pub columns: Vec<Metric>,
    /// Order of rankings; by hits by default, the most first. Rows contain its metric too.
    pub sort: Sort,
    /// True if the timeline lists buckets without a hit: those between `since` and `until`, or between the first and
    /// the last hit. If the unit is the hour of the day or the weekday, all 24 or 7 are listed.
    pub fill: bool,
    /// Request time in milliseconds above which a request is slow; 300 by default.
    pub slow_ms: u64,
    /// Conditions that make the check of the site fail. [`Report::verdicts`](crate::Report) says which of them hold.
    pub fail_if: Vec<FailIf>,
}

impl Default for Showing {
    fn default() -> Self {
        Showing {
            show: None,
            bots: false,
            limit: 10,
            each_limit: 100,
            columns: Vec::new(),
            sort: Sort::default(),
            fill: false,
            slow_ms: 300,
            fail_if: Vec::new(),
        }
    }
}

impl Showing {
    /// True if the report has this section.
    pub fn shows(&self, section: Section) -> bool {
        let by_default = section != Section::Bots || self.bots;
        self.show.as_ref().map_or(by_default, |show| show.contains(&section))
    }

    /// The requested columns, without duplicates.
    pub(crate) fn asked_columns(&self) -> Vec<Metric> {
        unique(self.columns.iter().copied())
    }

    /// The requested metrics of a ranking, without duplicates: the columns, and the metric that rows are sorted by, except
    /// those that this dimension cannot have.
    pub(crate) fn metrics_of(&self, dimension: Dimension) -> Vec<Metric> {
        let all = self.columns.iter().copied().chain(self.sort.metric());
        unique(all.filter(|metric| metric.refuses(dimension).is_none()))
    }
}

fn unique(metrics: impl Iterator<Item = Metric>) -> Vec<Metric> {
    let mut unique: Vec<Metric> = Vec::new();
    for metric in metrics {
        if !unique.contains(&metric) {
            unique.push(metric);
        }
    }
    unique
}
