//! A plan: the steps that scan a line, compiled from a `log_format`.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use super::value_end::ValueEnd;
use crate::batch::Fields;
use crate::format::slot::Slot;
use crate::format::time_unit::TimeUnit;
use crate::text::Prefix;

/// The text that may follow the last field of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    /// Nothing.
    Nothing,
    /// Unknown fields, after a space or tab.
    Fields,
    /// Unknown fields after a space, the first one unquoted. After `common`, a quoted field means that a line of
    /// `combined` was cut short.
    UnquotedFields,
}

impl Tail {
    #[inline]
    pub(crate) fn fits(self, rest: &[u8]) -> bool {
        match self {
            Tail::Nothing => rest.is_empty(),
            Tail::Fields => matches!(rest, [] | [b' ' | b'\t', ..]),
            Tail::UnquotedFields => matches!(rest, [] | [b' ']) || matches!(rest, [b' ', b, ..] if *b != b'"'),
        }
    }
}

/// One step through a line: a value and the literal after it.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) value_end: ValueEnd,
    pub(crate) row_field: RowField,
    /// The literal after the value.
    pub(crate) next_literal: Prefix,
    /// Index of the format's piece that is the value; `behind_piece` is that of the literal.
    pub(crate) value_piece: usize,
    pub(crate) next_literal_piece: usize,
}

/// The part of a row that a value is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowField {
    Text(Slot),
    Time,
    Status,
    Bytes,
    RequestTime(TimeUnit),
}

/// The steps of a format.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The literal before the first value.
    pub(crate) lead: Prefix,
    pub(crate) steps: Vec<Step>,
    /// Steps that can be read at once.
    pub(crate) shortcut: Option<Shortcut>,
    /// The same shortcut, if it covers the whole format, except for the quote after the user agent.
    pub(crate) whole: Option<Shortcut>,
    /// The usual form of the format's lines, if fast_path.rs can read it.
    pub(crate) fast_path: Option<FastPath>,
    /// The fields that the format logs.
    pub(crate) fields: Fields,
    /// True if the format logs a list of addresses from proxies; the visitor's address is taken from it.
    pub(crate) has_address_list: bool,
    /// For each variable that the question ranks by name: its slot in a row.
    pub(crate) ranked_variables: Vec<Slot>,
    /// The plan as regular expressions.
    pub(crate) expressions: Expressions,
}

/// The literals between user and time, and between time and request, in most presets. [`ValueEnd::UserAndTime`]
/// contains both.
pub(crate) const BEFORE_TIME: &str = " [";
pub(crate) const AFTER_TIME: &str = "] \"";
/// The text between address and time in nearly every line.
pub(crate) const NOBODY: &str = " - - [";

impl Plan {
    /// The piece of the first value whose end a visitor can forge. Nothing marks the end of such a value, and another
    /// value that a visitor chooses follows before the next quote, which no value can hold.
    pub(crate) fn forgeable(&self) -> Option<usize> {
        let is_free = |step: &Step| matches!(&step.value_end, ValueEnd::Open(open) if open.is_forgeable);
        let is_marked = |step: &Step| {
            let may_hold_quotes = matches!(&step.value_end, ValueEnd::Open(open) if open.may_hold_quotes);
            !may_hold_quotes && step.next_literal.bytes().contains(&b'"')
        };
        let is_forgeable = |at: &usize| {
            let up_to_mark =
                || self.steps[*at..].iter().position(is_marked).map_or(self.steps.len(), |len| at + len + 1);
            is_free(&self.steps[*at]) && self.steps[at + 1..up_to_mark()].iter().any(is_free)
        };
        (0..self.steps.len()).find(is_forgeable).map(|at| self.steps[at].value_piece)
    }
}

/// The form of usual lines: `combined`, or `combined` followed by a request time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FastPath {
    pub(crate) has_time: bool,
}

/// Consecutive steps that most presets have: `$remote_addr - $remote_user [$time_local] "$request" $status
/// $body_bytes_sent`, usually followed by ` "$http_referer" "$http_user_agent"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shortcut {
    /// Index of the first step.
    pub(crate) from: usize,
    /// Index after the last step.
    pub(crate) to: usize,
    pub(crate) has_agent: bool,
}

/// The regular expressions of a plan, one for each tail, compiled when first needed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expressions([OnceLock<Option<Regex>>; 3]);

impl Expressions {
    /// The expression for a tail, compiled from `pattern`. `None` if it would be larger than the regex crate allows.
    pub(super) fn get(&self, tail: Tail, pattern: impl FnOnce() -> String) -> Option<&Regex> {
        self.0[tail as usize].get_or_init(|| RegexBuilder::new(&pattern()).build().ok()).as_ref()
    }
}
