//! Names of status codes, for formats that people read.

/// THE TABLE of status codes: those of IANA, and those that only nginx has.
///
/// Sources: <https://www.iana.org/assignments/http-status-codes>. Of nginx's own, 444 is in
/// <https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#return>, 495 to 497 are in
/// <https://nginx.org/en/docs/http/ngx_http_ssl_module.html#errors>, and 494, 498 and 499 are in its source,
/// `src/http/ngx_http_request.h` and `src/http/ngx_http_special_response.c`.
const NAMES: [(u16, &str); 68] = [
    (100, "continue"),
    (101, "switching protocols"),
    (102, "processing"),
    (103, "early hints"),
    (200, "OK"),
    (201, "created"),
    (202, "accepted"),
    (203, "non-authoritative information"),
    (204, "no content"),
    (205, "reset content"),
    (206, "partial content"),
    (207, "multi-status"),
    (208, "already reported"),
    (226, "IM used"),
    (300, "multiple choices"),
    (301, "moved permanently"),
    (302, "found"),
    (303, "see other"),
    (304, "not modified"),
    (305, "use proxy"),
    (307, "temporary redirect"),
    (308, "permanent redirect"),
    (400, "bad request"),
    (401, "unauthorized"),
    (402, "payment required"),
    (403, "forbidden"),
    (404, "not found"),
    (405, "method not allowed"),
    (406, "not acceptable"),
    (407, "proxy authentication required"),
    (408, "request timeout"),
    (409, "conflict"),
    (410, "gone"),
    (411, "length required"),
    (412, "precondition failed"),
    (413, "content too large"),
    (414, "URI too long"),
    (415, "unsupported media type"),
    (416, "range not satisfiable"),
    (417, "expectation failed"),
    (421, "misdirected request"),
    (422, "unprocessable content"),
    (423, "locked"),
    (424, "failed dependency"),
    (425, "too early"),
    (426, "upgrade required"),
    (428, "precondition required"),
    (429, "too many requests"),
    (431, "request header fields too large"),
    (444, "closed without response"),
    (451, "unavailable for legal reasons"),
    (494, "request header too large"),
    (495, "client certificate error"),
    (496, "client certificate missing"),
    (497, "HTTP request to HTTPS port"),
    (498, "canceled"),
    (499, "client closed request"),
    (500, "internal server error"),
    (501, "not implemented"),
    (502, "bad gateway"),
    (503, "service unavailable"),
    (504, "gateway timeout"),
    (505, "HTTP version not supported"),
    (506, "variant also negotiates"),
    (507, "insufficient storage"),
    (508, "loop detected"),
    (510, "not extended"),
    (511, "network authentication required"),
];

/// Returns the name of a status code: `404` is `not found`. `None` for other keys and for codes without a name.
pub(super) fn status_name(code: &str) -> Option<&'static str> {
    let code: u16 = code.parse().ok()?;
    NAMES.binary_search_by_key(&code, |(known, _)| *known).ok().map(|at| NAMES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_have_one_name() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(NAMES.iter().enumerate().all(|(i, (_, name))| NAMES[..i].iter().all(|(_, other)| other != name)));
    }

    #[test]
    fn codes_of_iana_and_of_nginx_have_names() {
        let rows = [
            ("200", Some("OK")),
            ("404", Some("not found")),
            ("499", Some("client closed request")),
            ("511", Some("network authentication required")),
            ("599", None),
            ("-", None),
            ("000", None),
        ];
        for (code, expected) in rows {
            assert_eq!(status_name(code), expected, "{code}");
        }
    }
}
