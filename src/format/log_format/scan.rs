//! A line against a plan: the values of its fields, or the step where it does not fit. The hot path.
//!
//! Advice to whoever makes this faster: twin.rs says the same with a regular expression, and the property test there
//! compares the two on generated, mutated and hostile lines. Change this file freely and believe that test.

use super::plan::{Plan, Tail};
use super::rule;
use super::shortcut::take;
use super::walk::{Stuck, walk};
use crate::format::marks::Line;
use crate::format::memory::Memory;
use crate::format::misfit::Misfit;
use crate::format::row::Row;

/// Fills `row` from `line` and returns where the plan's last step ended. Slots that the plan does not fill are left as
/// they are: a caller that changes plans empties the row.
///
/// A line that has the plan's shape but a time or a number that does not exist is a misfit with that reason, and
/// no other format need be tried.
#[inline]
pub(crate) fn scan<'a>(
    plan: &Plan,
    tail: Tail,
    line: Line<'a, '_>,
    memory: &mut Memory,
    row: &mut Row<'a>,
) -> Result<usize, Misfit> {
    // A plan that is nothing but its shortcut is left at once; the loop over steps, and the room it takes, are for others.
    if let Some(shortcut) = plan.whole
        && let Some((end, _)) = take(shortcut, line.text, 0, line.quotes, &mut memory.clock, row)
    {
        // The shortcut has seen the quote behind the agent.
        let end = end + usize::from(shortcut.has_agent);
        if tail.fits(&line.text[end..]) {
            return Ok(end);
        }
    }
    step_by_step(plan, tail, line, memory, row)
}

#[inline(never)]
fn step_by_step<'a>(
    plan: &Plan,
    tail: Tail,
    line: Line<'a, '_>,
    memory: &mut Memory,
    row: &mut Row<'a>,
) -> Result<usize, Misfit> {
    match walk(plan, tail, line, &mut memory.choices, &mut memory.clock, row) {
        Ok(end) => Ok(end),
        Err(Stuck::Misfit(misfit)) => Err(misfit),
        Err(Stuck::TooManyTrials) => rule::scan(plan, tail, line.text, &mut memory.clock, row),
    }
}
