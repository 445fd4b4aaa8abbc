//! The requests that the client sends: of every kind, from many addresses, alone and in sequence.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::client::Origin;
use super::hostile::{self, TEXTS, UNFINISHED, USERS};
use super::random::Random;
use super::request::{Answer, Exchange, Logged, Request};

/// The requests of one connection.
pub(crate) struct Conversation {
    pub(crate) origin: Origin,
    pub(crate) exchanges: Vec<Exchange>,
    /// True to send all requests at once; false to wait for each answer.
    pub(crate) is_pipelined: bool,
}

/// All the traffic, the same in every run: `planned` requests, some of which nginx may leave unread.
pub(crate) fn conversations(planned: usize, has_ipv6: bool) -> Vec<Conversation> {
    let mut random = Random::new(20_260_405);
    let mut all = Vec::new();
    let mut alone = |origin, exchange| {
        all.push(Conversation { origin, exchanges: vec![exchange], is_pipelined: false });
    };
    // nginx uses the address of the PROXY protocol only after it has understood a request.
    let plain = |random: &mut Random| loop {
        let origin = origin(random, has_ipv6);
        if !matches!(origin, Origin::Proxied(_)) {
            break origin;
        }
    };
    for _ in 0..3 {
        for exchange in hostile::last_words() {
            alone(plain(&mut random), exchange);
        }
    }
    for sent in UNFINISHED {
        let exchange = Exchange { sent: sent.to_vec(), logged: Logged::of(sent), answer: Answer::Nothing(408) };
        alone(Origin::Hasty, exchange);
    }
    for i in 0..24 {
        let target = format!("/app/never/{i}").into_bytes();
        alone(origin(&mut random, has_ipv6), Request::get(target.clone()).exchange(Answer::Leaves { target }));
    }
    for i in 0..5 {
        // nginx takes this for an answer without a head, and logs it with the unique status 009.
        let request = Request { is_last: true, ..Request::get(format!("/app/rubbish/{i}")) };
        alone(origin(&mut random, has_ipv6), request.exchange(Answer::Bare(9)));
    }
    for i in 0..3 {
        let request = Request::get(format!("/app/never/late/{i}"));
        alone(origin(&mut random, has_ipv6), request.exchange(Answer::Response));
    }
    for i in 0..10 {
        let request = Request::get(format!("/app/slow/{i}?why"));
        alone(origin(&mut random, has_ipv6), request.exchange(Answer::Response));
    }
    for _ in 0..3 {
        let request = Request::get("/app/upgrade/").with("Upgrade: echo").with("Connection: upgrade");
        alone(origin(&mut random, has_ipv6), request.exchange(Answer::Response));
    }
    let mut count = all.len();
    while count < planned {
        let length = 1 + random.below(8);
        let mut requests: Vec<_> = (0..length).map(|_| request(&mut random)).collect();
        requests[length - 1].is_last = random.one_in(2);
        let exchanges = requests.iter().map(|request| request.exchange(Answer::Response)).collect();
        all.push(Conversation { origin: origin(&mut random, has_ipv6), exchanges, is_pipelined: random.one_in(3) });
        count += length;
    }
    random.shuffle(&mut all);
    all
}

fn origin(random: &mut Random, has_ipv6: bool) -> Origin {
    let host = 1 + random.below(60) as u8;
    match random.below(10) {
        0 if has_ipv6 => Origin::V6,
        1 => Origin::Socket,
        2 | 3 => Origin::Proxied(IpAddr::V4(Ipv4Addr::new(203, 0, 113, host))),
        4 | 5 => Origin::Proxied(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0xface, 0x100 + u16::from(host)))),
        _ => Origin::V4(Ipv4Addr::new(127, 0, 0, host)),
    }
}

/// A request after which the connection stays open.
fn request(random: &mut Random) -> Request<'static> {
    let number = random.below(40);
    let mut request = match random.below(24) {
        0 | 1 => Request::get("/"),
        2 => Request::get("/index.html"),
        3 | 4 => Request::get(format!("/static/a.css?v={number}")),
        5 => Request::get("/static/empty.js"),
        6 => Request::get("/media/photo.png"),
        7 => Request::get("/media/photo.png").with(random.pick(&[
            "Range: bytes=0-99",
            "Range: bytes=-1",
            "Range: bytes=1-2,5-6",
            "Range: bytes=90000-",
        ])),
        8 => Request::get("/robots.txt").with("If-None-Match: *"),
        9 => Request::get(random.pick(&["/docs", "/static", "/moved", "/found", "/docs/", "/media/"])),
        10 => Request::get(random.pick(&["/nothing", "/unauthorized", "/gone", "/teapot", "/odd", "/forbidden"])),
        11 => Request::get(random.pick(&["/broken", "/busy", "/dead/end"])),
        12 => Request::get(format!("/missing/{number}")),
        13 => Request::get(format!("/media/{number}.JPG?{number}")),
        14 => Request::get(long(random)),
        15 => Request::get(random.pick(&["/app/chunked", "/app/endless", "/app/404", "/app/500"])),
        16 => Request { method: random.pick(&["HEAD", "PUT", "OPTIONS", "DELETE"]), ..Request::get("/index.html") },
        17 => Request { method: random.pick(&["A_B", "M-SEARCH", "PROPFIND", "PATCH"]), ..Request::get("/app/any") },
        18 => Request { method: "HEAD", ..Request::get("/app/chunked") },
        19 => Request { method: "POST", body: "name=value&x", ..Request::get("/app/201/form") },
        20 => Request { protocol: "HTTP/1.0", ..Request::get("/app/old") }.with("Connection: keep-alive"),
        _ => Request::get(format!("/app/{number}/page?q=\"{number}\"")),
    };
    let text = |random: &mut Random| trimmed(random.pick(&TEXTS));
    request.agent = match random.below(4) {
        0 => None,
        1 => Some(text(random)),
        _ => Some(b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_vec()),
    };
    request.referer = match random.below(4) {
        0 => Some(text(random)),
        1 => Some(format!("https://elsewhere.test/{number}?q=\"x\"").into_bytes()),
        _ => None,
    };
    request.user = match random.below(6) {
        0 => Some(random.pick(&USERS).to_vec()),
        1 => Some(random.pick(&TEXTS).to_vec()),
        _ => None,
    };
    if random.one_in(3) {
        request.more.extend([b"X-Forwarded-For: ".as_slice(), random.pick(&TEXTS), b"\r\n"].concat());
    }
    request
}

/// A target of nearly the maximum length that nginx accepts.
fn long(random: &mut Random) -> Vec<u8> {
    let length = 900 + random.below(7200);
    let mut target = b"/long/".to_vec();
    target.extend(b"0123456789abcdef\"\\\xc3\xa4\xff".iter().cycle().take(length));
    target
}

/// A header value without surrounding spaces, as nginx reads it.
fn trimmed(text: &[u8]) -> Vec<u8> {
    let start = text.iter().position(|b| *b != b' ').unwrap_or(text.len());
    let end = text.iter().rposition(|b| *b != b' ').map_or(start, |last| last + 1);
    text[start..end].to_vec()
}
