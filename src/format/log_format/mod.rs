//! Lines of text as a `log_format` describes them: its text is compiled to a plan, and the plan scans lines.
//!
//! - [`parse`] cuts the text of a `log_format` into [`piece`]s: literals and variables. [`presets`] is THE TABLE of texts that are tried
//!   without being given. [`dialects`] translates what other servers call a log format.
//! - [`plan`] compiles the pieces to steps; [`reach`] says how far the value of each reaches.
//! - [`scan`] reads a line by its plan: most lines of `combined` whole ([`fast_path`]), all others step by step ([`walk`]), and
//!   those that take too many trials by a regular expression ([`rule`]).
//! - The `twin` is the reference that tests compare all of them with.

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
pub(super) mod reach;
pub(super) mod roles;
pub(super) mod rule;
pub(super) mod scan;
mod shortcut;
mod sink;
#[cfg(any(test, fuzzing))]
pub(crate) mod twin;
mod user;
pub(super) mod walk;
