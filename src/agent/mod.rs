//! User agents: bots, browsers, systems and devices. Pure functions of an agent's text, and their tables.
//!
//! They report only what the text says. Browsers have frozen parts of it: *Windows NT 10.0* is also Windows 11. A bot that
//! claims to be a browser counts as that browser.

mod bot_class;
mod bot_rules;
mod bot_table;
mod browser;
mod device;
mod lower;
mod short_name;
mod system;
#[cfg(test)]
mod test_agents;
mod unknown_bot;
mod word_table;

use std::borrow::Cow;
use std::hash::Hasher;

use twox_hash::XxHash3_64;

pub use bot_class::BotClass;
pub use bot_rules::{Bot, BotPatternError, BotRules};
use lower::Lower;
pub(crate) use short_name::{short_name, short_name_with_version};

/// Stands for a browser, a system or a device that is not in the tables.
const OTHER: &str = "other";

/// Family of the browser with a user agent: `Chrome`.
pub(crate) fn browser(agent: &[u8]) -> &'static str {
    browser::of(&Lower::new(agent)).map_or(OTHER, |browser| browser.family)
}

/// Family and major version of the browser with a user agent: `Chrome 126`.
pub(crate) fn browser_version(agent: &[u8]) -> Cow<'static, str> {
    browser::of(&Lower::new(agent)).map_or(Cow::Borrowed(OTHER), |browser| browser.with_version())
}

/// Operating system of a user agent, without its version: `Windows`.
pub(crate) fn os(agent: &[u8]) -> &'static str {
    system::of(&Lower::new(agent)).unwrap_or(OTHER)
}

/// Kind of device of a user agent: `desktop`, `phone`, `tablet`, `tv`, or `other`.
pub(crate) fn device(agent: &[u8]) -> &'static str {
    device::of(&Lower::new(agent))
}

/// Hash of all tables here. States that were counted by different tables cannot be merged.
pub(crate) fn fingerprint() -> u64 {
    let mut hasher = XxHash3_64::with_seed(0);
    let mut add = |text: &str| {
        hasher.write(text.as_bytes());
        hasher.write(b"\n");
    };
    add(bot_table::TEXT);
    browser::hash_table(&mut add);
    system::hash_table(&mut add);
    device::hash_table(&mut add);
    hasher.finish()
}
