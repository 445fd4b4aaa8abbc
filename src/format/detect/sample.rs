//! The first lines of a file, which its formats are detected from. Of lines that are alike one is kept, and their number.

use super::alike::{Checks, Ending, KINDS, Kind, kind, usual_kind};
use crate::format::log_format::plan::Usual;
use crate::format::marks::{Line, Marks, Quotes};
use crate::format::{Memory, take_usual};
use crate::text::{clean, is_blank};

/// Lines of a file that are looked at.
const LINES: usize = 1000;

/// The lines of a sample, blank ones left out.
#[derive(Default)]
pub(crate) struct Sample<'s> {
    lines: Vec<SampledLine<'s>>,
    /// Places of the quotes of all lines in the head.
    quotes: Vec<u32>,
    /// Index of the first line of each kind.
    first_of_kind: [Option<usize>; KINDS],
    /// Number of lines without blank ones, and of all lines.
    sampled: usize,
    read: u64,
    /// Length of all lines in bytes, line ends included.
    bytes: usize,
    endings: Endings,
}

/// The endings of the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Endings {
    #[default]
    None,
    One(Ending),
    /// Several, or lines that are not ordinary.
    Several,
}

/// A line, and how many are like it.
pub(super) struct SampledLine<'s> {
    /// Counted from 1.
    pub(super) number: u64,
    pub(super) text: &'s [u8],
    /// Number of lines, this one included.
    pub(super) lines: usize,
    /// `None` if it is not ordinary.
    kind: Option<Kind>,
    quotes: LineQuotes,
}

#[derive(Clone, Copy)]
enum LineQuotes {
    Unknown,
    /// Which of the places are this line's, and where the line starts in the head.
    At {
        from: usize,
        to: usize,
        start: u32,
    },
}

impl Endings {
    /// These and the ending of one more line.
    fn and(self, kind: Option<Kind>) -> Endings {
        match (self, kind) {
            (Endings::None, Some(kind)) => Endings::One(kind.ending),
            (Endings::One(ending), Some(kind)) if ending == kind.ending => self,
            _ => Endings::Several,
        }
    }
}

impl<'s> Sample<'s> {
    /// The first lines of a head, in which lines that are alike are one: only presets cannot tell them apart.
    pub(super) fn for_presets(head: &'s [u8]) -> Sample<'s> {
        let mut checks = Checks::at_once();
        let sample = Self::with(head, Some(&mut checks));
        if checks.hold(&head[..sample.bytes]) {
            return sample;
        }
        Self::with(head, Some(&mut Checks::of_each_line()))
    }

    /// The first lines of a head, each by itself.
    pub(super) fn for_any(head: &'s [u8]) -> Sample<'s> {
        Self::with(head, None)
    }

    fn with(head: &'s [u8], mut checks: Option<&mut Checks<'s>>) -> Sample<'s> {
        let mut sample = Sample::default();
        let mut marks = Marks::from(head, 0);
        let (mut memory, mut places, mut usual) = (Memory::default(), Vec::new(), Usual { has_time: false });
        while sample.bytes < head.len() && sample.sampled < LINES {
            let start = sample.bytes;
            if let Some(checks) = &mut checks
                && start > 0
                && let Some(line) =
                    take_usual(usual, &mut marks, start, usize::MAX, &mut memory.timestamp, &mut memory.clock)
            {
                let text = &head[start..line.text_end];
                sample.bytes = line.text_end + 1;
                sample.add(text, Quotes::Unknown, usual_kind(&line, text, checks));
                continue;
            }
            let extent = marks.line(start);
            let raw = &head[start..extent.text_end];
            let text = clean(raw, start == 0);
            sample.bytes = extent.next;
            if is_blank(text) {
                sample.read += 1;
                continue;
            }
            // Where bytes were dropped in front, the quotes are elsewhere.
            let is_marked = text.as_ptr() == raw.as_ptr();
            let quotes = if is_marked { marks.quotes(extent) } else { Quotes::Unknown };
            let kind = checks.as_mut().and_then(|checks| {
                let line = match quotes {
                    // A backslash before anything but a quote escapes none.
                    Quotes::Unknown if memchr::memmem::find(text, b"\\\"").is_none() => {
                        places.clear();
                        places.extend(memchr::memchr_iter(b'"', text).map(|at| at as u32));
                        Line { text, quotes: Quotes::At { places: &places, start: 0 } }
                    }
                    quotes => Line { text, quotes },
                };
                kind(line, &mut memory.clock, checks)
            });
            if let Some(kind) = kind {
                usual = Usual { has_time: kind.ending == Ending::Time };
            }
            sample.add(text, quotes, kind);
        }
        sample
    }

    /// Adds a line, of a kind if it is ordinary.
    fn add(&mut self, text: &'s [u8], quotes: Quotes<'_>, kind: Option<Kind>) {
        self.read += 1;
        self.sampled += 1;
        self.endings = self.endings.and(kind);
        if let Some(kind) = kind {
            if let Some(first) = self.first_of_kind[kind.index()] {
                self.lines[first].lines += 1;
                return;
            }
            self.first_of_kind[kind.index()] = Some(self.lines.len());
        }
        let quotes = self.keep(quotes);
        self.lines.push(SampledLine { number: self.read, text, lines: 1, kind, quotes });
    }

    fn keep(&mut self, quotes: Quotes<'_>) -> LineQuotes {
        let Quotes::At { places, start } = quotes else { return LineQuotes::Unknown };
        let from = self.quotes.len();
        self.quotes.extend_from_slice(places);
        LineQuotes::At { from, to: self.quotes.len(), start }
    }

    /// The lines, one for those that are alike.
    pub(super) fn lines(&self) -> &[SampledLine<'s>] {
        &self.lines
    }

    /// One of the lines, with its quotes.
    pub(super) fn marked(&self, line: &SampledLine<'s>) -> Line<'s, '_> {
        let quotes = match line.quotes {
            LineQuotes::Unknown => Quotes::Unknown,
            LineQuotes::At { from, to, start } => Quotes::At { places: &self.quotes[from..to], start },
        };
        Line { text: line.text, quotes }
    }

    /// The texts that may be in an envelope. Of lines that are alike, an envelope opens all or none. An ordinary line is in none,
    /// but an address may begin with what `grep -n` wrote, if no other ordinary line begins without a number.
    pub(crate) fn may_be_wrapped(&self) -> impl Iterator<Item = &'s [u8]> {
        let are_numbered = self.lines.iter().all(|line| line.kind.is_none_or(|kind| kind.begins_with_number));
        self.lines.iter().filter(move |line| line.kind.is_none() || are_numbered).map(|line| line.text)
    }

    /// The ending of all lines, if they are ordinary and have the same.
    pub(super) fn ending(&self) -> Option<Ending> {
        if let Endings::One(ending) = self.endings { Some(ending) } else { None }
    }

    /// Number of lines that were looked at.
    pub(super) fn sampled(&self) -> usize {
        self.sampled
    }
}
