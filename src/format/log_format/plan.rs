//! A `log_format` compiled to the steps that scan a line.

use super::nginx_escape::NginxEscape;
use super::parse::{Piece, Value};
use super::reach::{Reach, reach};
use super::rule::Rules;
use crate::batch::{Column, EXTRAS, Fields, TEXTS, TextField};
use crate::format::json::forms::TimeUnit;
use crate::format::shape::Shape;
use crate::format::variables::Feeds;
use crate::text::Prefix;

/// Where in a row a text goes: a text field, the request, a variable that the question names, or nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(u8);

impl Slot {
    pub(crate) const REQUEST: Slot = Slot(TEXTS as u8);
    /// `$uri`, from which a path is made where there is no better.
    pub(crate) const URI: Slot = Slot(TEXTS as u8 + 1);
    pub(crate) const ARGS: Slot = Slot(TEXTS as u8 + 2);
    /// What `$uri$is_args$args` wrote.
    pub(crate) const URI_AND_ARGS: Slot = Slot(TEXTS as u8 + 3);
    pub(crate) const NOWHERE: Slot = Slot(TEXTS as u8 + 4);
    const EXTRA: usize = TEXTS + 5;
    /// How many slots a row has.
    pub(crate) const COUNT: usize = Slot::EXTRA + EXTRAS;

    pub(crate) const fn of(field: TextField) -> Slot {
        Slot(field as u8)
    }

    /// Every slot of a row.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn all() -> impl Iterator<Item = Slot> {
        (0..Slot::COUNT as u8).map(Slot)
    }

    /// Where the variable goes that is `place`th of those that the question ranks by name.
    pub(crate) const fn extra(place: usize) -> Slot {
        Slot((Slot::EXTRA + place) as u8)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

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
    pub(crate) rules: Rules,
}

/// The literals between user and time, and between time and request, in every preset. [`Reach::UserAndTime`] is made of them.
pub(crate) const BEFORE_TIME: &str = " [";
pub(crate) const AFTER_TIME: &str = "] \"";
/// What stands in nearly every line between address and time.
pub(crate) const NOBODY: &str = " - - [";

/// How strictly a format is compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strictness {
    pub(crate) escape: NginxEscape,
    /// Whether the format was given; one that is guessed takes durations only as nginx writes them.
    pub(crate) is_given: bool,
}

/// Compiles a format; `ranked` are the variables that the question ranks by name.
pub(crate) fn compile(pieces: &[Piece], ranked: &[&str], strictness: Strictness) -> Plan {
    let escape = strictness.escape;
    let mut plan = Plan {
        lead: Prefix::default(),
        steps: Vec::new(),
        shortcut: None,
        whole: None,
        usual: None,
        fields: Fields::NONE,
        has_address_list: false,
        // A slot that nothing goes to holds what is missing.
        extras: (0..ranked.len()).map(Slot::extra).collect(),
        rules: Rules::default(),
    };
    let mut at = 0;
    if let Some(text) = literal(pieces, 0) {
        plan.lead = Prefix::new(text);
        at = 1;
    }
    while let Some(Piece::Variable(value)) = pieces.get(at) {
        plan.fields = plan.fields.and(value.feeds.fields());
        plan.has_address_list |= value.is_address_list() && value.feeds == Feeds::Text(TextField::Addr);
        let value_piece = at;
        let mut sink = sink(value.feeds, value.shape);
        if let Some(place) = ranked.iter().position(|ranked| *ranked == value.name) {
            plan.fields = plan.fields.and(Fields::column(Column::extra(place)));
            if sink == Sink::Text(Slot::NOWHERE) {
                sink = Sink::Text(Slot::extra(place));
            }
            if let Sink::Text(slot) = sink {
                plan.extras[place] = slot;
            }
        }
        let reach = if escape != NginxEscape::None && is_user_and_time(&pieces[at..]) {
            plan.fields = plan.fields.and(Fields::TIME);
            at += 4;
            Reach::UserAndTime
        } else {
            at += 1;
            reach(pieces, value_piece, strictness)
        };
        let behind_piece = at;
        let behind = literal(pieces, at).map_or_else(Prefix::default, |text| {
            at += 1;
            Prefix::new(text)
        });
        plan.steps.push(Step { reach, sink, behind, value_piece, behind_piece });
    }
    plan.shortcut = (0..plan.steps.len()).find_map(|from| shortcut(&plan.steps[from..], from));
    plan.whole = plan.shortcut.filter(|shortcut| {
        let behind = if shortcut.has_agent { "\"" } else { "" };
        plan.lead.bytes().is_empty()
            && (shortcut.from, shortcut.to) == (0, plan.steps.len())
            && plan.steps[shortcut.to - 1].behind.bytes() == behind.as_bytes()
    });
    plan.usual = if escape == NginxEscape::Default { usual(&plan) } else { None };
    plan
}

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

/// The literal that is this piece.
pub(in crate::format) fn literal(pieces: &[Piece], at: usize) -> Option<&str> {
    match pieces.get(at) {
        Some(Piece::Literal(text)) => Some(text.as_str()),
        _ => None,
    }
}

/// The variable that is this piece.
pub(in crate::format) fn variable_at(pieces: &[Piece], at: usize) -> Option<&Value> {
    match pieces.get(at) {
        Some(Piece::Variable(value)) => Some(value),
        _ => None,
    }
}

/// `combined`, and `combined` with a request time behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usual {
    pub(crate) has_time: bool,
}

fn usual(plan: &Plan) -> Option<Usual> {
    let shortcut = plan.shortcut.filter(|shortcut| shortcut.has_agent)?;
    if plan.whole.is_some() {
        return Some(Usual { has_time: false });
    }
    let [.., agent, time] = &plan.steps[..] else { return None };
    let is_timed = plan.lead.bytes().is_empty()
        && (shortcut.from, shortcut.to + 1) == (0, plan.steps.len())
        && agent.behind.bytes() == b"\" "
        && matches!(time.reach, Reach::Duration { .. })
        && time.sink == Sink::RequestTime(TimeUnit::Seconds)
        && time.behind.bytes().is_empty();
    is_timed.then_some(Usual { has_time: true })
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

fn shortcut(steps: &[Step], from: usize) -> Option<Shortcut> {
    let behind = |step: &Step, text: &str| step.behind.bytes() == text.as_bytes();
    let text = |step: &Step, field| matches!(step.reach, Reach::Quoted) && step.sink == Sink::Text(Slot::of(field));
    let [addr, user, request, status, bytes, rest @ ..] = steps else { return None };
    let is_common = matches!(addr.reach, Reach::Word { end: Some(b' '), .. })
        && addr.sink == Sink::Text(Slot::of(TextField::Addr))
        && behind(addr, " - ")
        && matches!(user.reach, Reach::UserAndTime)
        && user.sink == Sink::Text(Slot::of(TextField::User))
        && matches!(request.reach, Reach::Quoted)
        && request.sink == Sink::Text(Slot::REQUEST)
        && behind(request, "\" ")
        && matches!(status.reach, Reach::Status { .. })
        && status.sink == Sink::Status
        && behind(status, " ")
        && matches!(bytes.reach, Reach::Number { .. })
        && bytes.sink == Sink::Bytes;
    let has_agent = matches!(rest, [referer, agent, ..]
        if behind(bytes, " \"")
            && text(referer, TextField::Referer)
            && behind(referer, "\" \"")
            && text(agent, TextField::Agent)
            // What follows the agent begins with its quote, and may be more.
            && agent.behind.bytes().first() == Some(&b'"'));
    (is_common && (has_agent || behind(bytes, ""))).then_some(Shortcut {
        from,
        to: from + if has_agent { 7 } else { 5 },
        has_agent,
    })
}

pub(in crate::format) fn slot(feeds: Feeds) -> Slot {
    match feeds {
        Feeds::Text(field) => Slot::of(field),
        Feeds::Request => Slot::REQUEST,
        Feeds::Uri => Slot::URI,
        Feeds::Args => Slot::ARGS,
        Feeds::UriAndArgs => Slot::URI_AND_ARGS,
        Feeds::Ranked(place) => Slot::extra(usize::from(place)),
        Feeds::Nothing | Feeds::Time | Feeds::Status | Feeds::Bytes | Feeds::RequestTime => Slot::NOWHERE,
        Feeds::RequestTimeIn(_) => Slot::NOWHERE,
    }
}

fn sink(feeds: Feeds, shape: Shape) -> Sink {
    match feeds {
        Feeds::Time => Sink::Time,
        Feeds::Status => Sink::Status,
        Feeds::Bytes => Sink::Bytes,
        Feeds::RequestTime => Sink::RequestTime(match shape {
            Shape::Milliseconds => TimeUnit::Milliseconds,
            Shape::Microseconds => TimeUnit::Microseconds,
            _ => TimeUnit::Seconds,
        }),
        Feeds::RequestTimeIn(unit) => Sink::RequestTime(unit),
        text => Sink::Text(slot(text)),
    }
}

/// Whether these pieces begin with `$remote_user [$time_local] "`, the quote ending its literal.
fn is_user_and_time(pieces: &[Piece]) -> bool {
    let [Piece::Variable(user), Piece::Literal(before), Piece::Variable(time), Piece::Literal(after), ..] = pieces
    else {
        return false;
    };
    user.name == "remote_user"
        && before == BEFORE_TIME
        && (time.shape, time.feeds) == (Shape::Time, Feeds::Time)
        && after == AFTER_TIME
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::log_format::parse::parse;
    use crate::format::log_format::presets::{PRESETS, Preset};

    const PLAIN: Strictness = Strictness { escape: NginxEscape::Default, is_given: true };

    #[test]
    fn every_preset_finds_its_user_from_behind() {
        for Preset { name, text, .. } in &PRESETS[..7] {
            let plan = compile(&parse(text).unwrap(), &[], PLAIN);
            assert_eq!(plan.steps.iter().filter(|s| matches!(s.reach, Reach::UserAndTime)).count(), 1, "{name}");
            let from = usize::from(name.starts_with("vhost"));
            let (to, has_agent) = if *name == "common" { (5, false) } else { (from + 7, true) };
            assert_eq!(plan.shortcut, Some(Shortcut { from, to, has_agent }), "{name}");
            assert_eq!(plan.whole.is_some(), matches!(*name, "combined" | "common"), "{name}");
            let usual = match *name {
                "combined" => Some(Usual { has_time: false }),
                "combined_timed" => Some(Usual { has_time: true }),
                _ => None,
            };
            assert_eq!(plan.usual, usual, "{name}");
            assert!(plan.fields.holds(Fields::TIME.and(Fields::REQUEST).and(Fields::text(TextField::Addr))), "{name}");
        }
    }

    #[test]
    fn a_variable_that_is_ranked_has_a_slot_where_the_format_logs_it() {
        let ranked = ["upstream_addr", "http_host", "cookie_id"];
        let plan = compile(&parse("$http_host $upstream_addr").unwrap(), &ranked, PLAIN);
        assert_eq!(plan.extras, [Slot::extra(0), Slot::of(TextField::Host), Slot::extra(2)]);
        let logged = [0, 1, 2].map(|place| plan.fields.holds(Fields::column(Column::extra(place))));
        assert_eq!(logged, [true, true, false]);
        let plan = compile(&parse("$host $http_host $cookie_id").unwrap(), &ranked, PLAIN);
        assert_eq!(plan.extras, (0..3).map(Slot::extra).collect::<Vec<_>>());
        assert_ne!(Slot::extra(EXTRAS - 1), Slot::NOWHERE);
        assert_eq!(Slot::extra(EXTRAS - 1).index() + 1, Slot::COUNT);
    }
}
