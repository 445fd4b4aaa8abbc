//! An agent of the configuration file, and the rules that several of them make.

use logstat::{BotClass, BotRules};

use super::setting::Origin;

/// An agent: a bot, or people if its class is `none`.
#[derive(Debug)]
pub(super) struct OwnAgent {
    pub(super) name: String,
    pub(super) patterns: Vec<String>,
    pub(super) class: BotClass,
    pub(super) origin: Origin,
}

/// The rules of these agents, in their order.
pub(super) fn rules(agents: &[OwnAgent]) -> BotRules {
    let patterns =
        agents.iter().flat_map(|agent| agent.patterns.iter().map(move |pattern| (&agent.name, agent.class, pattern)));
    // The file was read, so every pattern has a text.
    patterns.fold(BotRules::default(), |rules, (name, class, pattern)| {
        rules.clone().with(name, class, pattern).unwrap_or(rules)
    })
}
