//! The way of a path through a server: the location that nginx chooses, and those to which a rewrite, an index or a fallback
//! leads on.

use super::captures::Captures;
use super::content::Content;
use super::fallback::{Directory, Fallback, To};
use super::location::{Fits, Location};
use super::rewrite::{self, After};
use super::server::Server;

/// Redirects within nginx for one request, at most: with more, nginx answers 500.
const HOPS: u32 = 10;

/// The source of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Static,
    Dynamic,
    /// nginx sends the client elsewhere: dynamic, but another server of the same name may have the answer.
    Redirect,
    /// nginx answers 404, because the location is `internal`. Another server of the same name may have the answer.
    Internal,
    /// A file if there is one, otherwise the application.
    ByFiles {
        /// The paths whose files nginx looks for.
        files: Vec<Vec<u8>>,
        /// True if nginx redirects where there is no file.
        redirects: bool,
    },
}

impl Class {
    /// The class once it is known for which paths there are files.
    pub(crate) fn with_files(self, is_file: &dyn Fn(&[u8]) -> bool) -> Class {
        match self {
            Class::ByFiles { files, .. } if files.iter().any(|path| is_file(path)) => Class::Static,
            Class::ByFiles { redirects: true, .. } => Class::Redirect,
            Class::ByFiles { redirects: false, .. } => Class::Dynamic,
            class => class,
        }
    }
}

/// A request on its way through the locations of a server.
#[derive(Clone)]
struct Request {
    uri: Vec<u8>,
    captures: Captures,
    /// Redirects within nginx that are left to it.
    hops: u32,
    /// True if an `error_page` has led it on.
    has_failed: bool,
}

impl Request {
    fn new(uri: Vec<u8>, captures: Captures) -> Request {
        Request { uri, captures, hops: HOPS, has_failed: false }
    }

    /// The same request at another path; `None` if it was redirected too often.
    fn to(mut self, uri: Vec<u8>) -> Option<Request> {
        self.hops = self.hops.checked_sub(1)?;
        self.uri = uri;
        Some(self)
    }

    fn is_of_directory(&self) -> bool {
        self.uri.ends_with(b"/")
    }
}

impl Server {
    /// Class of a path, which is [normalized](super::uri::normalized). `enter` is called with each location that the request
    /// comes to, in order: more than one if a rewrite, an index or a fallback leads on.
    pub(crate) fn class(&self, uri: &[u8], enter: &mut dyn FnMut(usize)) -> Class {
        let mut captures = Captures::default();
        match rewrite::run(&self.locations[0].steps, uri.to_vec(), &mut captures) {
            After::Answered => Class::Dynamic,
            After::Redirected => Class::Redirect,
            // A rewrite makes the request an internal one.
            After::Stays(stays) if stays == uri => self.class_of_client(Request::new(stays, captures), enter),
            After::Stays(uri) | After::Moves(uri) => self.class_found(Request::new(uri, captures), enter),
        }
    }

    /// As [`Server::class_found`], for the path as the client has sent it.
    fn class_of_client(&self, request: Request, enter: &mut dyn FnMut(usize)) -> Class {
        let at = self.find(&request.uri);
        if self.locations[at].is_internal {
            enter(at);
            return Class::Internal;
        }
        self.class_in(at, request, enter)
    }

    /// As [`Server::class`], within nginx: what the server does with paths of requests is done.
    fn class_found(&self, request: Request, enter: &mut dyn FnMut(usize)) -> Class {
        self.class_in(self.find(&request.uri), request, enter)
    }

    fn class_in(&self, at: usize, mut request: Request, enter: &mut dyn FnMut(usize)) -> Class {
        enter(at);
        let location = &self.locations[at];
        if let Fits::Regex(regex) = &location.fits {
            request.captures.match_with(regex, &request.uri);
        }
        // The steps of the server were taken before its locations were looked at.
        let steps = if at == 0 { &[] } else { location.steps.as_slice() };
        match rewrite::run(steps, std::mem::take(&mut request.uri), &mut request.captures) {
            After::Answered => Class::Dynamic,
            After::Redirected => Class::Redirect,
            After::Moves(uri) => request.to(uri).map_or(Class::Dynamic, |request| self.class_found(request, enter)),
            After::Stays(uri) => self.class_of_content(location, Request { uri, ..request }, enter),
        }
    }

    fn class_of_content(&self, location: &Location, request: Request, enter: &mut dyn FnMut(usize)) -> Class {
        match &location.content {
            Content::HandedOver(_) | Content::Generated(_) => Class::Dynamic,
            Content::Gif => Class::Static,
            Content::Files { fallback: Some(fallback), .. } if !(fallback.is_error_page && request.has_failed) => {
                self.class_of_files(location, fallback, request, enter)
            }
            Content::Files { .. } => self.class_of_index(location, request, enter),
        }
    }

    fn class_of_files(
        &self,
        location: &Location,
        fallback: &Fallback,
        request: Request,
        enter: &mut dyn FnMut(usize),
    ) -> Class {
        let otherwise = self.class_of_fallback(fallback, request.clone(), enter);
        let uri = request.uri.clone();
        let found = match fallback.directory {
            Directory::Nothing if request.is_of_directory() => return otherwise,
            Directory::Index if request.is_of_directory() => {
                // Where the fallback leads to other locations, those are reported, not the index.
                let enter = if matches!(fallback.to, To::Code(_)) { enter } else { &mut |_| () };
                self.class_of_index(location, request, enter)
            }
            _ if fallback.tries_path => Class::Static,
            _ => return otherwise,
        };
        match otherwise {
            // nginx says that the file is missing in the place where the file would be.
            _ if matches!(fallback.to, To::Code(_)) => found,
            Class::ByFiles { files, redirects } => Class::ByFiles { files: [vec![uri], files].concat(), redirects },
            otherwise if otherwise == found => otherwise,
            otherwise => Class::ByFiles { files: vec![uri], redirects: otherwise == Class::Redirect },
        }
    }

    fn class_of_fallback(&self, fallback: &Fallback, mut request: Request, enter: &mut dyn FnMut(usize)) -> Class {
        request.has_failed |= fallback.is_error_page;
        self.class_of_target(&fallback.to, fallback.tries_path, request, enter)
    }

    fn class_of_target(&self, to: &To, tries_path: bool, request: Request, enter: &mut dyn FnMut(usize)) -> Class {
        match to {
            To::HandedOver => Class::Dynamic,
            To::Code(_) => Class::Static,
            To::Named(name) => {
                let uri = request.uri.clone();
                match self.named(name).zip(request.to(uri)) {
                    Some((at, request)) => self.class_in(at, request, enter),
                    // nginx answers 500 where there is no such location.
                    None => Class::Dynamic,
                }
            }
            To::Uri(to) => match to.path(|name| request.captures.value(name, &request.uri)) {
                None => Class::Dynamic,
                // `try_files $uri /index.html` has come to /index.html: it is there, or nginx would go round and answer 500.
                Some(next) if next == request.uri && tries_path => Class::Static,
                Some(next) => request.to(next).map_or(Class::Dynamic, |request| self.class_found(request, enter)),
            },
        }
    }

    /// A directory is answered with the first of its `index` files, which may belong to another location: index.php
    /// does. Only nginx knows whether there is such a file; the first name is taken to be there.
    fn class_of_index(&self, location: &Location, request: Request, enter: &mut dyn FnMut(usize)) -> Class {
        let Some(index) = location.index.as_deref().filter(|_| request.is_of_directory()) else {
            return Class::Static;
        };
        let next =
            if index.starts_with('/') { index.as_bytes().to_vec() } else { [&request.uri, index.as_bytes()].concat() };
        match request.to(next).map_or(Class::Static, |request| self.class_found(request, enter)) {
            Class::ByFiles { .. } => Class::Static,
            class => class,
        }
    }

    /// Class of most paths of a location.
    pub(crate) fn usual_class(&self, at: usize) -> Class {
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
        self.class_of_content(location, Request::new(sample.into_bytes(), Captures::default()), &mut |_| ())
    }

    /// True if an error page that leads there may come from elsewhere than from a file.
    pub(crate) fn is_answer(&self, to: &To) -> bool {
        let request = Request { has_failed: true, ..Request::new(b"/?".to_vec(), Captures::default()) };
        self.class_of_target(to, false, request, &mut |_| ()) != Class::Static
    }
}
