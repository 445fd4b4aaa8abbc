//! The names and sockets of a server.

use regex::bytes::Regex;

use super::error::Error;
use super::place::{Place, Word, shown};
use super::regexes::{self, Case};
use super::tree::Directive;

/// A `server_name`.
#[derive(Clone, Debug)]
pub struct ServerName {
    pub(crate) matcher: HostMatcher,
    /// The name as written.
    pub(crate) written: String,
    pub(crate) place: Place,
}

/// The hosts that a name matches, in lower case like nginx's hosts.
#[derive(Clone, Debug)]
pub(crate) enum HostMatcher {
    Exact(String),
    /// `*.example.com`, stored as `.example.com`.
    EndsIn(String),
    /// `.example.com`: the host itself and all its subdomains.
    Below(String),
    /// `www.*`, stored as `www.`.
    BeginsWith(String),
    Regex(Regex),
    /// Matches no host: a wildcard or dot is where nginx does not support one.
    Misplaced,
    /// Matches no host here: only the machine knows `$hostname`, and unsupported regular expressions are skipped.
    Unknown(String),
}

impl ServerName {
    pub(crate) fn all(level: &[Directive]) -> Result<Vec<Self>, Error> {
        let mut names = Vec::new();
        for directive in level.iter().filter(|directive| directive.is("server_name")) {
            for word in directive.args_within(1..=usize::MAX)? {
                names.push(ServerName {
                    matcher: HostMatcher::read(word)?,
                    written: written(word),
                    place: word.place.clone(),
                });
            }
        }
        Ok(names)
    }

    /// The name as written, safe on a terminal; `""` for the empty name, which matches requests without a host.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The place of the name.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The reason why the name is skipped and matches no host, if so.
    pub fn skipped(&self) -> Option<&str> {
        self.matcher.skipped()
    }
}

/// A name as written. The empty name, which matches requests without a host, is shown as quotes.
fn written(word: &Word) -> String {
    if word.text.is_empty() { "\"\"".to_owned() } else { shown(&word.text) }
}

impl HostMatcher {
    fn read(word: &Word) -> Result<Self, Error> {
        let text = word.text.as_str();
        if let Some(pattern) = text.strip_prefix('~') {
            // Hosts are in lower case; an upper-case letter makes nginx ignore case.
            let has_capitals = pattern.contains(|c: char| c.is_ascii_uppercase());
            let case = if has_capitals { Case::Insensitive } else { Case::Sensitive };
            return Ok(regexes::compile(pattern, case).map_or_else(HostMatcher::Unknown, HostMatcher::Regex));
        }
        if text.eq_ignore_ascii_case("$hostname") {
            return Ok(HostMatcher::Unknown("the name of the machine is not known here".to_owned()));
        }
        let name = text.to_ascii_lowercase();
        // As in nginx 1.22: the directive checks only the start of a name; everything else is checked for the name
        // table of a socket.
        let is_star = name.starts_with('*') && (name.len() < 3 || !name.starts_with("*."));
        if is_star || name == "." {
            let message = format!("server name \"{}\" is invalid", shown(text));
            return Err(Error::at(&word.place, message).of("server_name"));
        }
        let stars = name.matches('*').count();
        Ok(if stars > 1 || name.contains("..") {
            HostMatcher::Misplaced
        } else if name.starts_with('.') {
            HostMatcher::Below(name)
        } else if name.starts_with("*.") {
            HostMatcher::EndsIn(name[1..].to_owned())
        } else if name.ends_with(".*") {
            HostMatcher::BeginsWith(name[..name.len() - 1].to_owned())
        } else if stars > 0 {
            HostMatcher::Misplaced
        } else {
            HostMatcher::Exact(name)
        })
    }

    fn skipped(&self) -> Option<&str> {
        match self {
            HostMatcher::Misplaced => Some("nginx matches no host with a wildcard in this place"),
            HostMatcher::Unknown(why) => Some(why),
            _ => None,
        }
    }
}

/// A `listen`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The socket as written, or the range of ports that contains it.
    pub(crate) written: String,
    /// The socket with its port.
    pub(crate) socket: String,
    pub(crate) is_default: bool,
    /// True if the socket uses TLS: by `ssl` or `quic`, or because the port is 443.
    pub(crate) is_tls: bool,
}

impl Listen {
    /// Returns the sockets of a server: at least one.
    pub(crate) fn all(level: &[Directive]) -> Result<Vec<Self>, Error> {
        let mut listens = Vec::new();
        for directive in level.iter().filter(|directive| directive.is("listen")) {
            let [address, parameters @ ..] = directive.args_within(1..=usize::MAX)? else { continue };
            let has = |names: &[&str]| parameters.iter().any(|word| names.contains(&word.text.as_str()));
            let written = socket(&address.text);
            let (is_ssl, is_default) = (has(&["ssl", "quic"]), has(&["default_server", "default"]));
            for socket in sockets(&written) {
                let is_tls = is_ssl || socket.ends_with(":443");
                listens.push(Listen { written: written.clone(), socket, is_default, is_tls });
            }
        }
        if listens.is_empty() {
            let socket = socket("80");
            listens.push(Listen { written: socket.clone(), socket, is_default: false, is_tls: false });
        }
        Ok(listens)
    }

    /// The socket as written, with its port; for a range of ports, the range.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// True if the socket uses TLS: by `ssl` or `quic`, or because the port is 443.
    pub fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The port; `None` for a Unix socket.
    pub fn port(&self) -> Option<&str> {
        let (_, port) = self.socket.rsplit_once(':')?;
        Some(port).filter(|_| !self.socket.starts_with("unix:"))
    }
}

/// Returns the sockets of a `listen`: several for a range of ports, which nginx supports since 1.15.10.
fn sockets(written: &str) -> Vec<String> {
    let range = written.rsplit_once(':').filter(|_| !written.starts_with("unix:")).and_then(|(host, ports)| {
        let (first, last) = ports.split_once('-')?;
        Some((host, first.parse::<u16>().ok()?..=last.parse::<u16>().ok()?))
    });
    match range {
        Some((host, ports)) => ports.map(|port| format!("{host}:{port}")).collect(),
        None => vec![written.to_owned()],
    }
}

/// Returns an address with its port, 80 by default.
fn socket(address: &str) -> String {
    let address = shown(address);
    if address.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return format!("*:{address}");
    }
    let host_end = address.rfind(']').unwrap_or(0);
    let has_port = address.starts_with("unix:") || address[host_end..].contains(':');
    let socket = if has_port { address } else { format!("{address}:80") };
    socket.strip_prefix("0.0.0.0:").map_or_else(|| socket.clone(), |port| format!("*:{port}"))
}
