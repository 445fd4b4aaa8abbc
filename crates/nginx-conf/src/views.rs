//! Servers and locations of a configuration: the public view.

use crate::Conf;
use crate::location::{Location, LocationMatcher};
use crate::names::{Listen, ServerName};
use crate::not_followed::NotFollowed;
use crate::place::Place;
use crate::rewrite::{self, Step};
use crate::route::Class;
use crate::server::Server;

/// A `server` of a configuration.
#[derive(Clone, Copy, Debug)]
pub struct ServerRef<'c> {
    conf: &'c Conf,
    at: usize,
}

/// A `location` of a server, or the server itself for paths that match none of its locations.
#[derive(Clone, Copy, Debug)]
pub struct LocationRef<'c> {
    server: &'c Server,
    at: usize,
    depth: usize,
}

/// Source of the answers to most paths of a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocationClass {
    /// Files.
    Static,
    /// Another process, nginx itself, or a redirect.
    Dynamic,
    /// A file if it exists, otherwise something else: `try_files $uri @app`.
    DependsOnFiles,
}

impl Conf {
    /// The servers in the order of the files.
    ///
    /// ```
    /// use nginx_conf::{Conf, LocationClass};
    /// let text = "http { server { server_name a.example; location /app/ { proxy_pass http://app; location ~ x$ {} } } }";
    /// let conf = Conf::from_reader("nginx.conf".as_ref(), text.as_bytes())?;
    /// let server = conf.servers().next().unwrap();
    /// let rows: Vec<_> = server.locations().map(|location| (location.depth(), location.name(), location.class())).collect();
    /// assert_eq!(rows, [(0, "/app/", LocationClass::Dynamic), (1, "~ x$", LocationClass::Static)]);
    /// # Ok::<(), nginx_conf::Error>(())
    /// ```
    pub fn servers(&self) -> impl ExactSizeIterator<Item = ServerRef<'_>> {
        (0..self.servers.len()).map(|at| ServerRef { conf: self, at })
    }

    /// The server at a position of [`Conf::servers`].
    pub fn server(&self, at: usize) -> Option<ServerRef<'_>> {
        (at < self.servers.len()).then_some(ServerRef { conf: self, at })
    }
}

impl<'c> ServerRef<'c> {
    fn server(&self) -> &'c Server {
        &self.conf.servers[self.at]
    }

    /// The place of the directive.
    pub fn place(&self) -> &'c Place {
        &self.server().locations[0].place
    }

    /// The names in the order of the file.
    pub fn names(&self) -> &'c [ServerName] {
        &self.server().names
    }

    /// The sockets in the order of the file. A range of ports has one socket per port.
    pub fn listens(&self) -> &'c [Listen] {
        &self.server().listens
    }

    /// True if it may receive requests with an unknown host.
    pub fn takes_unknown_hosts(&self) -> bool {
        self.conf.hosts.is_default(self.at)
    }

    /// True if it may have received requests for which the log has no host.
    pub fn takes_no_host(&self) -> bool {
        self.conf.hosts.is_for_no_host(self.at)
    }

    /// True if it answers every request before it chooses a location: `return 301 https://…`.
    pub fn always_answers(&self) -> bool {
        self.server().always_answers()
    }

    /// The locations in the order of the file, each before its nested locations.
    pub fn locations(&self) -> impl Iterator<Item = LocationRef<'c>> + use<'c> {
        let server = self.server();
        let mut open: Vec<_> = server.locations[0].nested.iter().rev().map(|at| (*at, 0)).collect();
        std::iter::from_fn(move || {
            let (at, depth) = open.pop()?;
            open.extend(server.locations[at].nested.iter().rev().map(|at| (*at, depth + 1)));
            Some(LocationRef { server, at, depth })
        })
    }

    /// The server as the location of all paths that match none of its locations. Its name is empty.
    pub fn rest(&self) -> LocationRef<'c> {
        LocationRef { server: self.server(), at: 0, depth: 0 }
    }

    /// The locations that process a request for a path, in order. There are several if a rewrite, an index or a
    /// fallback may lead to another location. There are none if the server itself answers or nginx rejects the path. If
    /// the answer depends on files, both ways are listed.
    pub fn locations_of(&self, path: &[u8]) -> Vec<LocationRef<'c>> {
        let server = self.server();
        let mut entered = Vec::new();
        self.conf.class(self.at, path, &mut |at| entered.push(LocationRef { server, at, depth: 0 }));
        entered
    }

    /// The directives that depend on more than the path, or on values that only nginx knows. Those that may decide
    /// whether the answer is a file are also in [`Conf::skipped`].
    pub fn not_followed(&self) -> impl Iterator<Item = &'c NotFollowed> + use<'c> {
        let server = self.server();
        let error_pages = move |location: &'c Location| {
            location.error_pages.iter().filter(|(_, to)| server.is_answer(to)).map(|(page, _)| page)
        };
        server.locations.iter().flat_map(move |location| location.not_followed.iter().chain(error_pages(location)))
    }
}

impl<'c> LocationRef<'c> {
    fn location(&self) -> &'c Location {
        &self.server.locations[self.at]
    }

    /// The modifier and name: `~* \.php$`. Safe on a terminal; empty for the server itself.
    pub fn name(&self) -> &'c str {
        &self.location().written
    }

    /// True for the server itself.
    pub fn is_rest(&self) -> bool {
        self.at == 0
    }

    /// Number of enclosing locations.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The place of the directive.
    pub fn place(&self) -> &'c Place {
        &self.location().place
    }

    /// The reason why the location is skipped and matches no path, if so.
    pub fn skipped(&self) -> Option<&'c str> {
        match &self.location().matcher {
            LocationMatcher::Skipped(why) => Some(why),
            _ => None,
        }
    }

    /// The source of the answers to most of its paths.
    pub fn class(&self) -> LocationClass {
        match self.server.usual_class(self.at) {
            Class::Static => LocationClass::Static,
            Class::Dynamic | Class::Redirect | Class::Internal => LocationClass::Dynamic,
            Class::ByFiles { .. } => LocationClass::DependsOnFiles,
        }
    }

    /// The directive that answers most of its paths, or `files of /srv, try_files $uri @app`. Safe on a terminal.
    pub fn handler(&self) -> String {
        let answer = rewrite::answer(&self.location().steps).map(|answer| answer.written);
        answer.map_or_else(|| self.location().content.to_string(), str::to_owned)
    }

    /// True if a `rewrite` may lead paths to other locations.
    pub fn may_rewrite(&self) -> bool {
        let answer = rewrite::answer(&self.location().steps).map(|answer| answer.written);
        let is_another =
            |step: &Step| matches!(step, Step::Rewrite { written, .. } if Some(written.as_str()) != answer);
        self.location().steps.iter().any(is_another)
    }
}
