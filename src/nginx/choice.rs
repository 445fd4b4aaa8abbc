//! The choice among several servers: the one that answers a request.

use super::NginxConf;
use super::class::Class;
use super::server::Kind;
use super::uri;
use crate::format::path_and_query;
use crate::static_rules::StaticRules;

/// The server of one request, and whether a file is the answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    /// The server; `None` if the configuration has none.
    pub(super) server: Option<usize>,
    pub(super) is_static: bool,
    /// True if the file system decides, which no log tells: the rules for paths do then.
    pub(super) by_rules: bool,
}

impl NginxConf {
    /// The choice for a request of which the host is logged or not, in the log that one server writes or several do.
    ///
    /// Of the servers that the host may have come to, one that redirects the path is passed over if another does not
    /// redirect it: clients follow a redirect to https, and it is there that the path means something. So is one whose
    /// location for the path is `internal`, which no request of a client comes to.
    pub(super) fn choose(
        &self,
        rules: &StaticRules,
        of_log: Option<usize>,
        host: Option<&[u8]>,
        path: &[u8],
    ) -> Choice {
        let candidates = self.hosts.candidates(host);
        let of_log = of_log.filter(|at| host.is_none() || candidates.contains(at));
        if let Some(server) = of_log {
            return self.choice(rules, Some(server), path);
        }
        // A server that redirects or answers everything is the last resort.
        let kind = |at: &usize| self.hosts.kind(*at);
        let sites = candidates.iter().take_while(|at| kind(at) < Kind::Redirects).count();
        let asked = if sites == 0 { &candidates[..] } else { &candidates[..sites] };
        let passes_on = |at: usize| {
            let class = self.class(at, path, &mut |_| ()).map(|class| class.by(rules));
            matches!(class, Some(Class::Redirect | Class::Internal))
        };
        let answering = match asked {
            [only] => Some(*only),
            _ => asked.iter().copied().find(|at| !passes_on(*at)),
        };
        let first_site = || asked.iter().copied().find(|at| kind(at) == Kind::Site);
        self.choice(rules, answering.or_else(first_site).or_else(|| asked.first().copied()), path)
    }

    fn choice(&self, rules: &StaticRules, server: Option<usize>, path: &[u8]) -> Choice {
        let class = match server {
            Some(at) => self.class(at, path, &mut |_| ()),
            None => uri_of(path, true).map(|uri| Class::ByRules { files: vec![uri], redirects: false }),
        };
        let by_rules = matches!(class, Some(Class::ByRules { .. }));
        Choice { server, is_static: class.is_some_and(|class| class.by(rules) == Class::Static), by_rules }
    }

    /// Class of a path in a server; `None` if nginx refuses the path. `enter` is called with each location that the request
    /// comes to.
    pub(super) fn class(&self, server: usize, path: &[u8], enter: &mut dyn FnMut(usize)) -> Option<Class> {
        let server = &self.servers[server];
        uri_of(path, server.merges_slashes).map(|uri| server.class(&uri, enter))
    }
}

fn uri_of(path: &[u8], merges_slashes: bool) -> Option<Vec<u8>> {
    uri::normalized(&path_and_query(path), merges_slashes)
}
