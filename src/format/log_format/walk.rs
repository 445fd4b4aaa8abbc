//! Matches a line against the steps of a plan one by one, with backtracking.
//!
//! Most values end at a byte that marks the end: a space or a quote. Some do not, such as `$request` in `$request
//! $status` without quotes. Such a value ends where the rest of the line matches. Its possible ends are tried in their
//! order ([`Order`]); on a mismatch, the most recent choice is changed first. `rule.rs` expresses the same with a
//! regular expression. It is the reference, and the tests compare the two.
//!
//! A line that takes too many trials is passed to the regular expression, whose time is linear in the length of the
//! line.

use super::ends::{Tried, find};
use super::plan::{Plan, Tail};
use super::row_field::{WriteResult, put};
use super::shortcut::take;
use crate::format::marks::{Line, Quotes};
use crate::format::mismatch::{Expected, Mismatch};
use crate::format::reason::Reason;
use crate::format::row::Row;
use crate::time::Clock;

/// A tried end of a value that may have another end.
#[derive(Clone, Copy, Debug)]
pub(in crate::format) struct Choice {
    step: usize,
    /// Start of the value; `tried` is its end.
    at: usize,
    tried: Tried,
    /// Number of quotes ahead at the start of the value.
    quotes_ahead: usize,
    flaw: Option<Mismatch>,
}

/// The reason why a walk did not reach the end of the line.
pub(super) enum WalkError {
    /// The line does not match.
    Mismatch(Mismatch),
    /// It took too many trials.
    TooManyTrials,
}

/// Trials that a line may take: this many for each byte, plus [`TRIALS`]. Each step costs one trial, and one more for
/// each sixteen bytes of its value.
const TRIALS_A_BYTE: usize = 4;
const TRIALS: usize = 4096;

/// Fills `row` and returns the place where the last step ended.
pub(super) fn walk<'a>(
    plan: &Plan,
    tail: Tail,
    line: Line<'a, '_>,
    choices: &mut Vec<Choice>,
    clock: &mut Clock,
    row: &mut Row<'a>,
) -> Result<usize, WalkError> {
    let Some(at) = plan.lead.leads(line.text) else { return Err(WalkError::Mismatch(no_match(Expected::Piece(0), 0))) };
    choices.clear();
    let trials = TRIALS + TRIALS_A_BYTE * line.text.len();
    let mut walk = Walk { plan, tail, text: line.text, quotes: line.quotes, next: 0, at, flaw: None, trials };
    let mut tried = None;
    let mut furthest: Option<Mismatch> = None;
    loop {
        let missed = match walk.forward(tried, choices, clock, row) {
            Ok(()) => return walk.flaw.map_or(Ok(walk.at), |flaw| Err(WalkError::Mismatch(flaw))),
            Err(missed) => missed,
        };
        let furthest = furthest.get_or_insert(missed);
        if missed.at > furthest.at {
            *furthest = missed;
        }
        let Some(choice) = choices.pop() else { return Err(WalkError::Mismatch(*furthest)) };
        if walk.trials == 0 {
            return Err(WalkError::TooManyTrials);
        }
        (walk.next, walk.at, walk.flaw, tried) = (choice.step, choice.at, choice.flaw, Some(choice.tried));
        walk.quotes = back(line.quotes, choice.quotes_ahead);
    }
}

fn no_match(expected: Expected, at: usize) -> Mismatch {
    Mismatch { reason: Reason::NoMatch, expected, at }
}

/// A place in a line, and the next step there.
struct Walk<'p, 'a, 'q> {
    plan: &'p Plan,
    tail: Tail,
    text: &'a [u8],
    quotes: Quotes<'q>,
    next: usize,
    at: usize,
    /// The first value that has the right shape but is invalid.
    flaw: Option<Mismatch>,
    /// Trials left.
    trials: usize,
}

impl<'a> Walk<'_, 'a, '_> {
    /// Takes steps to the end of the line, or to the first mismatch. `tried` is the last tried end of the next value.
    fn forward(
        &mut self,
        mut tried: Option<Tried>,
        choices: &mut Vec<Choice>,
        clock: &mut Clock,
        row: &mut Row<'a>,
    ) -> Result<(), Mismatch> {
        let text = self.text;
        while let Some(step) = self.plan.steps.get(self.next) {
            if let Some(shortcut) = self.plan.shortcut
                && shortcut.from == self.next
                && let Some((end, ahead)) = take(shortcut, text, self.at, self.quotes, clock, row)
                && let Some(next_literal) = self.plan.steps[shortcut.to - 1].next_literal.leads(&text[end..])
            {
                (self.at, self.quotes, self.next) = (end + next_literal, ahead, shortcut.to);
                continue;
            }
            let no_value = no_match(Expected::Piece(step.value_piece), self.at);
            let quotes_ahead = quotes_left(self.quotes);
            let (end, may_have_another) = find(step, text, self.at, tried.take(), &mut self.quotes).ok_or(no_value)?;
            if may_have_another {
                let choice = Choice { step: self.next, at: self.at, tried: end, quotes_ahead, flaw: self.flaw };
                choices.push(choice);
            }
            let value = &text[self.at..end.end];
            self.trials = self.trials.saturating_sub(1 + value.len() / 16);
            match put(step, value, clock, row) {
                WriteResult::Done => {}
                WriteResult::InvalidValue(reason) => {
                    self.flaw.get_or_insert(Mismatch { reason, ..no_value });
                }
                WriteResult::WrongShape => return Err(no_value),
                WriteResult::TwoLines => {
                    choices.clear();
                    return Err(no_value);
                }
            }
            let next_literal = step.next_literal.leads(&text[end.end..]);
            self.at =
                end.end + next_literal.ok_or_else(|| no_match(Expected::Piece(step.next_literal_piece), end.end))?;
            self.next += 1;
        }
        if self.tail.fits(&text[self.at..]) { Ok(()) } else { Err(no_match(Expected::End, self.at)) }
    }
}

fn quotes_left(quotes: Quotes<'_>) -> usize {
    match quotes {
        Quotes::At { places, .. } => places.len(),
        Quotes::Unknown => 0,
    }
}

/// The last `ahead` quotes of a line.
fn back(all: Quotes<'_>, ahead: usize) -> Quotes<'_> {
    match all {
        Quotes::At { places, start } => Quotes::At { places: &places[places.len() - ahead..], start },
        Quotes::Unknown => Quotes::Unknown,
    }
}
