//! The shape of a variable's values in a line.

/// The bytes that a value consists of. Every shape except times and statuses includes `-`, which nginx writes for a
/// missing value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One word, without a space. It may be empty, like `$host` if a request names no host.
    Token,
    /// One word that is never empty: an address.
    Address,
    /// Any text.
    Text,
    /// Words separated by `, ` or ` : `: one for each upstream server, one list for each group of servers.
    Words,
    /// A time in any of the spellings of `timestamp.rs`. nginx writes three of them: `$time_local`, `$time_iso8601` and
    /// `$msec`.
    Time,
    /// Three digits.
    Status,
    /// Digits.
    Number,
    /// Digits, or nothing: a port, a process, a connection.
    Port,
    /// A duration: `0.022` or `3` in seconds, `22ms`, `0.004s`.
    Duration,
    /// Digits: a duration in milliseconds.
    Milliseconds,
    /// Digits: a duration in microseconds.
    Microseconds,
    /// Digits, a point and two digits, like `$gzip_ratio`. In a format that the user chose, any number.
    Ratio,
    /// Numbers with or without decimals, separated as in `Words`.
    Numbers,
}

impl Shape {
    /// The description of a value in error messages.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Shape::Token => "one word or nothing",
            Shape::Address => "one word",
            Shape::Text => "any text",
            Shape::Words => "a word, or several such as a, b : c",
            Shape::Time => "a time such as 05/Apr/2022:03:45:05 +0000",
            Shape::Status => "three digits",
            Shape::Number | Shape::Port => "digits or -",
            Shape::Duration => "seconds such as 0.106, or -",
            Shape::Milliseconds => "milliseconds such as 106, or -",
            Shape::Microseconds => "microseconds such as 106000, or -",
            Shape::Ratio => "a number such as 2.61, or -",
            Shape::Numbers => "a number or -, or several such as 0.1, 0.2 : -",
        }
    }
}
