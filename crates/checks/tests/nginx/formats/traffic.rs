//! Requests that bring out the worst in every variable: broken requests, and odd values in valid ones.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::nginx::client::{Connection, Doors, Origin};
use crate::nginx::hostile::{TEXTS, USERS, last_words};
use crate::nginx::request::{Answer, Exchange, Logged, Request};
use crate::nginx::upstream::App;

/// Values of the Host header.
const HOSTS: [&str; 14] = [
    "site.test",
    "SITE.test.",
    "named.test",
    "www.named.test:8080",
    "[::1]:80",
    "127.0.0.1",
    "a\"b\\c",
    "a,b",
    "a;b|c",
    "(x)<y>$",
    "-",
    "a:b:c",
    "200",
    "",
];

/// Targets that reach every location of the configuration, or contain odd bytes.
const TARGETS: [&str; 24] = [
    "/?a=b%20c&v=\"1\"",
    "/static/a.css?",
    "/static/a.css?a=-",
    "/my%20file",
    "/my%20file.txt?a=b",
    "/a%20-%20b%20:%20c,%20d",
    "/%22quoted%22%20200%20x",
    "/index.html?a=1&a=2",
    "/moved",
    "/nothing",
    "/private",
    "/seldom",
    "/seldom",
    "/rewritten?x",
    "/app/200",
    "/app/404?a=%20",
    "/app/chunked",
    "/twice/a",
    "/dead/x",
    "/again/x",
    "/unknown/x",
    "/fastcgi/a.php/in fo",
    "/fastcgi/a.php/info",
    "/uwsgi/x",
];

/// Values of X-Forwarded-For, genuine and forged.
const FORWARDED: [&str; 5] = [
    "203.0.113.7",
    "203.0.113.7, 10.0.0.1",
    "2001:db8::1, 203.0.113.9, 127.0.0.1",
    "1.2.3.4 - bob [x] \"",
    "unknown, 200 5",
];

/// Raw requests, in addition to those of `hostile`.
const RAW: [(&[u8], Answer); 9] = [
    (b"GET / HTTP/1.0\r\n\r\n", Answer::Response),
    (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", Answer::Response),
    (b"GET /my file HTTP/1.1\r\nHost: site.test\r\n\r\n", Answer::Response),
    (b"GET / HTTP/9.9\r\nHost: site.test\r\n\r\n", Answer::Response),
    (b"GET / HTTP/1.10\r\nHost: site.test\r\nConnection: close\r\n\r\n", Answer::Response),
    (b"GET /old\r\n", Answer::Bare(404)),
    (b"MGLNDD_1.2.3.4_443\r\n", Answer::Response),
    (b"OPTIONS * HTTP/1.1\r\nHost: site.test\r\n\r\n", Answer::Response),
    (b"GET http://other.test:81 HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n", Answer::Response),
];

/// Sends all requests, each on its own connection, and returns their number.
pub(crate) fn talk(doors: &Doors, has_ipv6: bool, app: &App) -> usize {
    let all = exchanges();
    for (i, exchange) in all.iter().enumerate() {
        let origin = match i % 8 {
            _ if matches!(exchange.answer, Answer::Nothing(408)) => Origin::Hasty,
            1 if has_ipv6 => Origin::V6,
            2 => Origin::Socket,
            3 => Origin::Proxied(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7))),
            4 => Origin::Proxied(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0xface, 1))),
            other => Origin::V4(Ipv4Addr::new(127, 0, 0, 1 + other as u8)),
        };
        let mut connection = Connection::open(doors, &origin);
        connection.send(&exchange.sent);
        connection.answer(exchange, app);
    }
    all.len()
}

fn exchanges() -> Vec<Exchange> {
    let raw = |sent: &[u8], answer: Answer| Exchange { sent: sent.to_vec(), logged: Logged::of(sent), answer };
    let mut all: Vec<_> = RAW.into_iter().map(|(sent, answer)| raw(sent, answer)).collect();
    all.push(raw(b"GET /slow/in/the/line?x", Answer::Nothing(408)));
    all.extend(last_words().into_iter().filter(|exchange| !exchange.sent.contains(&0) && exchange.sent.len() < 8000));
    let mut add = |request: Request<'_>| all.push(Request { is_last: true, ..request }.exchange(Answer::Response));
    for host in HOSTS {
        add(Request { host, ..Request::get("/index.html") });
    }
    for (i, target) in TARGETS.iter().enumerate() {
        let mut request = Request::get(*target).with(&format!("X-Forwarded-For: {}", FORWARDED[i % FORWARDED.len()]));
        request.user = Some(b"bob".to_vec());
        request.agent = Some(b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_vec());
        request.referer = Some(b"https://elsewhere.test/?q=a b, c".to_vec());
        add(request.with("Cookie: session=a b \"c\"; a=").with("Accept-Language: de, en;q=0.8"));
    }
    for text in TEXTS {
        let text = text.trim_ascii();
        let mut request = Request::get("/static/a.css").with("Accept-Encoding: gzip");
        (request.agent, request.referer) = (Some(text.to_vec()), Some(text.to_vec()));
        for name in ["X-Odd: ", "Cookie: session=", "X-Forwarded-For: ", "Content-Type: "] {
            request.more.extend([name.as_bytes(), text, b"\r\n"].concat());
        }
        add(request);
    }
    for user in USERS.into_iter().filter(|user| !breaks_lines(user)) {
        add(Request { user: Some(user.to_vec()), ..Request::get("/docs/index.html") });
    }
    for body in ["a=1&b=\"2\" 200 x", "x"] {
        add(Request { method: "POST", body, ..Request::get("/app/201/form") });
    }
    let target = b"/app/never/left".to_vec();
    all.push(Request::get(target.clone()).exchange(Answer::Leaves { target }));
    all
}

/// True if `escape=none` would let this value break a line. NULs at the start of a line are dropped by logstat.
fn breaks_lines(value: &[u8]) -> bool {
    value.iter().any(|b| matches!(b, b'\0' | b'\n'))
}
