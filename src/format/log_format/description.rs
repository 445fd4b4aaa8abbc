//! A format in words: its text, the names of its variables, and what it expects of a line.

use super::piece::{Piece, Value};
use super::plan::Tail;
use crate::batch::TextField;
use crate::format::LogFormat;
use crate::format::field_key::key_variable;
use crate::format::misfit::{Expected, Misfit};
use crate::format::variables::{Feeds, is_name};
use crate::message::{Message, Setting, message};
use crate::text::printable;

impl LogFormat {
    /// The name of the preset that this one adds one unquoted field to.
    pub(crate) fn before_last_field(&self) -> Option<&'static str> {
        let text = self.preset_text()?;
        let (before, _) = text.rsplit_once(" $").filter(|(_, last)| is_name(last))?;
        Self::presets().find(|(_, preset)| *preset == before).map(|(name, _)| name)
    }

    /// The text of the format; none if lines name their values.
    pub(crate) fn text(&self) -> Option<String> {
        let is_part_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let piece = |(at, piece): (usize, &Piece)| match (piece, self.pieces.get(at + 1)) {
            (Piece::Literal(text), _) => text.clone(),
            // Braces, where what follows would be read as part of the name.
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

    /// The same with these fields in the place of `$remote_user`. If the address is one of them, the site stands where the
    /// address did.
    pub(crate) fn text_with_user(&self, fields: &str) -> String {
        let text = self.text().unwrap_or_default();
        let text = if fields.contains("$remote_addr") { text.replace("$remote_addr", "$host") } else { text };
        text.replace("$remote_user", fields)
    }

    /// The variable before the last field, if this is a preset with a list at its end.
    pub(crate) fn before_list(&self) -> &str {
        let mut variables = self.values().rev();
        let last = variables.next();
        let before = if self.last_variable() == Some("upstream_response_time") { variables.next() } else { last };
        before.map_or("", |value| value.name.as_str())
    }

    /// The variable that gives the address.
    pub(crate) fn address_variable(&self) -> &str {
        let addr = Feeds::Text(TextField::Addr);
        self.values().find(|value| value.feeds == addr).map_or("remote_addr", |value| value.name.as_str())
    }

    /// Neighbours that cannot be told apart: `$uri and $args`.
    pub(crate) fn undivided(&self) -> impl Iterator<Item = String> {
        let undivided = self.values().filter(|value| value.is_undivided());
        undivided.map(|value| format!("${}", value.name.split('$').collect::<Vec<_>>().join(" and $")))
    }

    /// The first variable whose value a visitor may choose so that the line is read otherwise: nothing marks its end, and a
    /// value that visitors choose follows it.
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

    /// The last variable of the format, after which a line may go on.
    pub(crate) fn last_field(&self) -> &str {
        self.values().next_back().map_or("", |value| value.name.as_str())
    }

    /// What was expected where a line did not fit: `" - " after $remote_addr`.
    pub(crate) fn expectation(&self, misfit: Misfit) -> Message {
        let first = match misfit.expected {
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
            // The step that takes user and time together: what a person sees missing is the time.
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
