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
        let name = unknown_bot::name(agent, &lower).or_else(|| unknown_bot::program(agent, &lower));
        name.map(|name| Bot { class: BotClass::UnknownBot, name })
    }

    /// The class of a user agent: [`BotClass::None`] for a person.
    pub fn class(&self, agent: &[u8]) -> BotClass {
        self.find(agent).map_or(BotClass::None, |bot| bot.class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_patterns_come_first_in_any_case_with_anchors() {
        let rules = BotRules::default()
            .with("Our monitor", BotClass::Monitor, "^ourmon/")
            .and_then(|rules| rules.with("Shop app", BotClass::None, "SHOPAPP"))
            .and_then(|rules| rules.with("Exact", BotClass::Seo, "^exact$"))
            .and_then(|rules| rules.with("End", BotClass::Feed, " feeder$"))
            .unwrap();
        for (agent, expected) in [
            ("OurMon/2.0", Some((BotClass::Monitor, "Our monitor"))),
            ("curl/8.0 OurMon/2.0", Some((BotClass::Library, "curl"))),
            ("ShopApp/2.1 okhttp/4.9.3", None),
            ("okhttp/4.9.3", Some((BotClass::Library, "okhttp"))),
            ("Exact", Some((BotClass::Seo, "Exact"))),
            ("Exact 2", Some((BotClass::UnknownBot, "Exact"))),
            ("My Feeder", Some((BotClass::Feed, "End"))),
            ("My Feeder 2", Some((BotClass::UnknownBot, "My"))),
        ] {
            let found = rules.find(agent.as_bytes()).map(|bot| (bot.class, bot.name));
            assert_eq!(found, expected.map(|(class, name)| (class, Cow::Borrowed(name.as_bytes()))), "{agent}");
        }
        let added: Vec<_> = rules.added().map(|(_, _, pattern)| pattern).collect();
        assert_eq!(added, ["^ourmon/", "SHOPAPP", "^exact$", " feeder$"]);
    }

    #[test]
    fn patterns_without_text_are_refused() {
        for pattern in ["", "^", "$", "^$", " ", "^ $"] {
            assert_eq!(BotRules::default().with("", BotClass::Seo, pattern), Err(BotPatternError), "{pattern:?}");
        }
    }

    #[test]
    fn bots_in_no_table_are_unknown_bots_with_their_name() {
        for (agent, name) in [
            ("", ""),
            ("-", ""),
            (" ", ""),
            ("FooBot/1.0", "FooBot"),
            ("Mozilla/5.0 (compatible; Foo-Bot/1.0)", "Foo-Bot"),
            ("Mozilla/5.0 (compatible; FooBot2)", "FooBot2"),
            ("Mozilla/5.0 (compatible; Foo Crawler)", "Foo Crawler"),
            ("Mozilla/5.0 (compatible; Foo/1.0; +https://foo.example/about)", "Foo"),
            ("Foo Reader (http://foo.example/bot.html)", "Foo Reader"),
            ("Mozilla/5.0 (http://foo.example/)", ""),
            ("MYCRAWLERTHING", "MYCRAWLERTHING"),
        ] {
            let bot = BotRules::default().find(agent.as_bytes()).unwrap();
            assert_eq!((bot.class, &*bot.name), (BotClass::UnknownBot, name.as_bytes()), "{agent}");
        }
    }

    #[test]
    fn people_are_not_bots() {
        for agent in [
            "Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) AppleWebKit/537.36 Chrome/80.0 Mobile Safari/537.36",
            "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; Embedded Web Browser from: http://bsalsa.com/)",
            "Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.18",
            "ShopApp/341 CFNetwork/1494.0.7 Darwin/23.4.0",
            "Mozilla/5.0",
        ] {
            assert_eq!(BotRules::default().find(agent.as_bytes()), None, "{agent}");
        }
    }
}
