//! Splits a line for display: each of its values, the variable that it belongs to, and the field that it feeds.
//!
//! It reads a line that matches its format with the slow reference of the scanner, and so costs far more than a scan.
//! The field that a value feeds comes from the same plan and keys that the scanner uses.

use std::borrow::Cow;

use bumpalo::Bump;

use super::row::Row;
use super::variables::Destination;
use crate::batch::Fields;
use crate::format::json::field_values::ScanContext;
use crate::format::json::format::{JsonFormat, Syntax};
use crate::format::json::members::members;
use crate::format::json::scan::JsonScratch;
use crate::format::json::text::decode;
use crate::format::json::value::{Kind, Value};
use crate::format::log_format::piece::Piece;
use crate::format::log_format::plan::{AFTER_TIME, BEFORE_TIME, Plan};
use crate::format::log_format::rule;
use crate::format::log_format::value_end::ValueEnd;
use crate::format::ltsv::scan::labelled;
use crate::format::{Line, LogFormat};
use crate::format::{json, ltsv};
use crate::text::escape_backslashes;
use crate::time::Clock;

/// A value of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LineField {
    /// The key of the value, as in the line; `None` if lines of the format have no keys.
    pub(crate) key: Option<Vec<u8>>,
    /// The variable that it is the value of; `None` for an unknown key.
    pub(crate) variable: Option<String>,
    /// The value, escaped as nginx escapes by default.
    pub(crate) value: Vec<u8>,
    pub(crate) destination: Destination,
}

/// The values of a line, and what follows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Anatomy {
    /// In the order in which they appear in the line.
    pub(crate) fields: Vec<LineField>,
    /// The end of the line, after the last field of its format.
    pub(crate) unread: Vec<u8>,
}

impl LogFormat {
    /// The values of a line that matches this format.
    pub(crate) fn anatomy(&self, text: &[u8]) -> Anatomy {
        match &self.json {
            None => self.text_anatomy(text),
            Some(format) => self.keyed_anatomy(format, text),
        }
    }

    fn text_anatomy(&self, text: &[u8]) -> Anatomy {
        let Some((values, end)) = rule::values(&self.plan, self.tail, text) else {
            return Anatomy::default();
        };
        let mut fields = Vec::new();
        for (piece, value) in pieces_and_values(&self.plan, &values) {
            if let Piece::Variable(variable) = &self.pieces[piece] {
                let (name, value) = (variable.name.clone(), self.escaped_as_default(value));
                fields.push(LineField { key: None, variable: Some(name), value, destination: variable.destination });
            }
        }
        Anatomy { fields, unread: self.escaped_as_default(&text[end..]) }
    }

    fn escaped_as_default(&self, value: &[u8]) -> Vec<u8> {
        self.in_default_escaping(value).into_owned()
    }

    /// The values of a line that names them. If several keys feed the same field, the scanner decides which one takes
    /// precedence.
    fn keyed_anatomy(&self, format: &JsonFormat, text: &[u8]) -> Anatomy {
        let (keys, bump, mut scratch) = (format.keys(), Bump::new(), JsonScratch::default());
        let context = ScanContext { bump: &bump, needs: Fields::NONE };
        let (mut clock, mut row) = (Clock::default(), Row::EMPTY);
        let is_read = match format.syntax {
            Syntax::Json => {
                json::scan::scan(keys, Line::unmarked(text), context, &mut clock, &mut scratch, &mut row).is_ok()
            }
            Syntax::Ltsv => ltsv::scan::scan(keys, text, context, &mut clock, &mut scratch, &mut row).is_ok(),
        };
        let mut fields = Vec::new();
        let mut push = |key: &[u8], starts: &[usize], value: Vec<u8>| {
            let rule = |rule: u16| keys.rule(rule);
            let known = keys.find(key).and_then(|name| name.rule).map(rule);
            let found =
                starts.iter().find_map(|start| scratch.field_values.rule_at(*start)).filter(|_| is_read).map(rule);
            fields.push(LineField {
                key: Some(key.to_vec()),
                variable: found.or(known).map(|rule| rule.variable.to_string()),
                value,
                destination: found.map_or(Destination::Nothing, |rule| keys.targets()[rule.target]),
            });
        };
        match format.syntax {
            Syntax::Json => members(keys, text, &mut |path, value| push(path, &[value.start], plain(value, text))),
            // A time may be in brackets, which the scanner skips.
            Syntax::Ltsv => labelled(text, &mut |label, value| {
                push(label, &[value.start, value.start + 1], self.escaped_as_default(&text[value.start..value.end]));
            }),
        }
        Anatomy { fields, unread: Vec::new() }
    }
}

/// Pairs each piece that is a variable with its value. User and time are one step of the plan, but two pieces.
fn pieces_and_values<'v>(plan: &Plan, values: &[&'v [u8]]) -> Vec<(usize, &'v [u8])> {
    let mut all = Vec::new();
    for (step, value) in plan.steps.iter().zip(values) {
        let both =
            value.strip_suffix(AFTER_TIME.as_bytes()).filter(|_| matches!(step.value_end, ValueEnd::UserAndTime));
        let Some(both) = both else {
            all.push((step.value_piece, *value));
            continue;
        };
        let user_end = memchr::memmem::rfind(both, BEFORE_TIME.as_bytes()).unwrap_or(both.len());
        let time = both.get(user_end + BEFORE_TIME.len()..).unwrap_or_default();
        all.extend([(step.value_piece, &both[..user_end]), (step.value_piece + 2, time)]);
    }
    all
}

/// A JSON value with JSON's escapes undone.
fn plain(value: &Value, text: &[u8]) -> Vec<u8> {
    let raw = &text[value.start..value.end];
    match value.kind {
        Kind::Plain => raw.to_vec(),
        Kind::List => escape_backslashes(raw).into_owned(),
        Kind::Escaped => {
            let mut plain = Vec::new();
            decode(raw, &mut plain);
            match escape_backslashes(&plain) {
                Cow::Borrowed(_) => plain,
                Cow::Owned(escaped) => escaped,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::TextField;
    use crate::format::log_format::presets::PRESETS;

    fn shown(format: &str, line: &str) -> Vec<String> {
        let format: LogFormat = format.parse().unwrap();
        let anatomy = format.anatomy(line.as_bytes());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let field = |field: LineField| {
            let key = field.key.map_or_else(String::new, |key| text(&key) + ":");
            format!("{key}{}={} {:?}", field.variable.unwrap_or_default(), text(&field.value), field.destination)
        };
        let unread = Some(text(&anatomy.unread)).filter(|unread| !unread.is_empty());
        anatomy.fields.into_iter().map(field).chain(unread).collect()
    }

    #[test]
    fn user_and_time_are_separate_values_and_the_rest_is_unread() {
        let line = r#"1.2.3.4 - a [b [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl" gz 7"#;
        let expected = [
            "remote_addr=1.2.3.4 Text(Addr)",
            "remote_user=a [b Text(User)",
            "time_local=05/Apr/2022:03:45:05 +0000 Time",
            "request=GET / HTTP/1.1 Request",
            "status=200 Status",
            "body_bytes_sent=12 Bytes",
            "http_referer=- Text(Referer)",
            "http_user_agent=curl Text(Agent)",
            " gz 7",
        ];
        assert_eq!(shown("combined", line), expected);
    }

    #[test]
    fn values_are_shown_in_default_escaping() {
        let line = r#"1.2.3.4|a\"b\\\u0041|200"#;
        let expected = ["remote_addr=1.2.3.4 Text(Addr)", r#"http_referer=a"b\\A Text(Referer)"#, "status=200 Status"];
        assert_eq!(shown("escape=json $remote_addr|$http_referer|$status", line), expected);
    }

    #[test]
    fn one_of_several_keys_for_a_field_takes_precedence() {
        let line = r#"{"ip":"10.0.0.1","remote_addr":"10.0.0.2","x":{"y":[1,"\\"]},"a\u0062":"\u00e9","status":200,"path":"/","vhost":"-"}"#;
        let expected = [
            "ip:remote_addr=10.0.0.1 Nothing",
            "remote_addr:remote_addr=10.0.0.2 Text(Addr)",
            r#"x:={"y":[1,"\\\\"]} Nothing"#,
            "ab:=é Nothing",
            "status:status=200 Status",
            "path:request_uri=/ Text(Path)",
            "vhost:host=- Nothing",
        ];
        assert_eq!(shown("json", line), expected);
    }

    #[test]
    fn nested_objects_are_split_while_their_keys_are_known() {
        let line = r#"{"request":{"uri":"/a","headers":{"User-Agent":["curl"],"X":["1"]}},"status":200}"#;
        let expected = [
            "request.uri:request_uri=/a Text(Path)",
            "request.headers.User-Agent:http_user_agent=curl Text(Agent)",
            "request.headers.X:=1 Nothing",
            "status:status=200 Status",
        ];
        assert_eq!(shown("json", line), expected);
    }

    #[test]
    fn ambiguous_label_shows_the_meaning_in_use() {
        let line = "host:10.0.0.1\tvhost:a.example\ttime:[05/Apr/2022:03:45:05 +0000]\tx:a:b\t\tstatus:200\tua:-\treq:GET / HTTP/1.1";
        let expected = [
            "host:remote_addr=10.0.0.1 Text(Addr)",
            "vhost:host=a.example Text(Host)",
            "time:time_local=[05/Apr/2022:03:45:05 +0000] Time",
            "x:=a:b Nothing",
            "status:status=200 Status",
            "ua:http_user_agent=- Nothing",
            "req:request=GET / HTTP/1.1 Request",
        ];
        assert_eq!(shown("ltsv", line), expected);
        let both = shown("ltsv", "host:a.example\tremote_addr:10.0.0.1\tstatus:200");
        assert_eq!(both[..2], ["host:host=a.example Text(Host)", "remote_addr:remote_addr=10.0.0.1 Text(Addr)"]);
    }

    #[test]
    fn every_preset_has_a_value_for_each_of_its_variables() {
        let combined = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl""#;
        for (name, line) in [
            ("combined", combined.to_owned()),
            ("vhost", format!("a.example {combined}")),
            ("main_timed", format!("{combined} \"-\" 0.106")),
            ("common", combined[..combined.len() - 11].to_owned()),
        ] {
            assert!(PRESETS.iter().any(|preset| preset.name == name));
            let format: LogFormat = name.parse().unwrap();
            let fields = format.anatomy(line.as_bytes()).fields;
            assert_eq!(fields.len(), format.variables(), "{name}");
            assert!(fields.iter().any(|field| field.destination == Destination::Text(TextField::Addr)));
        }
    }

    #[test]
    fn text_of_a_format_parses_to_the_same_format() {
        for text in ["${request_time_ms}ms|$status", "$uri$is_args${args}_|$host", "$uri$args1 $host", "$host[$status]"]
        {
            let format: LogFormat = text.parse().unwrap();
            let again: LogFormat = format.text().unwrap().parse().unwrap();
            assert_eq!((&format.pieces, format.text()), (&again.pieces, again.text()), "{text}");
        }
        for (name, _) in LogFormat::presets() {
            let format: LogFormat = name.parse().unwrap();
            let again: LogFormat = format.text().unwrap().parse().unwrap();
            assert_eq!(format.pieces, again.pieces, "{name}");
        }
    }
}
