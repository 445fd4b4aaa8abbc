//! What kind of request a line is.

mod located;
mod statics;

pub(crate) use located::ByLocation;
pub use statics::{RuleError, StaticRules};
