//! Classes of bots, by their purpose.

use crate::by_name::serde_by_name;

/// What a client requests pages for, as far as its user agent says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum BotClass {
    /// Search engines.
    Search,
    /// Collects texts and pictures that models are trained with.
    AiTraining,
    /// Search engines whose results are answers of a model.
    AiSearch,
    /// Fetches a page because a person asked an assistant or an agent.
    AiUser,
    /// Search engine optimization, advertising, market research.
    Seo,
    /// Previews of links in messengers and social networks.
    SocialPreview,
    /// Checks that a site is up, fast or correct.
    Monitor,
    /// Feed readers and podcast directories.
    Feed,
    /// Web archives and research.
    Archive,
    /// Scans for vulnerabilities and certificates.
    Scanner,
    /// Programs and libraries: curl, python-requests, headless browsers, webhooks.
    Library,
    /// A bot that is in no table, or a client without a user agent.
    UnknownBot,
    /// A person, as far as the user agent says.
    None,
}

impl BotClass {
    /// THE TABLE of classes, in the order in which reports list them.
    const TABLE: [(BotClass, &'static str); 13] = [
        (BotClass::Search, "search"),
        (BotClass::AiTraining, "ai-training"),
        (BotClass::AiSearch, "ai-search"),
        (BotClass::AiUser, "ai-user"),
        (BotClass::Seo, "seo"),
        (BotClass::SocialPreview, "social-preview"),
        (BotClass::Monitor, "monitor"),
        (BotClass::Feed, "feed"),
        (BotClass::Archive, "archive"),
        (BotClass::Scanner, "scanner"),
        (BotClass::Library, "library"),
        (BotClass::UnknownBot, "unknown-bot"),
        (BotClass::None, "none"),
    ];

    /// All classes, people last.
    pub fn all() -> impl Iterator<Item = BotClass> {
        BotClass::TABLE.into_iter().map(|(class, _)| class)
    }

    /// Name: `ai-training`.
    pub fn name(self) -> &'static str {
        BotClass::TABLE[self as usize].1
    }

    /// The class with a name.
    pub fn named(name: &str) -> Option<BotClass> {
        BotClass::TABLE.into_iter().find_map(|(class, of_class)| (of_class == name).then_some(class))
    }

    /// True for all classes but [`BotClass::None`].
    pub fn is_bot(self) -> bool {
        self != BotClass::None
    }
}

serde_by_name!(BotClass, "a class of bots", BotClass::named);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_the_names_of_the_table() {
        for (i, class) in BotClass::all().enumerate() {
            assert_eq!(class as usize, i);
            assert_eq!(BotClass::named(class.name()), Some(class));
        }
        assert_eq!(BotClass::named("Search"), None);
    }
}
