//! A `server`: which of its locations nginx chooses for a path, and what becomes of the path there.

use super::content::{Content, Fallback, To};
use super::error::NginxConfError;
use super::location::{Fits, Inherited, Location};
use super::location_index::{LocationIndex, Names};
use super::names::{Listen, Name, NameFits};
use super::rewrite::{self, After};
use super::tree::Directive;
use super::unheeded::Why;

/// Redirects within nginx for one request, at most: with more, nginx answers 500.
const HOPS: u32 = 10;

/// Who answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Static,
    Dynamic,
    /// A file if there is one, otherwise the application: the log does not say which. The rules for paths do.
    ByRules,
}

#[derive(Clone, Debug)]
pub(super) struct Server {
    pub(super) names: Vec<Name>,
    pub(super) listens: Vec<Listen>,
    pub(super) merges_slashes: bool,
    /// The first is the server itself.
    pub(super) locations: Vec<Location>,
    index: LocationIndex,
}

impl Server {
    pub(super) fn read(
        directive: &Directive,
        inherited: &Inherited,
        merges_slashes: bool,
    ) -> Result<Self, NginxConfError> {
        let level = directive.body()?;
        let inherited = inherited.and(level);
        let mut server = Server {
            names: Name::all(level)?,
            listens: Listen::all(level)?,
            merges_slashes: merge_slashes(level).unwrap_or(merges_slashes),
            locations: vec![Location::read(directive, &inherited)?],
            index: LocationIndex::default(),
        };
        server.read_locations(level, 0, &inherited)?;
        server.index = LocationIndex::new(&server.locations);
        Ok(server)
    }

    fn read_locations(
        &mut self,
        level: &[Directive],
        outer: usize,
        inherited: &Inherited,
    ) -> Result<(), NginxConfError> {
        let mut names = Names::default();
        for directive in level.iter().filter(|directive| directive.is("location")) {
            let body = directive.body()?;
            let inherited = inherited.and(body);
            let location = Location::read(directive, &inherited)?;
            self.locations[outer].may_hold(&location)?;
            let at = self.locations.len();
            if let Some(twin) = names.twin(&location, at) {
                let first = &self.locations[twin].place;
                let message = format!("duplicate location \"{}\": the first is at {first}", location.written);
                return Err(NginxConfError::at(&location.place, message));
            }
            self.locations.push(location);
            self.locations[outer].nested.push(at);
            self.read_locations(body, at, &inherited)?;
        }
        Ok(())
    }

    /// Whether all that it does is to answer by itself, as the server that sends everybody to https does.
    pub(super) fn only_answers(&self) -> bool {
        let answers = |location: &Location| rewrite::answer(&location.steps).is_some();
        let is_root = |location: &Location| matches!(&location.fits, Fits::Prefix { name, .. } if name == "/");
        answers(&self.locations[0]) || self.nested(0).any(|(_, location)| is_root(location) && answers(location))
    }

    /// The names, locations and rewrites that are skipped, with place and reason.
    pub(super) fn skipped(&self) -> Vec<String> {
        let mut skipped = Vec::new();
        for name in &self.names {
            if let NameFits::Unknown(why) = &name.fits {
                skipped.push(format!("{}: server_name {} is skipped: {why}", name.place, name.written));
            }
        }
        for location in &self.locations {
            if let Fits::Skipped(why) = &location.fits {
                skipped.push(format!("{}: location {} is skipped: {why}", location.place, location.written));
            }
            let unheeded = location.unheeded.iter().filter(|unheeded| matches!(unheeded.why, Why::Regex(_)));
            skipped.extend(unheeded.map(|unheeded| format!("{}: {unheeded}", unheeded.place)));
        }
        skipped
    }

    /// Whether it answers every request before it looks at a location.
    pub(super) fn always_answers(&self) -> bool {
        matches!(self.locations[0].steps.first(), Some(rewrite::Step::Return(_)))
    }

    /// Who answers for a path, which is [normalized](super::uri::normalized). `enter` is told each location that the request
    /// comes to, in order: more than one if a rewrite, an index or a fallback leads on.
    pub(super) fn class(&self, uri: &[u8], enter: &mut dyn FnMut(usize)) -> Class {
        match rewrite::run(&self.locations[0].steps, uri.to_vec()) {
            After::Answered => Class::Dynamic,
            After::Stays(uri) | After::Moves(uri) => self.class_found(&uri, HOPS, enter),
        }
    }

    /// As [`Server::class`], within nginx: what the server does with paths of requests is done.
    fn class_found(&self, uri: &[u8], hops: u32, enter: &mut dyn FnMut(usize)) -> Class {
        self.class_in(self.find(uri), uri, hops, enter)
    }

    fn class_in(&self, at: usize, uri: &[u8], hops: u32, enter: &mut dyn FnMut(usize)) -> Class {
        enter(at);
        let location = &self.locations[at];
        // The steps of the server were taken before its locations were looked at.
        let steps = if at == 0 { &[] } else { location.steps.as_slice() };
        match rewrite::run(steps, uri.to_vec()) {
            After::Answered => Class::Dynamic,
            After::Moves(_) if hops == 0 => Class::Dynamic,
            After::Moves(uri) => self.class_found(&uri, hops - 1, enter),
            After::Stays(uri) => self.class_of_content(location, &uri, hops, enter),
        }
    }

    fn class_of_content(&self, location: &Location, uri: &[u8], hops: u32, enter: &mut dyn FnMut(usize)) -> Class {
        match &location.content {
            Content::HandedOver(_) | Content::Generated(_) => Class::Dynamic,
            Content::Gif => Class::Static,
            Content::Files { fallback: None, .. } => self.class_of_index(location, uri, hops, enter),
            Content::Files { fallback: Some(fallback), .. } => match self.class_of_fallback(fallback, uri, hops, enter)
            {
                Class::Static => Class::Static,
                Class::Dynamic | Class::ByRules if fallback.tries_path => Class::ByRules,
                Class::Dynamic | Class::ByRules => Class::Dynamic,
            },
        }
    }

    fn class_of_fallback(&self, fallback: &Fallback, uri: &[u8], hops: u32, enter: &mut dyn FnMut(usize)) -> Class {
        match &fallback.to {
            To::HandedOver => Class::Dynamic,
            To::Named(_) if hops == 0 => Class::Dynamic,
            // nginx answers 500 where there is no such location.
            To::Named(name) => self.named(name).map_or(Class::Dynamic, |at| self.class_in(at, uri, hops - 1, enter)),
            To::Uri(to) => {
                let value = |name: &str| matches!(name, "uri" | "document_uri").then(|| uri.to_vec());
                match to.path(value) {
                    None => Class::Dynamic,
                    // `try_files $uri /index.html` has come to /index.html: it is there, or nginx would go round.
                    Some(next) if next == uri || hops == 0 => Class::Static,
                    Some(next) => self.class_found(&next, hops - 1, enter),
                }
            }
        }
    }

    /// A directory is answered with the first of its `index` files, which may belong to another location: index.php
    /// does. Whether there is such a file only nginx knows; who names it first has it.
    fn class_of_index(&self, location: &Location, uri: &[u8], hops: u32, enter: &mut dyn FnMut(usize)) -> Class {
        let Some(index) = location.index.as_deref().filter(|_| uri.ends_with(b"/") && hops > 0) else {
            return Class::Static;
        };
        let next = if index.starts_with('/') { index.as_bytes().to_vec() } else { [uri, index.as_bytes()].concat() };
        match self.class_found(&next, hops - 1, enter) {
            Class::Dynamic => Class::Dynamic,
            Class::Static | Class::ByRules => Class::Static,
        }
    }

    /// What becomes of paths in a location, as far as it can be said without one.
    pub(super) fn usual_class(&self, at: usize) -> Class {
        let location = &self.locations[at];
        if rewrite::answer(&location.steps).is_some() {
            return Class::Dynamic;
        }
        // A path that is no directory, for those are a matter of their own.
        let sample = match &location.fits {
            Fits::Exact(name) => name.clone(),
            Fits::Prefix { name, .. } => format!("{name}?"),
            Fits::Rest | Fits::Regex(_) | Fits::Skipped(_) | Fits::Named(_) => "/?".to_owned(),
        };
        self.class_of_content(location, sample.as_bytes(), HOPS, &mut |_| ())
    }

    /// The location that nginx chooses; the first, which is the server, if none fits.
    pub(super) fn find(&self, uri: &[u8]) -> usize {
        let mut chosen = 0;
        self.find_within(0, uri, &mut chosen);
        chosen
    }

    /// nginx's own algorithm. The longest prefix, and within it, first, its locations; then the regular expressions
    /// beside it, unless it is firm. True if what was chosen is final, false if a regular expression further out
    /// may still come before it.
    fn find_within(&self, outer: usize, uri: &[u8], chosen: &mut usize) -> bool {
        let mut is_firm = false;
        if let Some((at, is_final)) = self.index.by_name(&self.locations, outer, uri) {
            *chosen = at;
            if is_final || self.find_within(at, uri, chosen) {
                return true;
            }
            is_firm = matches!(self.locations[at].fits, Fits::Prefix { is_firm: true, .. });
        }
        if is_firm {
            return false;
        }
        let Some(at) = self.index.by_regex(&self.locations, outer, uri) else { return false };
        *chosen = at;
        self.find_within(at, uri, chosen);
        true
    }

    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.index.named(&self.locations, name)
    }

    fn nested(&self, outer: usize) -> impl Iterator<Item = (usize, &Location)> {
        self.locations[outer].nested.iter().map(|at| (*at, &self.locations[*at]))
    }
}

/// What a level says about slashes.
pub(super) fn merge_slashes(level: &[Directive]) -> Option<bool> {
    let said = level.iter().find(|directive| directive.is("merge_slashes"))?;
    said.args.first().map(|word| word.text != "off")
}
