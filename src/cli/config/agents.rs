//! Reads the agents of the configuration file: names and classes of user agents that the built-in table of bots does not have, or
//! for which it is wrong.

use logstat::{BotClass, BotRules};

use super::file::{Item, Key, Reader, in_order, kind, scalar};
use super::options::{ValueCount, shortened};
use super::own_agent::OwnAgent;
use crate::cli::names::suggestion;

/// The keys of an agent.
pub(super) const PATTERN: &str = "pattern";
pub(super) const CLASS: &str = "class";

impl Reader<'_> {
    /// Reads `name = { pattern = "…", class = "…" }`.
    pub(super) fn agent(&self, key: &Key<'_>, item: &Item<'_>) -> Result<OwnAgent, String> {
        let name = key.get_ref().to_string();
        let wrong = |key: &Key<'_>, message: &str| self.wrong(key.span().start, message);
        // Reports and messages show the name.
        if name.trim().is_empty() || shortened(&name) != name {
            let message = format!("'{}' is not a valid name of an agent: use up to 60 characters", shortened(&name));
            return Err(wrong(key, &message));
        }
        let Some(table) = item.get_ref().as_table() else {
            let found = kind(item.get_ref());
            let message =
                format!("'{name}' must be a table, not {found}: write {{ {PATTERN} = \"…\", {CLASS} = \"monitor\" }}");
            return Err(wrong(key, &message));
        };
        let (mut patterns, mut class) = (Vec::new(), None);
        for (key, item) in in_order(table) {
            match key.get_ref().as_ref() {
                PATTERN => {
                    for text in self.texts(PATTERN, "TEXT", ValueCount::Many, key, item)? {
                        let pattern = text.text.to_string_lossy().into_owned();
                        let read = BotRules::default().with(&name, BotClass::None, &pattern);
                        read.map_err(|error| format!("{}: '{PATTERN}': {error}", text.origin))?;
                        patterns.push(pattern);
                    }
                }
                CLASS => class = Some(self.class(key, item)?),
                other => {
                    let message = format!(
                        "unknown key '{}'{}\n  an agent has '{PATTERN}' and '{CLASS}'",
                        shortened(other),
                        suggestion(other, &[PATTERN, CLASS])
                    );
                    return Err(wrong(key, &message));
                }
            }
        }
        if patterns.is_empty() {
            return Err(wrong(key, &format!("'{name}' needs '{PATTERN}', a text that its user agent contains")));
        }
        let Some(class) = class else {
            return Err(wrong(key, &format!("'{name}' needs '{CLASS}': {}", classes())));
        };
        Ok(OwnAgent { name, patterns, class, origin: self.origin(key.span().start) })
    }

    fn class(&self, key: &Key<'_>, item: &Item<'_>) -> Result<BotClass, String> {
        let word = scalar(item.get_ref()).unwrap_or_default();
        BotClass::named(&word).ok_or_else(|| {
            let names: Vec<_> = BotClass::all().map(BotClass::name).collect();
            let message = match item.get_ref().as_str() {
                Some(word) => format!("unknown class '{}'{}", shortened(word), suggestion(word, &names)),
                None => format!("'{CLASS}' takes the name of a class, not {}", kind(item.get_ref())),
            };
            self.wrong(key.span().start, &format!("{message}\n  classes: {}", names.join(" ")))
        })
    }
}

/// The classes, for messages.
fn classes() -> String {
    BotClass::all().map(BotClass::name).collect::<Vec<_>>().join(", ")
}
