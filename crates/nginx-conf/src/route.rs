//! Follows a path through a server: the location that nginx chooses, and further locations reached by a rewrite, an
//! index or a fallback.

use super::captures::Captures;
use super::content::Content;
use super::fallback::{Directory, Fallback, FallbackTarget};
use super::location::{Location, LocationMatcher};
use super::rewrite::{self, StepsOutcome};
use super::server::Server;

/// Maximum number of internal redirects per request; after more, nginx answers 500.
const HOPS: u32 = 10;

/// Source of the answer to a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Static,
    Dynamic,
    /// nginx redirects the client: dynamic, but another server of the same name may answer instead.
    Redirect,
    /// nginx answers 404 because the location is `internal`. Another server of the same name may answer instead.
    Internal,
    /// A file if it exists, otherwise the application.
    ByFiles {
        /// Paths of the files that nginx looks for.
        files: Vec<Vec<u8>>,
        /// True if nginx redirects the client when there is no file.
        redirects: bool,
    },
}

impl Class {
    /// Resolves `ByFiles`, given which files exist.
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
    /// Number of internal redirects left.
    hops: u32,
    /// True after an `error_page` was followed.
    has_failed: bool,
}

impl Request {
    fn new(uri: Vec<u8>, captures: Captures) -> Request {
        Request { uri, captures, hops: HOPS, has_failed: false }
    }

    /// Redirects the request to another path; `None` if it was redirected too often.
    fn redirected_to(mut self, uri: Vec<u8>) -> Option<Request> {
        self.hops = self.hops.checked_sub(1)?;
        self.uri = uri;
        Some(self)
    }

    fn is_of_directory(&self) -> bool {
        self.uri.ends_with(b"/")
    }
}

impl Server {
    /// Returns the class of a path, which must be [normalized](super::uri::normalized). `enter` is called with each
    /// location that processes the request, in order: more than one if a rewrite, an index or a fallback leads to
    /// another.
    pub(crate) fn class(&self, uri: &[u8], enter: &mut dyn FnMut(usize)) -> Class {
        let mut captures = Captures::default();
        match rewrite::run(&self.locations[0].steps, uri.to_vec(), &mut captures) {
            StepsOutcome::Answered => Class::Dynamic,
            StepsOutcome::Redirected => Class::Redirect,
            // After a rewrite, the request counts as internal.
            StepsOutcome::Stays(stays) if stays == uri => self.class_of_client(Request::new(stays, captures), enter),
            StepsOutcome::Stays(uri) | StepsOutcome::Moves(uri) => self.class_found(Request::new(uri, captures), enter),
        }
    }

    /// Like [`Server::class_found`], for the path as the client sent it.
    fn class_of_client(&self, request: Request, enter: &mut dyn FnMut(usize)) -> Class {
        let at = self.find(&request.uri);
        if self.locations[at].is_internal {
            enter(at);
            return Class::Internal;
        }
        self.class_in(at, request, enter)
    }

    /// Like [`Server::class`], for internal requests: the steps of the server have already run.
    fn class_found(&self, request: Request, enter: &mut dyn FnMut(usize)) -> Class {
        self.class_in(self.find(&request.uri), request, enter)
    }

    fn class_in(&self, at: usize, mut request: Request, enter: &mut dyn FnMut(usize)) -> Class {
        enter(at);
        let location = &self.locations[at];
        if let LocationMatcher::Regex(regex) = &location.matcher {
            request.captures.match_with(regex, &request.uri);
        }
        // The steps of the server ran before a location was chosen.
        let steps = if at == 0 { &[] } else { location.steps.as_slice() };
        match rewrite::run(steps, std::mem::take(&mut request.uri), &mut request.captures) {
            StepsOutcome::Answered => Class::Dynamic,
            StepsOutcome::Redirected => Class::Redirect,
            StepsOutcome::Moves(uri) => {
                request.redirected_to(uri).map_or(Class::Dynamic, |request| self.class_found(request, enter))
            }
            StepsOutcome::Stays(uri) => self.class_of_content(location, Request { uri, ..request }, enter),
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
                // If the fallback leads to other locations, report those, not the index.
                let enter = if matches!(fallback.target, FallbackTarget::Code(_)) { enter } else { &mut |_| () };
                self.class_of_index(location, request, enter)
            }
            _ if fallback.tries_path => Class::Static,
            _ => return otherwise,
        };
        match otherwise {
            // nginx answers with an error where the file would be, so the class is that of the file.
            _ if matches!(fallback.target, FallbackTarget::Code(_)) => found,
            Class::ByFiles { files, redirects } => Class::ByFiles { files: [vec![uri], files].concat(), redirects },
            otherwise if otherwise == found => otherwise,
            otherwise => Class::ByFiles { files: vec![uri], redirects: otherwise == Class::Redirect },
        }
    }

    fn class_of_fallback(&self, fallback: &Fallback, mut request: Request, enter: &mut dyn FnMut(usize)) -> Class {
        request.has_failed |= fallback.is_error_page;
        self.class_of_target(&fallback.target, fallback.tries_path, request, enter)
    }

    fn class_of_target(
        &self,
        to: &FallbackTarget,
        tries_path: bool,
        request: Request,
        enter: &mut dyn FnMut(usize),
    ) -> Class {
        match to {
            FallbackTarget::HandedOver => Class::Dynamic,
            FallbackTarget::Code(_) => Class::Static,
            FallbackTarget::Named(name) => {
                let uri = request.uri.clone();
                match self.named(name).zip(request.redirected_to(uri)) {
                    Some((at, request)) => self.class_in(at, request, enter),
                    // Without such a location, nginx answers 500.
                    None => Class::Dynamic,
                }
            }
            FallbackTarget::Uri(to) => match to.path(|name| request.captures.value(name, &request.uri)) {
                None => Class::Dynamic,
                // `try_files $uri /index.html` has reached /index.html: the file exists, or nginx would loop and answer
                // 500.
                Some(next) if next == request.uri && tries_path => Class::Static,
                Some(next) => {
                    request.redirected_to(next).map_or(Class::Dynamic, |request| self.class_found(request, enter))
                }
            },
        }
    }

    /// nginx answers a directory with the first existing `index` file, which may belong to another location, like
    /// index.php. Only nginx knows which exist; the first is assumed to.
    fn class_of_index(&self, location: &Location, request: Request, enter: &mut dyn FnMut(usize)) -> Class {
        let Some(index) = location.index.as_deref().filter(|_| request.is_of_directory()) else {
            return Class::Static;
        };
        let next =
            if index.starts_with('/') { index.as_bytes().to_vec() } else { [&request.uri, index.as_bytes()].concat() };
        match request.redirected_to(next).map_or(Class::Static, |request| self.class_found(request, enter)) {
            Class::ByFiles { .. } => Class::Static,
            class => class,
        }
    }

    /// Returns the class of most paths of a location.
    pub(crate) fn usual_class(&self, at: usize) -> Class {
        let location = &self.locations[at];
        if rewrite::answer(&location.steps).is_some() {
            return Class::Dynamic;
        }
        // A path that is not a directory; directories are handled separately.
        let sample = match &location.matcher {
            LocationMatcher::Exact(name) => name.clone(),
            LocationMatcher::Prefix { name, .. } => format!("{name}?"),
            LocationMatcher::Rest
            | LocationMatcher::Regex(_)
            | LocationMatcher::Skipped(_)
            | LocationMatcher::Named(_) => "/?".to_owned(),
        };
        self.class_of_content(location, Request::new(sample.into_bytes(), Captures::default()), &mut |_| ())
    }

    /// True if the target of an error page may be answered by something other than a file.
    pub(crate) fn is_answer(&self, to: &FallbackTarget) -> bool {
        let request = Request { has_failed: true, ..Request::new(b"/?".to_vec(), Captures::default()) };
        self.class_of_target(to, false, request, &mut |_| ()) != Class::Static
    }
}
