//! Reads `$remote_user [$time_local] "`, from the start of the user to the end of the quote.
//!
//! The user may hold spaces, brackets, even a time. It cannot hold a quote, because nginx escapes it. So the first
//! quote ends the step, the time is right before it, and everything before the time is the user.

use super::plan::{AFTER_TIME, BEFORE_TIME};
use crate::format::corruption::is_two_lines;
use crate::format::marks::closing_quote;
use crate::format::timestamp::{self, Time};
use crate::time::{Clock, Fault, Rfc3339};

/// The result of reading the bytes of the step.
pub(super) enum UserAndTime<'a> {
    Both(&'a [u8], Time),
    /// They have the right shape, but there is no such date or time.
    NoSuchTime,
    /// They have another shape.
    Neither,
    /// They have the right shape, but the user is the rest of one line and the beginning of the next.
    TwoLines,
}

const TIME_LOCAL: usize = 26;

/// End of the step in `rest`, after its quote.
pub(in crate::format) fn end(rest: &[u8]) -> Option<usize> {
    Some(closing_quote(rest)?.0 + 1)
}

/// Reads the bytes of the step.
pub(in crate::format) fn read<'a>(text: &'a [u8], clock: &mut Clock) -> UserAndTime<'a> {
    let Some(before) = text.strip_suffix(AFTER_TIME.as_bytes()) else { return UserAndTime::Neither };
    // Try the time in nginx's own form first, then in any other form.
    let usual = before.len().checked_sub(TIME_LOCAL).map(|start| before.split_at(start));
    let usual = usual.filter(|(user, time)| user.ends_with(BEFORE_TIME.as_bytes()) && is_usual(time));
    let Some((user, time)) = usual.or_else(|| {
        let start = memchr::memmem::rfind(before, BEFORE_TIME.as_bytes())? + BEFORE_TIME.len();
        Some(before.split_at(start))
    }) else {
        return UserAndTime::Neither;
    };
    let user = &user[..user.len() - BEFORE_TIME.len()];
    // An odd number of trailing backslashes would escape the space after the user, which nginx never does.
    if user.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1 {
        return UserAndTime::Neither;
    }
    let time = timestamp::read(time, &mut Rfc3339::default(), clock);
    if is_two_lines(user) && time != Err(Fault::Shape) {
        return UserAndTime::TwoLines;
    }
    match time {
        Ok(time) => UserAndTime::Both(user, time),
        Err(Fault::Nonexistent) => UserAndTime::NoSuchTime,
        Err(Fault::Shape) => UserAndTime::Neither,
    }
}

/// True if `time` looks like a `$time_local`. Does not check the digits.
fn is_usual(time: &[u8]) -> bool {
    time[2] == b'/' && time[20] == b' ' && matches!(time[21], b'+' | b'-')
}
