//! The built-in table of bots: `bots.txt`, which packaging/bots writes.
//!
//! It is parsed when the first agent is looked up, which takes about 0.1 ms. A pattern begins where a word of the agent
//! begins, so few places of an agent have to be looked up, and *Panasonic* does not contain the bot *Sonic*.

use std::hash::Hasher;
use std::sync::LazyLock;

use twox_hash::XxHash3_64;

use super::bot_class::BotClass;

/// THE TABLE. Each line has the class, the name, and a pattern in lower case.
const TEXT: &str = include_str!("bots.txt");

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) class: BotClass,
    pub(super) name: &'static str,
    /// In lower case, without anchors. The first byte is a letter or a digit, and there are at least three.
    text: &'static str,
    /// Matches only at the start of the agent.
    is_first: bool,
    /// Matches only at the end of the agent.
    is_last: bool,
}

impl Entry {
    fn matches(&self, lower: &[u8], at: usize) -> bool {
        lower[at..].starts_with(self.text.as_bytes())
            && (!self.is_first || at == 0)
            && (!self.is_last || at + self.text.len() == lower.len())
    }
}

/// The table, sorted by the hash of the first three bytes of the patterns.
pub(super) struct BotTable {
    entries: Vec<Entry>,
    /// Index of the first entry for each hash; one more for the end.
    first: Box<[u16]>,
}

/// Number of hashes.
const HASHES: usize = 4096;

/// Hashes the first three bytes of a text: `None` if it has fewer.
fn hash(text: &[u8]) -> Option<usize> {
    let [a, b, c] = *text.first_chunk()?;
    let word = u32::from_le_bytes([a, b, c, 0]);
    Some((word.wrapping_mul(0x9e37_79b1) >> (32 - HASHES.ilog2())) as usize)
}

/// Starts of the words of a text: of its longest runs of letters and digits.
pub(super) fn word_starts(text: &[u8]) -> impl Iterator<Item = usize> {
    let mut is_in_word = false;
    text.iter().enumerate().filter_map(move |(at, byte)| {
        let was_in_word = std::mem::replace(&mut is_in_word, byte.is_ascii_alphanumeric());
        (is_in_word && !was_in_word).then_some(at)
    })
}

static TABLE: LazyLock<BotTable> = LazyLock::new(|| BotTable::new(TEXT));

impl BotTable {
    pub(super) fn built_in() -> &'static BotTable {
        &TABLE
    }

    fn new(text: &'static str) -> BotTable {
        let mut entries: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).filter_map(Self::entry).collect();
        // Stable, so that of two equal patterns the first wins. The longest match wins because it comes first.
        let hash_of = |entry: &Entry| hash(entry.text.as_bytes()).unwrap_or_default();
        entries.sort_by_cached_key(|entry| (hash_of(entry), std::cmp::Reverse(entry.text.len())));
        let mut first = Vec::with_capacity(HASHES + 1);
        for (i, entry) in entries.iter().enumerate() {
            first.resize((hash_of(entry) + 1).max(first.len()), i as u16);
        }
        first.resize(HASHES + 1, entries.len() as u16);
        BotTable { entries, first: first.into() }
    }

    fn entry(line: &'static str) -> Option<Entry> {
        let mut cells = line.splitn(3, '\t');
        let (class, name, text) = (cells.next()?, cells.next()?, cells.next()?);
        let (first, last) = (text.strip_prefix('^'), text.strip_suffix('$'));
        let text = text.trim_start_matches('^').trim_end_matches('$');
        Some(Entry { class: BotClass::named(class)?, name, text, is_first: first.is_some(), is_last: last.is_some() })
    }

    /// Finds the bot that an agent names, which is in lower case. The first in the agent wins, at the same place the
    /// longest; but a library only if nothing else is named.
    pub(super) fn find(&self, lower: &[u8]) -> Option<&Entry> {
        let mut library = None;
        for at in word_starts(lower) {
            let Some(hash) = hash(&lower[at..]) else { break };
            let entries = &self.entries[self.first[hash].into()..self.first[hash + 1].into()];
            match entries.iter().find(|entry| entry.matches(lower, at)) {
                Some(entry) if entry.class == BotClass::Library => library = library.or(Some(entry)),
                Some(entry) => return Some(entry),
                None => {}
            }
        }
        library
    }

    /// Hash of the table.
    pub(super) fn fingerprint() -> u64 {
        let mut hasher = XxHash3_64::with_seed(0);
        hasher.write(TEXT.as_bytes());
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> impl Iterator<Item = &'static str> {
        TEXT.lines().filter(|line| !line.starts_with('#'))
    }

    #[test]
    fn every_row_is_an_entry_in_its_place() {
        let table = BotTable::built_in();
        assert_eq!(table.entries.len(), rows().count());
        assert!(table.entries.len() < usize::from(u16::MAX));
        for line in rows() {
            let entry = BotTable::entry(line).unwrap();
            assert!(entry.text.len() >= 3 && entry.text.as_bytes()[0].is_ascii_alphanumeric(), "{line}");
            assert!(entry.text.is_ascii() && entry.text == entry.text.to_ascii_lowercase(), "{line}");
            let hash = hash(entry.text.as_bytes()).unwrap();
            let range = usize::from(table.first[hash])..usize::from(table.first[hash + 1]);
            assert!(table.entries[range].contains(&entry), "{line}");
        }
    }

    /// The bot of an agent, by comparing all patterns with all places.
    fn reference(table: &BotTable, lower: &[u8]) -> Option<&'static str> {
        let starts =
            |at: &usize| lower[*at].is_ascii_alphanumeric() && (*at == 0 || !lower[at - 1].is_ascii_alphanumeric());
        let found = (0..lower.len()).filter(starts).filter_map(|at| {
            let entries = table.entries.iter().filter(|entry| entry.matches(lower, at));
            // Of equal patterns the first wins.
            entries.min_by_key(|entry| std::cmp::Reverse(entry.text.len()))
        });
        found.min_by_key(|entry| entry.class == BotClass::Library).map(|entry| entry.name)
    }

    #[test]
    fn look_up_agrees_with_all_comparisons() {
        let table = BotTable::built_in();
        for agent in
            super::super::test_agents::bots().chain(super::super::test_agents::people().map(|person| person.agent))
        {
            let lower = agent.to_ascii_lowercase();
            let found = table.find(lower.as_bytes()).map(|entry| entry.name);
            assert_eq!(found, reference(table, lower.as_bytes()), "{agent}");
        }
    }
}
