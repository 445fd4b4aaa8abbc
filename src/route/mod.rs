//! Routes: paths whose variable parts are named. `/shop/1234/` and `/shop/1235/` have the route `/shop/{int}/`.
//!
//! A route names what a site does, not which page. Everything here is a pure function of a path, except learning
//! (`learn.rs`), which needs all routes of a log.

mod directory;
mod extension;
#[cfg(test)]
mod laws;
mod learn;
mod parse;
mod pattern;
mod rules;
mod variable_part;

pub(crate) use directory::{directory, file, two_directories};
pub(crate) use extension::extension;
pub(crate) use learn::{Answers, learned};
pub use pattern::RoutePattern;
pub use rules::Routes;

/// The path of a target, without its query.
fn without_query(path: &[u8]) -> &[u8] {
    path.split(|byte| *byte == b'?').next().unwrap_or_default()
}
