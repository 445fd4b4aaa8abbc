//! Text lines in the format that a `log_format` describes. Its text is compiled to a plan, and the plan scans lines.
//!
//! - [`parse`] splits the text of a `log_format` into [`piece`]s: literals and variables. [`presets`] is THE TABLE of
//!   formats that are tried automatically. [`dialects`] translates the log formats of other servers.
//! - [`compile`] compiles the pieces to the steps of a [`plan`]; [`reach`] decides how far the value of each step
//!   reaches.
//! - [`scan`] reads a line with its plan: most lines of `combined` as a whole ([`fast_path`]), other lines step by step
//!   ([`walk`]), and lines that take too many trials with a regular expression ([`rule`]).
//! - `reference` is the slow implementation that tests compare all of them with.

pub(super) mod compile;
pub(super) mod description;
pub(super) mod dialects;
mod ends;
pub(super) mod fast_path;
pub(super) mod format_error;
pub(super) mod given;
pub(super) mod nginx_escape;
pub(super) mod parse;
pub(super) mod piece;
pub(super) mod plan;
pub(super) mod presets;
#[cfg(any(test, fuzzing))]
pub(crate) mod reference;
pub(super) mod roles;
mod row_field;
pub(super) mod rule;
pub(super) mod scan;
mod shortcut;
mod user;
pub(super) mod value_end;
pub(super) mod walk;
