//! Which server a host belongs to, by nginx's order: the name itself, the longest wildcard in front, the longest one
//! behind, the first regular expression, the default.
//!
//! A log does not say on which socket a request came in, so the servers of all sockets are one list here. Two servers
//! of one name are then mostly the site and the server that sends to it from http: the site comes first, for it is
//! where the paths mean something.

use std::collections::HashMap;

use super::names::NameFits;
use super::server::Server;

#[derive(Clone, Debug, Default)]
pub(super) struct Hosts {
    exact: HashMap<Vec<u8>, usize>,
    /// Endings with their dot.
    endings: Vec<(Vec<u8>, usize)>,
    /// Beginnings with their dot.
    beginnings: Vec<(Vec<u8>, usize)>,
    regexes: Vec<(regex::bytes::Regex, usize)>,
    /// Where no name fits.
    default: Option<usize>,
    /// Where no host is logged.
    unnamed: Option<usize>,
}

impl Hosts {
    pub(super) fn new(servers: &[Server]) -> Self {
        let mut hosts = Hosts::default();
        let (answering, sites): (Vec<usize>, Vec<usize>) =
            (0..servers.len()).partition(|at| servers[*at].only_answers());
        for &at in sites.iter().chain(&answering) {
            servers[at].names.iter().for_each(|name| hosts.add(&name.fits, at));
        }
        let first_site = |of: &[usize]| of.iter().copied().find(|at| sites.contains(at));
        let defaults = defaults(servers);
        hosts.default = first_site(&defaults).or(defaults.first().copied());
        hosts.unnamed = first_site(&defaults).or(sites.first().copied()).or(hosts.default);
        hosts
    }

    fn add(&mut self, name: &NameFits, at: usize) {
        // As in nginx, the first of two servers has the name.
        let mut exact = |host: &str| {
            self.exact.entry(host.as_bytes().to_vec()).or_insert(at);
        };
        match name {
            NameFits::Exact(host) => exact(host),
            NameFits::Below(ending) => {
                exact(&ending[1..]);
                self.endings.push((ending.as_bytes().to_vec(), at));
            }
            NameFits::EndsIn(ending) => self.endings.push((ending.as_bytes().to_vec(), at)),
            NameFits::BeginsWith(beginning) => self.beginnings.push((beginning.as_bytes().to_vec(), at)),
            NameFits::Regex(regex) => self.regexes.push((regex.clone(), at)),
            NameFits::Unknown(_) => {}
        }
    }

    /// The server of a host as it is logged, in any case, with or without its port. `-` is none.
    pub(super) fn server(&self, host: Option<&[u8]>) -> Option<usize> {
        let Some(host) = host.filter(|host| !matches!(*host, b"" | b"-")) else { return self.unnamed };
        let host = without_port(host).to_ascii_lowercase();
        let longest = |names: &[(Vec<u8>, usize)], fits: &dyn Fn(&[u8]) -> bool| {
            let fitting = names.iter().rev().filter(|(name, _)| host.len() > name.len() && fits(name));
            fitting.max_by_key(|(name, _)| name.len()).map(|(_, at)| *at)
        };
        let by_regex = || self.regexes.iter().find(|(regex, _)| regex.is_match(&host)).map(|(_, at)| *at);
        let exact = self.exact.get(&host).copied();
        exact
            .or_else(|| longest(&self.endings, &|name| host.ends_with(name)))
            .or_else(|| longest(&self.beginnings, &|name| host.starts_with(name)))
            .or_else(by_regex)
            .or(self.default)
    }

    pub(super) fn is_default(&self, server: usize) -> bool {
        self.default == Some(server)
    }

    pub(super) fn is_for_no_host(&self, server: usize) -> bool {
        self.unnamed == Some(server)
    }
}

/// A host without port and last dot, as nginx has it.
fn without_port(host: &[u8]) -> &[u8] {
    let from = memchr::memrchr(b']', host).unwrap_or(0);
    let end = memchr::memchr(b':', &host[from..]).map_or(host.len(), |colon| from + colon);
    host[..end].strip_suffix(b".").unwrap_or(&host[..end])
}

/// The default server of each socket; if any is declared, of those sockets only.
fn defaults(servers: &[Server]) -> Vec<usize> {
    let declared = (0..servers.len()).filter(|at| servers[*at].listens.iter().any(|listen| listen.is_default));
    let declared: Vec<usize> = declared.collect();
    if !declared.is_empty() {
        return declared;
    }
    let is_first = |at: &usize| {
        let taken =
            |socket: &str| servers[..*at].iter().any(|s| s.listens.iter().any(|listen| listen.socket == socket));
        servers[*at].listens.iter().any(|listen| !taken(&listen.socket))
    };
    (0..servers.len()).filter(is_first).collect()
}
