//! The names and sockets of a server.

use regex::bytes::Regex;

use super::error::Error;
use super::place::{Place, Word, shown};
use super::regexes::{self, Case};
use super::tree::Directive;

/// A `server_name`.
#[derive(Clone, Debug)]
pub struct ServerName {
    pub(crate) fits: NameFits,
    /// As it is written.
    pub(crate) written: String,
    pub(crate) place: Place,
}

/// The hosts that a name is for, in lower case as nginx has hosts.
#[derive(Clone, Debug)]
pub(crate) enum NameFits {
    Exact(String),
    /// `*.example.com`, as `.example.com`.
    EndsIn(String),
    /// `.example.com`: the host itself and all below it.
    Below(String),
    /// `www.*`, as `www.`.
    BeginsWith(String),
    Regex(Regex),
    /// No host: a wildcard or a dot stands where nginx looks for none.
    Misplaced,
    /// No host: `$hostname` is known to the machine alone, and a regular expression may be one that was skipped.
    Unknown(String),
}

impl ServerName {
    pub(crate) fn all(level: &[Directive]) -> Result<Vec<Self>, Error> {
        let mut names = Vec::new();
        for directive in level.iter().filter(|directive| directive.is("server_name")) {
            for word in directive.args_within(1..=usize::MAX)? {
                names.push(ServerName {
                    fits: NameFits::read(word)?,
                    written: written(word),
                    place: word.place.clone(),
                });
            }
        }
        Ok(names)
    }

    /// The name as it is written, safe on a terminal; `""` for the empty name, which requests without a host come to.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The place of the name.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The reason why no host is compared with it, if none is.
    pub fn skipped(&self) -> Option<&str> {
        self.fits.skipped()
    }
}

/// A name as it is written; quotes show one that is empty, which requests without a host come to.
fn written(word: &Word) -> String {
    if word.text.is_empty() { "\"\"".to_owned() } else { shown(&word.text) }
}

impl NameFits {
    fn read(word: &Word) -> Result<Self, Error> {
        let text = word.text.as_str();
        if let Some(pattern) = text.strip_prefix('~') {
            // Hosts are in lower case: capitals tell nginx that case is not to count.
            let has_capitals = pattern.contains(|c: char| c.is_ascii_uppercase());
            let case = if has_capitals { Case::Insensitive } else { Case::Sensitive };
            return Ok(regexes::compile(pattern, case).map_or_else(NameFits::Unknown, NameFits::Regex));
        }
        if text.eq_ignore_ascii_case("$hostname") {
            return Ok(NameFits::Unknown("the name of the machine is not known here".to_owned()));
        }
        let name = text.to_ascii_lowercase();
        // As nginx 1.22 does: the directive checks how a name begins, and the table of a socket's names all else.
        let is_star = name.starts_with('*') && (name.len() < 3 || !name.starts_with("*."));
        if is_star || name == "." {
            let message = format!("server name \"{}\" is invalid", shown(text));
            return Err(Error::at(&word.place, message).of("server_name"));
        }
        let stars = name.matches('*').count();
        Ok(if stars > 1 || name.contains("..") {
            NameFits::Misplaced
        } else if name.starts_with('.') {
            NameFits::Below(name)
        } else if name.starts_with("*.") {
            NameFits::EndsIn(name[1..].to_owned())
        } else if name.ends_with(".*") {
            NameFits::BeginsWith(name[..name.len() - 1].to_owned())
        } else if stars > 0 {
            NameFits::Misplaced
        } else {
            NameFits::Exact(name)
        })
    }

    fn skipped(&self) -> Option<&str> {
        match self {
            NameFits::Misplaced => Some("nginx matches no host with a wildcard in this place"),
            NameFits::Unknown(why) => Some(why),
            _ => None,
        }
    }
}

/// A `listen`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The socket, or the range of ports of which it is one.
    pub(crate) written: String,
    /// With the port.
    pub(crate) socket: String,
    pub(crate) is_default: bool,
    /// True if TLS is spoken there: by `ssl` or `quic`, or because the port is 443.
    pub(crate) is_tls: bool,
}

impl Listen {
    /// The sockets of a server, which has at least one.
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

    /// The socket as it is written, with its port; of several that one `listen` has, the range.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// True if TLS is spoken there: by `ssl` or `quic`, or because the port is 443.
    pub fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The port; `None` for a socket of Unix, which has none.
    pub fn port(&self) -> Option<&str> {
        let (_, port) = self.socket.rsplit_once(':')?;
        Some(port).filter(|_| !self.socket.starts_with("unix:"))
    }
}

/// The sockets of a `listen`: several for a range of ports, which nginx takes since 1.15.10.
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

/// An address with its port, which is 80 where none is given.
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
