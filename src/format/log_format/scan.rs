//! A line against a plan: the values of its fields, or the step where it does not fit. The hot path.
//!
//! Advice to whoever makes this faster: twin.rs says the same with a regular expression, and the property test there
//! compares the two on generated, mutated and hostile lines. Change this file freely and believe that test.

use super::plan::{AFTER_TIME, NOBODY, Plan, Shortcut, Slot, Tail};
use super::walk::{Stuck, walk};
use crate::batch::{MISSING, Status, TextField};
use crate::format::Reason;
use crate::format::digits::few_digits;
use crate::format::marks::{Line, Quotes};
use crate::format::memory::Memory;
use crate::format::row::Row;
use crate::text::find_near;
use crate::time::Clock;

/// Where and why a line does not fit a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub(crate) reason: Reason,
    /// What the line was to go on with.
    pub(crate) expected: Expected,
    /// The byte of the line at which that was expected.
    pub(crate) at: usize,
}

/// What a line was to go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// This piece of the format.
    Piece(usize),
    End,
    /// What these words say.
    Said(&'static str),
    /// A value of so many bytes that this rule of the keys of a JSON format reads.
    Value {
        rule: u16,
        len: usize,
    },
}

impl Misfit {
    /// The value that is not what it should be, where one value is to blame.
    pub(crate) fn value(self, line: &[u8]) -> Option<&[u8]> {
        match self.expected {
            Expected::Value { len, .. } => line.get(self.at..self.at + len),
            _ => None,
        }
    }
}

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
    match walk(plan, tail, line, memory, row) {
        Ok(end) => Ok(end),
        Err(Stuck::Misfit(misfit)) => Err(misfit),
        Err(Stuck::TooManyTrials) => plan.rules.scan(plan, tail, line.text, &mut memory.clock, row),
    }
}

/// Where the first quote from `at` on is that no backslash escapes, and whether there is a backslash before it.
/// Quotes before it are dropped.
#[inline]
pub(in crate::format) fn next_quote(quotes: &mut Quotes<'_>, line: &[u8], at: usize) -> Option<(usize, bool)> {
    match quotes {
        Quotes::At { places, start } => loop {
            let (first, rest) = places.split_first()?;
            let place = (*first - *start) as usize;
            if place >= at {
                return Some((place, false));
            }
            *places = rest;
        },
        Quotes::Unknown => closing_quote(&line[at..]).map(|(end, has_escape)| (at + end, has_escape)),
    }
}

/// Where the first quote is that no backslash escapes, and whether there is a backslash before it.
#[inline]
pub(crate) fn closing_quote(text: &[u8]) -> Option<(usize, bool)> {
    let first = memchr::memchr2(b'"', b'\\', text)?;
    if text[first] == b'"' { Some((first, false)) } else { Some((closing_quote_behind(text, first)?, true)) }
}

/// The same from a backslash on.
fn closing_quote_behind(text: &[u8], backslash: usize) -> Option<usize> {
    let mut at = backslash;
    while text[at] == b'\\' {
        at += 2;
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
    }
    Some(at)
}

const TIME: usize = 26;

/// The steps of a shortcut at once, for a line as nearly every line is: no user, no backslash, an address. Returns
/// where the last value ends and the quotes ahead; `None` where the line is another: the steps one by one then say what
/// it is.
#[inline(always)]
pub(in crate::format) fn take<'a, 'q>(
    shortcut: Shortcut,
    line: &'a [u8],
    at: usize,
    quotes: Quotes<'q>,
    clock: &mut Clock,
    row: &mut Row<'a>,
) -> Option<(usize, Quotes<'q>)> {
    let Quotes::At { places: [open, close, rest @ ..], start } = quotes else { return None };
    let (open, close) = ((*open - start) as usize, (*close - start) as usize);
    let addr_end = at + find_near(b' ', line.get(at..)?)?;
    let between: &[u8; NOBODY.len() + TIME + AFTER_TIME.len()] = line[addr_end..].first_chunk()?;
    let is_usual = open + 1 == addr_end + between.len()
        && between.starts_with(NOBODY.as_bytes())
        && between.ends_with(AFTER_TIME.as_bytes())
        && (addr_end > at + 1 || addr_end == at + 1 && line[at] != MISSING[0]);
    if !is_usual {
        return None;
    }
    let stamp = clock.time_local(between[NOBODY.len()..].first_chunk()?).ok()?;
    let [b'"', b' ', a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', b' ', number @ ..] = &line[close..] else {
        return None;
    };
    let (bytes, len) = few_digits(number)?;
    let bytes_end = close + 6 + len;
    let (end, rest) = if shortcut.has_agent {
        let [referer, referer_end, agent, agent_end, rest @ ..] = rest else { return None };
        let place = |quote: &u32| (*quote - start) as usize;
        let [referer, referer_end, agent, agent_end] = [referer, referer_end, agent, agent_end].map(place);
        let is_usual = referer == bytes_end + 1
            && line[bytes_end] == b' '
            && agent == referer_end + 2
            && line[referer_end + 1] == b' ';
        if !is_usual {
            return None;
        }
        row.texts[Slot::of(TextField::Referer).index()] = &line[referer + 1..referer_end];
        row.texts[Slot::of(TextField::Agent).index()] = &line[agent + 1..agent_end];
        (agent_end, rest)
    } else {
        (bytes_end, rest)
    };
    let digit = |d: &u8| u16::from(d - b'0');
    row.texts[Slot::of(TextField::Addr).index()] = &line[at..addr_end];
    row.texts[Slot::of(TextField::User).index()] = MISSING;
    row.texts[Slot::REQUEST.index()] = &line[open + 1..close];
    row.has_escaped_request = false;
    row.stamp = stamp;
    row.status = Status::new(digit(a) * 100 + digit(b) * 10 + digit(c));
    row.bytes = bytes;
    Some((end, Quotes::At { places: rest, start }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_quote_closes_nothing() {
        assert_eq!(closing_quote(br#"a\"b" "#), Some((4, true)));
        assert_eq!(closing_quote(br#"a\\" "#), Some((3, true)));
        assert_eq!(closing_quote(br#"a" "#), Some((1, false)));
        assert_eq!(closing_quote(br#"a\\\" "#), None);
        assert_eq!(closing_quote(br"a\"), None);
        assert_eq!(closing_quote(b""), None);
    }
}
