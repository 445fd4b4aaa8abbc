//! Recognizes bots: by added patterns, by the built-in table, and by what only bots call themselves.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::bot_class::BotClass;
use super::lower::Lower;
use super::{bot_table, unknown_bot};

/// Rules that recognize bots: patterns that were added, then the built-in table. A clone is cheap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BotRules {
    added: Option<Arc<[Added]>>,
}

/// A bot, as its user agent names it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bot<'a> {
    /// What it requests pages for.
    pub class: BotClass,
    /// Its name, empty if the agent has none.
    pub name: Cow<'a, [u8]>,
}

/// A pattern that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Added {
    name: String,
    class: BotClass,
    /// As it was given.
    pattern: String,
    /// In lower case, without anchors.
    text: Vec<u8>,
    is_first: bool,
    is_last: bool,
}

impl Added {
    fn matches(&self, lower: &[u8]) -> bool {
        match (self.is_first, self.is_last) {
            (true, true) => lower == self.text,
            (true, false) => lower.starts_with(&self.text),
            (false, true) => lower.ends_with(&self.text),
            (false, false) => memchr::memmem::find(lower, &self.text).is_some(),
        }
    }
}

/// A pattern without text, which would match every agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BotPatternError;

impl fmt::Display for BotPatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the pattern has no text")
    }
}

impl std::error::Error for BotPatternError {}

impl BotRules {
    /// Adds a pattern: a text that the agent contains, in any case. `^` before it stands for the start of the agent, `$`
    /// after it for the end. Added patterns come before the built-in table, in their order; the class `none` means that
    /// the agent is a person's.
    ///
    /// # Errors
    /// The pattern has no text.
    ///
    /// ```
    /// use logstat::{BotClass, BotRules};
    ///
    /// let rules = BotRules::default().with("Shop app", BotClass::None, "^ShopApp/")?;
    /// assert_eq!(rules.class(b"ShopApp/2.1 okhttp/4.9.3"), BotClass::None);
    /// assert_eq!(rules.class(b"okhttp/4.9.3"), BotClass::Library);
    /// # Ok::<(), logstat::BotPatternError>(())
    /// ```
    pub fn with(self, name: &str, class: BotClass, pattern: &str) -> Result<BotRules, BotPatternError> {
        let (text, is_first) = pattern.strip_prefix('^').map_or((pattern, false), |text| (text, true));
        let (text, is_last) = text.strip_suffix('$').map_or((text, false), |text| (text, true));
        if text.trim().is_empty() {
            return Err(BotPatternError);
        }
        let text = text.to_ascii_lowercase().into_bytes();
        let added = Added { name: name.to_owned(), class, pattern: pattern.to_owned(), text, is_first, is_last };
        let all = self.added.iter().flat_map(|added| added.iter().cloned()).chain([added]);
        Ok(BotRules { added: Some(all.collect()) })
    }

    /// The patterns that were added, in their order: name, class and pattern.
    pub fn added(&self) -> impl Iterator<Item = (&str, BotClass, &str)> {
        let added = self.added.iter().flat_map(|added| added.iter());
        added.map(|Added { name, class, pattern, .. }| (name.as_str(), *class, pattern.as_str()))
    }

    /// Recognizes the bot with a user agent. `None` for a person. An agent that is empty or `-` is that of an unknown
    /// bot.
    pub fn find<'a>(&self, agent: &'a [u8]) -> Option<Bot<'a>> {
        let agent = agent.trim_ascii();
        if matches!(agent, b"" | b"-") {
            return Some(Bot { class: BotClass::UnknownBot, name: Cow::Borrowed(b"") });
        }
        let lower = Lower::new(agent);
        if let Some(added) = self.added.iter().flat_map(|added| added.iter()).find(|added| added.matches(lower.text()))
        {
            let Added { class, name, .. } = added;
            return class.is_bot().then(|| Bot { class: *class, name: Cow::Owned(name.as_bytes().into()) });
        }
        if let Some(entry) = bot_table::find(&lower) {
            return Some(Bot { class: entry.class, name: Cow::Borrowed(entry.name.as_bytes()) });
        }
        unknown_bot::name(agent, &lower).map(|name| Bot { class: BotClass::UnknownBot, name })
    }

    /// The class of a user agent: [`BotClass::None`] for a person.
    pub fn class(&self, agent: &[u8]) -> BotClass {
        self.find(agent).map_or(BotClass::None, |bot| bot.class)
    }
}
