//! A plan: a `log_format` compiled to the steps that scan a line.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use super::reach::Reach;
use crate::batch::Fields;
use crate::format::slot::Slot;
use crate::format::time_unit::TimeUnit;
use crate::text::Prefix;

/// What may follow the last field of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    /// Nothing.
    Nothing,
    /// Fields that the format does not know, after a space or tab.
    Fields,
    /// The same after a space, but no quoted field: behind `common` that is a line of `combined` cut short.
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

/// One step along a line: a value and the literal after it.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) reach: Reach,
    pub(crate) sink: Sink,
    /// The literal after the value.
    pub(crate) behind: Prefix,
    /// The pieces of the format that the value and the literal are.
    pub(crate) value_piece: usize,
    pub(crate) behind_piece: usize,
}

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sink {
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
    /// Steps that can be taken at once.
    pub(crate) shortcut: Option<Shortcut>,
    /// The same, if they are all of the format but for the quote after an agent.
    pub(crate) whole: Option<Shortcut>,
    /// The usual form of a line of this format, where fast_path.rs knows it.
    pub(crate) usual: Option<Usual>,
    /// The fields that the format logs.
    pub(crate) fields: Fields,
    /// Whether the address is the visitor's of a list that proxies pass on.
    pub(crate) has_address_list: bool,
    /// Where in a row each of the variables is that the question ranks by name.
    pub(crate) extras: Vec<Slot>,
    /// The same as regular expressions.
    pub(crate) expressions: Expressions,
}

/// The literals between user and time, and between time and request, in every preset. [`Reach::UserAndTime`] is made of them.
pub(crate) const BEFORE_TIME: &str = " [";
pub(crate) const AFTER_TIME: &str = "] \"";
/// What stands in nearly every line between address and time.
pub(crate) const NOBODY: &str = " - - [";

impl Plan {
    /// The piece of the first value that a visitor may end elsewhere: nothing marks its end, and before the next quote, which no
    /// value holds, another value follows that a visitor chooses.
    pub(crate) fn forgeable(&self) -> Option<usize> {
        let is_free = |step: &Step| matches!(&step.reach, Reach::Open(open) if open.is_forgeable);
        let is_marked = |step: &Step| {
            let may_hold_quotes = matches!(&step.reach, Reach::Open(open) if open.may_hold_quotes);
            !may_hold_quotes && step.behind.bytes().contains(&b'"')
        };
        let is_forgeable = |at: &usize| {
            let up_to_mark =
                || self.steps[*at..].iter().position(is_marked).map_or(self.steps.len(), |len| at + len + 1);
            is_free(&self.steps[*at]) && self.steps[at + 1..up_to_mark()].iter().any(is_free)
        };
        (0..self.steps.len()).find(is_forgeable).map(|at| self.steps[at].value_piece)
    }
}

/// `combined`, and `combined` with a request time behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usual {
    pub(crate) has_time: bool,
}

/// Steps that every preset has one behind the other: `$remote_addr - $remote_user [$time_local] "$request" $status
/// $body_bytes_sent`, and most have ` "$http_referer" "$http_user_agent"` next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shortcut {
    /// The first of them.
    pub(crate) from: usize,
    /// The step behind the last.
    pub(crate) to: usize,
    pub(crate) has_agent: bool,
}

/// The regular expressions of a plan, one for each tail, compiled when first needed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expressions([OnceLock<Option<Regex>>; 3]);

impl Expressions {
    /// The expression for a tail, of which this is the pattern; `None` if it would be larger than the regex crate allows.
    pub(super) fn get(&self, tail: Tail, pattern: impl FnOnce() -> String) -> Option<&Regex> {
        self.0[tail as usize].get_or_init(|| RegexBuilder::new(&pattern()).build().ok()).as_ref()
    }
}
