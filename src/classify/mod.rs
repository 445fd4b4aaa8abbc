//! What kind of request a line is.

mod statics;

pub use statics::{RuleError, StaticRules};
