//! What to count, as plain data with defaults, in three parts: how lines become columns, what is counted, and what is shown.

mod builder;
mod counting;
mod fail_if;
mod max_keys;
mod max_memory;
mod plan;
mod reading;
mod section;
mod showing;
mod tables;

use crate::steps::{StepOptions, VisitorOptions};

pub use counting::Counting;
pub use fail_if::FailIf;
pub(crate) use fail_if::{Subject, Test, Than};
pub use max_keys::MaxKeys;
pub use max_memory::MaxMemory;
pub(crate) use plan::{Plan, variables};
pub use reading::Reading;
pub use section::Section;
pub use showing::Showing;

/// What to count.
///
/// A field is set by the method of its name, or in the part that has it. If an option is `None`, the report has what is usual.
/// Anything that is asked for and that no input logs is an error; what is usual never is.
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
    /// How lines become columns.
    pub reading: Reading,
    /// Which hits are counted, and by what.
    pub counting: Counting,
    /// What the report shows.
    pub showing: Showing,
}

impl Question {
    /// The usual question: all hits by day, and a ranking of paths.
    pub fn new() -> Question {
        Question::default()
    }

    /// How visitors are identified.
    pub(crate) fn visitor_options(&self) -> VisitorOptions<'_> {
        let Counting { visitor, ipv6_prefix, anonymize, .. } = self.counting;
        VisitorOptions { visitor, ipv6_prefix, real_ip: self.reading.real_ip.as_ref(), anonymize }
    }

    /// The options of the steps between scanning and counting.
    pub(crate) fn step_options(&self) -> StepOptions<'_> {
        let Reading { nginx_conf, static_rules, zone, .. } = &self.reading;
        StepOptions { nginx_conf: nginx_conf.as_ref(), static_rules, zone: *zone, visitor: self.visitor_options() }
    }
}
