//! A user agent in lower case, and where its words are.

use wide::u8x16;

/// A user agent in lower case, with the places of its words. Letters and digits are those of ASCII.
pub(super) struct Lower {
    /// The text, and at least eight zeros: blocks and words of eight bytes can be read from every place.
    padded: Vec<u8>,
    len: usize,
    blocks: Vec<Block>,
}

/// Number of bytes that are looked at together.
const BLOCK: usize = 64;

/// Places in a block, a bit for each byte.
struct Block {
    /// Where a run of letters and digits begins.
    word_starts: u64,
    /// Where a run of letters has ended: the first byte after it.
    letter_ends: u64,
}

impl Lower {
    pub(super) fn new(agent: &[u8]) -> Lower {
        let len = agent.len();
        let mut padded = Vec::with_capacity((len + 8).next_multiple_of(BLOCK));
        padded.extend_from_slice(agent);
        padded.make_ascii_lowercase();
        padded.resize((len + 8).next_multiple_of(BLOCK), 0);
        let (mut last_in_word, mut last_letter) = (0, 0);
        let blocks = padded.as_chunks().0.iter().map(|block| {
            let (letters, digits) = classes(block);
            let in_word = letters | digits;
            let found = Block {
                word_starts: in_word & !(in_word << 1 | last_in_word),
                letter_ends: !letters & (letters << 1 | last_letter),
            };
            (last_in_word, last_letter) = (in_word >> 63, letters >> 63);
            found
        });
        let blocks = blocks.collect();
        Lower { padded, len, blocks }
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.padded[..self.len]
    }

    /// The rest of the text from here on, and zeros.
    pub(super) fn from(&self, at: usize) -> &[u8] {
        &self.padded[at..]
    }

    /// Eight bytes from here on as a word, the first of them in its lowest byte. The text ends with zeros.
    #[inline]
    pub(super) fn eight(&self, at: usize) -> u64 {
        self.padded[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    /// Calls a function with the start of each word, until it returns something.
    #[inline]
    pub(super) fn words<R>(&self, found: impl FnMut(usize) -> Option<R>) -> Option<R> {
        self.places(|block| block.word_starts, found)
    }

    /// Calls a function with the end of each run of letters, until it returns something.
    #[inline]
    pub(super) fn letter_ends<R>(&self, found: impl FnMut(usize) -> Option<R>) -> Option<R> {
        self.places(|block| block.letter_ends, found)
    }

    #[inline]
    fn places<R>(&self, marks: impl Fn(&Block) -> u64, mut found: impl FnMut(usize) -> Option<R>) -> Option<R> {
        for (block, at) in self.blocks.iter().zip((0..).step_by(BLOCK)) {
            let mut marks = marks(block);
            while marks != 0 {
                let result = found(at + marks.trailing_zeros() as usize);
                if result.is_some() {
                    return result;
                }
                marks &= marks - 1;
            }
        }
        None
    }
}

/// Letters in lower case and digits, a bit for each byte.
fn classes(block: &[u8; BLOCK]) -> (u64, u64) {
    let within = |bytes: u8x16, first: u8, count: u8| {
        let from_first = bytes - u8x16::splat(first);
        u64::from(from_first.min(u8x16::splat(count - 1)).simd_eq(from_first).to_bitmask())
    };
    let parts = block.as_chunks::<16>().0.iter().zip((0..).step_by(16));
    parts.fold((0, 0), |(letters, digits), (part, at)| {
        let bytes = u8x16::new(*part);
        (letters | within(bytes, b'a', 26) << at, digits | within(bytes, b'0', 10) << at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn places_agree_with_comparing_all_bytes(text in "[a-cA-C@`{z09/: \u{e4}]{0,150}") {
            let lower = Lower::new(text.as_bytes());
            let bytes = text.to_ascii_lowercase().into_bytes();
            proptest::prop_assert_eq!(lower.text(), &bytes[..]);
            let (mut starts, mut ends) = (Vec::new(), Vec::new());
            lower.words(|at| { starts.push(at); None::<()> });
            lower.letter_ends(|at| { ends.push(at); None::<()> });
            let is = |at: usize, class: fn(&u8) -> bool| bytes.get(at).is_some_and(class);
            let is_start = |at: usize| is(at, u8::is_ascii_alphanumeric) && !(at > 0 && is(at - 1, u8::is_ascii_alphanumeric));
            proptest::prop_assert_eq!(starts, (0..bytes.len()).filter(|at| is_start(*at)).collect::<Vec<_>>());
            let is_end = |at: usize| is(at - 1, u8::is_ascii_alphabetic) && !is(at, u8::is_ascii_alphabetic);
            proptest::prop_assert_eq!(ends, (1..=bytes.len()).filter(|at| is_end(*at)).collect::<Vec<_>>());
            for at in 0..bytes.len() {
                let mut eight = [0; 8];
                let rest = &bytes[at..bytes.len().min(at + 8)];
                eight[..rest.len()].copy_from_slice(rest);
                proptest::prop_assert_eq!(lower.eight(at), u64::from_le_bytes(eight));
            }
        }
    }
}
