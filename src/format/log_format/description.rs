//! Describes a format: its text, the names of its variables, and the values that it expects in a line.

use super::nginx_escape::NginxEscape;
use super::piece::{Piece, Value};
use super::plan::Tail;
use crate::batch::TextField;
use crate::format::LogFormat;
use crate::format::field_key::key_variable;
use crate::format::mismatch::{Expected, Mismatch};
use crate::format::shape::Shape;
use crate::format::variables::{Destination, is_name};
use crate::message::{Message, Setting, message};
use crate::text::printable;

impl LogFormat {
    /// The preset that this preset extends by one unquoted field at the end.
    pub(crate) fn before_last_field(&self) -> Option<&'static str> {
        let text = self.preset_text()?;
        let (before, _) = text.rsplit_once(" $").filter(|(_, last)| is_name(last))?;
        Self::presets().find(|(_, preset)| *preset == before).map(|(name, _)| name)
    }

    /// The text of the format; `None` if lines name their values.
    pub(crate) fn text(&self) -> Option<String> {
        let is_part_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let piece = |(at, piece): (usize, &Piece)| match (piece, self.pieces.get(at + 1)) {
            (Piece::Literal(text), _) => text.clone(),
            // Braces are needed if the next character could be part of the name.
            (Piece::Variable(value), Some(Piece::Literal(next))) if next.starts_with(is_part_of_name) => {
                match value.name.rsplit_once('$') {
                    Some((before, last)) => format!("${before}${{{last}}}"),
                    None => format!("${{{}}}", value.name),
                }
            }
            (Piece::Variable(value), _) => format!("${}", value.name),
        };
        (!self.has_keys()).then(|| self.pieces.iter().enumerate().map(piece).collect())
    }

    /// The text as an nginx configuration has it with the default escaping; `None` for formats of other programs.
    pub(crate) fn nginx_text(&self) -> Option<String> {
        self.text().filter(|_| self.read_as.is_none() && self.strictness.escape == NginxEscape::Default)
    }

    /// The text of the format with `fields` instead of `$remote_user`. If `fields` contain the address, `$host`
    /// replaces `$remote_addr`.
    pub(crate) fn text_with_user(&self, fields: &str) -> String {
        let text = self.text().unwrap_or_default();
        let text = if fields.contains("$remote_addr") { text.replace("$remote_addr", "$host") } else { text };
        text.replace("$remote_user", fields)
    }

    /// For a preset that ends with a list: the last variable before the list. Otherwise the last variable.
    pub(crate) fn before_list(&self) -> &str {
        let mut variables = self.values().rev();
        let last = variables.next();
        let before = if self.last_variable() == Some("upstream_response_time") { variables.next() } else { last };
        before.map_or("", |value| value.name.as_str())
    }

    /// The variable that feeds the address.
    pub(crate) fn address_variable(&self) -> &str {
        let addr = Destination::Text(TextField::Addr);
        self.values().find(|value| value.destination == addr).map_or("remote_addr", |value| value.name.as_str())
    }

    /// Adjacent variables without a recognisable border between their values: `$uri and $args`.
    pub(crate) fn undivided(&self) -> impl Iterator<Item = String> {
        let undivided = self.values().filter(|value| value.is_undivided());
        undivided.map(|value| format!("${}", value.name.split('$').collect::<Vec<_>>().join(" and $")))
    }

    /// The first variable whose value a visitor can choose such that the line is misread: nothing marks the end of the
    /// value, and another value that visitors choose follows.
    pub(crate) fn forgeable(&self) -> Option<&str> {
        self.plan.forgeable().map(|piece| match &self.pieces[piece] {
            Piece::Variable(value) => value.name.as_str(),
            Piece::Literal(text) => text.as_str(),
        })
    }

    fn values(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.pieces.iter().filter_map(|piece| if let Piece::Variable(value) = piece { Some(value) } else { None })
    }

    fn preset_text(&self) -> Option<&'static str> {
        Self::presets().find(|(name, _)| *name == self.name).map(|(_, text)| text)
    }

    fn last_variable(&self) -> Option<&str> {
        match self.pieces.last() {
            Some(Piece::Variable(value)) => Some(&value.name),
            _ => None,
        }
    }

    /// The last variable of the format. More text may follow its value in a line.
    pub(crate) fn last_field(&self) -> &str {
        self.values().next_back().map_or("", |value| value.name.as_str())
    }

    /// The variable whose value, one word, ends a line, although the format goes on after it.
    pub(crate) fn ends_after(&self, mismatch: Mismatch, line: &[u8]) -> Option<&str> {
        let Expected::Piece(at) = mismatch.expected else { return None };
        let Some(Piece::Variable(value)) = self.pieces.get(at) else { return None };
        let rest = line.get(mismatch.at..)?;
        let is_word = matches!(value.shape, Shape::Address | Shape::Token) && !rest.is_empty() && !rest.contains(&b' ');
        (is_word && at + 1 < self.pieces.len()).then_some(&value.name)
    }

    /// Describes the text that was expected at the point of a mismatch: `" - " after $remote_addr`.
    pub(crate) fn expectation(&self, mismatch: Mismatch) -> Message {
        let first = match mismatch.expected {
            Expected::Piece(first) => first,
            Expected::Said(words) => return words.into(),
            Expected::Value { rule, .. } => {
                return self.json.as_ref().map_or_else(Message::default, |json| json.expectation(rule));
            }
            Expected::End if self.tail == Tail::Nothing => return "the end of the line".into(),
            Expected::End => return "a space or the end of the line".into(),
        };
        let expected = match &self.pieces[first] {
            Piece::Literal(text) => format!("'{}'", printable(text.as_bytes())).into(),
            // One step reads user and time, so name both: the user would look for the time.
            Piece::Variable(value) if value.name == "remote_user" => "$remote_user [$time_local] \"".into(),
            Piece::Variable(value) => {
                let field = self.given.iter().find(|field| key_variable(field.key()) == value.name);
                let of = field.map_or_else(Message::default, |field| {
                    message![", for ", Setting::Field, format!(" {}={}", field.name(), field.key())]
                });
                message![format!("${} ({}", value.name, value.shape.description()), of, ")"]
            }
        };
        match first.checked_sub(1).map(|before| &self.pieces[before]) {
            Some(Piece::Variable(value)) => expected + format!(" after ${}", value.name),
            _ => expected,
        }
    }
}
