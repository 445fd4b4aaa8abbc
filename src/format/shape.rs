//! How the values of variables look in a line.

/// The bytes that a value is made of. `-`, nginx's sign for a missing value, is one of all but times and statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One word: no space in it. It may be empty, as `$host` is where a request names none.
    Token,
    /// The same, but never empty: an address.
    Address,
    /// Anything.
    Text,
    /// Words with `, ` or ` : ` between: one for each upstream server, one list for each group of them.
    Words,
    /// A time in any of the spellings of `timestamp.rs`. nginx writes three of them: `$time_local`, `$time_iso8601` and `$msec`.
    Time,
    /// Three digits.
    Status,
    /// Digits.
    Number,
    /// Digits, or nothing: a port, a process, a connection.
    Port,
    /// How long something took: `0.022` or `3` in seconds, `22ms`, `0.004s`.
    Duration,
    /// Digits: a duration in milliseconds.
    Milliseconds,
    /// Digits: a duration in microseconds.
    Microseconds,
    /// Digits, a point and two digits, as `$gzip_ratio`; a number, if the format is given.
    Ratio,
    /// Numbers, with decimals or without, and with `, ` or ` : ` between as in `Words`.
    Numbers,
}

impl Shape {
    /// How an error message describes a value.
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
