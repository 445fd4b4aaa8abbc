//! A request as the client knows it before sending: its bytes, and what nginx will log.

use std::sync::LazyLock;

use regex::bytes::Regex;

/// Maximum length of a request line that nginx logs: one buffer of `large_client_header_buffers`.
const LONGEST_LINE: usize = 8192;

/// The documented syntax `METHOD TARGET [PROTOCOL]`.
static LINE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s-u)^([A-Za-z_-]+) +([^ ].*?)(?: +(HTTP/[0-9]+(?:\.[0-9]+)?))? *\z").unwrap());

/// Scheme and authority of an absolute URI, and the rest.
static ABSOLUTE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s-u)^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*(.*)\z").unwrap());

/// Keys of a request in the report; `-` for missing ones.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub(crate) method: Vec<u8>,
    pub(crate) path: Vec<u8>,
    pub(crate) protocol: Vec<u8>,
    pub(crate) referer: Vec<u8>,
    pub(crate) agent: Vec<u8>,
    pub(crate) user: Vec<u8>,
}

/// The expected answer.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A response, which contains its status.
    Response,
    /// A body up to the end of the connection, as in HTTP/0.9; nginx logs this status.
    Bare(u16),
    /// The connection ends without a response; nginx logs this status.
    Nothing(u16),
    /// Like `Nothing`, after the client has shut down its sending side.
    NothingMore(u16),
    /// The client disconnects once its target has reached the application; nginx logs 499.
    Leaves { target: Vec<u8> },
}

/// A request and the expected answer.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) sent: Vec<u8>,
    pub(crate) logged: Logged,
    pub(crate) answer: Answer,
}

impl Logged {
    /// Keys of a request if nginx has read none of its headers.
    pub(crate) fn of(sent: &[u8]) -> Self {
        let start = sent.iter().position(|b| !is_line_end(*b)).unwrap_or(sent.len());
        let line = &sent[start..];
        let end = line.iter().position(|b| is_line_end(*b)).unwrap_or(line.len());
        let line = &line[..end.min(LONGEST_LINE)];
        let found = LINE.captures(line);
        let part = |i| found.as_ref().and_then(|found| found.get(i)).map_or(&b"-"[..], |part| part.as_bytes());
        let none = b"-".to_vec();
        Logged {
            method: part(1).to_vec(),
            path: path(part(2)),
            protocol: part(3).to_vec(),
            referer: none.clone(),
            agent: none.clone(),
            user: none,
        }
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

pub(crate) fn path(target: &[u8]) -> Vec<u8> {
    let path = match ABSOLUTE.captures(target).and_then(|found| found.get(1)) {
        None => target.to_vec(),
        Some(rest) if rest.as_bytes().first() == Some(&b'/') => rest.as_bytes().to_vec(),
        Some(rest) => [b"/", rest.as_bytes()].concat(),
    };
    let end = path.iter().position(|b| *b == b'?').unwrap_or(path.len());
    or_dash(&path[..end])
}

pub(crate) fn or_dash(value: &[u8]) -> Vec<u8> {
    if value.is_empty() { b"-".to_vec() } else { value.to_vec() }
}

/// A request built from its parts.
#[derive(Clone, Debug)]
pub(crate) struct Request<'h> {
    pub(crate) method: &'static str,
    pub(crate) host: &'h str,
    pub(crate) target: Vec<u8>,
    pub(crate) protocol: &'static str,
    pub(crate) referer: Option<Vec<u8>>,
    pub(crate) agent: Option<Vec<u8>>,
    pub(crate) user: Option<Vec<u8>>,
    /// Further header lines with their line ends, after all others.
    pub(crate) more: Vec<u8>,
    pub(crate) body: &'static str,
    pub(crate) is_last: bool,
}

impl Request<'_> {
    pub(crate) fn get(target: impl Into<Vec<u8>>) -> Self {
        Request {
            method: "GET",
            host: "site.test",
            target: target.into(),
            protocol: "HTTP/1.1",
            referer: None,
            agent: None,
            user: None,
            more: Vec::new(),
            body: "",
            is_last: false,
        }
    }

    pub(crate) fn with(mut self, header: &str) -> Self {
        self.more.extend_from_slice(header.as_bytes());
        self.more.extend_from_slice(b"\r\n");
        self
    }

    pub(crate) fn exchange(&self, answer: Answer) -> Exchange {
        let mut sent = Vec::new();
        let mut add = |parts: &[&[u8]]| parts.iter().for_each(|part| sent.extend_from_slice(part));
        add(&[self.method.as_bytes(), b" ", &self.target, b" ", self.protocol.as_bytes(), b"\r\n"]);
        add(&[b"Host: ", self.host.as_bytes(), b"\r\n"]);
        if let Some(agent) = &self.agent {
            add(&[b"User-Agent: ", agent, b"\r\n"]);
        }
        if let Some(referer) = &self.referer {
            add(&[b"Referer: ", referer, b"\r\n"]);
        }
        if let Some(user) = &self.user {
            let basic = base64(&[user, b":secret".as_slice()].concat());
            add(&[b"Authorization: Basic ", basic.as_bytes(), b"\r\n"]);
        }
        if !self.body.is_empty() {
            add(&[b"Content-Length: ", self.body.len().to_string().as_bytes(), b"\r\n"]);
        }
        if self.is_last {
            add(&[b"Connection: close\r\n"]);
        }
        add(&[&self.more, b"\r\n", self.body.as_bytes()]);
        let mut logged = Logged::of(&sent);
        let value = |value: &Option<Vec<u8>>| value.as_deref().map_or_else(|| b"-".to_vec(), or_dash);
        (logged.referer, logged.agent) = (value(&self.referer), value(&self.agent));
        // The part after a colon is the password.
        let user = self.user.as_ref().and_then(|user| user.split(|b| *b == b':').next());
        logged.user = value(&user.map(<[u8]>::to_vec));
        Exchange { sent, logged, answer }
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let of = |three: &[u8]| {
        let word = (0..3).fold(0, |word, i| word << 8 | u32::from(*three.get(i).unwrap_or(&0)));
        let digit = |i: usize| {
            let sextet = word >> (18 - 6 * i) & 63;
            if i <= three.len() { char::from(DIGITS[sextet as usize]) } else { '=' }
        };
        (0..4).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(of).collect()
}
