//! What a question asks of hits.

use super::day_times::DayTimes;
use super::networks::Networks;
use super::pattern::Pattern;
use super::selection::Where;
use super::status::StatusSet;
use crate::dimension::Dimension;

/// What a hit has to be. A line is one that fits all of a question's conditions.
///
/// ```
/// use logstat::{Condition, Dimension, Question};
/// let errors_of_the_api = vec![
///     Condition::Status("5xx".parse()?),
///     Condition::Matches { dimension: Dimension::Path, any: vec!["/api/*".parse()?] },
/// ];
/// let question = Question::new().filters(errors_of_the_api);
/// # Ok::<(), logstat::SyntaxError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Condition {
    /// At one of these times of the day, by the wall clock.
    DayTimes(DayTimes),
    /// Answered with one of these.
    Status(StatusSet),
    /// Served from a file.
    Static,
    /// Answered by the application.
    Dynamic,
    /// Took longer; where no time was logged, it did not.
    Slower {
        /// Than this.
        ms: u64,
    },
    /// Sent more.
    Larger {
        /// Than this.
        bytes: u64,
    },
    /// From an address in these.
    Ip(Networks),
    /// Has a key that looks like one of these.
    Matches {
        /// In this dimension.
        dimension: Dimension,
        /// One of them is enough.
        any: Vec<Pattern>,
    },
    /// Has a key that looks like none of these.
    Excludes {
        /// In this dimension.
        dimension: Dimension,
        /// One of them is too much.
        any: Vec<Pattern>,
    },
    /// Fits an expression.
    Where(Where),
}
