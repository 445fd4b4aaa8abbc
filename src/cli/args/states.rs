//! The meaning of other options for states.

use logstat::{Input, UvMethod};

use super::Args;
use crate::cli::inputs::is_standard;
use crate::cli::states::Context;

impl Args {
    /// Facts about the options that decide whether a state can be read or written.
    pub(crate) fn state_context(&self, inputs: &[Input], prints_report: bool) -> Context {
        let is_exact = matches!(self.uv_method(), Ok(UvMethod::Exact));
        let bounds = [("--max-keys", self.max_keys.is_some()), ("--max-memory", self.max_memory.is_some())];
        Context {
            bounds: bounds.into_iter().find(|(_, is_given)| *is_given).map(|(option, _)| option),
            divides: self.each.each.is_some(),
            masks_exact_visitors: self.anonymizes() && is_exact,
            prints_report,
            reads_stdin: inputs.iter().any(|input| is_standard(input.name())),
        }
    }

    /// True if addresses are shortened.
    pub(crate) fn anonymizes(&self) -> bool {
        self.visitors.anonymizes()
    }

    /// The option of a period, if one is given.
    pub(crate) fn period_option(&self) -> Option<&'static str> {
        let options =
            [("--since", self.since.is_some()), ("--until", self.until.is_some()), ("--date", self.date.is_some())];
        options.into_iter().find(|(_, is_given)| *is_given).map(|(option, _)| option)
    }
}
