//! Slow reference: chooses a location by checking all locations of a level.

use super::location::{Location, LocationMatcher};
use super::server::Server;
use crate::Conf;

/// The slow algorithm, as described in nginx's documentation.
struct Slow<'s>(&'s [Location]);

impl Slow<'_> {
    fn find(&self, uri: &[u8]) -> usize {
        let mut chosen = 0;
        self.find_within(0, uri, &mut chosen);
        chosen
    }

    fn find_within(&self, outer: usize, uri: &[u8], chosen: &mut usize) -> bool {
        let mut skips_regexes = false;
        if let Some((at, is_final)) = self.by_name(outer, uri) {
            *chosen = at;
            if is_final || self.find_within(at, uri, chosen) {
                return true;
            }
            skips_regexes = matches!(self.0[at].matcher, LocationMatcher::Prefix { skips_regexes: true, .. });
        }
        if skips_regexes {
            return false;
        }
        let fits =
            |location: &Location| matches!(&location.matcher, LocationMatcher::Regex(regex) if regex.is_match(uri));
        let Some((at, _)) = self.nested(outer).find(|(_, location)| fits(location)) else { return false };
        *chosen = at;
        self.find_within(at, uri, chosen);
        true
    }

    fn by_name(&self, outer: usize, uri: &[u8]) -> Option<(usize, bool)> {
        let mut longest: Option<(usize, usize)> = None;
        let mut redirecting = None;
        for (at, location) in self.nested(outer) {
            match &location.matcher {
                LocationMatcher::Exact(name) if name.as_bytes() == uri => return Some((at, true)),
                LocationMatcher::Prefix { name, .. } if uri.starts_with(name.as_bytes()) => {
                    longest = longest.max(Some((name.len(), at)));
                }
                _ if location.redirects(uri) => redirecting = Some((at, true)),
                _ => {}
            }
        }
        match longest {
            Some((len, at)) if len == uri.len() => Some((at, false)),
            longest => redirecting.or(longest.map(|(_, at)| (at, false))),
        }
    }

    fn named(&self, name: &str) -> Option<usize> {
        let is_it = |location: &Location| matches!(&location.matcher, LocationMatcher::Named(other) if other == name);
        self.nested(0).find(|(_, location)| is_it(location)).map(|(at, _)| at)
    }

    fn nested(&self, outer: usize) -> impl Iterator<Item = (usize, &Location)> {
        self.0[outer].nested.iter().map(|at| (*at, &self.0[*at]))
    }
}

/// The names in a server, and paths close to them.
fn uris(server: &Server) -> Vec<Vec<u8>> {
    let mut uris: Vec<Vec<u8>> = ["/", "", "/a", "/b/", "/zz"].map(|uri| uri.as_bytes().to_vec()).into();
    for location in &server.locations {
        if let LocationMatcher::Exact(name) | LocationMatcher::Prefix { name, .. } = &location.matcher {
            let name = name.as_bytes();
            uris.extend([name.to_vec(), name[..name.len().saturating_sub(1)].to_vec()]);
            uris.extend([b"/", b"a", b"b", b"\xff"].map(|more| [name, more].concat()));
        }
    }
    uris
}

/// Looks up the names of all servers, paths close to them, and a given path. The error says where the index and the
/// slow reference choose different locations.
pub fn agree(conf: &Conf, path: &[u8]) -> Result<(), String> {
    for server in &conf.servers {
        let slow = Slow(&server.locations);
        for uri in uris(server).iter().map(Vec::as_slice).chain([path]) {
            let (found, expected) = (server.find(uri), slow.find(uri));
            if found != expected {
                return Err(format!("{:?}: location {found}, not {expected}", String::from_utf8_lossy(uri)));
            }
        }
        for location in &server.locations {
            if let LocationMatcher::Named(name) = &location.matcher
                && server.named(name) != slow.named(name)
            {
                return Err(format!("{name}: location {:?}, not {:?}", server.named(name), slow.named(name)));
            }
        }
    }
    Ok(())
}
