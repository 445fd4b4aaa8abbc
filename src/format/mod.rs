//! From bytes to columns: the text of a `log_format` is compiled to a plan, a plan scans lines.
//!
//! `log_format` → `plan` → `scan` is the way of a format; `presets` are formats with a name; `detect` finds out which
//! of them a file has; `fill` puts the values of a line into a batch.

mod blocks;
mod detect;
mod digits;
mod escape;
mod fill;
mod lists;
mod log_format;
mod marks;
mod plan;
mod presets;
mod request;
mod scan;
mod shape;
#[cfg(test)]
mod twin;
mod variables;

use std::str::FromStr;

pub(crate) use detect::{FormatsOfFile, Taken};
pub(crate) use escape::undo as undo_escapes;
pub(crate) use fill::Filler;
pub use log_format::FormatError;
pub(crate) use log_format::Piece;
pub(crate) use marks::{Line, Marks, Quotes};
pub(crate) use request::path_and_query;
use scan::Expected;
pub(crate) use scan::{Misfit, Row};
pub(crate) use variables::{Ranked, is_known, is_name, ranked_names, variable};

use crate::batch::Fields;
use crate::report::printable;
use plan::{Plan, Slot, Tail};

/// A format of access logs: a preset by its name, or the text of an nginx `log_format`.
///
/// ```
/// use logstat::LogFormat;
/// let preset: LogFormat = "combined".parse()?;
/// let own: LogFormat = "$remote_addr|$time_iso8601|$request|$status".parse()?;
/// assert_eq!((preset.name(), own.name()), ("combined", "$remote_addr|$time_iso8601|$request|$status"));
/// assert!("combned".parse::<LogFormat>().is_err());
/// # Ok::<(), logstat::FormatError>(())
/// ```
#[derive(Clone, Debug)]
pub struct LogFormat {
    name: String,
    pieces: Vec<Piece>,
    plan: Plan,
    tail: Tail,
}

impl LogFormat {
    /// Name and text of every preset.
    pub fn presets() -> impl Iterator<Item = (&'static str, &'static str)> {
        presets::PRESETS.into_iter()
    }

    /// The name of a preset, otherwise the text.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn compile(name: &str, text: &str, tail: Tail) -> Result<LogFormat, FormatError> {
        let pieces = log_format::parse(text)?;
        let plan = plan::compile(&pieces, &[]);
        Ok(LogFormat { name: name.to_owned(), pieces, plan, tail })
    }

    /// All presets, in the order of their table. Behind each, fields that it does not know are passed over.
    pub(crate) fn all_presets() -> Vec<LogFormat> {
        Self::presets()
            .map(|(name, text)| Self::compile(name, text, Tail::Fields).expect("a test compiles every preset"))
            .collect()
    }

    /// The same format, in which the variables that the question ranks by name have their place.
    pub(crate) fn ranking(self, ranked: &[&str]) -> LogFormat {
        if ranked.is_empty() { self } else { LogFormat { plan: plan::compile(&self.pieces, ranked), ..self } }
    }

    /// Where in a row each of those variables is.
    pub(crate) fn extras(&self) -> &[Slot] {
        &self.plan.extras
    }

    /// Whether lines of this format have the variable of that name.
    ///
    /// ```
    /// let format: logstat::LogFormat = "$remote_addr $my_own".parse()?;
    /// assert!(format.logs("my_own") && !format.logs("status"));
    /// # Ok::<(), logstat::FormatError>(())
    /// ```
    pub fn logs(&self, variable: &str) -> bool {
        self.pieces.iter().any(|p| matches!(p, Piece::Variable { name, .. } if name == variable))
    }

    /// The fields that lines of this format have.
    pub(crate) fn fields(&self) -> Fields {
        self.plan.fields
    }

    pub(crate) fn variables(&self) -> usize {
        self.pieces.iter().filter(|p| matches!(p, Piece::Variable { .. })).count()
    }

    /// What was expected where a line did not fit: `" - " after $remote_addr`.
    pub(crate) fn expectation(&self, misfit: Misfit) -> String {
        let Expected::Piece(first) = misfit.expected else {
            return match self.tail {
                Tail::Nothing => "the end of the line".to_owned(),
                Tail::Fields | Tail::UnquotedFields => "a space or the end of the line".to_owned(),
            };
        };
        let expected = match &self.pieces[first] {
            Piece::Literal(text) => format!("'{}'", printable(text.as_bytes())),
            // The step that takes user and time together: what a person sees missing is the time.
            Piece::Variable { name, .. } if name == "remote_user" => "$remote_user [$time_local] \"".to_owned(),
            Piece::Variable { name, shape, .. } => format!("${name} ({})", shape.description()),
        };
        match first.checked_sub(1).map(|before| &self.pieces[before]) {
            Some(Piece::Variable { name, .. }) => format!("{expected} after ${name}"),
            _ => expected,
        }
    }
}

impl FromStr for LogFormat {
    type Err = FormatError;

    /// Reads the name of a preset, or the text of a `log_format`.
    fn from_str(text: &str) -> Result<Self, FormatError> {
        if let Some((name, preset)) = Self::presets().find(|(name, _)| *name == text) {
            return Self::compile(name, preset, Tail::Fields);
        }
        if is_name(text) {
            let names: Vec<_> = Self::presets().map(|(name, _)| name).collect();
            return Err(FormatError {
                text: text.to_owned(),
                at: 0,
                what: format!(
                    "no format has this name; there are {}, or give the text with its $variables",
                    names.join(", ")
                ),
            });
        }
        Self::compile(text, text, Tail::Nothing)
    }
}
