//! The built-in table of bots: `bots.txt`, which packaging/bots writes. It is parsed when the first agent is looked up,
//! which takes about 0.2 ms.

use std::sync::LazyLock;

use super::bot_class::BotClass;
use super::lower::Lower;
use super::word_table::WordTable;

/// THE TABLE. Each line has the class, the name, and a text in lower case that the agents of the bot have.
pub(super) const TEXT: &str = include_str!("bots.txt");

/// A bot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) class: BotClass,
    pub(super) name: &'static str,
}

static TABLE: LazyLock<WordTable<Entry>> = LazyLock::new(|| WordTable::new(rows()));

/// Rows of the table: the text, and the bot.
fn rows() -> impl Iterator<Item = (&'static str, Entry)> {
    TEXT.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.splitn(3, '\t');
        let (class, name, text) = (BotClass::named(cells.next()?)?, cells.next()?, cells.next()?);
        Some((text, Entry { class, name }))
    })
}

/// Finds the bot that an agent names. The first in the agent wins, but a library only if nothing else is named.
pub(super) fn find(lower: &Lower) -> Option<&'static Entry> {
    let mut library = None;
    let bot = TABLE.find(lower, |found| {
        if found.value.class == BotClass::Library {
            library = library.or(Some(found.value));
            return None;
        }
        Some(found.value)
    });
    bot.or(library)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_class_a_name_and_a_text_in_lower_case() {
        assert_eq!(rows().count(), TEXT.lines().filter(|line| !line.starts_with('#')).count());
        assert!(rows().count() < usize::from(u16::MAX) / 4);
        for (text, entry) in rows() {
            let plain = text.trim_start_matches('^').trim_end_matches('$');
            assert!(plain.len() >= 3 && plain.as_bytes()[0].is_ascii_alphanumeric(), "{text}");
            assert!(text.is_ascii() && text == text.to_ascii_lowercase() && !entry.name.is_empty(), "{text}");
        }
    }

    #[test]
    fn first_bot_of_an_agent_wins_and_libraries_come_last() {
        for (agent, name) in [
            ("googlebot-image/1.0", "Googlebot-Image"),
            ("mozilla/5.0 (compatible; yandexbot/3.0; +http://yandex.com/bots)", "YandexBot"),
            ("mozilla/5.0 (x11) headlesschrome/120 safari/537.36 (compatible; applebot/0.1)", "Applebot"),
            ("python/3.11 aiohttp/3.9", "Python"),
            ("panasonic viera", ""),
            ("cubot note 20", ""),
        ] {
            assert_eq!(find(&Lower::new(agent.as_bytes())).map_or("", |entry| entry.name), name, "{agent}");
        }
    }
}
