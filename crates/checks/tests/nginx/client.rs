//! A client on raw sockets: sends any bytes from any loopback address, and records the response.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};

use super::request::{Answer, Exchange};
use super::upstream::{App, content_length, header};

/// Longer than any timeout of nginx.
const PATIENCE: Duration = Duration::from_secs(30);

/// Start of a response.
const STATUS_LINE: &[u8] = b"HTTP/1.";

/// Addresses on which nginx listens.
#[derive(Default)]
pub(crate) struct Doors {
    pub(crate) plain: u16,
    /// Port that expects the client address in the PROXY protocol.
    pub(crate) proxied: u16,
    /// Port of the server with timeouts of one second.
    pub(crate) hasty: u16,
    pub(crate) socket: PathBuf,
}

/// Way in which a client connects to nginx.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// From an address in 127.0.0.0/8.
    V4(Ipv4Addr),
    V6,
    /// From an address given in the PROXY protocol.
    Proxied(IpAddr),
    Socket,
    /// To the server with short timeouts.
    Hasty,
}

impl Origin {
    /// The address as nginx logs it.
    pub(crate) fn logged(&self) -> String {
        match self {
            Origin::V4(address) => address.to_string(),
            Origin::V6 => "::1".to_owned(),
            Origin::Proxied(address) => address.to_string(),
            Origin::Socket => "unix:".to_owned(),
            Origin::Hasty => "127.0.0.1".to_owned(),
        }
    }
}

/// An answer as the client received it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    /// Bytes of the body as received, including chunk headers.
    pub(crate) bytes: u64,
    /// Value of the `X-Served` header.
    pub(crate) served: Option<String>,
}

/// A connection to nginx.
pub(crate) struct Connection {
    socket: Socket,
    /// Bytes received but not yet consumed.
    come: Vec<u8>,
    is_over: bool,
    /// The request whose answer is awaited, for failure messages.
    about: String,
}

impl Connection {
    pub(crate) fn open(doors: &Doors, from: &Origin) -> Connection {
        let (domain, door): (_, SockAddr) = match from {
            Origin::V4(_) => (Domain::IPV4, SocketAddr::from((Ipv4Addr::LOCALHOST, doors.plain)).into()),
            Origin::V6 => (Domain::IPV6, SocketAddr::from((Ipv6Addr::LOCALHOST, doors.plain)).into()),
            Origin::Proxied(_) => (Domain::IPV4, SocketAddr::from((Ipv4Addr::LOCALHOST, doors.proxied)).into()),
            Origin::Hasty => (Domain::IPV4, SocketAddr::from((Ipv4Addr::LOCALHOST, doors.hasty)).into()),
            Origin::Socket => (Domain::UNIX, SockAddr::unix(&doors.socket).unwrap()),
        };
        let socket = Socket::new(domain, Type::STREAM, None).unwrap();
        if let Origin::V4(address) = from {
            socket.bind(&SocketAddr::from((*address, 0)).into()).unwrap();
        }
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.connect(&door).unwrap_or_else(|error| panic!("{from:?}: {error}"));
        let mut connection = Connection { socket, come: Vec::new(), is_over: false, about: format!("{from:?}") };
        if let Origin::Proxied(address) = from {
            let (family, own) = if address.is_ipv4() { ("TCP4", "192.0.2.1") } else { ("TCP6", "2001:db8::80") };
            connection.send(format!("PROXY {family} {address} {own} 4711 80\r\n").as_bytes());
        }
        connection
    }

    /// Sends bytes. Errors are ignored if nginx has closed the connection, because it may have answered already.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        match self.socket.write_all(bytes) {
            Err(error) if !matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => {
                panic!("sending: {error}")
            }
            _ => {}
        }
    }

    /// True if nginx has closed the connection.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Reads the answer to a request.
    pub(crate) fn answer(&mut self, exchange: &Exchange, app: &App) -> Seen {
        let sent = &exchange.sent;
        self.about = format!("to {} ({} bytes)", sent[..sent.len().min(300)].escape_ascii(), sent.len());
        match &exchange.answer {
            Answer::Response => self.response(exchange.logged.method == b"HEAD"),
            Answer::Bare(status) => self.bare(*status),
            Answer::Nothing(status) => self.nothing(*status),
            Answer::NothingMore(status) => {
                self.socket.shutdown(Shutdown::Write).unwrap();
                self.nothing(*status)
            }
            Answer::Leaves { target } => {
                app.wait_for(target);
                Seen { status: 499, ..Seen::default() }
            }
        }
    }

    /// Reads a body without a head (HTTP/0.9). A response with a head comes from an nginx that no longer supports
    /// HTTP/0.9.
    fn bare(&mut self, status: u16) -> Seen {
        while self.come.len() < STATUS_LINE.len() && self.more() {}
        if self.come.starts_with(STATUS_LINE) {
            return self.response(false);
        }
        Seen { status, bytes: self.rest(), served: None }
    }

    fn nothing(&mut self, status: u16) -> Seen {
        assert_eq!(self.rest(), 0, "a response with status {status} has a body {}", self.about);
        Seen { status, ..Seen::default() }
    }

    fn response(&mut self, is_head: bool) -> Seen {
        let end = loop {
            if let Some(at) = self.come.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(self.more(), "no complete response {}: {}", self.about, self.come.escape_ascii());
        };
        let head: Vec<u8> = self.come.drain(..end).collect();
        let status = head.strip_prefix(STATUS_LINE).and_then(|rest| rest.get(2..5));
        let status = status.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        let status: u16 = status.unwrap_or_else(|| panic!("no status {} in {}", self.about, head.escape_ascii()));
        let bytes = match content_length(&head) {
            _ if is_head || matches!(status, 204 | 304) => 0,
            Some(length) => {
                self.take(length);
                length as u64
            }
            None if header(&head, "transfer-encoding").is_some() => self.chunks(),
            None => self.rest(),
        };
        if header(&head, "connection").is_some_and(|value| value == "close") {
            // nginx may wait for the rest of a request that it has rejected.
            self.socket.shutdown(Shutdown::Write).ok();
            assert_eq!(self.rest(), 0, "{status} {}: bytes after the response", self.about);
        }
        Seen { status, bytes, served: header(&head, "x-served") }
    }

    /// Reads a chunked body, and returns its length as received, including trailers.
    fn chunks(&mut self) -> u64 {
        let mut bytes = 0;
        loop {
            let end = self.line();
            let size = usize::from_str_radix(std::str::from_utf8(&self.come[..end]).unwrap(), 16).unwrap();
            self.take(end + 2);
            bytes += (end + 2) as u64;
            if size == 0 {
                break;
            }
            self.take(size + 2);
            bytes += (size + 2) as u64;
        }
        loop {
            let end = self.line();
            self.take(end + 2);
            bytes += (end + 2) as u64;
            if end == 0 {
                return bytes;
            }
        }
    }

    /// Returns the length of the next line, without its line end.
    fn line(&mut self) -> usize {
        loop {
            if let Some(at) = self.come.windows(2).position(|window| window == b"\r\n") {
                return at;
            }
            assert!(self.more(), "a chunk is not terminated {}", self.about);
        }
    }

    fn take(&mut self, length: usize) {
        while self.come.len() < length {
            assert!(self.more(), "{} bytes, not {length}, {}", self.come.len(), self.about);
        }
        self.come.drain(..length);
    }

    /// Reads until nginx closes the connection, and returns the number of bytes.
    fn rest(&mut self) -> u64 {
        while self.more() {}
        let length = self.come.len();
        self.come.clear();
        length as u64
    }

    /// Reads more bytes. False if nginx has closed the connection.
    fn more(&mut self) -> bool {
        let mut buffer = [0; 8192];
        while !self.is_over {
            match self.socket.read(&mut buffer) {
                Ok(0) => self.is_over = true,
                // nginx closed the connection with unread data.
                Err(error) if error.kind() == ErrorKind::ConnectionReset => self.is_over = true,
                Err(error) => panic!("no response {}: {error}", self.about),
                Ok(n) => {
                    self.come.extend_from_slice(&buffer[..n]);
                    return true;
                }
            }
        }
        false
    }
}
