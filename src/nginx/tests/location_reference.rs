//! The choice of a location against the obvious algorithm, which goes through all locations of a level, over random trees.

use std::collections::HashSet;

use proptest::prelude::*;

use super::super::location::{Fits, Location};
use super::super::server::Server;
use super::http;

/// The slow algorithm, as nginx's documentation has it.
struct Slow<'s>(&'s [Location]);

impl Slow<'_> {
    fn find(&self, uri: &[u8]) -> usize {
        let mut chosen = 0;
        self.find_within(0, uri, &mut chosen);
        chosen
    }

    fn find_within(&self, outer: usize, uri: &[u8], chosen: &mut usize) -> bool {
        let mut is_firm = false;
        if let Some((at, is_final)) = self.by_name(outer, uri) {
            *chosen = at;
            if is_final || self.find_within(at, uri, chosen) {
                return true;
            }
            is_firm = matches!(self.0[at].fits, Fits::Prefix { is_firm: true, .. });
        }
        if is_firm {
            return false;
        }
        let fits = |location: &Location| matches!(&location.fits, Fits::Regex(regex) if regex.is_match(uri));
        let Some((at, _)) = self.nested(outer).find(|(_, location)| fits(location)) else { return false };
        *chosen = at;
        self.find_within(at, uri, chosen);
        true
    }

    fn by_name(&self, outer: usize, uri: &[u8]) -> Option<(usize, bool)> {
        let mut longest: Option<(usize, usize)> = None;
        let mut redirecting = None;
        for (at, location) in self.nested(outer) {
            match &location.fits {
                Fits::Exact(name) if name.as_bytes() == uri => return Some((at, true)),
                Fits::Prefix { name, .. } if uri.starts_with(name.as_bytes()) => {
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
        let is_it = |location: &Location| matches!(&location.fits, Fits::Named(other) if other == name);
        self.nested(0).find(|(_, location)| is_it(location)).map(|(at, _)| at)
    }

    fn nested(&self, outer: usize) -> impl Iterator<Item = (usize, &Location)> {
        self.0[outer].nested.iter().map(|at| (*at, &self.0[*at]))
    }
}

/// A location to add to a configuration: levels to leave before it, its kind, and what its name has beyond that of the level.
type Drawn = (usize, usize, String);

const KINDS: [&str; 6] = ["= ", "", "^~ ", "", "= ", "~ "];
/// Kinds from this one on hand over.
const HANDING: usize = 3;

/// A `server` with these locations; those that nginx would refuse are left out.
fn server(drawn: &[Drawn], named: &[&str]) -> String {
    let mut text = "server {\n".to_owned();
    // The name of each open location, whether it is a regular expression, and the names in it.
    let mut open = vec![(String::new(), false, HashSet::new())];
    for (leave, kind, more) in drawn {
        for _ in 0..(*leave).min(open.len() - 1) {
            open.pop();
            text += "}\n";
        }
        let (outer, is_in_regex, names) = open.last_mut().expect("the server stays open");
        let is_regex = *kind + 1 == KINDS.len();
        let name = if is_regex { format!("^{outer}{more}") } else { format!("{outer}{more}") };
        let is_exact = KINDS[*kind] == "= ";
        if !is_regex && (*is_in_regex || !names.insert((is_exact, name.clone()))) {
            continue;
        }
        let pass = if *kind >= HANDING { "proxy_pass http://a;" } else { "" };
        text += &format!("location {}\"{name}\" {{ {pass}\n", KINDS[*kind]);
        if is_exact {
            text += "}\n";
        } else {
            let prefix = if is_regex { more.clone() } else { name };
            open.push((prefix, is_regex, HashSet::new()));
        }
    }
    text += &"}\n".repeat(open.len() - 1);
    named.iter().for_each(|name| text += &format!("location @{name} {{}}\n"));
    text + "}"
}

/// The names in a server, and what is next to them.
fn uris(server: &Server) -> Vec<Vec<u8>> {
    let mut uris: Vec<Vec<u8>> = ["/", "", "/a", "/b/", "/zz"].map(|uri| uri.as_bytes().to_vec()).into();
    for location in &server.locations {
        if let Fits::Exact(name) | Fits::Prefix { name, .. } = &location.fits {
            let name = name.as_bytes();
            uris.extend([name.to_vec(), name[..name.len().saturating_sub(1)].to_vec()]);
            uris.extend([b"/", b"a", b"b", b"\xff"].map(|more| [name, more].concat()));
        }
    }
    uris
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases * 3 / 2))]
    #[test]
    fn index_chooses_as_the_slow_algorithm_does(
        drawn in proptest::collection::vec((0..4_usize, 0..KINDS.len(), "[ab/]{0,3}"), 0..40),
        named in proptest::collection::vec(proptest::sample::select(vec!["x", "y", "xy"]), 0..4),
    ) {
        let text = server(&drawn, &named);
        let conf = http(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let server = &conf.servers[0];
        let slow = Slow(&server.locations);
        for uri in uris(server) {
            prop_assert_eq!(server.find(&uri), slow.find(&uri), "{:?}\n{}", String::from_utf8_lossy(&uri), text);
        }
        for name in ["@x", "@y", "@xy", "@"] {
            prop_assert_eq!(server.named(name), slow.named(name), "{}\n{}", name, text);
        }
    }
}
