//! A line against a plan: the values of its fields, or the step where it does not fit. The hot path.
//!
//! Advice to whoever makes this faster: twin.rs says the same with a regular expression, and the property test there
//! compares the two on generated, mutated and hostile lines. Change this file freely and believe that test.

use super::damage::is_two_lines;
use super::digits::{digits, few_digits};
use super::marks::{Line, Quotes};
use super::plan::{AFTER_TIME, BEFORE_TIME, NOBODY, Op, Plan, Shortcut, Slot, Tail};
use super::row::Row;
use crate::batch::{MISSING, Status, TextField};
use crate::search::find_near;
use crate::table::Reason;
use crate::time::{Clock, Fault, Stamp};

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
    clock: &mut Clock,
    row: &mut Row<'a>,
) -> Result<usize, Misfit> {
    // A plan that is nothing but its shortcut is left at once; the loop over steps, and the room it takes, are for others.
    if let Some(shortcut) = plan.whole
        && let Some((end, _)) = take(shortcut, line.text, 0, line.quotes, clock, row)
    {
        // The shortcut has seen the quote behind the agent.
        let end = end + usize::from(shortcut.has_agent);
        if tail.fits(&line.text[end..]) {
            return Ok(end);
        }
    }
    walk(plan, tail, line, clock, row)
}

/// The same, step by step.
#[inline(never)]
fn walk<'a>(
    plan: &Plan,
    tail: Tail,
    line: Line<'a, '_>,
    clock: &mut Clock,
    row: &mut Row<'a>,
) -> Result<usize, Misfit> {
    let no_match = |expected, at| Err(Misfit { reason: Reason::NoMatch, expected, at });
    let mut quotes = line.quotes;
    let line = line.text;
    let Some(mut at) = plan.lead.leads(line) else { return no_match(Expected::Piece(0), 0) };
    let mut flaw = None;
    let mut next = 0;
    while let Some(step) = plan.steps.get(next) {
        if let Some(shortcut) = plan.shortcut
            && shortcut.from == next
            && let Some((end, ahead)) = take(shortcut, line, at, quotes, clock, row)
            && let Some(behind) = plan.steps[shortcut.to - 1].behind.leads(&line[end..])
        {
            (at, quotes, next) = (end + behind, ahead, shortcut.to);
            continue;
        }
        next += 1;
        match advance(&step.op, line, at, &mut quotes, clock, row) {
            Ok(end) => at = end,
            Err(Stop::Shape) => return no_match(Expected::Piece(step.value_piece), at),
            Err(Stop::Value(reason, end)) => {
                flaw.get_or_insert(Misfit { reason, expected: Expected::Piece(step.value_piece), at });
                at = end;
            }
        }
        match step.behind.leads(&line[at..]) {
            Some(len) => at += len,
            None => return no_match(Expected::Piece(step.behind_piece), at),
        }
    }
    if !tail.fits(&line[at..]) {
        return no_match(Expected::End, at);
    }
    match flaw {
        None => Ok(at),
        Some(misfit) => Err(misfit),
    }
}

/// Why a step went no further.
enum Stop {
    /// The bytes do not look as they should.
    Shape,
    /// They do, up to here, but there is no such value.
    Value(Reason, usize),
}

type Step = Result<usize, Stop>;

#[inline(always)]
fn advance<'a>(
    op: &Op,
    line: &'a [u8],
    at: usize,
    quotes: &mut Quotes<'_>,
    clock: &mut Clock,
    row: &mut Row<'a>,
) -> Step {
    let rest = &line[at..];
    match op {
        Op::Token { slot, end, may_be_missing, may_be_empty } => {
            let word = token(rest, *end, *may_be_empty).ok_or(Stop::Shape)?;
            if !may_be_missing && word == MISSING {
                return Err(Stop::Shape);
            }
            row.texts[slot.index()] = word;
            Ok(at + word.len())
        }
        Op::Quoted { slot } => {
            let (end, has_escape) = next_quote(quotes, line, at).ok_or(Stop::Shape)?;
            row.texts[slot.index()] = &line[at..end];
            if *slot == Slot::REQUEST {
                row.has_escaped_request = has_escape;
            }
            Ok(end)
        }
        Op::Text { slot, end } => {
            let end = match end {
                Some(literal) => literal.find(rest).ok_or(Stop::Shape)?,
                None => rest.len(),
            };
            row.texts[slot.index()] = &rest[..end];
            if *slot == Slot::REQUEST {
                row.has_escaped_request = rest[..end].contains(&b'\\');
            }
            Ok(at + end)
        }
        Op::UserAndTime { slot } => user_and_time(line, at, *slot, clock, row),
        Op::TimeLocal => {
            let raw = rest.first_chunk().ok_or(Stop::Shape)?;
            time(clock.time_local(raw), at + raw.len(), row)
        }
        Op::TimeIso8601 => {
            let raw = rest.first_chunk().ok_or(Stop::Shape)?;
            time(clock.time_iso8601(raw), at + raw.len(), row)
        }
        Op::TimeMsec => time_msec(rest, at, row),
        Op::Status => match rest {
            [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', ..] => {
                let digit = |d: u8| u16::from(d - b'0');
                row.status = Status::new(digit(*a) * 100 + digit(*b) * 10 + digit(*c));
                Ok(at + 3)
            }
            _ => Err(Stop::Shape),
        },
        Op::Number { is_bytes } => {
            let (value, len) = match rest.first() {
                Some(b'-') => (Some(0), 1),
                _ => digits(rest),
            };
            if len == 0 {
                return Err(Stop::Shape);
            }
            let Some(value) = value else { return Err(Stop::Value(Reason::BadNumber, at + len)) };
            if *is_bytes {
                row.bytes = value;
            }
            Ok(at + len)
        }
        Op::Seconds { is_request_time } => {
            let (time_ms, len) = if rest.first() == Some(&b'-') { (None, 1) } else { milliseconds(rest, at)? };
            if *is_request_time {
                row.time_ms = time_ms;
            }
            Ok(at + len)
        }
        Op::Words { slot, end, separators } => {
            let len = separators.words(rest, *end).ok_or(Stop::Shape)?;
            row.texts[slot.index()] = &rest[..len];
            Ok(at + len)
        }
        Op::Numbers { slot, separators } => {
            let len = separators.numbers(rest).ok_or(Stop::Shape)?;
            row.texts[slot.index()] = &rest[..len];
            Ok(at + len)
        }
    }
}

/// Seconds with three decimals, and how many bytes they are.
#[inline]
fn milliseconds(rest: &[u8], at: usize) -> Result<(Option<u64>, usize), Stop> {
    let (seconds, len) = digits(rest);
    let [b'.', a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', ..] = &rest[len..] else {
        return Err(Stop::Shape);
    };
    if len == 0 {
        return Err(Stop::Shape);
    }
    let digit = |d: &u8| u64::from(d - b'0');
    let fraction_ms = digit(a) * 100 + digit(b) * 10 + digit(c);
    match seconds.and_then(|s| s.checked_mul(1000)?.checked_add(fraction_ms)) {
        Some(time_ms) => Ok((Some(time_ms), len + 4)),
        None => Err(Stop::Value(Reason::BadNumber, at + len + 4)),
    }
}

/// `1649130305.123`: seconds in UTC, of which the decimals are dropped.
fn time_msec(rest: &[u8], at: usize, row: &mut Row<'_>) -> Step {
    let (seconds, len) = digits(rest);
    let [b'.', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', ..] = &rest[len..] else { return Err(Stop::Shape) };
    if len == 0 {
        return Err(Stop::Shape);
    }
    time(seconds.and_then(Stamp::of_epoch_s).ok_or(Fault::Nonexistent), at + len + 4, row)
}

/// The word that `rest` begins with: up to `end` or the end of the line, and without a space.
#[inline]
fn token(rest: &[u8], end: Option<u8>, may_be_empty: bool) -> Option<&[u8]> {
    let len = match end {
        Some(end) => find_near(end, rest)?,
        None => find_near(b' ', rest).unwrap_or(rest.len()),
    };
    let word = &rest[..len];
    let is_one = end.is_none_or(|end| end == b' ') || find_near(b' ', word).is_none();
    ((len > 0 || may_be_empty) && is_one).then_some(word)
}

/// Where the first quote from `at` on is that no backslash escapes, and whether there is a backslash before it.
/// Quotes before it are dropped.
#[inline]
pub(super) fn next_quote(quotes: &mut Quotes<'_>, line: &[u8], at: usize) -> Option<(usize, bool)> {
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
fn take<'a, 'q>(
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

/// `$remote_user [$time_local] "`, from the start of the user to behind the quote.
///
/// The user may hold spaces, brackets, even a time; what it cannot hold is a quote, which nginx escapes. So the
/// first quote ends the step, the time stands right before it, and all in front of that is the user.
fn user_and_time<'a>(line: &'a [u8], at: usize, slot: Slot, clock: &mut Clock, row: &mut Row<'a>) -> Step {
    const PARTS: usize = BEFORE_TIME.len() + TIME + AFTER_TIME.len();
    let rest = &line[at..];
    let end = closing_quote(rest).ok_or(Stop::Shape)?.0 + 1;
    let user_end = end.checked_sub(PARTS).ok_or(Stop::Shape)?;
    let parts = &rest[user_end..end];
    if !parts.starts_with(BEFORE_TIME.as_bytes()) || !parts.ends_with(AFTER_TIME.as_bytes()) {
        return Err(Stop::Shape);
    }
    let user = &rest[..user_end];
    // A backslash that escapes nothing would escape the space.
    if user.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1 {
        return Err(Stop::Shape);
    }
    if is_two_lines(user) {
        return Err(Stop::Shape);
    }
    row.texts[slot.index()] = user;
    let raw = parts[BEFORE_TIME.len()..].first_chunk().expect("the parts hold the time");
    time(clock.time_local(raw), at + end, row)
}

#[inline]
fn time(read: Result<Stamp, Fault>, end: usize, row: &mut Row<'_>) -> Step {
    match read {
        Ok(stamp) => {
            row.stamp = stamp;
            Ok(end)
        }
        Err(Fault::Shape) => Err(Stop::Shape),
        Err(Fault::Nonexistent) => Err(Stop::Value(Reason::BadTime, end)),
    }
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
