//! Finds line ends and quotes in one pass over the bytes of a chunk (see blocks.rs).
//!
//! Measured: searching for the line end first and then for each quote took 3.1 times as long; benches/stages/lines.rs.

mod blocks;
mod quotes;

use blocks::Found;
pub(super) use quotes::next_quote;
pub(crate) use quotes::{Quotes, closing_quote};

/// Number of marks to look ahead for: enough for about a hundred lines.
const AHEAD: usize = 1024;

/// A line and its quotes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a, 'q> {
    pub(crate) text: &'a [u8],
    pub(crate) quotes: Quotes<'q>,
}

impl<'a> Line<'a, '_> {
    /// A line whose quotes are not known.
    pub(crate) fn unmarked(text: &'a [u8]) -> Self {
        Line { text, quotes: Quotes::Unknown }
    }
}

/// The position of a line in its chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    start: usize,
    /// End of the text, without the LF.
    pub(crate) text_end: usize,
    /// Start of the next line.
    pub(crate) next: usize,
    /// Range of its quotes in the list of marks, if they are known.
    quotes: Option<(usize, usize)>,
}

/// Iterates over the lines of a chunk.
///
/// Marks are collected some thousand bytes ahead into one list, so that a line of an access log is simply the next
/// seven of them. That leaves nothing for a processor to mispredict.
pub(crate) struct Marks<'b> {
    bytes: &'b [u8],
    /// Start of the first block that was not scanned.
    block: usize,
    found: Found,
    /// Number of marks already passed.
    passed: usize,
    backslashes_passed: usize,
    /// Number of quotes in the previous line.
    in_line: usize,
}

impl<'b> Marks<'b> {
    /// Starts at the line at `start`.
    pub(crate) fn from(bytes: &'b [u8], start: usize) -> Marks<'b> {
        // Positions in a chunk above 4 GiB do not fit into u32, so its marks are not collected. Such a chunk is about
        // one line.
        let block = if is_giant(bytes) { bytes.len() } else { start };
        Marks { bytes, block, found: Found::default(), passed: 0, backslashes_passed: 0, in_line: 0 }
    }

    #[inline(always)]
    pub(in crate::format) fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// The next `N` marks (quotes and LFs), which may belong to one line or several. `None` if there are fewer, or if
    /// there is a backslash before the last of them.
    #[inline(always)]
    pub(in crate::format) fn ahead<const N: usize>(&mut self) -> Option<&[u32; N]> {
        if self.passed + N > self.found.marks().len() {
            self.look_ahead();
        }
        let marks: &[u32; N] = self.found.marks().get(self.passed..)?.first_chunk()?;
        let has_backslash = self.found.backslashes().get(self.backslashes_passed).is_some_and(|at| *at < marks[N - 1]);
        (!has_backslash).then_some(marks)
    }

    /// Passes this many marks, which must be those of one line.
    #[inline(always)]
    pub(in crate::format) fn pass(&mut self, marks: usize) {
        self.passed += marks;
    }

    /// Passes the line at `start`, which must be the end of the previous line.
    pub(crate) fn line(&mut self, start: usize) -> Extent {
        let text_end = memchr::memchr(b'\n', &self.bytes[start..]).map_or(self.bytes.len(), |len| start + len);
        let next = (text_end + 1).min(self.bytes.len());
        if is_giant(self.bytes) {
            return Extent { start, text_end, next, quotes: None };
        }
        while self.block < next {
            self.look_ahead();
        }
        let marks = &self.found.marks()[self.passed..];
        // Most lines of a log have the same number of marks.
        let is_end = |at: usize| marks.get(at).is_some_and(|mark| *mark as usize == text_end);
        let quotes = if is_end(self.in_line) {
            self.in_line
        } else {
            marks.iter().position(|mark| *mark as usize >= text_end).unwrap_or(marks.len())
        };
        self.in_line = quotes;
        let from = self.passed;
        self.passed += quotes + usize::from(is_end(quotes));
        let backslashes = &self.found.backslashes()[self.backslashes_passed..];
        let has_backslash = backslashes.first().is_some_and(|first| (*first as usize) < text_end);
        if has_backslash {
            self.backslashes_passed += backslashes.iter().take_while(|place| (**place as usize) < text_end).count();
        }
        Extent { start, text_end, next, quotes: (!has_backslash).then_some((from, from + quotes)) }
    }

    /// The quotes of the line that was passed last.
    #[inline]
    pub(crate) fn quotes(&self, line: Extent) -> Quotes<'_> {
        match line.quotes {
            Some((from, to)) => Quotes::At { places: &self.found.marks()[from..to], start: line.start as u32 },
            None => Quotes::Unknown,
        }
    }

    /// Scans for more marks, if there are bytes left.
    #[inline(never)]
    fn look_ahead(&mut self) {
        self.found.forget(self.passed, self.backslashes_passed);
        (self.passed, self.backslashes_passed) = (0, 0);
        self.block = self.found.look(self.bytes, self.block, self.found.marks().len() + AHEAD);
    }
}

fn is_giant(bytes: &[u8]) -> bool {
    bytes.len() > u32::MAX as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::lines;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_and_quotes_match_a_plain_search(
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
