//! A format as a regular expression. It is the slow reference for `walk.rs`, and reads lines that take `walk.rs` too
//! many trials.
//!
//! Each group is the value of a step. If a line can be read in several ways, the expression prefers the same one as the
//! walk: from left to right, each value has the first end, in its order, from which the rest of the line matches.

use super::plan::{AFTER_TIME, BEFORE_TIME, Plan, Step, Tail};
use super::row_field::{WriteResult, put};
use super::value_end::{Bytes, Open, ValueEnd};
use crate::format::Reason;
use crate::format::mismatch::{Expected, Mismatch};
use crate::format::row::Row;
use crate::format::timestamp;
use crate::time::Clock;

/// Times in the three forms that nginx writes.
const EXACT_TIME: &str = concat!(
    r"(?:[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}",
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}",
    r"|[0-9]+\.[0-9]{3})",
);
/// The text between two unescaped quotes.
const QUOTED: &str = r#"(?:[^"\\]|\\.)*?"#;
const PROTOCOL: &str = r" HTTP/[0-9]\.[0-9]{1,3}";

/// The values of a line by step, and the place where the last step ended; `None` if the line does not match.
pub(in crate::format) fn values<'a>(plan: &Plan, tail: Tail, text: &'a [u8]) -> Option<(Vec<&'a [u8]>, usize)> {
    let found = plan.expressions.get(tail, || pattern(plan, tail))?.captures(text)?;
    let mut groups = found.iter().skip(1).map(|group| group.expect("no group is optional"));
    let values = groups.by_ref().take(plan.steps.len()).map(|group| group.as_bytes()).collect();
    Some((values, groups.next().map_or(text.len(), |rest| rest.start())))
}

/// Reads a line with the regular expression; the result is that of [`scan`](super::scan::scan).
pub(in crate::format) fn scan<'a>(
    plan: &Plan,
    tail: Tail,
    text: &'a [u8],
    clock: &mut Clock,
    row: &mut Row<'a>,
) -> Result<usize, Mismatch> {
    let mismatch = |reason, expected, at| Mismatch { reason, expected, at };
    let no_match = mismatch(Reason::NoMatch, Expected::End, text.len());
    let (values, end) = values(plan, tail, text).ok_or(no_match)?;
    let mut flaw = Ok(end);
    for (step, value) in plan.steps.iter().zip(values) {
        match put(step, value, clock, row) {
            WriteResult::InvalidValue(reason) if flaw.is_ok() => {
                let at = value.as_ptr().addr() - text.as_ptr().addr();
                flaw = Err(mismatch(reason, Expected::Piece(step.value_piece), at));
            }
            WriteResult::Done | WriteResult::InvalidValue(_) => {}
            WriteResult::WrongShape | WriteResult::TwoLines => return Err(no_match),
        }
    }
    flaw
}

/// The regular expression of a plan.
pub(super) fn pattern(plan: &Plan, tail: Tail) -> String {
    let literal = |bytes: &[u8]| regex::escape(&String::from_utf8_lossy(bytes));
    let mut pattern = String::from(r"(?s-u)\A");
    pattern += &literal(plan.lead.bytes());
    for step in &plan.steps {
        pattern += &format!("({})", value(step));
        pattern += &literal(step.next_literal.bytes());
    }
    pattern += match tail {
        Tail::Nothing => r"()\z",
        Tail::Fields => r"((?:[ \t].*)?)\z",
        Tail::UnquotedFields => r#"((?: (?:[^"].*)?)?)\z"#,
    };
    pattern
}

/// The regular expression of a value.
fn value(step: &Step) -> String {
    let optional = |pattern: &str, may_be_empty: bool| {
        if may_be_empty { format!("(?:{pattern})?") } else { pattern.to_owned() }
    };
    let list = |item: &str, may_be_empty| optional(&format!("{item}(?:(?:, | : ){item})*(?: : )?"), may_be_empty);
    match &step.value_end {
        ValueEnd::Word { may_be_missing: false, .. } => "[^ -]|[^ ]{2,}".to_owned(),
        ValueEnd::Word { may_be_empty, .. } => if *may_be_empty { "[^ ]*" } else { "[^ ]+" }.to_owned(),
        ValueEnd::Quoted => QUOTED.to_owned(),
        ValueEnd::UserAndTime => {
            let (before, after) = (regex::escape(BEFORE_TIME), regex::escape(AFTER_TIME));
            format!("{QUOTED}{before}{}{after}", timestamp::PATTERN)
        }
        ValueEnd::Time { is_exact: true } => EXACT_TIME.to_owned(),
        ValueEnd::Time { is_exact: false } => timestamp::PATTERN.to_owned(),
        ValueEnd::Status { is_exact: true } => "[0-9]{3}".to_owned(),
        ValueEnd::Status { is_exact: false } => "[0-9]{3}|-".to_owned(),
        ValueEnd::Number { may_be_empty } => optional("[0-9]+|-", *may_be_empty),
        ValueEnd::Ratio { may_be_empty } => optional(r"[0-9]+\.[0-9]{2}|-", *may_be_empty),
        ValueEnd::Duration { is_exact: true, may_be_empty } => optional(r"[0-9]+\.[0-9]{3}|-", *may_be_empty),
        ValueEnd::Duration { is_exact: false, may_be_empty } => {
            optional(r"[0-9]+(?:\.[0-9]+)?(?:ms|us|s)?|-", *may_be_empty)
        }
        ValueEnd::Words { end, may_be_empty } => {
            let but = end
                .filter(|end| *end != b' ')
                .map_or_else(String::new, |end| regex::escape(&char::from(end).to_string()));
            list(&format!("[^ ,{but}]+"), *may_be_empty)
        }
        ValueEnd::Numbers { may_be_empty } => list(r"(?:-|[0-9]+(?:\.[0-9]+)?)", *may_be_empty),
        ValueEnd::Open(open) => open_value(open),
    }
}

fn open_value(open: &Open) -> String {
    let is_greedy = open.is_last || open.order.is_last_first;
    let bytes = open.bytes.pattern(is_greedy);
    let bytes = match (open.may_be_empty, open.bytes, is_greedy) {
        (false, Bytes::Word, true) => "[^ ]+",
        (false, Bytes::Word, false) => "[^ ]+?",
        _ => bytes,
    };
    if open.order.prefers_protocol && !open.is_last { format!("{bytes}{PROTOCOL}|{bytes}") } else { bytes.to_owned() }
}
