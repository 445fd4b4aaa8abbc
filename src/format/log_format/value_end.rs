//! Determines how far the value of each variable reaches in a line.

use memchr::memmem::{Finder, FinderRev};

use super::nginx_escape::NginxEscape;
use super::piece::{Piece, literal, starts_with_slash, variable_at};
use crate::batch::TextField;
use crate::format::marks::closing_quote;
use crate::format::shape::Shape;
use crate::format::variables::{Author, Destination};

/// The rule that decides where a value ends.
#[derive(Clone, Debug)]
pub(crate) enum ValueEnd {
    /// One word, up to this byte or the end of the line. There is only one possible end, because the byte is a space.
    Word {
        end: Option<u8>,
        may_be_empty: bool,
        may_be_missing: bool,
    },
    /// Up to the next quote that is not escaped.
    Quoted,
    /// `$remote_user [$time_local] "`, read from its end, because the client may send any user name.
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
    /// Up to a place from which the rest of the line matches: see [`Open`].
    Open(Box<Open>),
}

/// A value whose end depends on the rest of the line, because no byte in it marks the end.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    /// Finds the literal after the value. `None` if a variable or the end of the line follows.
    pub(crate) next: Option<(Finder<'static>, FinderRev<'static>)>,
    pub(crate) order: Order,
    pub(crate) bytes: Bytes,
    pub(crate) may_be_empty: bool,
    /// True if it is the last value of the format.
    pub(crate) is_last: bool,
    /// True if a visitor or the application chooses the value, which may contain spaces.
    pub(crate) is_forgeable: bool,
    /// True if it may hold unescaped quotes.
    pub(crate) may_hold_quotes: bool,
}

/// The order in which the possible ends of a value are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// Try the last end first, because nginx itself writes everything that follows. Otherwise, try the first end first.
    pub(crate) is_last_first: bool,
    /// Try ends after ` HTTP/1.1` and the like before all others.
    pub(crate) prefers_protocol: bool,
}

/// The bytes that a value may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bytes {
    Any,
    /// All bytes except a space.
    Word,
    /// Digits, or `-` alone.
    Digits,
    /// All bytes except a slash, because the next value begins with one.
    BeforeSlash,
    /// A word without a slash.
    WordBeforeSlash,
    /// The path after a host: a slash or `?`, then any bytes; or `-`; or nothing.
    Path,
    /// The same, up to the next unescaped quote.
    QuotedPath,
}

impl Bytes {
    /// Number of bytes at the start of `text` that the value may hold.
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

    /// The same rule as a regular expression.
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

/// The settings that decide how strictly a format is compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strictness {
    pub(crate) escape: NginxEscape,
    /// True if the user chose the format. A format that is tried automatically accepts durations only as nginx writes
    /// them.
    pub(crate) is_given: bool,
}

/// Returns the rule for the value of the piece at `at`.
pub(super) fn value_end_of(pieces: &[Piece], at: usize, strictness: Strictness) -> ValueEnd {
    let Some(value) = variable_at(pieces, at) else { unreachable!("the caller passes the place of a variable") };
    let (next, neighbour) = (literal(pieces, at + 1), variable_at(pieces, at + 1));
    let escape = strictness.escape;
    let may_be_empty = escape != NginxEscape::Default;
    let end = next.map(|literal| literal.as_bytes()[0]);
    // uWSGI leaves a value empty if the request does not have it.
    let is_other_programs = escape == NginxEscape::None && !strictness.is_given;
    let is_addr = value.destination == Destination::Text(TextField::Addr);
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
        // Only one end is possible: a word ends at a space, and it cannot contain the space that begins the literal.
        Shape::Token | Shape::Address if end.is_none_or(|end| end == b' ') => ValueEnd::Word {
            end,
            may_be_empty: value.shape != Shape::Address || is_other_programs,
            // In combined, `1.2.3.4 - - bob [` must not be read as a host, a missing address and the user bob: nginx
            // always has an address.
            may_be_missing: !(is_addr && at > 1) || is_other_programs,
        },
        Shape::Port if end.is_none_or(|end| end == b' ') => ValueEnd::Number { may_be_empty: true },
        Shape::Token => open(pieces, at, Bytes::Word, true, escape),
        Shape::Address => open(pieces, at, Bytes::Word, false, escape),
        Shape::Port => open(pieces, at, Bytes::Digits, true, escape),
        Shape::Text => {
            // Quotes in the value are escaped. With escape=none they are not, so a quote may belong to the value.
            let is_quoted = next.is_some_and(|literal| literal.starts_with('"')) && escape != NginxEscape::None;
            let is_after_host = at > 0 && variable_at(pieces, at - 1).is_some() && starts_with_slash(&value.name);
            match (is_after_host, is_quoted) {
                (true, true) => open(pieces, at, Bytes::QuotedPath, true, escape),
                (true, false) => open(pieces, at, Bytes::Path, true, escape),
                (false, true) => ValueEnd::Quoted,
                (false, false) => open(pieces, at, Bytes::Any, true, escape),
            }
        }
        Shape::Time => ValueEnd::Time { is_exact: neighbour.is_some() },
        Shape::Status => {
            let is_neighbour = neighbour.is_some() || at > 0 && variable_at(pieces, at - 1).is_some();
            ValueEnd::Status { is_exact: is_neighbour }
        }
        Shape::Number | Shape::Milliseconds | Shape::Microseconds => ValueEnd::Number { may_be_empty },
        Shape::Ratio if !strictness.is_given => ValueEnd::Ratio { may_be_empty },
        Shape::Duration => ValueEnd::Duration { is_exact: neighbour.is_some() || !strictness.is_given, may_be_empty },
        Shape::Words => ValueEnd::Words { end, may_be_empty: true },
        Shape::Numbers | Shape::Ratio => ValueEnd::Numbers { may_be_empty: true },
    }
}

/// A value that ends where the rest of the line matches.
fn open(pieces: &[Piece], at: usize, bytes: Bytes, may_be_empty: bool, escape: NginxEscape) -> ValueEnd {
    let rest = pieces.get(at + 1..).unwrap_or_default();
    let is_nginx = |piece: &Piece| !matches!(piece, Piece::Variable(value) if value.author != Author::Nginx);
    // An address may hold colons, but the port after it does not.
    let is_before_port = literal(pieces, at + 1) == Some(":")
        && variable_at(pieces, at + 2).is_some_and(|value| value.shape == Shape::Port);
    let is_request = variable_at(pieces, at).is_some_and(|value| value.destination == Destination::Request);
    ValueEnd::Open(Box::new(Open {
        next: literal(pieces, at + 1).map(|next| (Finder::new(next).into_owned(), FinderRev::new(next).into_owned())),
        order: Order { is_last_first: is_before_port || rest.iter().all(is_nginx), prefers_protocol: is_request },
        bytes,
        may_be_empty,
        is_last: rest.is_empty(),
        is_forgeable: bytes == Bytes::Any && variable_at(pieces, at).is_some_and(|value| value.author == Author::Other),
        may_hold_quotes: escape == NginxEscape::None,
    }))
}
