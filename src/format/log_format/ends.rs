//! Finds the possible ends of a value, in the order in which a walk tries them.

use super::plan::Step;
use super::user;
use super::value_end::{Bytes, Open, Order, ValueEnd};
use crate::batch::MISSING;
use crate::format::digits::digits;
use crate::format::marks::{Quotes, next_quote};
use crate::format::timestamp::{self, Lengths};
use crate::text::find_near;

/// An end, and its round of trials: for a request, the first round tries the ends after a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tried {
    pub(in crate::format) end: usize,
    round: u8,
}

impl Tried {
    const fn at(end: usize) -> Tried {
        Tried { end, round: 0 }
    }
}

/// Finds the first end of a value, or the next one after `tried`. The bool is true if there may be another.
#[inline(always)]
pub(super) fn find(
    step: &Step,
    text: &[u8],
    at: usize,
    tried: Option<Tried>,
    quotes: &mut Quotes<'_>,
) -> Option<(Tried, bool)> {
    let rest = &text[at..];
    let certain = |len: usize| Some((Tried::at(at + len), false));
    match &step.value_end {
        ValueEnd::Word { end, may_be_empty, may_be_missing } => {
            let len = match end {
                Some(end) => find_near(*end, rest)?,
                None => find_near(b' ', rest).unwrap_or(rest.len()),
            };
            let is_one = (len > 0 || *may_be_empty) && (*may_be_missing || rest[..len] != *MISSING);
            if is_one { certain(len) } else { None }
        }
        ValueEnd::Quoted => {
            let (end, _) = next_quote(quotes, text, at)?;
            certain(end - at)
        }
        ValueEnd::UserAndTime => certain(user::end(rest)?),
        ValueEnd::Status { is_exact } => match rest {
            [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', ..] => certain(3),
            [b'-', ..] if !is_exact => certain(1),
            _ => None,
        },
        ValueEnd::Number { may_be_empty } => match rest.first() {
            Some(b'-') => certain(1),
            _ => match digits(rest).1 {
                0 if !may_be_empty => None,
                len => certain(len),
            },
        },
        ValueEnd::Ratio { may_be_empty } => match rest.first() {
            Some(b'-') => certain(1),
            _ => match (digits(rest).1, may_be_empty) {
                (0, true) => certain(0),
                (len, _) if len > 0 && has_two_decimals(&rest[len..]) => certain(len + 3),
                _ => None,
            },
        },
        ValueEnd::Time { is_exact } => one_of(at, times(rest, *is_exact), tried),
        ValueEnd::Duration { is_exact, may_be_empty } => one_of(at, durations(rest, *is_exact, *may_be_empty), tried),
        ValueEnd::Words { end, may_be_empty } => {
            shorter(at, tried, *may_be_empty, |longest| list(rest, longest, |rest| word(rest, end.unwrap_or(b' '))))
        }
        ValueEnd::Numbers { may_be_empty } => shorter(at, tried, *may_be_empty, |longest| list(rest, longest, number)),
        ValueEnd::Open(open) => Some((open.end(text, at, tried)?, !open.is_last)),
    }
}

/// The next of several descending lengths. Equal lengths count as one, and `usize::MAX` means no length.
fn one_of<const N: usize>(at: usize, lengths: [usize; N], tried: Option<Tried>) -> Option<(Tried, bool)> {
    let is_next = |len: usize| len != usize::MAX && tried.is_none_or(|tried| at + len < tried.end);
    let place = lengths.iter().position(|len| is_next(*len))?;
    let has_another = lengths[place..].iter().any(|len| *len < lengths[place]);
    Some((Tried::at(at + lengths[place]), has_another))
}

const NONE: [usize; 3] = [usize::MAX; 3];

fn times(rest: &[u8], is_exact: bool) -> [usize; 3] {
    let Lengths([longest, fraction, seconds]) = timestamp::lengths(rest);
    match longest {
        0 => NONE,
        // Only as nginx writes them: 26 or 25 bytes, or a number with three decimals.
        _ if is_exact => match (rest.get(2), rest.get(4)) {
            (Some(b'/'), _) if longest == 26 && fraction == 20 => [26; 3],
            (_, Some(b'-')) if longest == 25 && fraction == 19 && rest[19] != b' ' => [25; 3],
            (Some(b'/'), _) | (_, Some(b'-')) => NONE,
            _ => three_decimals(rest),
        },
        _ => [longest, fraction, seconds],
    }
}

/// True if `rest` begins with a point and exactly two digits.
fn has_two_decimals(rest: &[u8]) -> bool {
    matches!(rest, [b'.', b'0'..=b'9', b'0'..=b'9', ..]) && !rest.get(3).is_some_and(u8::is_ascii_digit)
}

/// Length of digits, a point and three digits, repeated in every element.
fn three_decimals(rest: &[u8]) -> [usize; 3] {
    let len = digits(rest).1;
    let is_one = len > 0 && matches!(&rest[len..], [b'.', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', ..]);
    if is_one { [len + 4; 3] } else { NONE }
}

/// Lengths of a duration: with its unit, without the unit, without decimals, and 0 if it may be empty.
fn durations(rest: &[u8], is_exact: bool, may_be_empty: bool) -> [usize; 4] {
    let none = if may_be_empty { 0 } else { usize::MAX };
    let whole = digits(rest).1;
    if rest.first() == Some(&b'-') {
        return [1, 1, 1, none];
    }
    if whole == 0 {
        return [none; 4];
    }
    if is_exact {
        let [len, ..] = three_decimals(rest);
        return if len == usize::MAX { [none; 4] } else { [len, len, len, none] };
    }
    let decimals = match &rest[whole..] {
        [b'.', next_literal @ ..] => match digits(next_literal).1 {
            0 => 0,
            len => 1 + len,
        },
        _ => 0,
    };
    let number = whole + decimals;
    let unit = ["ms", "us", "s"].into_iter().find(|unit| rest[number..].starts_with(unit.as_bytes()));
    [number + unit.map_or(0, str::len), number, whole, none]
}

/// The longest list, or the next shorter one after `tried`.
fn shorter(
    at: usize,
    tried: Option<Tried>,
    may_be_empty: bool,
    list: impl Fn(usize) -> Option<usize>,
) -> Option<(Tried, bool)> {
    let below = tried.map_or(usize::MAX, |tried| tried.end - at);
    if below == 0 {
        return None;
    }
    match list(below) {
        Some(len) => Some((Tried::at(at + len), true)),
        None => may_be_empty.then_some((Tried::at(at), false)),
    }
}

/// Length of the longest list that `rest` begins with and that is shorter than `below`; `item` returns the length of an
/// item. A list may end in ` : `, because nginx writes that before it knows that no server of the next group is tried.
fn list(rest: &[u8], below: usize, item: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
    let mut end = item(rest).filter(|len| *len < below)?;
    loop {
        let (separator, may_end) = match &rest[end..] {
            [b',', b' ', ..] => (2, false),
            [b' ', b':', b' ', ..] => (3, end + 3 < below),
            _ => return Some(end),
        };
        match item(&rest[end + separator..]).map(|len| end + separator + len).filter(|longer| *longer < below) {
            Some(longer) => end = longer,
            None => return Some(if may_end { end + separator } else { end }),
        }
    }
}

/// Length of a word that ends at a space, a comma or `end`.
fn word(rest: &[u8], end: u8) -> Option<usize> {
    let len = memchr::memchr3(b' ', b',', end, rest).unwrap_or(rest.len());
    (len > 0).then_some(len)
}

/// Length of a number or of `-`.
fn number(rest: &[u8]) -> Option<usize> {
    if rest.first() == Some(&b'-') {
        return Some(1);
    }
    let len = digits(rest).1;
    if len == 0 {
        return None;
    }
    match &rest[len..] {
        [b'.', next_literal @ ..] => match digits(next_literal).1 {
            0 => Some(len),
            decimals => Some(len + 1 + decimals),
        },
        _ => Some(len),
    }
}

impl Open {
    /// The first end, or the next one after `tried`.
    fn end(&self, text: &[u8], at: usize, tried: Option<Tried>) -> Option<Tried> {
        let limit = at + self.bytes.reach(&text[at..]);
        if self.is_last {
            let is_new = tried.is_none() && (limit > at || self.may_be_empty);
            return is_new.then_some(Tried::at(limit));
        }
        let mut round = tried.map_or(0, |tried| tried.round);
        let mut from = tried.map(|tried| tried.end);
        loop {
            while let Some(end) = self.next_end(text, at, limit, from) {
                from = Some(end);
                let is_after_protocol = || is_after_protocol(&text[at..end]);
                let is_of_round = !self.order.prefers_protocol || is_after_protocol() == (round == 0);
                if is_of_round && (end > at || self.may_be_empty) && self.may_end(text, at, end) {
                    return Some(Tried { end, round });
                }
            }
            if !self.order.prefers_protocol || round == 1 {
                return None;
            }
            (round, from) = (1, None);
        }
    }

    /// The next place where the value may end because of what follows it, in the order of trials.
    #[inline]
    fn next_end(&self, text: &[u8], at: usize, limit: usize, tried: Option<usize>) -> Option<usize> {
        let Order { is_last_first, .. } = self.order;
        match &self.next {
            None if is_last_first => tried.map_or(Some(limit), |end| end.checked_sub(1)).filter(|end| *end >= at),
            None => Some(tried.map_or(at, |end| end + 1)).filter(|end| *end <= limit),
            Some((_, finder)) if is_last_first => {
                let last = tried.map_or(Some(limit), |end| end.checked_sub(1)).filter(|end| *end >= at)?;
                let window = &text[at..text.len().min(last + finder.needle().len())];
                finder.rfind(window).map(|found| at + found)
            }
            Some((finder, _)) => {
                let from = tried.map_or(at, |end| end + 1);
                let window = text.get(from..text.len().min(limit + finder.needle().len()))?;
                finder.find(window).map(|found| from + found)
            }
        }
    }

    /// True if the bytes from `at` to `end` can be a value.
    fn may_end(&self, text: &[u8], at: usize, end: usize) -> bool {
        // A dash is a value only on its own.
        self.bytes != Bytes::Digits || end <= at + 1 || text[at] != b'-'
    }
}

/// True if a request ends in ` HTTP/1.1` or similar; nginx serves up to `HTTP/1.999`.
fn is_after_protocol(request: &[u8]) -> bool {
    let digits = request.iter().rev().take(3).take_while(|b| b.is_ascii_digit()).count();
    digits > 0
        && matches!(&request[..request.len() - digits], [.., b' ', b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.'])
}
