//! The server that answers a request, and whether the answer is a file.

use crate::Conf;
use crate::route::Class;
use crate::server::Kind;
use crate::uri;

/// A request, as far as an access log knows it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'r> {
    /// `$host` or the `Host` header, in any case, with or without a port. `None`, or `-`, if the log does not have it.
    pub host: Option<&'r [u8]>,
    /// The target of the request line: a path with its query, or an absolute URI.
    pub path: &'r [u8],
    /// The server that writes the log with the request, by its position in [`Conf::servers`], if only one server does
    /// ([`Conf::server_of_file`]). It takes precedence if `host` is unknown, or if the server may have the host.
    pub server: Option<usize>,
}

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The server, by its position in [`Conf::servers`]; `None` if the configuration has none.
    pub server: Option<usize>,
    /// True if nginx answers with a file; false if it hands the request over, makes the answer, redirects or refuses it.
    pub is_static: bool,
    /// True if the file system decides, as with `try_files $uri @app`: then `is_static` is the caller's answer for the file.
    pub depends_on_files: bool,
}

impl Conf {
    /// The answer to a request. `is_file` says whether there is a file for a path, where nginx would look for one.
    ///
    /// A log does not say on which socket a request came in, so several servers may have a host. Of those, one that
    /// redirects the path is passed over if another does not: clients follow a redirect to https, and the path has its meaning
    /// there. So is one whose location for the path is `internal`, which no request of a client comes to. An `if` of a server
    /// that asks for `$scheme`, `$https` or `$server_port` is followed where the sockets of the server decide it.
    ///
    /// A path that comes to an `internal` location is not static: nginx answers 404. Of a directory, the first `index` file is
    /// taken to be there. What nginx refuses with 400 is not static.
    ///
    /// Locations are found by their names, and regular expressions are tried one by one. Callers should ask once for each distinct
    /// path, not for every line of a log.
    pub fn answer(&self, request: &Request<'_>, is_file: &dyn Fn(&[u8]) -> bool) -> Answer {
        let Request { host, path, server } = *request;
        let candidates = self.hosts.candidates(host);
        if let Some(server) = server.filter(|at| host.is_none() || candidates.contains(at)) {
            return self.answer_of(Some(server), path, is_file);
        }
        // A server that redirects or answers everything is the last resort.
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

    /// Class of a path in a server; `None` if nginx refuses the path. `enter` is called with each location that the request
    /// comes to.
    pub(crate) fn class(&self, server: usize, path: &[u8], enter: &mut dyn FnMut(usize)) -> Option<Class> {
        let server = &self.servers[server];
        uri::of_target(path, server.merges_slashes).map(|uri| server.class(&uri, enter))
    }
}
