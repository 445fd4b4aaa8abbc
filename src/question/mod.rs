//! The question that a report answers, as plain data with defaults. Its three parts are how lines are read, what is
//! counted, and what is shown.

mod builder;
mod counting;
mod fail_if;
mod max_keys;
mod max_memory;
mod misplaced_metric;
mod plan;
mod reading;
mod section;
mod showing;
mod tables;

use crate::dimension::Dimension;
use crate::filter::Condition;
use crate::steps::{StepOptions, VisitorOptions};

pub use counting::Counting;
pub use fail_if::FailIf;
pub(crate) use fail_if::{FailIfSubject, Test, Threshold};
pub use max_keys::MaxKeys;
pub use max_memory::MaxMemory;
pub(crate) use plan::{Plan, variables};
pub use reading::Reading;
pub use section::Section;
pub use showing::Showing;

/// The question that a report answers: what to read, count and show.
///
/// Set a field with the method of the same name, or directly in the part that has it. An option that is `None` means
/// the default. It is an error if the question names something that no input logs; a default never causes that error.
///
/// ```
/// use logstat::{Dimension, Question, Section, Unit};
/// let mut question = Question::new().by(Unit::Hour).top([Dimension::Path, Dimension::Ip]).limit(20);
/// question.showing.show = Some(vec![Section::Timeline, Section::Top]);
/// assert_eq!(question.counting.by, Some(Unit::Hour));
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Question {
    /// Settings for reading lines.
    pub reading: Reading,
    /// Settings that select hits, and the dimensions that hits are counted by.
    pub counting: Counting,
    /// Settings for the report's contents.
    pub showing: Showing,
}

impl Question {
    /// Returns the default question: all hits, a timeline by day, and a ranking of paths.
    pub fn new() -> Question {
        Question::default()
    }

    /// The dimensions that the question names, in rankings, splits, filters and conditions; of a pair, both.
    ///
    /// ```
    /// use logstat::{Dimension, Question};
    /// let question = Question::new().top([Dimension::named("host/path")?]).split(Dimension::Status);
    /// assert_eq!(question.dimensions().collect::<Vec<_>>(), [Dimension::Host, Dimension::Path, Dimension::Status]);
    /// # Ok::<(), logstat::DimensionError>(())
    /// ```
    pub fn dimensions(&self) -> impl Iterator<Item = Dimension> {
        let Counting { split, each, filters, .. } = &self.counting;
        let shown = self.counting.rankings().into_iter().chain(*split).chain(*each);
        let of_filters = filters.iter().flat_map(Condition::dimensions);
        let of_verdicts = self.showing.fail_if.iter().map(FailIf::dimension);
        shown
            .chain(of_filters)
            .chain(of_verdicts)
            .filter(|dimension| *dimension != Dimension::All)
            .flat_map(Dimension::parts)
    }

    /// The settings that identify visitors.
    pub(crate) fn visitor_options(&self) -> VisitorOptions<'_> {
        let Counting { visitor, ipv6_prefix, anonymize, .. } = self.counting;
        VisitorOptions { visitor, ipv6_prefix, real_ip: self.reading.real_ip.as_ref(), anonymize }
    }

    /// The settings of the steps between scanning and counting.
    pub(crate) fn step_options(&self) -> StepOptions<'_> {
        let Reading { nginx_conf, static_rules, zone, key_rules, .. } = &self.reading;
        StepOptions {
            nginx_conf: nginx_conf.as_ref(),
            static_rules,
            key_rules,
            zone: *zone,
            durations: &self.counting.durations,
            visitor: self.visitor_options(),
        }
    }
}
