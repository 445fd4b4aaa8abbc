//! Keys of JSON logs with several meanings, keys that reveal something about their object, and lines of Caddy that look
//! like those of an access log.

use std::net::{IpAddr, SocketAddr};

use crate::format::time_unit::is_decimal;

/// The form of a value. If a key has several meanings, the form of its value decides between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Any,
    /// An IP address, with or without a port.
    Address,
    /// A number without a sign.
    Number,
    NoNumber,
    /// A number with a decimal point.
    Decimal,
    /// A status: 100 to 599.
    Status,
    /// Anything except a number of seconds before 1973, because no log is that old.
    Moment,
}

impl Form {
    /// True if a value has this form. A missing value has every form.
    pub(super) fn fits(self, value: &[u8]) -> bool {
        if matches!(value, [] | b"-" | b"null") {
            return true;
        }
        match self {
            Form::Any => true,
            Form::Address => is_address(value),
            Form::Number => is_number(value),
            Form::NoNumber => !is_number(value),
            Form::Status => matches!(value, [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9']),
            Form::Decimal => is_number(value) && is_decimal(value),
            Form::Moment => !is_number(value) || whole_digits(value) > 8,
        }
    }
}

/// True for digits, optionally with a fraction and an exponent.
fn is_number(value: &[u8]) -> bool {
    let (whole, mut rest) = value.split_at(leading_digits(value));
    if let [b'.', fraction @ ..] = rest {
        let digits = leading_digits(fraction);
        rest = if digits > 0 { &fraction[digits..] } else { rest };
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let power = exponent.strip_prefix(b"-").or(exponent.strip_prefix(b"+")).unwrap_or(exponent);
        rest = if power.is_empty() { rest } else { &power[leading_digits(power)..] };
    }
    !whole.is_empty() && rest.is_empty()
}

fn leading_digits(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_digit()).count()
}

/// Number of digits before the decimal point; `usize::MAX` for a number with an exponent.
fn whole_digits(number: &[u8]) -> usize {
    if number.iter().any(|b| matches!(b, b'e' | b'E')) { usize::MAX } else { leading_digits(number) }
}

fn is_address(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse::<IpAddr>().is_ok() || text.parse::<SocketAddr>().is_ok()
}

/// Information about the object that contains a key, independent of what the key feeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    #[default]
    Nothing,
    /// Envoy wrote the object, so its `duration` is in milliseconds.
    Envoy,
    /// The value names the part of Caddy that wrote the line.
    Logger,
}

/// THE TABLE of marks. Source: Envoy's and Istio's documentation of access logs, Envoy Gateway's default format;
/// Caddy's documentation of its log structure.
pub(super) const MARKS: [(&str, Mark); 5] = [
    ("response_flags", Mark::Envoy),
    ("start_time", Mark::Envoy),
    ("upstream_service_time", Mark::Envoy),
    ("x-envoy-upstream-service-time", Mark::Envoy),
    ("logger", Mark::Logger),
];

/// Parts of Caddy whose lines may have the keys of an access log. `http.log.error` repeats a request that is also in
/// the access log.
const CADDYS: [&[u8]; 7] =
    [b"http.log.error", b"http.handlers.", b"http.acme_client", b"http.auto_https", b"admin.api", b"tls.", b"pki."];

/// True if the value of `logger` names a part of Caddy that does not write access logs.
pub(super) fn is_caddy_internal(logger: &[u8]) -> bool {
    CADDYS.iter().any(|part| logger.starts_with(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_distinguish_the_meanings_of_a_key() {
        let rows: [(Form, &[&str], &[&str]); 6] = [
            (
                Form::Address,
                &["192.0.2.1", "192.0.2.1:443", "::1", "[::1]", "[2001:db8::1]:443", "-", "", "null"],
                &["web", "192.0.2", "192.0.2.1:", "example.org", "10", "[x]", "é"],
            ),
            (
                Form::Number,
                &["0", "0.001", "5e-05", "26", "-"],
                &["05/Apr/2022:03:45:05 +0000", "1.2.3", "x", "1ms", "-1", "inf", "1.", ".5", "1e", "1e5x"],
            ),
            (Form::NoNumber, &["05/Apr/2022:03:45:05 +0000", "1ms", ""], &["0", "0.001"]),
            (Form::Status, &["100", "404", "599", "-"], &["000", "600", "20", "2000", "0.2", "OK"]),
            (Form::Decimal, &["0.001", "5e-05"], &["26", "2022-04-05", "x"]),
            (
                Form::Moment,
                &["1649130305", "1649130305.123", "1.649130305e9", "1649130305123", "2022-04-05T03:45:05Z", "now"],
                &["0.023", "26", "99999999.999"],
            ),
        ];
        for (form, fit, others) in rows {
            assert!(fit.iter().all(|value| form.fits(value.as_bytes())), "{form:?}");
            assert!(others.iter().all(|value| !form.fits(value.as_bytes())), "{form:?}");
        }
    }

    #[test]
    fn caddys_own_lines_are_recognized_by_logger() {
        for (logger, expected) in [
            ("http.log.access", false),
            ("http.log.access.log0", false),
            ("http.log.error.log0", true),
            ("http.handlers.reverse_proxy", true),
            ("admin.api", true),
            ("pki.ca.local", true),
            ("http", false),
            ("my.app", false),
            ("", false),
        ] {
            assert_eq!(is_caddy_internal(logger.as_bytes()), expected, "{logger}");
        }
    }
}
