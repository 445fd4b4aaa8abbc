//! `scheme`: the logged `$scheme`, or else the scheme of a request for an absolute URL.

use std::borrow::Cow;

use super::row::{DerivedRow, KeyOf, Source};
use crate::format::request_scheme;

pub(super) const ROW: DerivedRow = DerivedRow {
    name: "scheme",
    singular: "$scheme",
    plural: "$scheme",
    variables: "$scheme or $request",
    sources: &[
        (Source::Variable("scheme"), |_| KeyOf::of(|logged| Some(Cow::Borrowed(logged)))),
        (Source::Variable("request"), |_| KeyOf::of(of_request)),
    ],
    ..DerivedRow::USUAL
};

/// Returns the scheme of `GET http://example.com/ HTTP/1.1`, in lower case.
fn of_request(line: &[u8]) -> Option<Cow<'_, [u8]>> {
    request_scheme(line).map(|scheme| Cow::Owned(scheme.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_requests_for_absolute_urls_have_a_scheme() {
        for (line, expected) in [
            ("GET http://example.com/ HTTP/1.1", "http"),
            ("GET HTTPS://example.com/ HTTP/1.1", "https"),
            ("GET ftp://example.com/a b", "ftp"),
            ("GET / HTTP/1.1", ""),
            ("GET /?u=http://example.com/ HTTP/1.1", ""),
            ("GET ://example.com/ HTTP/1.1", ""),
            ("GET 1http://example.com/ HTTP/1.1", ""),
            ("CONNECT example.com:443 HTTP/1.1", ""),
            ("OPTIONS * HTTP/1.1", ""),
            ("http://example.com/", ""),
            ("", ""),
        ] {
            assert_eq!(of_request(line.as_bytes()).unwrap_or_default(), expected.as_bytes(), "{line}");
        }
    }
}
