//! The pieces of a `log_format`: literals and variables.

use crate::format::shape::Shape;
use crate::format::variables::{Author, Destination, URI_AND_ARGS, variable};

/// A part of a `log_format`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Literal(String),
    Variable(Value),
}

/// A variable of a `log_format`, or several adjacent variables whose values cannot be separated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    /// The variable's name. For several variables that cannot be separated, all their names with `$` between them.
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) destination: Destination,
    pub(crate) author: Author,
}

impl Value {
    pub(super) fn of(name: &str) -> Value {
        let (shape, destination, author) = variable(name)
            .map_or((Shape::Text, Destination::Nothing, Author::Other), |(_, v)| (v.shape, v.destination, v.author));
        Value { name: name.to_owned(), shape, destination, author }
    }

    /// True for several adjacent variables that cannot be separated.
    pub(crate) fn is_undivided(&self) -> bool {
        self.name.contains('$') && self.name != URI_AND_ARGS
    }

    /// True for a list of addresses from a proxy. It is read as the visitor's address if the format logs no other.
    pub(crate) fn is_address_list(&self) -> bool {
        matches!(self.name.as_str(), "http_x_forwarded_for" | "proxy_add_x_forwarded_for")
    }

    /// True if this value's end can be found although the next variable follows without a literal.
    pub(super) fn ends_before(&self, next: &Value) -> bool {
        let is_list = matches!(self.shape, Shape::Words | Shape::Numbers);
        let has_exact_shape = matches!(self.shape, Shape::Status | Shape::Time | Shape::Duration);
        let starts_visibly = starts_with_slash(&next.name) && !is_list;
        // The next value has a fixed width, so the value before it ends where the rest of the line matches.
        let is_fixed = next.shape == Shape::Status || matches!(next.name.as_str(), "time_local" | "time_iso8601");
        has_exact_shape || starts_visibly || is_fixed
    }
}

/// True if the values of a variable begin with a slash, which separates them from a host before them.
pub(crate) fn starts_with_slash(name: &str) -> bool {
    matches!(name, "request_uri" | "uri" | "document_uri" | URI_AND_ARGS)
}

/// The literal at this index, if the piece is one.
pub(super) fn literal(pieces: &[Piece], at: usize) -> Option<&str> {
    match pieces.get(at) {
        Some(Piece::Literal(text)) => Some(text.as_str()),
        _ => None,
    }
}

/// The variable at this index, if the piece is one.
pub(super) fn variable_at(pieces: &[Piece], at: usize) -> Option<&Value> {
    match pieces.get(at) {
        Some(Piece::Variable(value)) => Some(value),
        _ => None,
    }
}
