//! Which clients are counted: people, bots, or some classes of bots.

use std::fmt;
use std::str::FromStr;

use super::include_exclude::IncludeExclude;
use crate::agent::BotClass;
use crate::expression::SyntaxError;

/// Classes of bots; a `!` before one excludes it. `include` stands for all requests, `exclude` excludes every bot, and
/// `only` has nothing but bots.
///
/// A line whose format has no user agent is in no class: lists that only exclude keep it, and others do not.
///
/// ```
/// use logstat::{BotClass, BotSet};
/// let crawlers: BotSet = "search,ai-training".parse()?;
/// assert!(crawlers.matches(BotClass::Search) && !crawlers.matches(BotClass::None));
/// let people: BotSet = "exclude".parse()?;
/// assert!(people.matches(BotClass::None) && !people.matches(BotClass::UnknownBot));
/// # Ok::<(), logstat::SyntaxError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotSet(IncludeExclude<BotClass>);

/// All requests.
const INCLUDE: &str = "include";
/// No bot.
const EXCLUDE: &str = "exclude";
/// Nothing but bots.
const ONLY: &str = "only";

/// What stands for a list.
const WORDS: [&str; 3] = [INCLUDE, EXCLUDE, ONLY];

fn bots() -> impl Iterator<Item = BotClass> {
    BotClass::all().filter(|class| class.is_bot())
}

impl BotSet {
    /// Every request that is not from a declared bot.
    pub fn without_bots() -> BotSet {
        BotSet(IncludeExclude { included: Vec::new(), excluded: bots().collect() })
    }

    fn only_bots() -> BotSet {
        BotSet(IncludeExclude { included: bots().collect(), excluded: Vec::new() })
    }

    /// All words that a list can have: `include`, `exclude`, `only`, and the classes.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.into_iter().chain(BotClass::all().map(BotClass::name))
    }

    /// True if requests of this class are selected.
    pub fn matches(&self, class: BotClass) -> bool {
        self.0.matches(|one| *one == class)
    }

    /// True if every request is selected.
    pub fn is_all(&self) -> bool {
        self.0.included.is_empty() && self.0.excluded.is_empty()
    }

    /// Joins two lists into one.
    #[must_use]
    pub fn with(mut self, other: BotSet) -> BotSet {
        self.0.add(other.0);
        self
    }

    /// True if no class is selected.
    pub(super) fn is_empty(&self) -> bool {
        !BotClass::all().any(|class| self.matches(class))
    }

    /// The classes of which a request must have one, unless there are none.
    pub(super) fn included(&self) -> &[BotClass] {
        &self.0.included
    }

    /// The classes that a request must not have.
    pub(super) fn excluded(&self) -> &[BotClass] {
        &self.0.excluded
    }
}

impl FromStr for BotSet {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<BotSet, SyntaxError> {
        match text.trim() {
            INCLUDE => Ok(BotSet(IncludeExclude { included: Vec::new(), excluded: Vec::new() })),
            EXCLUDE => Ok(BotSet::without_bots()),
            ONLY => Ok(BotSet::only_bots()),
            _ => IncludeExclude::read_at(text, |word, at| class(text, word, at)).map(BotSet),
        }
    }
}

/// Parses a class in a list.
fn class(text: &str, word: &str, at: usize) -> Result<BotClass, SyntaxError> {
    let refused = || {
        if WORDS.contains(&word) {
            return SyntaxError::new(text, at, format!("{word} stands alone, not in a list of classes"));
        }
        let classes: Vec<_> = BotClass::all().map(BotClass::name).collect();
        let what = format!("expected {INCLUDE}, {EXCLUDE}, {ONLY}, or classes of bots: {}", classes.join(", "));
        SyntaxError::none_of(text, at, word, BotSet::words().collect(), what)
    };
    BotClass::named(word).ok_or_else(refused)
}

impl fmt::Display for BotSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let same = |other: &BotSet| {
            let has = |list: &[BotClass]| BotClass::all().filter(|class| list.contains(class)).collect::<Vec<_>>();
            has(&self.0.included) == other.0.included && has(&self.0.excluded) == other.0.excluded
        };
        match self {
            _ if self.is_all() => f.write_str(INCLUDE),
            _ if same(&BotSet::without_bots()) => f.write_str(EXCLUDE),
            _ if same(&BotSet::only_bots()) => f.write_str(ONLY),
            _ => self.0.write(f, |class| class.name().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(text: &str) -> Vec<&'static str> {
        let set: BotSet = text.parse().unwrap();
        BotClass::all().filter(|class| set.matches(*class)).map(BotClass::name).collect()
    }

    #[test]
    fn words_and_classes_select() {
        let all: Vec<_> = BotClass::all().map(BotClass::name).collect();
        assert_eq!(selected("include"), all);
        assert_eq!(selected("exclude"), ["none"]);
        assert_eq!(selected("only"), all[..all.len() - 1]);
        assert_eq!(selected("seo, search"), ["search", "seo"]);
        assert_eq!(selected("!search,!none"), all[1..all.len() - 1]);
        assert!("search,!search".parse::<BotSet>().unwrap().is_empty());
        assert!(!"exclude".parse::<BotSet>().unwrap().is_empty());
    }

    #[test]
    fn texts_parse_to_the_same_set() {
        let rows = [
            ("include", "include"),
            ("exclude", "exclude"),
            ("only", "only"),
            ("seo,search,seo", "search,seo"),
            ("!seo", "!seo"),
            ("search,!seo", "search,!seo"),
        ];
        for (text, expected) in rows {
            let set: BotSet = text.parse().unwrap();
            assert_eq!(set.to_string(), expected);
            assert_eq!(selected(&set.to_string()), selected(text));
        }
        for (text, at) in [("", 0), ("bots", 0), ("search,only", 7), ("Search", 0)] {
            assert_eq!(text.parse::<BotSet>().unwrap_err().at(), at, "{text}");
        }
        let error = |text: &str| text.parse::<BotSet>().unwrap_err();
        assert_eq!(error("search,only").what(), "only stands alone, not in a list of classes");
        assert!(error("exclude,search").mistyped().is_none() && error("exlude").mistyped().is_some());
    }
}
