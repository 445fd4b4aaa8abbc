//! A `log_format` compiled to the steps that scan a line.

use super::escape::NginxEscape;
use super::lists::Separators;
use super::log_format::{Piece, starts_with_slash};
use super::shape::Shape;
use super::variables::Feeds;
use crate::batch::{Column, EXTRAS, Fields, TEXTS, TextField};
use crate::search::Prefix;

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
    #[cfg(test)]
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
    /// Fields that the format does not know, after a space.
    Fields,
    /// The same, but no quoted field: behind `common` that is a line of `combined` cut short.
    UnquotedFields,
}

impl Tail {
    #[inline]
    pub(crate) fn fits(self, rest: &[u8]) -> bool {
        match self {
            Tail::Nothing => rest.is_empty(),
            Tail::Fields => matches!(rest, [] | [b' ', ..]),
            Tail::UnquotedFields => matches!(rest, [] | [b' ']) || matches!(rest, [b' ', b, ..] if *b != b'"'),
        }
    }
}

/// One step along a line: a value and the bytes behind it.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) op: Op,
    pub(crate) behind: Prefix,
    /// The pieces of the format that the value and the bytes behind it are.
    pub(crate) value_piece: usize,
    pub(crate) behind_piece: usize,
}

/// How the value of a step is found.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// One word, ended by this byte or the end of the line.
    Token {
        slot: Slot,
        end: Option<u8>,
        may_be_missing: bool,
        may_be_empty: bool,
    },
    /// Up to the next quote that is not escaped.
    Quoted {
        slot: Slot,
    },
    /// Up to the first occurrence of these bytes, or to the end of the line.
    Text {
        slot: Slot,
        end: Option<Box<memchr::memmem::Finder<'static>>>,
    },
    /// `$remote_user [$time_local] "`, found from its end: the user is whatever the client claims.
    UserAndTime {
        slot: Slot,
    },
    TimeLocal,
    TimeIso8601,
    TimeMsec,
    Status,
    Number {
        is_bytes: bool,
    },
    Seconds {
        is_request_time: bool,
    },
    /// A duration in whole units of which so many are a millisecond.
    Duration {
        per_ms: u64,
        is_request_time: bool,
    },
    /// Words, ended by this byte, a comma or a space that separates none.
    Words {
        slot: Slot,
        end: Option<u8>,
        separators: Separators,
    },
    Numbers {
        slot: Slot,
        separators: Separators,
    },
}

/// The steps of a format.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What stands before the first value.
    pub(crate) lead: Prefix,
    pub(crate) steps: Vec<Step>,
    /// Steps that can be taken at once.
    pub(crate) shortcut: Option<Shortcut>,
    /// The same, if there is nothing before and nothing behind, but for the quote behind an agent.
    pub(crate) whole: Option<Shortcut>,
    /// What a line of this format mostly looks like, where usual.rs knows it.
    pub(crate) usual: Option<Usual>,
    /// The fields that the format logs.
    pub(crate) fields: Fields,
    /// Where in a row each of the variables is that the question ranks by name.
    pub(crate) extras: Vec<Slot>,
}

/// What stands between user and time, and between time and request, in every preset. [`Op::UserAndTime`] is made of it.
pub(crate) const BEFORE_TIME: &str = " [";
pub(crate) const AFTER_TIME: &str = "] \"";
/// What stands in nearly every line between address and time.
pub(crate) const NOBODY: &str = " - - [";

/// Compiles a format; `ranked` are the variables that the question ranks by name.
pub(crate) fn compile(pieces: &[Piece], ranked: &[&str], escape: NginxEscape) -> Plan {
    let literal = |at: usize| match pieces.get(at) {
        Some(Piece::Literal(text)) => Some(text.as_str()),
        _ => None,
    };
    let mut plan = Plan {
        lead: Prefix::default(),
        steps: Vec::new(),
        shortcut: None,
        whole: None,
        usual: None,
        fields: Fields::NONE,
        // A slot that nothing goes to holds what is missing.
        extras: (0..ranked.len()).map(Slot::extra).collect(),
    };
    let mut at = 0;
    if let Some(text) = literal(0) {
        plan.lead = Prefix::new(text);
        at = 1;
    }
    while let Some(Piece::Variable { name, shape, feeds }) = pieces.get(at) {
        plan.fields = plan.fields.and(feeds.fields());
        let value_piece = at;
        let mut slot = slot(*feeds);
        if let Some(place) = ranked.iter().position(|ranked| ranked == name) {
            plan.fields = plan.fields.and(Fields::column(Column::extra(place)));
            if slot == Slot::NOWHERE {
                slot = Slot::extra(place);
            }
            plan.extras[place] = slot;
        }
        let op = if escape != NginxEscape::None && is_user_and_time(&pieces[at..]) {
            plan.fields = plan.fields.and(Fields::TIME);
            at += 4;
            Op::UserAndTime { slot }
        } else {
            at += 1;
            let end = match pieces.get(at) {
                Some(Piece::Variable { name, .. }) if starts_with_slash(name) => Some("/"),
                _ => literal(at),
            };
            let op = value(*shape, *feeds, slot, end, !plan.steps.is_empty());
            match (op, end) {
                // Nothing marks the quotes that are a value's own: the first that is followed as it should be ends it.
                (Op::Quoted { slot }, Some(end)) if escape == NginxEscape::None => {
                    Op::Text { slot, end: Some(Box::new(memchr::memmem::Finder::new(end).into_owned())) }
                }
                (op, _) => op,
            }
        };
        let behind_piece = at;
        let behind = literal(at).map_or_else(Prefix::default, |text| {
            at += 1;
            Prefix::new(text)
        });
        plan.steps.push(Step { op, behind, value_piece, behind_piece });
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
        && matches!(time.op, Op::Seconds { is_request_time: true })
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
    let text = |step: &Step, field| matches!(step.op, Op::Quoted { slot } if slot == Slot::of(field));
    let [addr, user, request, status, bytes, rest @ ..] = steps else { return None };
    let is_common = matches!(addr.op, Op::Token { slot, end: Some(b' '), .. } if slot == Slot::of(TextField::Addr))
        && behind(addr, " - ")
        && matches!(user.op, Op::UserAndTime { slot } if slot == Slot::of(TextField::User))
        && matches!(request.op, Op::Quoted { slot: Slot::REQUEST })
        && behind(request, "\" ")
        && matches!(status.op, Op::Status)
        && behind(status, " ")
        && matches!(bytes.op, Op::Number { is_bytes: true });
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

pub(super) fn slot(feeds: Feeds) -> Slot {
    match feeds {
        Feeds::Text(field) => Slot::of(field),
        Feeds::Request => Slot::REQUEST,
        Feeds::Uri => Slot::URI,
        Feeds::Args => Slot::ARGS,
        Feeds::UriAndArgs => Slot::URI_AND_ARGS,
        Feeds::Ranked(place) => Slot::extra(usize::from(place)),
        Feeds::Nothing | Feeds::Time | Feeds::Status | Feeds::Bytes | Feeds::RequestTime => Slot::NOWHERE,
    }
}

fn value(shape: Shape, feeds: Feeds, slot: Slot, end: Option<&str>, follows_a_value: bool) -> Op {
    let end_byte = end.map(|literal| literal.as_bytes()[0]);
    let separators = Separators::before(end.unwrap_or_default());
    let is_addr = feeds == Feeds::Text(TextField::Addr);
    match shape {
        Shape::Token | Shape::TokenOrNone => Op::Token {
            slot,
            end: end_byte,
            // `1.2.3.4 - - bob [` of combined must not be read as a host, an address that is missing, and bob:
            // nginx always has an address.
            may_be_missing: !(follows_a_value && is_addr),
            // Between quotes or bars nothing is a value too, as `$host` is where nobody says which.
            may_be_empty: shape == Shape::TokenOrNone || end_byte.is_some_and(|end| end != b' ') && !is_addr,
        },
        Shape::Text => match end {
            Some(literal) if literal.starts_with('"') => Op::Quoted { slot },
            _ => Op::Text { slot, end: end.map(|l| Box::new(memchr::memmem::Finder::new(l).into_owned())) },
        },
        Shape::TimeLocal => Op::TimeLocal,
        Shape::TimeIso8601 => Op::TimeIso8601,
        Shape::Msec => Op::TimeMsec,
        Shape::Status => Op::Status,
        Shape::Number => Op::Number { is_bytes: feeds == Feeds::Bytes },
        Shape::Seconds => Op::Seconds { is_request_time: feeds == Feeds::RequestTime },
        Shape::Milliseconds => Op::Duration { per_ms: 1, is_request_time: feeds == Feeds::RequestTime },
        Shape::Microseconds => Op::Duration { per_ms: 1000, is_request_time: feeds == Feeds::RequestTime },
        Shape::Words => Op::Words { slot, end: end_byte, separators },
        Shape::Numbers => Op::Numbers { slot, separators },
    }
}

/// Whether these pieces begin with `$remote_user [$time_local] "`, the quote ending its literal.
fn is_user_and_time(pieces: &[Piece]) -> bool {
    let [
        Piece::Variable { name, .. },
        Piece::Literal(before),
        Piece::Variable { shape, feeds, .. },
        Piece::Literal(after),
        ..,
    ] = pieces
    else {
        return false;
    };
    name == "remote_user"
        && before == BEFORE_TIME
        && (*shape, *feeds) == (Shape::TimeLocal, Feeds::Time)
        && after == AFTER_TIME
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{log_format::parse, presets::PRESETS};

    #[test]
    fn every_preset_finds_its_user_from_behind() {
        for (name, text) in PRESETS {
            let plan = compile(&parse(text).unwrap(), &[], NginxEscape::Default);
            assert_eq!(plan.steps.iter().filter(|s| matches!(s.op, Op::UserAndTime { .. })).count(), 1, "{name}");
            let from = usize::from(name.starts_with("vhost"));
            let (to, has_agent) = if name == "common" { (5, false) } else { (from + 7, true) };
            assert_eq!(plan.shortcut, Some(Shortcut { from, to, has_agent }), "{name}");
            assert_eq!(plan.whole.is_some(), matches!(name, "combined" | "common"), "{name}");
            let usual = match name {
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
        let plan = compile(&parse("$http_host $upstream_addr").unwrap(), &ranked, NginxEscape::Default);
        assert_eq!(plan.extras, [Slot::extra(0), Slot::of(TextField::Host), Slot::extra(2)]);
        let logged = [0, 1, 2].map(|place| plan.fields.holds(Fields::column(Column::extra(place))));
        assert_eq!(logged, [true, true, false]);
        let plan = compile(&parse("$host $http_host $cookie_id").unwrap(), &ranked, NginxEscape::Default);
        assert_eq!(plan.extras, (0..3).map(Slot::extra).collect::<Vec<_>>());
        assert_ne!(Slot::extra(EXTRAS - 1), Slot::NOWHERE);
        assert_eq!(Slot::extra(EXTRAS - 1).index() + 1, Slot::COUNT);
    }
}
