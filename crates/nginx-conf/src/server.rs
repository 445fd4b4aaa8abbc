//! A `server`: its names, its locations, and nginx's choice of a location for a path.

use super::content::Content;
use super::error::Error;
use super::fallback::{Fallback, FallbackTarget};
use super::inherited::Inherited;
use super::location::{Location, LocationMatcher};
use super::location_index::{LocationIndex, Names};
use super::names::{Listen, ServerName};
use super::not_followed::{NotFollowed, Skipped, Why};
use super::place::Place;
use super::rewrite;
use super::socket_conditions::Connection;
use super::tree::Directive;

/// Kind of a server, in the order in which servers of the same name are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Redirects all paths except those that have a location: an http server that renews certificates.
    Exempts,
    Site,
    /// Redirects all paths: an http server that sends every client to https.
    Redirects,
    /// Answers all paths itself.
    Answers,
}

#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) names: Vec<ServerName>,
    pub(crate) listens: Vec<Listen>,
    pub(crate) merges_slashes: bool,
    /// The first one is the server itself.
    pub(crate) locations: Vec<Location>,
    index: LocationIndex,
}

impl Server {
    pub(crate) fn read(directive: &Directive, inherited: &Inherited, merges_slashes: bool) -> Result<Self, Error> {
        let level = directive.body()?;
        let inherited = inherited.and(level);
        let listens = Listen::all(level)?;
        let decided = Connection::new(&listens, inherited.ssl_on).decided(directive);
        let mut server = Server {
            names: ServerName::all(level)?,
            locations: vec![Location::read(decided.as_ref().unwrap_or(directive), &inherited)?],
            listens,
            merges_slashes: merge_slashes(level).unwrap_or(merges_slashes),
            index: LocationIndex::default(),
        };
        server.read_locations(level, 0, &inherited)?;
        server.index = LocationIndex::new(&server.locations);
        Ok(server)
    }

    fn read_locations(&mut self, level: &[Directive], outer: usize, inherited: &Inherited) -> Result<(), Error> {
        let mut names = Names::default();
        for directive in level.iter().filter(|directive| directive.is("location")) {
            let body = directive.body()?;
            let inherited = inherited.and(body);
            let location = Location::read(directive, &inherited)?;
            self.locations[outer].may_hold(&location)?;
            let at = self.locations.len();
            if let Some(duplicate) = names.duplicate(&location, at) {
                let first = &self.locations[duplicate].place;
                let message = format!("duplicate location \"{}\": the first is at {first}", location.written);
                return Err(Error::at(&location.place, message).of("location"));
            }
            self.locations.push(location);
            self.locations[outer].nested.push(at);
            self.read_locations(body, at, &inherited)?;
        }
        Ok(())
    }

    pub(crate) fn kind(&self) -> Kind {
        let of_all = |answer: rewrite::Answer<'_>| if answer.redirects { Kind::Redirects } else { Kind::Answers };
        if let Some(answer) = rewrite::answer(&self.locations[0].steps).filter(|answer| answer.is_of_all) {
            return of_all(answer);
        }
        let takes_all = |location: &Location| match &location.matcher {
            LocationMatcher::Prefix { name, .. } => name == "/",
            LocationMatcher::Regex(regex) => rewrite::matches_all(regex),
            _ => false,
        };
        for (at, location) in self.nested(0).filter(|(_, location)| takes_all(location)) {
            match rewrite::answer(&location.steps).filter(|answer| answer.is_of_all) {
                Some(answer) if !self.has_own_locations(at) => return of_all(answer),
                Some(answer) if answer.redirects => return Kind::Exempts,
                None if self.redirects_missing(location) => return Kind::Exempts,
                _ => {}
            }
        }
        Kind::Site
    }

    /// True if a location redirects paths without a file.
    fn redirects_missing(&self, location: &Location) -> bool {
        let Content::Files { fallback: Some(Fallback { target: FallbackTarget::Named(name), .. }), .. } =
            &location.content
        else {
            return false;
        };
        let answer = self.named(name).and_then(|at| rewrite::answer(&self.locations[at].steps));
        answer.is_some_and(|answer| answer.redirects && answer.is_of_all)
    }

    /// True if clients can reach another location than `only`.
    fn has_own_locations(&self, only: usize) -> bool {
        let is_own =
            |location: &Location| !location.is_internal && !matches!(location.matcher, LocationMatcher::Named(_));
        let mut others = self.locations.iter().enumerate().skip(1).filter(|(at, _)| *at != only);
        others.any(|(_, location)| is_own(location))
    }

    /// The skipped names, locations and rewrites.
    pub(crate) fn skipped(&self) -> Vec<Skipped> {
        let row = |place: &Place, message| Skipped { place: place.clone(), message };
        let mut skipped = Vec::new();
        for name in &self.names {
            if let Some(why) = name.skipped() {
                skipped.push(row(&name.place, format!("server_name {} is skipped: {why}", name.written)));
            }
        }
        for location in &self.locations {
            if let LocationMatcher::Skipped(why) = &location.matcher {
                skipped.push(row(&location.place, format!("location {} is skipped: {why}", location.written)));
            }
            let is_skipped = |directive: &&NotFollowed| matches!(directive.why, Why::Regex(_) | Why::Variable(_));
            let directives = location.not_followed.iter().filter(is_skipped);
            skipped.extend(directives.map(|directive| row(&directive.place, directive.to_string())));
        }
        skipped
    }

    /// Directives that may decide how a request is answered, and are not followed.
    pub(crate) fn may_answer(&self) -> impl Iterator<Item = &NotFollowed> {
        let of_server = self.locations.first().into_iter().flat_map(|server| &server.not_followed);
        let conditions =
            of_server.filter(|not_followed| not_followed.why == Why::NotThePath && not_followed.name() == "if");
        let all = self.locations.iter().flat_map(|location| &location.not_followed);
        conditions.chain(all.filter(|not_followed| matches!(not_followed.why, Why::Code | Why::Unknown)))
    }

    /// True if it answers every request before it chooses a location.
    pub(crate) fn always_answers(&self) -> bool {
        rewrite::answer(&self.locations[0].steps).is_some_and(|answer| answer.is_of_all)
    }

    /// Returns the index of the location that nginx chooses, or 0 (the server itself) if none matches.
    pub(crate) fn find(&self, uri: &[u8]) -> usize {
        let mut chosen = 0;
        self.find_within(0, uri, &mut chosen);
        chosen
    }

    /// nginx's algorithm: the longest prefix and, within it, its nested locations first; then the regular expressions
    /// of this level, unless the prefix is `^~`. Returns true if the choice is final, and false if a regular expression
    /// of an outer level may still take precedence.
    fn find_within(&self, outer: usize, uri: &[u8], chosen: &mut usize) -> bool {
        let mut skips_regexes = false;
        if let Some((at, is_final)) = self.index.by_name(&self.locations, outer, uri) {
            *chosen = at;
            if is_final || self.find_within(at, uri, chosen) {
                return true;
            }
            skips_regexes = matches!(self.locations[at].matcher, LocationMatcher::Prefix { skips_regexes: true, .. });
        }
        if skips_regexes {
            return false;
        }
        let Some(at) = self.index.by_regex(&self.locations, outer, uri) else { return false };
        *chosen = at;
        self.find_within(at, uri, chosen);
        true
    }

    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        self.index.named(&self.locations, name)
    }

    fn nested(&self, outer: usize) -> impl Iterator<Item = (usize, &Location)> {
        self.locations[outer].nested.iter().map(|at| (*at, &self.locations[*at]))
    }
}

/// The `merge_slashes` setting of a level, if it has one.
pub(crate) fn merge_slashes(level: &[Directive]) -> Option<bool> {
    let said = level.iter().find(|directive| directive.is("merge_slashes"))?;
    said.args.first().map(|word| word.text != "off")
}
