//! Finds keys of JSON lines that may hold a field, for the message about a file that fits no format.

use serde_json::Value;

use crate::ip;

/// The field that a question needs a key for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Status,
    /// A path, or a whole request line.
    Path,
    Address,
    /// A list of addresses that proxies pass on, or a single address; not every line needs a list.
    AddressList,
}

/// Returns `NAME=KEY` for the first key whose value fits the field in each of these lines.
pub(super) fn field_key<'l>(lines: impl Iterator<Item = &'l [u8]>, wanted: Wanted) -> Option<String> {
    let keys_of = |line: &[u8]| {
        let mut keys = Vec::new();
        collect(&serde_json::from_slice(line).ok()?, String::new(), &mut keys);
        Some(keys)
    };
    let all: Option<Vec<Vec<(String, Value)>>> = lines.map(keys_of).collect();
    let all = all?;
    let (key, value) = all.first()?.iter().find(|(key, _)| {
        let has_value = |keys: &Vec<(String, Value)>| keys.iter().any(|(k, value)| k == key && wanted.fits(k, value));
        all.iter().all(has_value)
    })?;
    let name = match (wanted, value) {
        (Wanted::Status, _) => "status",
        (Wanted::Path, Value::String(text)) if is_request(text) => "request",
        (Wanted::Path, _) => "path",
        (Wanted::Address, _) => "ip",
        (Wanted::AddressList, _) => "http_x_forwarded_for",
    };
    Some(format!("{name}={key}"))
}

impl Wanted {
    fn fits(self, key: &str, value: &Value) -> bool {
        match (self, value) {
            (Wanted::Status, Value::Number(number)) => number.as_u64().is_some_and(is_status) && is_named_status(key),
            (Wanted::Status, Value::String(text)) => text.parse().is_ok_and(is_status) && is_named_status(key),
            (Wanted::Path, Value::String(text)) => text.starts_with('/') || is_request(text),
            (Wanted::Address, Value::String(text)) => ip::is_address(text.as_bytes()),
            (Wanted::AddressList, Value::String(text)) => {
                ip::is_address(text.as_bytes()) || ip::is_address_list(text.as_bytes())
            }
            _ => false,
        }
    }
}

/// Collects every key that does not hold an object. Nested keys are joined with dots.
fn collect(value: &Value, path: String, keys: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                collect(value, if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, keys);
            }
        }
        other => keys.push((path, other.clone())),
    }
}

fn is_status(number: u64) -> bool {
    (100..600).contains(&number)
}

/// True if the last part of a key looks like the name of a status. The value is not enough: bytes and milliseconds may
/// have three digits, too.
fn is_named_status(key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    last.contains("status") || last.contains("code")
}

fn is_request(text: &str) -> bool {
    text.split(' ').count() == 3 && text.contains(" /") && text.contains(" HTTP/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_by_their_values() {
        let line = br#"{"took":212,"who":{"ip":"192.0.2.1"},"http":{"code":"404","target":"/a"},"r":"GET / HTTP/1.1"}"#;
        let found = |line: &'static [u8], wanted| field_key([line].into_iter(), wanted);
        assert_eq!(found(line, Wanted::Status).as_deref(), Some("status=http.code"));
        assert_eq!(found(line, Wanted::Path).as_deref(), Some("path=http.target"));
        assert_eq!(found(line, Wanted::Address).as_deref(), Some("ip=who.ip"));
        assert_eq!(found(br#"{"line":"GET / HTTP/1.1"}"#, Wanted::Path).as_deref(), Some("request=line"));
        assert_eq!(found(br#"{"took":212,"size":300}"#, Wanted::Status), None);
        assert_eq!(found(b"not JSON", Wanted::Status), None);
    }

    #[test]
    fn every_line_must_have_such_a_value() {
        let lines = [&br#"{"a":"192.0.2.1","b":"192.0.2.1"}"#[..], br#"{"a":"192.0.2.1, 10.0.0.1","b":"192.0.2.2"}"#];
        assert_eq!(field_key(lines.into_iter(), Wanted::Address).as_deref(), Some("ip=b"));
        assert_eq!(
            field_key(lines[1..].iter().copied(), Wanted::AddressList).as_deref(),
            Some("http_x_forwarded_for=a")
        );
        assert_eq!(field_key(std::iter::empty(), Wanted::Address), None);
    }
}
