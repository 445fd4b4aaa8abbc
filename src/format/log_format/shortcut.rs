//! Finds in a plan the consecutive steps that most presets have, and takes them at once.

use super::nginx_escape::NginxEscape;
use super::plan::{AFTER_TIME, FastPath, NOBODY, Plan, RowField, Shortcut, Step};
use super::value_end::ValueEnd;
use crate::batch::{MISSING, Status, TextField};
use crate::format::digits::few_digits;
use crate::format::marks::Quotes;
use crate::format::row::Row;
use crate::format::slot::Slot;
use crate::format::time_unit::TimeUnit;
use crate::text::find_near;
use crate::time::Clock;

impl Plan {
    /// Finds the steps that can be taken at once.
    pub(super) fn find_shortcuts(&mut self, escape: NginxEscape) {
        self.shortcut = (0..self.steps.len()).find_map(|from| shortcut(&self.steps[from..], from));
        self.whole = self.shortcut.filter(|shortcut| {
            let next_literal = if shortcut.has_agent { "\"" } else { "" };
            self.lead.bytes().is_empty()
                && (shortcut.from, shortcut.to) == (0, self.steps.len())
                && self.steps[shortcut.to - 1].next_literal.bytes() == next_literal.as_bytes()
        });
        self.fast_path = if escape == NginxEscape::Default { fast_path(self) } else { None };
    }
}

fn shortcut(steps: &[Step], from: usize) -> Option<Shortcut> {
    let next_literal = |step: &Step, text: &str| step.next_literal.bytes() == text.as_bytes();
    let text = |step: &Step, field| {
        matches!(step.value_end, ValueEnd::Quoted) && step.row_field == RowField::Text(Slot::of(field))
    };
    let [addr, user, request, status, bytes, rest @ ..] = steps else { return None };
    let is_common = matches!(addr.value_end, ValueEnd::Word { end: Some(b' '), .. })
        && addr.row_field == RowField::Text(Slot::of(TextField::Addr))
        && next_literal(addr, " - ")
        && matches!(user.value_end, ValueEnd::UserAndTime)
        && user.row_field == RowField::Text(Slot::of(TextField::User))
        && matches!(request.value_end, ValueEnd::Quoted)
        && request.row_field == RowField::Text(Slot::REQUEST)
        && next_literal(request, "\" ")
        && matches!(status.value_end, ValueEnd::Status { .. })
        && status.row_field == RowField::Status
        && next_literal(status, " ")
        && matches!(bytes.value_end, ValueEnd::Number { .. })
        && bytes.row_field == RowField::Bytes;
    let has_agent = matches!(rest, [referer, agent, ..]
        if next_literal(bytes, " \"")
            && text(referer, TextField::Referer)
            && next_literal(referer, "\" \"")
            && text(agent, TextField::Agent)
            // The literal after the agent begins with its quote, and may be longer.
            && agent.next_literal.bytes().first() == Some(&b'"'));
    (is_common && (has_agent || next_literal(bytes, ""))).then_some(Shortcut {
        from,
        to: from + if has_agent { 7 } else { 5 },
        has_agent,
    })
}

/// The usual form of a plan's lines, if fast_path.rs can read it.
fn fast_path(plan: &Plan) -> Option<FastPath> {
    let shortcut = plan.shortcut.filter(|shortcut| shortcut.has_agent)?;
    if plan.whole.is_some() {
        return Some(FastPath { has_time: false });
    }
    let [.., agent, time] = &plan.steps[..] else { return None };
    let is_timed = plan.lead.bytes().is_empty()
        && (shortcut.from, shortcut.to + 1) == (0, plan.steps.len())
        && agent.next_literal.bytes() == b"\" "
        && matches!(time.value_end, ValueEnd::Duration { .. })
        && time.row_field == RowField::RequestTime(TimeUnit::Seconds)
        && time.next_literal.bytes().is_empty();
    is_timed.then_some(FastPath { has_time: true })
}

const TIME: usize = 26;

/// Takes the steps of a shortcut at once, for a usual line: an address, no user, no backslash. Returns the end of the
/// last value and the quotes ahead. For other lines, returns `None`, and the caller takes the steps one by one.
#[inline(always)]
pub(super) fn take<'a, 'q>(
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
