//! Reads a `log_format` that writes JSON: which key holds which variable.
//!
//! Lines of such a format are read by key, like any JSON log: escapes are JSON's, values may be missing, and the order
//! of keys may change.

use super::text::decode;
use super::value::{Kind, skip_space, value};
use crate::format::field_key::FieldKey;
use crate::format::marks::Quotes;
use crate::format::marks::next_quote;
use crate::format::variables::variable;

/// Maximum depth of nested objects: deeper than anyone writes them by hand.
const DEPTH: usize = 32;

/// The fields of a `log_format` by key; `None` if its text is not a JSON object. A key whose value is more than one
/// variable is omitted, so that it is only known by its name.
pub(in crate::format) fn fields(text: &str) -> Option<Vec<FieldKey>> {
    // The braces of `${name}` would be read as an object.
    let text = without_braces(text.trim_ascii());
    let (mut fields, mut quotes) = (Vec::new(), Quotes::Unknown);
    let end = object(text.as_bytes(), 0, "", DEPTH, &mut quotes, &mut fields)?;
    // If two fields feed the same target, the first in the table of variables wins, as in every log_format.
    fields.sort_by_key(|field: &FieldKey| variable(field.variable()).map_or(usize::MAX, |(place, _)| place));
    (end == text.len()).then_some(fields)
}

/// Reads the object at `at`, whose keys get the prefix `before`. Returns its end.
fn object(
    text: &[u8],
    at: usize,
    before: &str,
    depth: usize,
    quotes: &mut Quotes<'_>,
    fields: &mut Vec<FieldKey>,
) -> Option<usize> {
    if text.get(at) != Some(&b'{') || depth == 0 {
        return None;
    }
    let mut at = skip_space(text, at + 1);
    loop {
        match text.get(at)? {
            b'}' => return Some(at + 1),
            b',' => at = skip_space(text, at + 1),
            b'"' => {
                let end = next_quote(quotes, text, at + 1)?.0;
                let key = format!("{before}{}", decoded(&text[at + 1..end]));
                at = skip_space(text, end + 1);
                if text.get(at) != Some(&b':') {
                    return None;
                }
                at = skip_space(text, at + 1);
                at = match text.get(at)? {
                    b'{' => object(text, at, &format!("{key}."), depth - 1, quotes, fields)?,
                    _ => {
                        let value = value(text, at, quotes).ok()?;
                        let variable = match value.kind {
                            Kind::List => None,
                            Kind::Plain | Kind::Escaped => text[value.start..value.end].strip_prefix(b"$"),
                        };
                        let name = variable.and_then(|name| std::str::from_utf8(name).ok());
                        fields.extend(name.and_then(|name| FieldKey::of_template(name, key)));
                        value.next
                    }
                };
                at = skip_space(text, at);
            }
            _ => return None,
        }
    }
}

fn decoded(key: &[u8]) -> String {
    let mut out = Vec::new();
    decode(key, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Replaces `${name}` by `$name`.
fn without_braces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out += before;
        out.push('$');
        match after.split_once('}') {
            Some((name, after)) => {
                out += name;
                rest = after;
            }
            None => rest = after,
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<Vec<(String, String)>> {
        let fields = fields(text)?;
        Some(fields.iter().map(|f| (f.key().to_owned(), f.name().to_owned())).collect())
    }

    #[test]
    fn keys_are_mapped_to_variables() {
        let text = r#" { "t":"$time_iso8601", "st": $status,"b":${body_bytes_sent}, "http" : {"ua":"${http_user_agent}","x\u0079":"$request_id"},
            "host":"$server_addr","r":"$request_method $request_uri", "type":"nginx", "list":["$host"], "n":1,} "#
            .replace('\n', " ");
        let expected = [
            ("t", "time_iso8601"),
            ("st", "status"),
            ("b", "body_bytes_sent"),
            ("list", "host"),
            ("http.ua", "http_user_agent"),
            ("http.xy", "request_id"),
            ("host", "server_addr"),
        ];
        let expected: Vec<_> = expected.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned())).collect();
        assert_eq!(found(&text), Some(expected));
        assert_eq!(found("{}"), Some(Vec::new()));
    }

    #[test]
    fn non_json_has_no_fields() {
        for text in [
            "",
            "$remote_addr",
            "{$remote_addr} $status",
            r#"{"a":"$status""#,
            r#"{"a":"$status"} x"#,
            r#"{"a" "$status"}"#,
            r#"["$status"]"#,
            "{\"a\":${status",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
        assert_eq!(found(&"{\"a\":".repeat(100_000)), None);
    }
}
