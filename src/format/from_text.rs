//! Parses the value of `--log-format`: a name, nginx's text, or Apache's.

use std::str::FromStr;

use super::catalog::{ALIASES, JSON, LTSV};
use crate::format::json::template;
use crate::format::log_format::dialects::apache;
use crate::format::log_format::given::Given;
use crate::format::log_format::nginx_escape::NginxEscape;
use crate::format::log_format::plan::Tail;
use crate::format::log_format::presets::PRESETS;
use crate::format::{FormatError, LogFormat, is_name};

impl FromStr for LogFormat {
    type Err = FormatError;

    /// Parses the name of a preset in any case, `json`, `ltsv`, an alias such as `apache`, or the text of a `log_format`. The text is read as
    /// nginx reads it: with escapes, in quoted parts, after `escape=`, or as a whole directive. Apache's `LogFormat` is
    /// translated.
    fn from_str(text: &str) -> Result<Self, FormatError> {
        let alias = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(text.trim()));
        let text = alias.map_or(text, |(_, name)| name);
        if let Some(preset) = PRESETS.iter().find(|preset| preset.name.eq_ignore_ascii_case(text)) {
            return Ok(Self::preset(preset));
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
                    "unknown format; known formats: {}; or give the text of a log_format with its $variables",
                    names.join(", ")
                ),
            });
        }
        let given = Given::read(text)?;
        let format = Self::of_given(&given).map_err(|error| given.error(error.at, error.what))?;
        Ok(format.typed(text.trim()))
    }
}

impl LogFormat {
    fn of_given(given: &Given<'_>) -> Result<LogFormat, FormatError> {
        if given.is_apache {
            let text = apache::as_in_presets(&given.text);
            if let Some(preset) = PRESETS.iter().find(|preset| apache::as_in_presets(preset.text) == text) {
                return Ok(LogFormat { read_as: Some(preset.name.to_owned()), ..Self::preset(preset) });
            }
            let read = Self::compile_escaped(given.shown(), &given.text, Tail::Nothing, NginxEscape::Default)?;
            return Ok(LogFormat { read_as: Some(given.text.clone()), ..read });
        }
        // Assume JSON escaping for a text that writes JSON, unless the user or a directive decides.
        let escape = given.escape.unwrap_or(match given.is_directive() {
            false if template::fields(&given.text).is_some_and(|fields| !fields.is_empty()) => NginxEscape::Json,
            _ => NginxEscape::Default,
        });
        Self::nginx(given.shown(), &given.text, escape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> LogFormat {
        text.parse().unwrap()
    }

    #[test]
    fn apache_formats_match_presets() {
        let common = r#"%h %l %u %t \"%r\" %>s %b"#;
        let combined = format!(r#"{common} \"%{{Referer}}i\" \"%{{User-agent}}i\""#);
        for (text, expected) in [
            (common.to_owned(), "common"),
            (format!("LogFormat \"{common}\" mine"), "common"),
            (combined.replace("%b", "%O"), "combined"),
            (combined.replace('\\', ""), "combined"),
            (format!("%v {combined}"), "vhost"),
            (format!("{combined} %T"), "combined_timed"),
        ] {
            let format = read(&text);
            assert_eq!((format.name(), format.read_as()), (expected, Some(expected)), "{text}");
            assert!(format.tail == Tail::Fields);
        }
        let format = read(&format!("{combined} %D"));
        assert!(format.read_as().unwrap().ends_with("\"$http_user_agent\" $request_time_us"));
        assert_eq!(format.tail, Tail::Nothing);
    }

    #[test]
    fn json_with_json_escaping_is_read_by_its_keys() {
        let json = r#"{"ip":"$remote_addr","code":$status}"#;
        for (text, is_json, escape) in [
            (json.to_owned(), true, NginxEscape::Json),
            (format!("'{json}'"), true, NginxEscape::Json),
            (format!("escape=json {json}"), true, NginxEscape::Json),
            (format!("escape=none {json}"), false, NginxEscape::None),
            (format!("log_format a escape=json '{json}';"), true, NginxEscape::Json),
            (format!("log_format a '{json}';"), false, NginxEscape::Default),
            ("escape=json $remote_addr|$status".to_owned(), false, NginxEscape::Json),
        ] {
            let format = read(&text);
            assert_eq!((format.is_json(), format.strictness.escape), (is_json, escape), "{text}");
        }
    }

    #[test]
    fn source_text_parses_to_the_same_format() {
        let typed = r#" log_format own escape=none '$remote_addr "$request"' ' it\'s $status'; "#;
        let nginx = LogFormat::nginx("a b", r"it's \ $remote_addr|$status", NginxEscape::Json).unwrap();
        let json = LogFormat::nginx("j", r#"{"ip":"$remote_addr"}"#, NginxEscape::Json).unwrap();
        let all = ["combined", "JSON", "ltsv", "$remote_addr|$status", "%h %>s", typed, r#"{"ip":"$remote_addr"}"#];
        for format in all.map(read).into_iter().chain([nginx, json]) {
            let again = read(format.source_text());
            assert_eq!(again.source_text(), format.source_text());
            assert_eq!((again.name(), again.text()), (format.name(), format.text()));
            assert_eq!(again.strictness.escape, format.strictness.escape);
            assert_eq!((again.is_json(), again.read_as()), (format.is_json(), format.read_as()));
        }
    }

    #[test]
    fn preset_names_ignore_case_and_directives_named_like_presets_are_not_presets() {
        for name in LogFormat::names() {
            assert_eq!(read(&name.to_uppercase()).name(), name);
        }
        for (alias, name) in ALIASES {
            assert!(LogFormat::names().all(|name| name != alias), "{alias}");
            assert_eq!(read(&alias.to_uppercase()).name(), name);
        }
        let own = read("log_format common '$remote_addr $status';");
        assert_eq!((own.name(), own.is_common, own.tail), ("common", false, Tail::Nothing));
        assert!(read("Common").is_common);
    }
}
