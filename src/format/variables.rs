//! THE TABLE of nginx's log variables: how each is written, and what it feeds.
//!
//! A variable that has no row is text that is passed over. Source: nginx's documentation of its core, log, gzip
//! and upstream modules.

use crate::batch::{Fields, TextField};

/// How the values of a variable look in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One word: at least one byte, no space.
    Token,
    /// Anything.
    Text,
    /// `05/Apr/2022:03:45:05 +0000`, 26 bytes.
    TimeLocal,
    /// `2022-04-05T03:45:05+00:00`, 25 bytes.
    TimeIso8601,
    /// Three digits.
    Status,
    /// Digits, or `-`.
    Number,
    /// Digits, a point and three digits, or `-`.
    Seconds,
}

impl Shape {
    /// What an error message calls it.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Shape::Token => "one word",
            Shape::Text => "any text",
            Shape::TimeLocal => "a time such as 05/Apr/2022:03:45:05 +0000",
            Shape::TimeIso8601 => "a time such as 2022-04-05T03:45:05+00:00",
            Shape::Status => "three digits",
            Shape::Number => "digits or -",
            Shape::Seconds => "seconds such as 0.106, or -",
        }
    }

    /// How many bytes each value has, where all have the same.
    pub(crate) fn width(self) -> Option<usize> {
        match self {
            Shape::TimeLocal => Some(26),
            Shape::TimeIso8601 => Some(25),
            Shape::Status => Some(3),
            Shape::Token | Shape::Text | Shape::Number | Shape::Seconds => None,
        }
    }
}

/// Where the value of a variable goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feeds {
    Nothing,
    Text(TextField),
    /// The request line, of which method, path and protocol are parts.
    Request,
    Time,
    Status,
    Bytes,
    RequestTime,
}

impl Feeds {
    pub(crate) fn fields(self) -> Fields {
        match self {
            Feeds::Nothing => Fields::NONE,
            Feeds::Text(field) => Fields::text(field),
            Feeds::Request => Fields::REQUEST,
            Feeds::Time => Fields::TIME,
            Feeds::Status => Fields::STATUS,
            Feeds::Bytes => Fields::BYTES,
            Feeds::RequestTime => Fields::REQUEST_TIME,
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) feeds: Feeds,
}

const fn row(name: &'static str, shape: Shape, feeds: Feeds) -> Variable {
    Variable { name, shape, feeds }
}

/// Where two variables of a format feed the same, the one that stands first here does.
const VARIABLES: &[Variable] = &[
    row("remote_addr", Shape::Token, Feeds::Text(TextField::Addr)),
    row("remote_user", Shape::Text, Feeds::Text(TextField::User)),
    row("time_local", Shape::TimeLocal, Feeds::Time),
    row("time_iso8601", Shape::TimeIso8601, Feeds::Time),
    row("request", Shape::Text, Feeds::Request),
    row("request_method", Shape::Token, Feeds::Text(TextField::Method)),
    row("request_uri", Shape::Text, Feeds::Text(TextField::Path)),
    row("server_protocol", Shape::Token, Feeds::Text(TextField::Protocol)),
    row("status", Shape::Status, Feeds::Status),
    row("body_bytes_sent", Shape::Number, Feeds::Bytes),
    row("bytes_sent", Shape::Number, Feeds::Bytes),
    row("request_time", Shape::Seconds, Feeds::RequestTime),
    row("host", Shape::Token, Feeds::Text(TextField::Host)),
    row("http_host", Shape::Token, Feeds::Text(TextField::Host)),
    row("server_name", Shape::Token, Feeds::Text(TextField::Host)),
    row("http_referer", Shape::Text, Feeds::Text(TextField::Referer)),
    row("http_user_agent", Shape::Text, Feeds::Text(TextField::Agent)),
];

/// The row of a variable, and its place in the table; `None` for one that has no row.
pub(crate) fn variable(name: &str) -> Option<(usize, &'static Variable)> {
    VARIABLES.iter().enumerate().find(|(_, v)| v.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_nginx_s() {
        for (i, v) in VARIABLES.iter().enumerate() {
            assert_eq!(variable(v.name).map(|(place, _)| place), Some(i), "{}", v.name);
            assert!(v.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
            assert!(!v.shape.description().is_empty());
        }
    }
}
