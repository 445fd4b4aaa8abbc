//! Finds the servers for a host, in nginx's order: exact name, longest leading wildcard, longest trailing wildcard,
//! first regular expression, default server.
//!
//! nginx chooses among the servers of one socket, but a log does not show on which socket a request arrived. So a host
//! can have several candidates, at most one per socket. The module `answer` decides which of them answers a path.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::error::Error;
use super::names::{HostMatcher, Listen, ServerName};
use super::server::{Kind, Server};

#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts {
    exact: HashMap<Vec<u8>, Vec<usize>>,
    /// Suffixes for leading wildcards, with their dot.
    endings: HashMap<Vec<u8>, Vec<usize>>,
    /// Prefixes for trailing wildcards, with their dot.
    beginnings: HashMap<Vec<u8>, Vec<usize>>,
    regexes: Vec<(regex::bytes::Regex, usize)>,
    /// Numbers of the sockets of each server.
    sockets: Vec<Vec<usize>>,
    /// Kind of each server.
    kinds: Vec<Kind>,
    /// Candidates if no name matches.
    default: Vec<usize>,
    /// Candidates if the log has no host.
    unnamed: Vec<usize>,
    /// Default servers of the TLS sockets, which clients reach when another server redirects them.
    tls_defaults: Vec<usize>,
}

impl Hosts {
    pub(crate) fn new(servers: &[Server]) -> Self {
        let kinds: Vec<Kind> = servers.iter().map(Server::kind).collect();
        let mut hosts = Hosts { sockets: numbered_sockets(servers), kinds, ..Hosts::default() };
        for (at, server) in servers.iter().enumerate() {
            server.names.iter().for_each(|name| hosts.add(&name.matcher, at));
        }
        let defaults = defaults(servers);
        hosts.tls_defaults = hosts.with_one_site(&defaults_of(servers, |listen| listen.is_tls));
        hosts.default.clone_from(&defaults);
        if defaults.iter().all(|at| matches!(hosts.kinds[*at], Kind::Exempts | Kind::Redirects)) {
            hosts.default.extend(hosts.tls_defaults.iter().filter(|at| !defaults.contains(at)));
        }
        hosts.default = hosts.with_one_site(&hosts.default);
        hosts.unnamed = defaults;
        if !hosts.has_site(&hosts.unnamed) {
            hosts.unnamed.extend((0..servers.len()).find(|at| hosts.kinds[*at] == Kind::Site));
        }
        hosts.unnamed = hosts.with_one_site(&hosts.unnamed);
        hosts
    }

    fn add(&mut self, name: &HostMatcher, at: usize) {
        let push = |names: &mut HashMap<Vec<u8>, Vec<usize>>, name: &str| {
            names.entry(name.as_bytes().to_vec()).or_default().push(at);
        };
        match name {
            HostMatcher::Exact(host) => push(&mut self.exact, host),
            HostMatcher::Below(ending) => {
                push(&mut self.exact, &ending[1..]);
                push(&mut self.endings, ending);
            }
            HostMatcher::EndsIn(ending) => push(&mut self.endings, ending),
            HostMatcher::BeginsWith(beginning) => push(&mut self.beginnings, beginning),
            HostMatcher::Regex(regex) => self.regexes.push((regex.clone(), at)),
            HostMatcher::Misplaced | HostMatcher::Unknown(_) => {}
        }
    }

    /// The servers that may have received requests for a host, the most likely first. The host is as logged: in any
    /// case, with or without a port; `-` means none.
    pub(crate) fn candidates(&self, host: Option<&[u8]>) -> Cow<'_, [usize]> {
        let Some(host) = host.filter(|host| !matches!(*host, b"" | b"-")) else { return Cow::Borrowed(&self.unnamed) };
        let host = without_port(host).to_ascii_lowercase();
        let mut named = Named { hosts: self, servers: Vec::new(), sockets: HashSet::new() };
        let dots = || memchr::memchr_iter(b'.', &host);
        named.add(of(&self.exact, &host));
        dots().filter(|dot| *dot > 0).for_each(|dot| named.add(of(&self.endings, &host[dot..])));
        let beginnings = dots().rev().filter(|dot| dot + 1 < host.len());
        beginnings.for_each(|dot| named.add(of(&self.beginnings, &host[..=dot])));
        let regexes = self.regexes.iter().filter(|(regex, _)| regex.is_match(&host));
        regexes.for_each(|(_, server)| named.add(std::slice::from_ref(server)));
        if named.servers.is_empty() {
            return Cow::Borrowed(&self.default);
        }
        if !self.has_site(&named.servers) {
            named.add(&self.tls_defaults);
        }
        let mut servers = named.servers;
        servers.sort_by_key(|at| self.kinds[*at]);
        Cow::Owned(servers)
    }

    pub(crate) fn kind(&self, server: usize) -> Kind {
        self.kinds[server]
    }

    pub(crate) fn is_default(&self, server: usize) -> bool {
        self.default.contains(&server)
    }

    pub(crate) fn is_for_no_host(&self, server: usize) -> bool {
        self.unnamed.contains(&server)
    }

    fn has_site(&self, servers: &[usize]) -> bool {
        servers.iter().any(|at| self.kinds[*at] == Kind::Site)
    }

    /// Sorts servers by kind, and keeps only the first site: the other sites are unrelated to it.
    fn with_one_site(&self, servers: &[usize]) -> Vec<usize> {
        let site = servers.iter().find(|at| self.kinds[**at] == Kind::Site);
        let is_kept = |at: &usize| self.kinds[*at] != Kind::Site || site == Some(at);
        let mut kept: Vec<usize> = servers.iter().copied().filter(is_kept).collect();
        kept.sort_by_key(|at| self.kinds[*at]);
        kept
    }
}

fn of<'n>(names: &'n HashMap<Vec<u8>, Vec<usize>>, name: &[u8]) -> &'n [usize] {
    names.get(name).map_or(&[], Vec::as_slice)
}

/// Collects the servers of a host, best match first.
struct Named<'h> {
    hosts: &'h Hosts,
    servers: Vec<usize>,
    /// Sockets for which a server was already found.
    sockets: HashSet<usize>,
}

impl Named<'_> {
    /// Adds each server that is the first match on at least one of its sockets: nginx asks no others there.
    fn add(&mut self, servers: &[usize]) {
        for &at in servers {
            let sockets = &self.hosts.sockets[at];
            let is_first = sockets.iter().any(|socket| !self.sockets.contains(socket));
            self.sockets.extend(sockets);
            if is_first {
                self.servers.push(at);
            }
        }
    }
}

/// Rejects misplaced wildcards as nginx does: only if it builds a name table for the socket. It does that for a socket
/// with several servers, or with one whose regular expression has groups.
pub(crate) fn check_names(servers: &[Server]) -> Result<(), Error> {
    let sockets = numbered_sockets(servers);
    let mut shared: HashMap<usize, bool> = HashMap::new();
    for (server, sockets) in servers.iter().zip(&sockets) {
        let has_groups =
            |name: &ServerName| matches!(&name.matcher, HostMatcher::Regex(regex) if regex.captures_len() > 1);
        let has_groups = server.names.iter().any(has_groups);
        for socket in sockets.iter().collect::<HashSet<_>>() {
            shared.entry(*socket).and_modify(|is_shared| *is_shared = true).or_insert(has_groups);
        }
    }
    for (server, sockets) in servers.iter().zip(&sockets) {
        let misplaced = server.names.iter().find(|name| matches!(name.matcher, HostMatcher::Misplaced));
        let socket = sockets.iter().position(|socket| shared[socket]);
        if let (Some(name), Some(at)) = (misplaced, socket) {
            let socket = &server.listens[at].socket;
            let message = format!("invalid server name or wildcard \"{}\" on {socket}", name.written);
            return Err(Error::at(&name.place, message).of("server_name"));
        }
    }
    Ok(())
}

fn numbered_sockets(servers: &[Server]) -> Vec<Vec<usize>> {
    let mut numbers = HashMap::new();
    let mut number = |socket: &str| {
        let next = numbers.len();
        *numbers.entry(socket.to_owned()).or_insert(next)
    };
    servers.iter().map(|server| server.listens.iter().map(|listen| number(&listen.socket)).collect()).collect()
}

/// Removes the port and a trailing dot from a host, as nginx does.
fn without_port(host: &[u8]) -> &[u8] {
    let from = memchr::memrchr(b']', host).unwrap_or(0);
    let end = memchr::memchr(b':', &host[from..]).map_or(host.len(), |colon| from + colon);
    host[..end].strip_suffix(b".").unwrap_or(&host[..end])
}

/// The default server of each socket; if any server is declared as default, only the declared ones.
fn defaults(servers: &[Server]) -> Vec<usize> {
    let declared = (0..servers.len()).filter(|at| servers[*at].listens.iter().any(|listen| listen.is_default));
    let declared: Vec<usize> = declared.collect();
    if declared.is_empty() { defaults_of(servers, |_| true) } else { declared }
}

/// The default servers of the sockets that meet a condition, in the order of the file.
fn defaults_of(servers: &[Server], is_wanted: impl Fn(&Listen) -> bool) -> Vec<usize> {
    let mut of_sockets: HashMap<&str, (bool, usize)> = HashMap::new();
    for (at, server) in servers.iter().enumerate() {
        for listen in server.listens.iter().filter(|listen| is_wanted(listen)) {
            let default = of_sockets.entry(&listen.socket).or_insert((listen.is_default, at));
            if listen.is_default && !default.0 {
                *default = (true, at);
            }
        }
    }
    let mut defaults: Vec<usize> = of_sockets.into_values().map(|(_, at)| at).collect();
    defaults.sort_unstable();
    defaults.dedup();
    defaults
}
