//! A format by what a user types for `--log-format`: a name, nginx's text, or Apache's.

use std::str::FromStr;

use super::escape::NginxEscape;
use super::given::Given;
use super::plan::Tail;
use super::{FormatError, JSON, LTSV, LogFormat, apache, is_name, json_template};

impl FromStr for LogFormat {
    type Err = FormatError;

    /// Reads the name of a preset in any case, `json`, `ltsv`, or the text of a `log_format` as nginx reads it: with escapes,
    /// in quoted parts, after `escape=`, or as a whole directive. Apache's `LogFormat` is translated.
    fn from_str(text: &str) -> Result<Self, FormatError> {
        if let Some((name, preset)) = Self::presets().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
            return Self::compile(name, preset, Tail::Fields);
        }
        if text.eq_ignore_ascii_case(JSON) {
            return Ok(Self::json(JSON, Vec::new()));
        }
        if text.eq_ignore_ascii_case(LTSV) {
            return Ok(Self::ltsv());
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
        let given = Given::read(text)?;
        Self::of_given(&given).map_err(|error| given.error(error.at, error.what))
    }
}

impl LogFormat {
    fn of_given(given: &Given<'_>) -> Result<LogFormat, FormatError> {
        if given.is_apache {
            let text = apache::as_in_presets(&given.text);
            if let Some((name, preset)) = Self::presets().find(|(_, preset)| *preset == text) {
                return Ok(LogFormat { read_as: Some(name.to_owned()), ..Self::compile(name, preset, Tail::Fields)? });
            }
            let read = Self::compile(given.shown(), &given.text, Tail::Nothing)?;
            return Ok(LogFormat { read_as: Some(given.text.clone()), ..read });
        }
        // A text that writes JSON is escaped as JSON, unless the user or the directive says otherwise.
        let escape = given.escape.unwrap_or(match given.is_directive() {
            false if json_template::fields(&given.text).is_some_and(|fields| !fields.is_empty()) => NginxEscape::Json,
            _ => NginxEscape::Default,
        });
        Self::nginx(given.shown(), &given.text, escape)
    }
}
