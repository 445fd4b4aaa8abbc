//! From bytes to columns: the text of a `log_format` is compiled to a plan, a plan scans lines.
//!
//! `log_format` → `plan` → `scan` is the way of a format; `presets` are formats with a name; `detect` finds out which
//! of them a file has; `fill` puts the values of a line into a batch.

mod blocks;
mod damage;
mod detect;
mod digits;
mod escape;
mod fill;
mod json;
mod json_field;
mod json_format;
mod json_found;
mod json_keys;
mod json_shape;
mod json_template;
mod json_text;
#[cfg(test)]
mod json_twin;
mod json_values;
mod lists;
mod log_format;
mod marks;
mod memory;
mod plan;
mod presets;
mod request;
mod row;
mod scan;
mod shape;
#[cfg(test)]
mod twin;
mod usual;
mod variables;

use std::str::FromStr;

use bumpalo::Bump;

pub(crate) use detect::{FormatsOfFile, Nearest, Taken};
pub use escape::NginxEscape;
pub(crate) use escape::{escape as escape_backslashes, undo as undo_escapes};
pub(crate) use fill::Filler;
pub use json_field::{JsonField, JsonFieldError};
use json_format::JsonFormat;
pub(crate) use json_found::Room;
pub(crate) use json_keys::{KeysSeen, is_key_of_a_hit};
pub(crate) use json_text::undo_json;
pub use log_format::FormatError;
pub(crate) use log_format::Piece;
pub(crate) use marks::{Line, Marks, Quotes};
pub(crate) use memory::Memory;
pub(crate) use presets::COMBINED;
pub(crate) use request::path_and_query;
pub(crate) use row::Row;
use scan::Expected;
pub(crate) use scan::{Misfit, closing_quote};
pub(crate) use usual::{UsualLine, take_usual};
pub(crate) use variables::{Ranked, is_known, is_name, ranked_names, variable};

use crate::batch::Fields;
use crate::report::printable;
pub(crate) use plan::Slot;
use plan::{Plan, Tail};

/// A format of access logs: a preset by its name, `json`, or the text of an nginx `log_format`.
///
/// ```
/// use logstat::LogFormat;
/// let preset: LogFormat = "combined".parse()?;
/// let own: LogFormat = "$remote_addr|$time_iso8601|$request|$status".parse()?;
/// assert_eq!((preset.name(), own.name()), ("combined", "$remote_addr|$time_iso8601|$request|$status"));
/// assert!("combned".parse::<LogFormat>().is_err());
/// # Ok::<(), logstat::FormatError>(())
/// ```
#[derive(Clone, Debug)]
pub struct LogFormat {
    name: String,
    pieces: Vec<Piece>,
    plan: Plan,
    tail: Tail,
    /// Where lines are JSON: then there are no pieces, and the plan is empty.
    json: Option<Box<JsonFormat>>,
    is_common: bool,
    /// Whether somebody has asked for it, and it is not one of those that are tried by themselves.
    is_given: bool,
    escape: NginxEscape,
}

/// The name of the format whose lines are JSON objects.
const JSON: &str = "json";

impl LogFormat {
    /// Name and text of every preset.
    pub fn presets() -> impl Iterator<Item = (&'static str, &'static str)> {
        presets::PRESETS.into_iter()
    }

    /// Every name that a format can be given by: those of the presets, and `json`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::presets().map(|(name, _)| name).chain([JSON])
    }

    /// The name of a preset, otherwise the text.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A format as an nginx.conf has it: the name, the text and the `escape=` of a `log_format`.
    ///
    /// One that writes JSON is read by its keys, in whatever order they come.
    ///
    /// ```
    /// use logstat::{LogFormat, NginxEscape};
    /// let format = LogFormat::nginx("site", r#"{"ip":"$remote_addr","code":$status}"#, NginxEscape::Json)?;
    /// assert!(format.is_json() && format.name() == "site");
    /// # Ok::<(), logstat::FormatError>(())
    /// ```
    ///
    /// # Errors
    /// A text of which no line could be read.
    pub fn nginx(name: &str, text: &str, escape: NginxEscape) -> Result<LogFormat, FormatError> {
        match json_template::fields(text).filter(|fields| escape == NginxEscape::Json && !fields.is_empty()) {
            Some(fields) => Ok(Self::json(name, fields)),
            None => Self::compile_escaped(name, text, Tail::Nothing, escape),
        }
    }

    fn compile(name: &str, text: &str, tail: Tail) -> Result<LogFormat, FormatError> {
        Self::compile_escaped(name, text, tail, NginxEscape::Default)
    }

    fn compile_escaped(name: &str, text: &str, tail: Tail, escape: NginxEscape) -> Result<LogFormat, FormatError> {
        let pieces = log_format::parse(text)?;
        let plan = plan::compile(&pieces, &[], escape);
        Ok(LogFormat {
            name: name.to_owned(),
            pieces,
            plan,
            tail,
            json: None,
            is_common: name == "common",
            is_given: true,
            escape,
        })
    }

    /// A format whose lines are JSON, with these keys beside those that are known by themselves.
    fn json(name: &str, fields: Vec<JsonField>) -> LogFormat {
        LogFormat {
            name: name.to_owned(),
            pieces: Vec::new(),
            plan: plan::compile(&[], &[], NginxEscape::Default),
            tail: Tail::Nothing,
            json: Some(Box::new(JsonFormat::new(fields))),
            is_common: false,
            is_given: true,
            escape: NginxEscape::Json,
        }
    }

    /// All presets, in the order of their table, and JSON. Behind each preset, fields that it does not know are passed over.
    pub(crate) fn all_presets() -> Vec<LogFormat> {
        Self::presets()
            .map(|(name, text)| Self::compile(name, text, Tail::Fields).expect("a test compiles every preset"))
            .chain([Self::json(JSON, Vec::new())])
            .map(|format| LogFormat { is_given: false, ..format })
            .collect()
    }

    /// The same format, in which the variables that the question ranks by name have their place.
    pub(crate) fn ranking(self, ranked: &[&str]) -> LogFormat {
        if ranked.is_empty() {
            return self;
        }
        let mut format = LogFormat { plan: plan::compile(&self.pieces, ranked, self.escape), ..self };
        if let Some(json) = &mut format.json {
            **json = json.ranking(ranked);
            format.plan.extras = ranked.iter().zip(0..).map(|(name, place)| json.keys().slot_of(name, place)).collect();
        }
        format
    }

    /// Where in a row each of those variables is.
    pub(crate) fn extras(&self) -> &[Slot] {
        &self.plan.extras
    }

    /// Whether lines of this format have the variable of that name.
    ///
    /// ```
    /// let format: logstat::LogFormat = "$remote_addr $my_own".parse()?;
    /// assert!(format.logs("my_own") && !format.logs("status"));
    /// # Ok::<(), logstat::FormatError>(())
    /// ```
    pub fn logs(&self, variable: &str) -> bool {
        self.pieces.iter().any(|p| matches!(p, Piece::Variable { name, .. } if name == variable))
            || self.json.iter().flat_map(|json| json.fields()).any(|field| field.variable() == variable)
    }

    /// The same with these keys before those that are known by themselves, where lines are JSON.
    #[must_use]
    pub(crate) fn with_json_fields(mut self, fields: &[JsonField]) -> LogFormat {
        if let Some(json) = self.json.as_mut().filter(|_| !fields.is_empty()) {
            **json = json.with_fields(fields);
        }
        self
    }

    /// Whether values are not escaped as they are by default, and not in JSON, which is read as it is escaped.
    pub(crate) fn is_escaped_otherwise(&self) -> bool {
        self.escape != NginxEscape::Default && self.json.is_none()
    }

    /// The values of a row as nginx would have written them by default, so that a tally has one way of escaping.
    pub(crate) fn escaped_by_default<'a>(&self, row: &Row<'a>, bump: &'a Bump) -> Row<'a> {
        let mut row = row.clone();
        row.rewrite(|raw| {
            if !raw.contains(&b'\\') {
                return raw;
            }
            let mut plain = Vec::new();
            match self.escape {
                NginxEscape::Default => return raw,
                NginxEscape::Json => json_text::decode(raw, &mut plain),
                NginxEscape::None => plain.extend_from_slice(raw),
            }
            bump.alloc_slice_copy(&escape::escape(&plain))
        });
        row
    }

    /// Whether lines are JSON objects.
    pub fn is_json(&self) -> bool {
        self.json.is_some()
    }

    /// The fields that lines of this format have, those being lines with these keys if they are JSON.
    pub(crate) fn fields(&self, seen: &KeysSeen) -> Fields {
        match &self.json {
            Some(json) => json.keys().seen(seen).fold(Fields::NONE, |fields, rule| fields.and(rule.fields)),
            None => self.plan.fields,
        }
    }

    /// Each key that lines had and the variable that it is taken for, those that have the say first.
    pub(crate) fn keys<'f>(&'f self, seen: &'f KeysSeen) -> impl Iterator<Item = (&'f str, &'f str)> {
        let json = self.json.iter().filter(|_| !seen.is_empty());
        json.flat_map(|json| json.keys().seen(seen)).map(|rule| (&*rule.key, &*rule.variable))
    }

    /// The keys that a user gave and that are not in any of these sets.
    pub(crate) fn never_seen<'f>(&'f self, seen: &[&KeysSeen]) -> Vec<&'f str> {
        let json = self.json.iter().filter(|json| !json.fields().is_empty());
        let given = json.flat_map(|json| json.keys().given());
        given.filter(|(place, _)| !seen.iter().any(|seen| seen.holds(*place))).map(|(_, rule)| &*rule.key).collect()
    }

    pub(crate) fn variables(&self) -> usize {
        self.pieces.iter().filter(|p| matches!(p, Piece::Variable { .. })).count()
    }

    /// What was expected where a line did not fit: `" - " after $remote_addr`.
    pub(crate) fn expectation(&self, misfit: Misfit) -> String {
        let first = match misfit.expected {
            Expected::Piece(first) => first,
            Expected::Said(words) => return words.to_owned(),
            Expected::End if self.tail == Tail::Nothing => return "the end of the line".to_owned(),
            Expected::End => return "a space or the end of the line".to_owned(),
        };
        let expected = match &self.pieces[first] {
            Piece::Literal(text) => format!("'{}'", printable(text.as_bytes())),
            // The step that takes user and time together: what a person sees missing is the time.
            Piece::Variable { name, .. } if name == "remote_user" => "$remote_user [$time_local] \"".to_owned(),
            Piece::Variable { name, shape, .. } => format!("${name} ({})", shape.description()),
        };
        match first.checked_sub(1).map(|before| &self.pieces[before]) {
            Some(Piece::Variable { name, .. }) => format!("{expected} after ${name}"),
            _ => expected,
        }
    }
}

impl FromStr for LogFormat {
    type Err = FormatError;

    /// Reads the name of a preset, `json`, or the text of a `log_format`.
    fn from_str(text: &str) -> Result<Self, FormatError> {
        if let Some((name, preset)) = Self::presets().find(|(name, _)| *name == text) {
            return Self::compile(name, preset, Tail::Fields);
        }
        if text == JSON {
            return Ok(Self::json(JSON, Vec::new()));
        }
        if is_name(text) {
            let names: Vec<_> = Self::names().collect();
            return Err(FormatError {
                text: text.to_owned(),
                at: 0,
                what: format!(
                    "no format has this name; there are {}, or give the text with its $variables",
                    names.join(", ")
                ),
            });
        }
        match json_template::fields(text) {
            Some(fields) if !fields.is_empty() => Ok(Self::json(text, fields)),
            _ => Self::compile(text, text, Tail::Nothing),
        }
    }
}
