//! Rules by which derived dimensions compute their keys.

use crate::agent::BotRules;
use crate::geo::Geo;
use crate::net::NetPrefixes;
use crate::referer::OwnHosts;
use crate::route::Routes;

/// Rules by which derived dimensions compute their keys, in addition to the built-in ones. A clone is cheap.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct KeyRules {
    /// How bots are recognized, for the dimensions that are computed from user agents.
    pub bots: BotRules,
    /// The site's own hosts. A referrer from one of their sites is internal, in addition to the `$host` of the line.
    pub own_hosts: OwnHosts,
    /// The lengths of networks.
    pub net: NetPrefixes,
    /// Databases of addresses.
    pub geo: Geo,
    /// True if addresses are anonymized. Keys then tell no more than an anonymized address.
    pub(crate) anonymize: bool,
    /// Patterns of paths, for routes.
    pub routes: Routes,
}
