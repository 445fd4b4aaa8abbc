//! The first lines of a file, from which its formats are detected. One line of each kind is kept, with a count.

use super::alike::{Checks, Ending, KINDS, Kind, kind, usual_kind};
use crate::format::log_format::plan::FastPath;
use crate::format::marks::{Line, Marks, Quotes};
use crate::format::{ScanCache, try_fast_path};
use crate::text::{clean, is_blank};

/// Maximum number of lines to look at.
const LINES: usize = 1000;

/// The first lines of a file, without blank ones.
#[derive(Default)]
pub(crate) struct Sample<'s> {
    lines: Vec<SampledLine<'s>>,
    /// Positions of the quotes of all lines in the head.
    quotes: Vec<u32>,
    /// Index of the first line of each kind.
    first_of_kind: [Option<usize>; KINDS],
    /// Number of lines without blank ones, and number of all lines.
    sampled: usize,
    read: u64,
    /// Length of all lines in bytes, line ends included.
    bytes: usize,
    endings: Endings,
}

/// The endings of all lines so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Endings {
    #[default]
    None,
    One(Ending),
    /// Several endings, or lines that are not ordinary.
    Several,
}

/// A line, and the number of lines like it.
pub(super) struct SampledLine<'s> {
    /// Counted from 1.
    pub(super) number: u64,
    pub(super) text: &'s [u8],
    /// Number of lines, this one included.
    pub(super) lines: usize,
    /// `None` if the line is not ordinary.
    kind: Option<Kind>,
    quotes: LineQuotes,
}

#[derive(Clone, Copy)]
enum LineQuotes {
    Unknown,
    /// The range of its quotes in the list of positions, and the start of the line in the head.
    At {
        from: usize,
        to: usize,
        start: u32,
    },
}

impl Endings {
    /// Adds the ending of one more line.
    fn and(self, kind: Option<Kind>) -> Endings {
        match (self, kind) {
            (Endings::None, Some(kind)) => Endings::One(kind.ending),
            (Endings::One(ending), Some(kind)) if ending == kind.ending => self,
            _ => Endings::Several,
        }
    }
}

impl<'s> Sample<'s> {
    /// Samples a head and merges lines that are alike. Usable only for presets: other formats may tell these lines
    /// apart.
    pub(super) fn for_presets(head: &'s [u8]) -> Sample<'s> {
        let mut checks = Checks::at_once();
        let sample = Self::with(head, Some(&mut checks));
        if checks.hold(&head[..sample.bytes]) {
            return sample;
        }
        Self::with(head, Some(&mut Checks::of_each_line()))
    }

    /// Samples a head without merging lines.
    pub(super) fn for_any(head: &'s [u8]) -> Sample<'s> {
        Self::with(head, None)
    }

    fn with(head: &'s [u8], mut checks: Option<&mut Checks<'s>>) -> Sample<'s> {
        let mut sample = Sample::default();
        let mut marks = Marks::from(head, 0);
        let (mut cache, mut places, mut fast_path) = (ScanCache::default(), Vec::new(), FastPath { has_time: false });
        while sample.bytes < head.len() && sample.sampled < LINES {
            let start = sample.bytes;
            if let Some(checks) = &mut checks
                && start > 0
                && let Some(line) =
                    try_fast_path(fast_path, &mut marks, start, usize::MAX, &mut cache.timestamp, &mut cache.clock)
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
            // If bytes were dropped at the front, the positions of the quotes no longer fit the text.
            let is_marked = text.as_ptr() == raw.as_ptr();
            let quotes = if is_marked { marks.quotes(extent) } else { Quotes::Unknown };
            let kind = checks.as_mut().and_then(|checks| {
                let line = match quotes {
                    // A backslash escapes a quote only if it stands directly before one.
                    Quotes::Unknown if memchr::memmem::find(text, b"\\\"").is_none() => {
                        places.clear();
                        places.extend(memchr::memchr_iter(b'"', text).map(|at| at as u32));
                        Line { text, quotes: Quotes::At { places: &places, start: 0 } }
                    }
                    quotes => Line { text, quotes },
                };
                kind(line, &mut cache.clock, checks)
            });
            if let Some(kind) = kind {
                fast_path = FastPath { has_time: kind.ending == Ending::Time };
            }
            sample.add(text, quotes, kind);
        }
        sample
    }

    /// Adds a line; `kind` is `None` if it is not ordinary.
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

    /// The lines, one for each kind of ordinary line.
    pub(super) fn lines(&self) -> &[SampledLine<'s>] {
        &self.lines
    }

    /// A line with its quotes.
    pub(super) fn marked(&self, line: &SampledLine<'s>) -> Line<'s, '_> {
        let quotes = match line.quotes {
            LineQuotes::Unknown => Quotes::Unknown,
            LineQuotes::At { from, to, start } => Quotes::At { places: &self.quotes[from..to], start },
        };
        Line { text: line.text, quotes }
    }

    /// The texts that may be in an envelope. An envelope opens either all lines of a kind or none. Ordinary lines are
    /// in no envelope, with one exception: the "address" may begin with a line number from `grep -n`, if all ordinary
    /// lines begin with a number.
    pub(crate) fn may_be_wrapped(&self) -> impl Iterator<Item = &'s [u8]> {
        let are_numbered = self.lines.iter().all(|line| line.kind.is_none_or(|kind| kind.begins_with_number));
        self.lines.iter().filter(move |line| line.kind.is_none() || are_numbered).map(|line| line.text)
    }

    /// The ending of all lines, if all are ordinary and have the same one.
    pub(super) fn ending(&self) -> Option<Ending> {
        if let Endings::One(ending) = self.endings { Some(ending) } else { None }
    }

    /// Number of sampled lines.
    pub(super) fn sampled(&self) -> usize {
        self.sampled
    }
}
