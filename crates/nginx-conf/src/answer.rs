//! Finds the server that answers a request, and whether the answer is a file.

use crate::Conf;
use crate::route::Class;
use crate::server::Kind;
use crate::uri;

/// A request as an access log shows it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'r> {
    /// `$host` or the `Host` header, in any case, with or without a port. `None` or `-` if it is not logged.
    pub host: Option<&'r [u8]>,
    /// The target of the request line: a path with its query, or an absolute URI.
    pub path: &'r [u8],
    /// The server that writes the log of the request, as its position in [`Conf::servers`], if there is only one
    /// ([`Conf::server_of_file`]). It takes precedence if `host` is unknown, or if the server may have that host.
    pub server: Option<usize>,
}

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The server, as its position in [`Conf::servers`]; `None` if the configuration has no servers.
    pub server: Option<usize>,
    /// True if nginx answers with a file; false if it passes the request on, generates the answer, redirects or rejects
    /// it.
    pub is_static: bool,
    /// True if the answer depends on files, as with `try_files $uri @app`. Then `is_static` is what the caller said
    /// about the file.
    pub depends_on_files: bool,
}

impl Conf {
    /// Determines how a request is answered. `is_file` returns true if a file exists for a path; it is asked where
    /// nginx would look for one.
    ///
    /// A log does not show on which socket a request arrived, so several servers may have its host. Among those, a
    /// server that redirects the path is passed over if another does not: clients follow a redirect to https, and that
    /// server handles the path. A server whose location for the path is `internal` is passed over too, because clients
    /// cannot request it. An `if` of a server on `$scheme`, `$https` or `$server_port` is followed if the server's
    /// sockets decide it.
    ///
    /// A path in an `internal` location is not static: nginx answers 404. For a directory, the first `index` file is
    /// assumed to exist. A path that nginx rejects with 400 is not static.
    ///
    /// Names are looked up in an index, but regular expressions are tried one by one. Call this once for each distinct
    /// path, not for each line of a log.
    pub fn answer(&self, request: &Request<'_>, is_file: &dyn Fn(&[u8]) -> bool) -> Answer {
        let Request { host, path, server } = *request;
        let candidates = self.hosts.candidates(host);
        if let Some(server) = server.filter(|at| host.is_none() || candidates.contains(at)) {
            return self.answer_of(Some(server), path, is_file);
        }
        // Servers that redirect or answer everything are the last resort.
        let kind = |at: &usize| self.hosts.kind(*at);
        let sites = candidates.iter().take_while(|at| kind(at) < Kind::Redirects).count();
        let asked = if sites == 0 { &candidates[..] } else { &candidates[..sites] };
        let passes_on = |at: usize| {
            let class = self.class(at, path, &mut |_| ()).map(|class| class.with_files(is_file));
            matches!(class, Some(Class::Redirect | Class::Internal))
        };
        let answering = match asked {
            [only] => Some(*only),
            _ => asked.iter().copied().find(|at| !passes_on(*at)),
        };
        let first_site = || asked.iter().copied().find(|at| kind(at) == Kind::Site);
        self.answer_of(answering.or_else(first_site).or_else(|| asked.first().copied()), path, is_file)
    }

    fn answer_of(&self, server: Option<usize>, path: &[u8], is_file: &dyn Fn(&[u8]) -> bool) -> Answer {
        let class = match server {
            Some(at) => self.class(at, path, &mut |_| ()),
            None => uri::of_target(path, true).map(|uri| Class::ByFiles { files: vec![uri], redirects: false }),
        };
        let depends_on_files = matches!(class, Some(Class::ByFiles { .. }));
        let is_static = class.is_some_and(|class| class.with_files(is_file) == Class::Static);
        Answer { server, is_static, depends_on_files }
    }

    /// Returns the class of a path in a server; `None` if nginx rejects the path. `enter` is called with each location
    /// that processes the request.
    pub(crate) fn class(&self, server: usize, path: &[u8], enter: &mut dyn FnMut(usize)) -> Option<Class> {
        let server = &self.servers[server];
        uri::of_target(path, server.merges_slashes).map(|uri| server.class(&uri, enter))
    }
}
