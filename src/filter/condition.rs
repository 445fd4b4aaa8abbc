//! Conditions: the filters that a question applies to hits.

use super::bots::BotSet;
use super::day_times::DayTimes;
use super::networks::Networks;
use super::pattern::Pattern;
use super::status::StatusSet;
use super::where_clause::WhereExpression;
use crate::dimension::Dimension;

/// A condition on a hit. A line is a hit if it meets all conditions of a question.
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
    /// The hit is at one of these times of day, by the wall clock of its line.
    DayTimes(DayTimes),
    /// The status is one of these.
    Status(StatusSet),
    /// The hit is static: nginx serves it from a file.
    Static,
    /// The hit is dynamic: the application answers it.
    Dynamic,
    /// The request took longer than this. False if the line has no request time.
    Slower {
        /// Lower limit in milliseconds, itself excluded.
        ms: u64,
    },
    /// The response is larger than this.
    Larger {
        /// Lower limit in bytes, itself excluded.
        bytes: u64,
    },
    /// The client is a bot of one of these classes, or a person.
    Bots(BotSet),
    /// The client's address is in these networks.
    Ip(Networks),
    /// The hit's key matches at least one pattern.
    Matches {
        /// Dimension of the key.
        dimension: Dimension,
        /// Patterns, of which one match is enough.
        any: Vec<Pattern>,
    },
    /// The hit's key matches none of the patterns.
    Excludes {
        /// Dimension of the key.
        dimension: Dimension,
        /// Patterns, of which one match excludes the hit.
        any: Vec<Pattern>,
    },
    /// The expression is true for the hit.
    Where(WhereExpression),
}
