//! Applications behind nginx: threads that speak HTTP or uwsgi. The path of a request chooses the answer.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use super::uwsgi;

/// Duration of a slow answer.
pub(crate) const SLOW: Duration = Duration::from_millis(350);

/// Protocol between nginx and the application.
#[derive(Clone, Copy)]
pub(crate) enum Speaks {
    Http,
    Uwsgi,
}

/// An application that listens until it is dropped.
pub(crate) struct App {
    pub(crate) port: u16,
    arrivals: Arc<Arrivals>,
    is_over: Arc<AtomicBool>,
}

/// Targets of requests that arrived and are never answered.
#[derive(Default)]
struct Arrivals {
    targets: Mutex<HashSet<Vec<u8>>>,
    came: Condvar,
}

impl App {
    pub(crate) fn start(speaks: Speaks) -> App {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = App { port, arrivals: Arc::default(), is_over: Arc::default() };
        let (arrivals, is_over) = (Arc::clone(&app.arrivals), Arc::clone(&app.is_over));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    break;
                }
                let arrivals = Arc::clone(&arrivals);
                // Errors here show up as a status of nginx that the client does not expect.
                let _ = stream.map(|stream| thread::spawn(move || answer(speaks, stream, &arrivals)));
            }
        });
        app
    }

    /// Waits for the arrival of a request that is never answered.
    pub(crate) fn wait_for(&self, target: &[u8]) {
        let targets = self.arrivals.targets.lock().unwrap();
        let patience = Duration::from_secs(20);
        let waited = self.arrivals.came.wait_timeout_while(targets, patience, |targets| !targets.contains(target));
        assert!(!waited.unwrap().1.timed_out(), "no request for {} arrives", target.escape_ascii());
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

fn answer(speaks: Speaks, mut stream: TcpStream, arrivals: &Arrivals) -> Option<()> {
    let target = match speaks {
        Speaks::Http => http_target(&mut stream)?,
        Speaks::Uwsgi => uwsgi::target(&mut stream)?,
    };
    // `/app/slow/7?x` asks for `slow`.
    let wanted = target.split(|b| matches!(b, b'/' | b'?')).nth(2).unwrap_or_default();
    let say = |status: &str, more: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\nX-Served: app\r\nConnection: close\r\n{more}\r\n{body}")
    };
    let sized = |status: &str, body: &str| say(status, &format!("Content-Length: {}\r\n", body.len()), body);
    let text = match wanted {
        b"never" => {
            arrivals.targets.lock().unwrap().insert(target);
            arrivals.came.notify_all();
            // nginx closes the connection when its client does, or after its timeout.
            let _ = stream.read_to_end(&mut Vec::new());
            return None;
        }
        b"slow" => {
            thread::sleep(SLOW);
            sized("200 OK", "at last\n")
        }
        b"404" => sized("404 Not Found", "no such thing\n"),
        b"500" => sized("500 Internal Server Error", "it broke\n"),
        b"201" => sized("201 Created", "made\n"),
        b"chunked" => say("200 OK", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"),
        b"endless" => say("200 OK", "", "a body that ends with the connection\n"),
        b"upgrade" => {
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nhello".to_owned()
        }
        b"rubbish" => "\u{16}\u{3}\u{1} is no head\r\n\r\n".to_owned(),
        _ => sized("200 OK", "<p>hello</p>\n"),
    };
    stream.write_all(text.as_bytes()).ok()
}

/// Reads a request with its body, and returns its target.
fn http_target(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        if let Some(at) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            n => head.extend_from_slice(&buffer[..n]),
        }
    };
    let mut left = content_length(&head[..end]).unwrap_or(0).saturating_sub(head.len() - end);
    while left > 0 {
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            n => left = left.saturating_sub(n),
        }
    }
    head.split(|b| *b == b' ').nth(1).map(<[u8]>::to_vec)
}

/// Length of the body according to the head.
pub(crate) fn content_length(head: &[u8]) -> Option<usize> {
    header(head, "content-length")?.parse().ok()
}

/// Value of a header, by its lower-case name.
pub(crate) fn header(head: &[u8], name: &str) -> Option<String> {
    head.split(|b| *b == b'\n').skip(1).find_map(|line| {
        let line = String::from_utf8_lossy(line);
        let (found, value) = line.split_once(':')?;
        (found.to_ascii_lowercase() == name).then(|| value.trim().to_owned())
    })
}
