//! Texts to search for in user agents, all at once: each begins where a word of the agent begins.
//!
//! An agent has about thirty words, so few of its places are looked up. And *Panasonic* does not contain *Sonic*.

use std::cmp::Reverse;

use super::lower::Lower;

/// Texts with a value each.
pub(super) struct WordTable<T> {
    /// Sorted by the hash of the text's first three bytes, long texts first.
    entries: Box<[Entry<T>]>,
    /// Index of the first entry for each hash; one more for the end.
    first: Box<[u16]>,
    /// Leaves the bits of a hash.
    shift: u32,
}

struct Entry<T> {
    /// In lower case, without anchors.
    text: &'static [u8],
    /// The first eight bytes of the text, or zeros after them, and a mask of those bytes.
    eight: u64,
    mask: u64,
    /// Matches only at the start of the agent.
    is_first: bool,
    /// Matches only at the end of the agent.
    is_last: bool,
    value: T,
}

impl<T> Entry<T> {
    fn new(text: &'static str, value: T) -> Entry<T> {
        let (is_first, is_last) = (text.starts_with('^'), text.ends_with('$'));
        let text = text.trim_start_matches('^').trim_end_matches('$').as_bytes();
        let (mut first, mut mask) = ([0; 8], [0; 8]);
        let len = text.len().min(8);
        first[..len].copy_from_slice(&text[..len]);
        mask[..len].fill(u8::MAX);
        Entry { text, eight: u64::from_le_bytes(first), mask: u64::from_le_bytes(mask), is_first, is_last, value }
    }

    #[inline]
    fn matches(&self, lower: &Lower, at: usize, eight: u64) -> bool {
        eight & self.mask == self.eight
            && (self.text.len() <= 8 || lower.from(at).starts_with(self.text))
            && (!self.is_first || at == 0)
            && (!self.is_last || at + self.text.len() == lower.text().len())
    }
}

/// A text that was found.
pub(super) struct Found<'t, T> {
    pub(super) value: &'t T,
    /// Where the text ends.
    pub(super) end: usize,
}

impl<T> WordTable<T> {
    /// Makes a table of texts in lower case, which begin with a letter or a digit and have at least three bytes. `^` in
    /// front of a text means the start of the agent, `$` after it the end. If texts are equal, the first counts.
    pub(super) fn new(rows: impl Iterator<Item = (&'static str, T)>) -> WordTable<T> {
        let mut entries: Vec<_> = rows.map(|(text, value)| Entry::new(text, value)).collect();
        // Most words of an agent are in no table, so most hashes should have no entry.
        let hashes = (8 * entries.len()).next_power_of_two();
        let shift = u32::BITS - hashes.ilog2();
        let hash_of = |entry: &Entry<T>| hash(entry.eight, shift);
        entries.sort_by_cached_key(|entry| (hash_of(entry), Reverse(entry.text.len())));
        let mut first = Vec::with_capacity(hashes + 1);
        for (i, entry) in entries.iter().enumerate() {
            first.resize((hash_of(entry) + 1).max(first.len()), i as u16);
        }
        first.resize(hashes + 1, entries.len() as u16);
        WordTable { entries: entries.into(), first: first.into(), shift }
    }

    /// Calls a function with the texts in an agent, until it returns something: in the agent's order, and at each word
    /// only with the longest text.
    #[inline]
    pub(super) fn find<'t, R>(&'t self, lower: &Lower, mut found: impl FnMut(Found<'t, T>) -> Option<R>) -> Option<R> {
        lower.words(|at| {
            let eight = lower.eight(at);
            let hash = hash(eight, self.shift);
            let [first, last] = [self.first[hash], self.first[hash + 1]];
            if first == last {
                return None;
            }
            let entries = &self.entries[first.into()..last.into()];
            let entry = entries.iter().find(|entry| entry.matches(lower, at, eight))?;
            found(Found { value: &entry.value, end: at + entry.text.len() })
        })
    }

    /// The lowest value of the texts in an agent.
    pub(super) fn lowest(&self, lower: &Lower) -> Option<T>
    where
        T: Copy + Ord,
    {
        let mut lowest: Option<T> = None;
        self.find(lower, |found| {
            lowest = Some(lowest.map_or(*found.value, |lowest| lowest.min(*found.value)));
            None::<()>
        });
        lowest
    }
}

/// Hashes the first three bytes of a word.
#[inline]
fn hash(eight: u64, shift: u32) -> usize {
    ((eight as u32 & 0xff_ffff).wrapping_mul(0x9e37_79b1) >> shift) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 11] =
        ["abc", "abc d", "^abc/", "b1.", "abcd$", "^xy y$", "007", "abc", "cab ab", "aba-", "abc xy abc abc"];

    /// All texts compared with all places.
    fn reference(lower: &str) -> Vec<(usize, usize)> {
        let bytes = lower.as_bytes();
        let is_start =
            |at: usize| bytes[at].is_ascii_alphanumeric() && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric());
        let matching = |at: usize| {
            let plain = |text: &'static str| text.trim_matches(['^', '$']);
            let matches = TEXTS.iter().enumerate().filter(|(_, text)| {
                lower[at..].starts_with(plain(text))
                    && (!text.starts_with('^') || at == 0)
                    && (!text.ends_with('$') || at + plain(text).len() == lower.len())
            });
            let (value, text) = matches.min_by_key(|(_, text)| Reverse(plain(text).len()))?;
            Some((at + plain(text).len(), value))
        };
        (0..lower.len()).filter(|at| is_start(*at)).filter_map(matching).collect()
    }

    proptest::proptest! {
        #[test]
        fn look_up_agrees_with_all_comparisons(words in proptest::collection::vec("abc|abcd|xy|y|b1|cab|ab|007|[abcxy017]{1,4}", 0..9), separator in "[/ .-]") {
            let lower = words.join(&separator);
            let table = WordTable::new(TEXTS.into_iter().zip(0_usize..));
            let mut found = Vec::new();
            table.find(&Lower::new(lower.as_bytes()), |text| { found.push((text.end, *text.value)); None::<()> });
            proptest::prop_assert_eq!(found, reference(&lower));
        }
    }
}
