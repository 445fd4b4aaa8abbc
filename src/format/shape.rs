//! How the values of variables look in a line.

/// What a value is made of. `-`, nginx's sign for a value that is missing, is one of all but times and status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One word: at least one byte, no space.
    Token,
    /// The same, or nothing at all.
    TokenOrNone,
    /// Anything.
    Text,
    /// Words with `, ` or ` : ` between: one for each upstream server, one list for each group of them.
    Words,
    /// `05/Apr/2022:03:45:05 +0000`, 26 bytes.
    TimeLocal,
    /// `2022-04-05T03:45:05+00:00`, 25 bytes.
    TimeIso8601,
    /// `1649130305.123`: seconds since 1970 in UTC.
    Msec,
    /// Three digits.
    Status,
    /// Digits.
    Number,
    /// Digits, a point and three digits.
    Seconds,
    /// Digits: a duration in milliseconds.
    Milliseconds,
    /// Digits: a duration in microseconds.
    Microseconds,
    /// Numbers, with decimals or without, and with `, ` or ` : ` between as in `Words`.
    Numbers,
}

impl Shape {
    /// What an error message calls it.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Shape::Token => "one word",
            Shape::TokenOrNone => "one word or nothing",
            Shape::Text => "any text",
            Shape::Words => "a word, or several such as a, b : c",
            Shape::TimeLocal => "a time such as 05/Apr/2022:03:45:05 +0000",
            Shape::TimeIso8601 => "a time such as 2022-04-05T03:45:05+00:00",
            Shape::Msec => "a time such as 1649130305.123",
            Shape::Status => "three digits",
            Shape::Number => "digits or -",
            Shape::Seconds => "seconds such as 0.106, or -",
            Shape::Milliseconds => "milliseconds such as 106, or -",
            Shape::Microseconds => "microseconds such as 106000, or -",
            Shape::Numbers => "a number or -, or several such as 0.1, 0.2 : -",
        }
    }

    /// How many bytes each value has, where all have the same.
    pub(crate) fn width(self) -> Option<usize> {
        match self {
            Shape::TimeLocal => Some(26),
            Shape::TimeIso8601 => Some(25),
            Shape::Status => Some(3),
            Shape::Token
            | Shape::TokenOrNone
            | Shape::Text
            | Shape::Words
            | Shape::Msec
            | Shape::Number
            | Shape::Seconds
            | Shape::Milliseconds
            | Shape::Microseconds
            | Shape::Numbers => None,
        }
    }
}
