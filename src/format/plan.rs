//! A `log_format` compiled to the steps that scan a line.

use memchr::memmem::{Finder, FinderRev};

use super::escape::NginxEscape;
use super::json_forms::TimeUnit;
use super::log_format::{Piece, Value, starts_with_slash};
use super::rule::Rules;
use super::scan::closing_quote;
use super::shape::Shape;
use super::variables::{Author, Feeds};
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

/// How far a value reaches.
#[derive(Clone, Debug)]
pub(crate) enum Reach {
    /// One word, up to this byte or the end of the line. Its end is certain: the byte is a space.
    Word {
        end: Option<u8>,
        may_be_empty: bool,
        may_be_missing: bool,
    },
    /// Up to the next quote that is not escaped.
    Quoted,
    /// `$remote_user [$time_local] "`, found from its end: the user is whatever the client claims.
    UserAndTime,
    Time {
        is_exact: bool,
    },
    Status {
        is_exact: bool,
    },
    Number {
        may_be_empty: bool,
    },
    /// A number with two decimals.
    Ratio {
        may_be_empty: bool,
    },
    Duration {
        is_exact: bool,
        may_be_empty: bool,
    },
    Words {
        end: Option<u8>,
        may_be_empty: bool,
    },
    Numbers {
        may_be_empty: bool,
    },
    /// Up to where the rest of the line fits: see [`Open`].
    Open(Box<Open>),
}

/// A value whose end depends on the rest of the line: nothing in it says where it ends.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    /// Finds the literal after it; `None` where a variable follows, or the end of the line.
    pub(crate) next: Option<(Finder<'static>, FinderRev<'static>)>,
    pub(crate) order: Order,
    pub(crate) bytes: Bytes,
    pub(crate) may_be_empty: bool,
    /// Whether it is the last value of the format.
    pub(crate) is_last: bool,
    /// Whether somebody else than nginx chooses it, with spaces if he likes.
    pub(crate) is_forgeable: bool,
    /// Whether it may hold quotes as they are.
    pub(crate) may_hold_quotes: bool,
}

/// Which of several possible ends a value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// The last one, because nginx itself writes all that follows; otherwise the first.
    pub(crate) is_last_first: bool,
    /// Before all others those after ` HTTP/1.1` and its like.
    pub(crate) prefers_protocol: bool,
}

/// Which bytes a value may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bytes {
    Any,
    /// All but a space.
    Word,
    /// Digits, or `-` alone.
    Digits,
    /// All but a slash, with which the next value begins.
    BeforeSlash,
    /// A word without a slash.
    WordBeforeSlash,
    /// A slash, or a query without a path, and any bytes; or `-`, or nothing: what follows a host.
    Path,
    /// The same up to the next quote that is not escaped.
    QuotedPath,
}

impl Bytes {
    /// How many bytes from the start of `text` may be of the value.
    #[inline]
    pub(crate) fn reach(self, text: &[u8]) -> usize {
        let up_to = |found: Option<usize>| found.unwrap_or(text.len());
        match self {
            Bytes::Any => text.len(),
            Bytes::Word => up_to(memchr::memchr(b' ', text)),
            Bytes::BeforeSlash => up_to(memchr::memchr(b'/', text)),
            Bytes::WordBeforeSlash => up_to(memchr::memchr2(b'/', b' ', text)),
            Bytes::Digits if text.first() == Some(&b'-') => 1,
            Bytes::Digits => text.iter().take_while(|b| b.is_ascii_digit()).count(),
            Bytes::QuotedPath => closing_quote(text).map_or(0, |(end, _)| end.min(Bytes::Path.reach(text))),
            Bytes::Path => match text.first() {
                Some(b'/' | b'?') => text.len(),
                Some(b'-') => 1,
                _ => 0,
            },
        }
    }

    /// The same as a regular expression.
    pub(crate) fn pattern(self, is_last_first: bool) -> &'static str {
        match (self, is_last_first) {
            (Bytes::Any, true) => ".*",
            (Bytes::Any, false) => ".*?",
            (Bytes::Word, true) => "[^ ]*",
            (Bytes::Word, false) => "[^ ]*?",
            (Bytes::Digits, true) => "(?:[0-9]*|-)",
            (Bytes::Digits, false) => "(?:[0-9]*?|-)",
            (Bytes::BeforeSlash, true) => "[^/]*",
            (Bytes::BeforeSlash, false) => "[^/]*?",
            (Bytes::WordBeforeSlash, true) => "[^ /]*",
            (Bytes::WordBeforeSlash, false) => "[^ /]*?",
            (Bytes::Path, true) => "(?:[/?].*|-|)",
            (Bytes::Path, false) => "(?:|-|[/?].*?)",
            (Bytes::QuotedPath, _) => r#"(?:|-|[/?](?:[^"\\]|\\.)*?)"#,
        }
    }
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
    /// The usual form of a line of this format, where usual.rs knows it.
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
fn literal(pieces: &[Piece], at: usize) -> Option<&str> {
    match pieces.get(at) {
        Some(Piece::Literal(text)) => Some(text.as_str()),
        _ => None,
    }
}

/// The variable that is this piece.
fn variable_at(pieces: &[Piece], at: usize) -> Option<&Value> {
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

pub(super) fn slot(feeds: Feeds) -> Slot {
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

/// How far the value of this piece reaches.
fn reach(pieces: &[Piece], at: usize, strictness: Strictness) -> Reach {
    let Some(value) = variable_at(pieces, at) else { unreachable!("the caller looks at a variable") };
    let (next, neighbour) = (literal(pieces, at + 1), variable_at(pieces, at + 1));
    let escape = strictness.escape;
    let may_be_empty = escape != NginxEscape::Default;
    let end = next.map(|literal| literal.as_bytes()[0]);
    let is_addr = value.feeds == Feeds::Text(TextField::Addr);
    if let Some(neighbour) = neighbour
        && !matches!(value.shape, Shape::Time | Shape::Status | Shape::Duration)
    {
        let bytes = match value.shape {
            _ if starts_with_slash(&neighbour.name) && value.shape == Shape::Text => Bytes::BeforeSlash,
            _ if starts_with_slash(&neighbour.name) => Bytes::WordBeforeSlash,
            Shape::Number | Shape::Port | Shape::Milliseconds | Shape::Microseconds => Bytes::Digits,
            Shape::Text => Bytes::Any,
            _ => Bytes::Word,
        };
        return open(pieces, at, bytes, true, escape);
    }
    match value.shape {
        // Certain: a space ends a word, and no literal that begins with another byte can be part of it.
        Shape::Token | Shape::Address if end.is_none_or(|end| end == b' ') => Reach::Word {
            end,
            may_be_empty: value.shape != Shape::Address,
            // `1.2.3.4 - - bob [` of combined must not be read as a host, an address that is missing, and bob:
            // nginx always has an address.
            may_be_missing: !(is_addr && at > 1),
        },
        Shape::Port if end.is_none_or(|end| end == b' ') => Reach::Number { may_be_empty: true },
        Shape::Token => open(pieces, at, Bytes::Word, true, escape),
        Shape::Address => open(pieces, at, Bytes::Word, false, escape),
        Shape::Port => open(pieces, at, Bytes::Digits, true, escape),
        Shape::Text => {
            // Quotes within are escaped; with escape=none nothing marks the quotes that are a value's own.
            let is_quoted = next.is_some_and(|literal| literal.starts_with('"')) && escape != NginxEscape::None;
            let is_after_host = at > 0 && variable_at(pieces, at - 1).is_some() && starts_with_slash(&value.name);
            match (is_after_host, is_quoted) {
                (true, true) => open(pieces, at, Bytes::QuotedPath, true, escape),
                (true, false) => open(pieces, at, Bytes::Path, true, escape),
                (false, true) => Reach::Quoted,
                (false, false) => open(pieces, at, Bytes::Any, true, escape),
            }
        }
        Shape::Time => Reach::Time { is_exact: neighbour.is_some() },
        Shape::Status => {
            let is_neighbour = neighbour.is_some() || at > 0 && variable_at(pieces, at - 1).is_some();
            Reach::Status { is_exact: is_neighbour }
        }
        Shape::Number | Shape::Milliseconds | Shape::Microseconds => Reach::Number { may_be_empty },
        Shape::Ratio if !strictness.is_given => Reach::Ratio { may_be_empty },
        Shape::Duration => Reach::Duration { is_exact: neighbour.is_some() || !strictness.is_given, may_be_empty },
        Shape::Words => Reach::Words { end, may_be_empty: true },
        Shape::Numbers | Shape::Ratio => Reach::Numbers { may_be_empty: true },
    }
}

/// A value that ends where the rest of the line fits.
fn open(pieces: &[Piece], at: usize, bytes: Bytes, may_be_empty: bool, escape: NginxEscape) -> Reach {
    let rest = pieces.get(at + 1..).unwrap_or_default();
    let is_nginx = |piece: &Piece| !matches!(piece, Piece::Variable(value) if value.author != Author::Nginx);
    // An address may hold colons; the port after it holds none.
    let is_before_port = literal(pieces, at + 1) == Some(":")
        && variable_at(pieces, at + 2).is_some_and(|value| value.shape == Shape::Port);
    let is_request = variable_at(pieces, at).is_some_and(|value| value.feeds == Feeds::Request);
    Reach::Open(Box::new(Open {
        next: literal(pieces, at + 1).map(|next| (Finder::new(next).into_owned(), FinderRev::new(next).into_owned())),
        order: Order { is_last_first: is_before_port || rest.iter().all(is_nginx), prefers_protocol: is_request },
        bytes,
        may_be_empty,
        is_last: rest.is_empty(),
        is_forgeable: bytes == Bytes::Any && variable_at(pieces, at).is_some_and(|value| value.author == Author::Other),
        may_hold_quotes: escape == NginxEscape::None,
    }))
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
    use crate::format::log_format::parse;
    use crate::format::presets::{PRESETS, Preset};

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
