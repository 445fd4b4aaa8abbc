//! User agents: bots, browsers, systems and devices. Pure functions of an agent's text, and their tables.
//!
//! A user agent says what it wants. These functions report only what the text says: browsers have frozen parts of it, and
//! a bot that claims to be a browser counts as one.

mod bot_class;
mod bot_rules;
mod bot_table;
#[cfg(test)]
mod test_agents;
mod unknown_bot;

pub use bot_class::BotClass;
pub use bot_rules::{Bot, BotPatternError, BotRules};
