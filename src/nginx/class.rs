//! Who answers for a path in a server: what becomes of the path in the location that nginx chooses, and in those to which a
//! rewrite, an index or a fallback leads on.

use super::captures::Captures;
use super::content::{Content, Fallback, To};
use super::location::{Fits, Location};
use super::rewrite::{self, After};
use super::server::Server;

/// Redirects within nginx for one request, at most: with more, nginx answers 500.
const HOPS: u32 = 10;

/// Who answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Static,
    Dynamic,
    /// nginx sends the client elsewhere: dynamic, but another server of the same name may have the answer.
    Redirect,
    /// A file if there is one, otherwise the application: the log does not say which. The rules for paths do.
    ByRules,
}

impl Server {
    /// Who answers for a path, which is [normalized](super::uri::normalized). `enter` is told each location that the request
    /// comes to, in order: more than one if a rewrite, an index or a fallback leads on.
    pub(super) fn class(&self, uri: &[u8], enter: &mut dyn FnMut(usize)) -> Class {
        let mut captures = Captures::default();
        match rewrite::run(&self.locations[0].steps, uri.to_vec(), &mut captures) {
            After::Answered => Class::Dynamic,
            After::Redirected => Class::Redirect,
            After::Stays(uri) | After::Moves(uri) => self.class_found(&uri, HOPS, captures, enter),
        }
    }

    /// As [`Server::class`], within nginx: what the server does with paths of requests is done.
    fn class_found(&self, uri: &[u8], hops: u32, captures: Captures, enter: &mut dyn FnMut(usize)) -> Class {
        self.class_in(self.find(uri), uri, hops, captures, enter)
    }

    fn class_in(
        &self,
        at: usize,
        uri: &[u8],
        hops: u32,
        mut captures: Captures,
        enter: &mut dyn FnMut(usize),
    ) -> Class {
        enter(at);
        let location = &self.locations[at];
        if let Fits::Regex(regex) = &location.fits {
            captures.match_with(regex, uri);
        }
        // The steps of the server were taken before its locations were looked at.
        let steps = if at == 0 { &[] } else { location.steps.as_slice() };
        match rewrite::run(steps, uri.to_vec(), &mut captures) {
            After::Answered => Class::Dynamic,
            After::Redirected => Class::Redirect,
            After::Moves(_) if hops == 0 => Class::Dynamic,
            After::Moves(uri) => self.class_found(&uri, hops - 1, captures, enter),
            After::Stays(uri) => self.class_of_content(location, &uri, hops, captures, enter),
        }
    }

    fn class_of_content(
        &self,
        location: &Location,
        uri: &[u8],
        hops: u32,
        captures: Captures,
        enter: &mut dyn FnMut(usize),
    ) -> Class {
        match &location.content {
            Content::HandedOver(_) | Content::Generated(_) => Class::Dynamic,
            Content::Gif => Class::Static,
            Content::Files { fallback: None, .. } => self.class_of_index(location, uri, hops, captures, enter),
            Content::Files { fallback: Some(fallback), .. } => {
                let otherwise = self.class_of_fallback(fallback, uri, hops, captures.clone(), enter);
                // Where there is such a directory, its index answers.
                let found = if fallback.tries_directory && uri.ends_with(b"/") {
                    self.class_of_index(location, uri, hops, captures, &mut |_| ())
                } else {
                    Class::Static
                };
                match otherwise {
                    otherwise if !fallback.tries_path || otherwise == found => otherwise,
                    _ => Class::ByRules,
                }
            }
        }
    }

    fn class_of_fallback(
        &self,
        fallback: &Fallback,
        uri: &[u8],
        hops: u32,
        captures: Captures,
        enter: &mut dyn FnMut(usize),
    ) -> Class {
        match &fallback.to {
            To::HandedOver => Class::Dynamic,
            To::Named(_) if hops == 0 => Class::Dynamic,
            To::Named(name) => match self.named(name) {
                Some(at) => self.class_in(at, uri, hops - 1, captures, enter),
                // nginx answers 500 where there is no such location.
                None => Class::Dynamic,
            },
            To::Uri(to) => match to.path(|name| captures.value(name, uri)) {
                None => Class::Dynamic,
                // `try_files $uri /index.html` has come to /index.html: it is there, or nginx would go round.
                Some(next) if next == uri || hops == 0 => Class::Static,
                Some(next) => self.class_found(&next, hops - 1, captures, enter),
            },
        }
    }

    /// A directory is answered with the first of its `index` files, which may belong to another location: index.php
    /// does. Only nginx knows whether there is such a file; the first name is taken to be there.
    fn class_of_index(
        &self,
        location: &Location,
        uri: &[u8],
        hops: u32,
        captures: Captures,
        enter: &mut dyn FnMut(usize),
    ) -> Class {
        let Some(index) = location.index.as_deref().filter(|_| uri.ends_with(b"/") && hops > 0) else {
            return Class::Static;
        };
        let next = if index.starts_with('/') { index.as_bytes().to_vec() } else { [uri, index.as_bytes()].concat() };
        match self.class_found(&next, hops - 1, captures, enter) {
            Class::ByRules => Class::Static,
            class => class,
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
        self.class_of_content(location, sample.as_bytes(), HOPS, Captures::default(), &mut |_| ())
    }
}
