//! Where lines end and quotes are, found in one pass over the bytes of a chunk (blocks.rs).
//!
//! Measured: searching for the end of the line first, and then for each quote, took 3.1 times as long; benches/stages/lines.rs.

use super::blocks::{Found, LineEnd};

/// How many lines are looked ahead for.
const AHEAD: usize = 128;

/// A line as the marks cut it out of a chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a, 'q> {
    pub(crate) text: &'a [u8],
    pub(crate) quotes: Quotes<'q>,
}

/// Where the quotes of a line are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quotes<'q> {
    /// Nobody has looked, or a backslash may escape one.
    Unknown,
    /// Places of all of them in the chunk, in which the line starts at `start`.
    At { places: &'q [u32], start: u32 },
}

impl<'a> Line<'a, '_> {
    /// A line that nobody has looked through.
    pub(crate) fn unmarked(text: &'a [u8]) -> Self {
        Line { text, quotes: Quotes::Unknown }
    }
}

/// The place of a line in its chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    start: usize,
    /// Where the text ends, the LF being no part of it.
    pub(crate) text_end: usize,
    /// Where the next line starts.
    pub(crate) next: usize,
    /// Which of the places are its quotes, if they are known.
    quotes: Option<(usize, usize)>,
}

/// Goes along the bytes of a chunk, line by line.
///
/// Marks are looked for some thousand bytes ahead and put in rows, so that a line of an access log is the next end and
/// the six quotes before it: nothing for a processor to guess wrong.
pub(crate) struct Marks<'b> {
    bytes: &'b [u8],
    /// Where the first block starts that was not looked at.
    block: usize,
    found: Found,
    /// How much of what was found is passed.
    ends_passed: usize,
    quotes_passed: usize,
    backslashes_passed: usize,
}

impl<'b> Marks<'b> {
    /// Starts at the line at `start`.
    pub(crate) fn from(bytes: &'b [u8], start: usize) -> Marks<'b> {
        Marks { bytes, block: start, found: Found::default(), ends_passed: 0, quotes_passed: 0, backslashes_passed: 0 }
    }

    /// Passes the line that starts at `start`, where the one before it ended.
    #[inline(always)]
    pub(crate) fn line(&mut self, start: usize) -> Extent {
        if self.bytes.len() > u32::MAX as usize {
            return self.line_of_giant(start);
        }
        if self.ends_passed == self.found.ends().len() {
            self.look_ahead();
        }
        let Some(&LineEnd { place, quotes }) = self.found.ends().get(self.ends_passed) else {
            return Extent { start, text_end: start, next: start, quotes: None };
        };
        self.ends_passed += 1;
        let has_backslash = self.found.backslashes().get(self.backslashes_passed).is_some_and(|first| *first < place);
        if has_backslash {
            self.pass_backslashes(place);
        }
        let (from, to, text_end) = (self.quotes_passed, quotes as usize, place as usize);
        self.quotes_passed = to;
        let quotes = (!has_backslash).then_some((from, to));
        Extent { start, text_end, next: (text_end + 1).min(self.bytes.len()), quotes }
    }

    #[cold]
    fn pass_backslashes(&mut self, end: u32) {
        let rest = &self.found.backslashes()[self.backslashes_passed..];
        self.backslashes_passed += rest.iter().take_while(|place| **place < end).count();
    }

    /// A chunk beyond 4 GiB is one line, give or take: its places would not fit their type.
    #[cold]
    fn line_of_giant(&self, start: usize) -> Extent {
        let text_end = memchr::memchr(b'\n', &self.bytes[start..]).map_or(self.bytes.len(), |len| start + len);
        Extent { start, text_end, next: (text_end + 1).min(self.bytes.len()), quotes: None }
    }

    /// The quotes of the line passed last.
    #[inline]
    pub(crate) fn quotes(&self, line: Extent) -> Quotes<'_> {
        match line.quotes {
            Some((from, to)) => Quotes::At { places: &self.found.quotes()[from..to], start: line.start as u32 },
            None => Quotes::Unknown,
        }
    }

    /// Finds more marks, if there are any.
    fn look_ahead(&mut self) {
        self.found.forget(self.quotes_passed, self.backslashes_passed);
        (self.ends_passed, self.quotes_passed, self.backslashes_passed) = (0, 0, 0);
        self.block = self.found.look(self.bytes, self.block, AHEAD);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::lines;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_and_quotes_are_those_of_a_plain_search(
            parts in prop::collection::vec(
                prop::sample::select(vec!["\"", "\\", "\n", "\"\"", "a", "some text that is longer than a word", "\n\n", "é"]), 0..120),
            repeated in prop_oneof![4 => Just(1_usize), 1 => 40..90_usize],
        ) {
            let text = parts.concat().repeat(repeated);
            let bytes = text.as_bytes();
            let mut marks = Marks::from(bytes, 0);
            let mut at = 0;
            for expected in lines(bytes, false) {
                let line = marks.line(at);
                prop_assert_eq!(&bytes[at..line.text_end], expected);
                let quotes: Vec<u32> = (at as u32..).zip(expected).filter(|(_, b)| **b == b'"').map(|(i, _)| i).collect();
                match marks.quotes(line) {
                    Quotes::At { places, start } => prop_assert_eq!((places, start as usize), (&quotes[..], at)),
                    Quotes::Unknown => prop_assert!(expected.contains(&b'\\')),
                }
                at = line.next;
            }
            prop_assert_eq!(at, bytes.len());
        }
    }
}
