//! How far the value of a variable reaches along a line.

use memchr::memmem::{Finder, FinderRev};

use super::nginx_escape::NginxEscape;
use super::piece::{Piece, literal, starts_with_slash, variable_at};
use crate::batch::TextField;
use crate::format::marks::closing_quote;
use crate::format::shape::Shape;
use crate::format::variables::{Author, Feeds};

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

/// How strictly a format is compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strictness {
    pub(crate) escape: NginxEscape,
    /// Whether the format was given; one that is guessed takes durations only as nginx writes them.
    pub(crate) is_given: bool,
}

/// How far the value of this piece reaches.
pub(super) fn reach(pieces: &[Piece], at: usize, strictness: Strictness) -> Reach {
    let Some(value) = variable_at(pieces, at) else { unreachable!("the caller looks at a variable") };
    let (next, neighbour) = (literal(pieces, at + 1), variable_at(pieces, at + 1));
    let escape = strictness.escape;
    let may_be_empty = escape != NginxEscape::Default;
    let end = next.map(|literal| literal.as_bytes()[0]);
    // uWSGI has none of a request that does not say it.
    let is_other_programs = escape == NginxEscape::None && !strictness.is_given;
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
            may_be_empty: value.shape != Shape::Address || is_other_programs,
            // `1.2.3.4 - - bob [` of combined must not be read as a host, an address that is missing, and bob:
            // nginx always has an address.
            may_be_missing: !(is_addr && at > 1) || is_other_programs,
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
