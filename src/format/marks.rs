//! Where lines end and quotes are, found in one pass over the bytes of a chunk (blocks.rs).
//!
//! Measured: searching for the end of the line first, and then for each quote, took 1.7 times as long; benches/stages/lines.rs.

use super::blocks::{self, BLOCK};

/// How many marks are looked ahead for, a few hundred lines' worth.
const AHEAD: usize = 2048;

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
/// Marks are looked for some thousand bytes ahead and put in a row, so that a line of an access log is the next seven
/// of them: nothing for a processor to guess wrong.
pub(crate) struct Marks<'b> {
    bytes: &'b [u8],
    /// Where the first block starts that was not looked at.
    block: usize,
    /// The marks found and not yet passed are `places[head..tail]`.
    places: Vec<u32>,
    head: usize,
    tail: usize,
}

impl<'b> Marks<'b> {
    /// Starts at the line at `start`.
    pub(crate) fn from(bytes: &'b [u8], start: usize) -> Marks<'b> {
        Marks { bytes, block: start, places: vec![0; AHEAD + BLOCK], head: 0, tail: 0 }
    }

    /// Passes the line that starts at `start`, where the one before it ended.
    #[inline]
    pub(crate) fn line(&mut self, start: usize) -> Extent {
        if self.bytes.len() > u32::MAX as usize {
            return self.line_of_giant(start);
        }
        let (mut at, mut has_backslash) = (self.head, false);
        let text_end = loop {
            let mark = self.places[at..self.tail].first().map(|place| (*place, self.bytes[*place as usize]));
            match mark {
                Some((_, b'"')) => {}
                Some((place, b'\n')) => break place as usize,
                Some(_) => has_backslash = true,
                None => {
                    let passed = at - self.head;
                    self.look_ahead();
                    at = self.head + passed;
                    if at == self.tail {
                        break self.bytes.len();
                    }
                    continue;
                }
            }
            at += 1;
        };
        let quotes = (!has_backslash).then_some((self.head, at));
        self.head = (at + 1).min(self.tail);
        Extent { start, text_end, next: (text_end + 1).min(self.bytes.len()), quotes }
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
            Some((from, to)) => Quotes::At { places: &self.places[from..to], start: line.start as u32 },
            None => Quotes::Unknown,
        }
    }

    /// Finds more marks, if there are any.
    fn look_ahead(&mut self) {
        self.places.copy_within(self.head..self.tail, 0);
        self.tail -= self.head;
        self.head = 0;
        if self.tail > AHEAD / 2 {
            // A line of that many marks is no line of ours, but it must be passed.
            self.places.resize(self.places.len() * 2, 0);
        }
        (self.block, self.tail) = blocks::mark(self.bytes, self.block, &mut self.places, self.tail);
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
