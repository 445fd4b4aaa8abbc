//! Scans a line with a plan: fills in the values of its fields, or finds the step that does not match. The hot path.
//!
//! If you make this faster: reference/mod.rs does the same with a regular expression, and a property test compares the
//! two on generated, mutated and hostile lines. Change this file freely and rely on that test.

use super::plan::{Plan, Tail};
use super::rule;
use super::shortcut::take;
use super::walk::{WalkError, walk};
use crate::format::marks::Line;
use crate::format::mismatch::Mismatch;
use crate::format::row::Row;
use crate::format::scan_cache::ScanCache;

/// Fills `row` from `line` and returns the place where the plan's last step ended. Slots that the plan does not fill
/// are left unchanged: a caller that changes plans must empty the row.
///
/// A line that has the plan's shape, but contains a time or number that does not exist, is a mismatch with that reason.
/// The caller need not try any other format.
#[inline]
pub(crate) fn scan<'a>(
    plan: &Plan,
    tail: Tail,
    line: Line<'a, '_>,
    cache: &mut ScanCache,
    row: &mut Row<'a>,
) -> Result<usize, Mismatch> {
    // Return at once if the shortcut covers the whole plan. The loop over steps, and the stack space it needs, are for
    // other plans.
    if let Some(shortcut) = plan.whole
        && let Some((end, _)) = take(shortcut, line.text, 0, line.quotes, &mut cache.clock, row)
    {
        // The shortcut has already checked the quote after the agent.
        let end = end + usize::from(shortcut.has_agent);
        if tail.fits(&line.text[end..]) {
            return Ok(end);
        }
    }
    step_by_step(plan, tail, line, cache, row)
}

#[inline(never)]
fn step_by_step<'a>(
    plan: &Plan,
    tail: Tail,
    line: Line<'a, '_>,
    cache: &mut ScanCache,
    row: &mut Row<'a>,
) -> Result<usize, Mismatch> {
    match walk(plan, tail, line, &mut cache.choices, &mut cache.clock, row) {
        Ok(end) => Ok(end),
        Err(WalkError::Mismatch(mismatch)) => Err(mismatch),
        Err(WalkError::TooManyTrials) => rule::scan(plan, tail, line.text, &mut cache.clock, row),
    }
}
