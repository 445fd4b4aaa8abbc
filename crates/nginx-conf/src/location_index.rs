//! Index of the locations of each level by name, so that a path is not compared with all of them.
//!
//! Names are sorted, and each prefix points to the longest other prefix that it begins with. The prefixes of a path are
//! therefore on the chain that starts at the last name not greater than the path. Nothing is copied: a level holds
//! indices into the list of locations.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::location::{Location, LocationMatcher};

/// Locations of a server, grouped by enclosing location.
#[derive(Clone, Debug, Default)]
pub(crate) struct LocationIndex {
    levels: HashMap<usize, Level>,
}

#[derive(Clone, Debug, Default)]
struct Level {
    /// Sorted by name.
    exact: Vec<usize>,
    /// Sorted by name.
    prefixes: Vec<Prefix>,
    /// Sorted by name; equal names are in the order of the file.
    named: Vec<usize>,
    /// In the order of the file.
    regexes: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Prefix {
    at: usize,
    /// Index in the level of the longest other prefix that its name begins with.
    shorter: Option<usize>,
}

impl LocationIndex {
    pub(crate) fn new(locations: &[Location]) -> Self {
        let outer = locations.iter().enumerate().filter(|(_, location)| !location.nested.is_empty());
        LocationIndex { levels: outer.map(|(at, location)| (at, Level::new(locations, &location.nested))).collect() }
    }

    /// Returns the exact location or the longest prefix in `outer`, and true if the choice is final.
    pub(crate) fn by_name(&self, locations: &[Location], outer: usize, uri: &[u8]) -> Option<(usize, bool)> {
        let level = self.levels.get(&outer)?;
        if let Some(at) = level.exact(locations, uri) {
            return Some((at, true));
        }
        let longest = level.longest_prefix(locations, uri);
        if let Some(at) = longest.filter(|at| name(&locations[*at]).len() == uri.len()) {
            return Some((at, false));
        }
        // nginx redirects `/a` to a location `/a/` that passes requests to another process.
        let with_slash = [uri, b"/"].concat();
        let next = [level.exact(locations, &with_slash), level.prefix(locations, &with_slash)];
        let redirecting = next.into_iter().flatten().filter(|at| locations[*at].redirects(uri)).max();
        redirecting.map(|at| (at, true)).or(longest.map(|at| (at, false)))
    }

    /// Returns the first location in `outer` whose regular expression matches.
    pub(crate) fn by_regex(&self, locations: &[Location], outer: usize, uri: &[u8]) -> Option<usize> {
        let regexes = &self.levels.get(&outer)?.regexes;
        regexes
            .iter()
            .copied()
            .find(|at| matches!(&locations[*at].matcher, LocationMatcher::Regex(regex) if regex.is_match(uri)))
    }

    /// Returns the first location `@name` of the server.
    pub(crate) fn named(&self, locations: &[Location], wanted: &str) -> Option<usize> {
        let named = &self.levels.get(&0)?.named;
        let first = named.partition_point(|at| name(&locations[*at]) < wanted.as_bytes());
        named.get(first).copied().filter(|at| name(&locations[*at]) == wanted.as_bytes())
    }
}

impl Level {
    fn new(locations: &[Location], nested: &[usize]) -> Self {
        let mut level = Level::default();
        let mut prefixes = Vec::new();
        for &at in nested {
            match &locations[at].matcher {
                LocationMatcher::Exact(_) => level.exact.push(at),
                LocationMatcher::Prefix { .. } => prefixes.push(at),
                LocationMatcher::Named(_) => level.named.push(at),
                LocationMatcher::Regex(_) => level.regexes.push(at),
                LocationMatcher::Rest | LocationMatcher::Skipped(_) => {}
            }
        }
        for places in [&mut level.exact, &mut prefixes, &mut level.named] {
            places.sort_by_key(|at| (name(&locations[*at]), *at));
        }
        // Prefixes that the next name may begin with, the longest last.
        let mut open: Vec<usize> = Vec::new();
        for (place, &at) in prefixes.iter().enumerate() {
            while open.pop_if(|last| !name(&locations[at]).starts_with(name(&locations[prefixes[*last]]))).is_some() {}
            level.prefixes.push(Prefix { at, shorter: open.last().copied() });
            open.push(place);
        }
        level
    }

    fn exact(&self, locations: &[Location], uri: &[u8]) -> Option<usize> {
        let place = self.exact.binary_search_by_key(&uri, |at| name(&locations[*at])).ok()?;
        Some(self.exact[place])
    }

    fn prefix(&self, locations: &[Location], uri: &[u8]) -> Option<usize> {
        let place = self.prefixes.binary_search_by_key(&uri, |prefix| name(&locations[prefix.at])).ok()?;
        Some(self.prefixes[place].at)
    }

    fn longest_prefix(&self, locations: &[Location], uri: &[u8]) -> Option<usize> {
        let after = self.prefixes.partition_point(|prefix| name(&locations[prefix.at]) <= uri);
        let mut place = after.checked_sub(1);
        while let Some(Prefix { at, shorter }) = place.map(|place| self.prefixes[place]) {
            if uri.starts_with(name(&locations[at])) {
                return Some(at);
            }
            place = shorter;
        }
        None
    }
}

fn name(location: &Location) -> &[u8] {
    match &location.matcher {
        LocationMatcher::Exact(name) | LocationMatcher::Prefix { name, .. } | LocationMatcher::Named(name) => {
            name.as_bytes()
        }
        LocationMatcher::Rest | LocationMatcher::Regex(_) | LocationMatcher::Skipped(_) => b"",
    }
}

/// Names seen so far in one level. nginx rejects two exact locations or two prefixes with the same name.
#[derive(Default)]
pub(crate) struct Names {
    /// Keyed by name, and true for exact locations.
    seen: HashMap<(bool, String), usize>,
}

impl Names {
    /// Returns the earlier location with the same name as `location`, if any. Otherwise records `at`, the index that
    /// `location` will get.
    pub(crate) fn duplicate(&mut self, location: &Location, at: usize) -> Option<usize> {
        let (is_exact, name) = match &location.matcher {
            LocationMatcher::Exact(name) => (true, name),
            LocationMatcher::Prefix { name, .. } => (false, name),
            LocationMatcher::Rest
            | LocationMatcher::Regex(_)
            | LocationMatcher::Skipped(_)
            | LocationMatcher::Named(_) => return None,
        };
        match self.seen.entry((is_exact, name.clone())) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(at);
                None
            }
        }
    }
}
