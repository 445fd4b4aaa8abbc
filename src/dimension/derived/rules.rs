//! Rules by which derived dimensions compute their keys.

use crate::agent::BotRules;
use crate::route::Routes;

/// Rules by which derived dimensions compute their keys, in addition to the built-in ones. A clone is cheap.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct KeyRules {
    /// How bots are recognized, for the dimensions that are computed from user agents.
    pub bots: BotRules,
    /// Patterns of paths, for routes.
    pub routes: Routes,
}
