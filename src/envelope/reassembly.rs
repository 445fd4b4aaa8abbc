//! Lines that cross the borders of chunks: the open ends of chunks are kept until their neighbours are read.

use std::collections::BTreeMap;
use std::ops::{Range, RangeBounds};
use std::sync::{Mutex, MutexGuard};

use super::join::{JoinedLine, OpenLine, STD_STREAMS, StdStream};

/// Joined lines and their streams.
type Lines = Vec<(StdStream, JoinedLine)>;

/// The open line of each stream, for one chunk or several adjacent ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenLines([OpenLine; STD_STREAMS]);

impl OpenLines {
    /// For a chunk that starts at this byte of its input.
    pub(crate) fn at(offset: u64) -> OpenLines {
        if offset == 0 { OpenLines([OpenLine::START; STD_STREAMS]) } else { OpenLines::default() }
    }

    pub(crate) fn of(&mut self, std_stream: StdStream) -> &mut OpenLine {
        &mut self.0[std_stream.index()]
    }

    fn merge(&mut self, next: OpenLines, ended: &mut Lines) {
        for ((std_stream, open_line), next) in StdStream::ALL.into_iter().zip(&mut self.0).zip(next.0) {
            ended.extend(open_line.merge(next).map(|line| (std_stream, line)));
        }
    }
}

/// The open lines of stretches of an input: maps their start to their end and the open lines. Adjacent stretches are
/// merged at once, so that only the gaps between chunks that are still being counted take memory.
#[derive(Clone, Debug, Default)]
struct Stretches(BTreeMap<u64, (u64, OpenLines)>);

impl Stretches {
    /// Adds the open lines of a stretch and returns the lines that are now complete.
    fn add(&mut self, stretch: Range<u64>, mut open_lines: OpenLines) -> Lines {
        let all = &mut self.0;
        let (mut start, mut end) = (stretch.start, stretch.end);
        let mut ended = Vec::new();
        if let Some((behind, next)) = all.remove(&end) {
            open_lines.merge(next, &mut ended);
            end = behind;
        }
        if let Some((&before, (before_end, _))) = all.range(..start).next_back()
            && *before_end == start
            && let Some((_, mut previous)) = all.remove(&before)
        {
            previous.merge(open_lines, &mut ended);
            (start, open_lines) = (before, previous);
        }
        all.insert(start, (end, open_lines));
        ended
    }

    /// The open lines of the stretches that start in these bytes, in order.
    fn within(&self, bytes: impl RangeBounds<u64>) -> impl Iterator<Item = &OpenLines> {
        self.0.range(bytes).map(|(_, (_, open_lines))| open_lines)
    }
}

/// The open lines of an input's chunks, and of the text around the part that is counted.
#[derive(Debug, Default)]
pub(crate) struct Reassembly(Mutex<Sections>);

#[derive(Clone, Debug, Default)]
struct Sections {
    /// The chunks that are counted.
    chunks: Stretches,
    /// Text before and after the part.
    outside: Stretches,
}

/// The lines of a part that cross the borders of chunks or of the part. A line belongs to the part if its first part is
/// in it.
#[derive(Default)]
pub(crate) struct CrossingLines {
    /// Lines that end in the part, where they are counted as read.
    pub(crate) ended: Lines,
    /// Lines that end after the part.
    pub(crate) ended_after: Lines,
    /// Lines whose end was not found.
    pub(crate) open: Lines,
    /// Number of lines that end in the part, but begin before it.
    pub(crate) begun_before: u64,
}

impl Clone for Reassembly {
    fn clone(&self) -> Reassembly {
        Reassembly(Mutex::new(self.sections().clone()))
    }
}

impl Reassembly {
    fn sections(&self) -> MutexGuard<'_, Sections> {
        self.0.lock().expect("no worker panics while merging")
    }

    /// Adds the open lines of a chunk and returns the lines that are now complete.
    pub(crate) fn add(&self, chunk: Range<u64>, open_lines: OpenLines) -> Lines {
        self.sections().chunks.add(chunk, open_lines)
    }

    /// Adds the open lines of a text before or after the part. Its complete lines do not belong to the part.
    pub(crate) fn add_outside(&self, text: Range<u64>, open_lines: OpenLines) {
        self.sections().outside.add(text, open_lines);
    }

    /// True if the first line of a stream may have begun before the part, and the text added so far does not show it.
    pub(crate) fn needs_text_before(&self, part: &Range<u64>) -> bool {
        let sections = self.sections();
        let Some(first) = sections.chunks.within(..).next() else { return false };
        let is_known = |std_stream: StdStream| {
            sections.outside.within(..part.start).any(|before| before.0[std_stream.index()].has_line_end())
        };
        StdStream::ALL.into_iter().any(|of| first.0[of.index()].may_continue_a_line() && !is_known(of))
    }

    /// Returns the lines that cross borders, after all chunks are counted.
    pub(crate) fn crossing(&self, part: &Range<u64>) -> CrossingLines {
        let sections = self.sections();
        let is_of_part = |line: &(StdStream, JoinedLine)| part.contains(&line.1.position.offset);
        let mut all = OpenLines::at(0);
        let mut merged = |stretches: Vec<&OpenLines>| {
            let mut ended = Vec::new();
            stretches.into_iter().for_each(|open_lines| all.merge(open_lines.clone(), &mut ended));
            ended
        };
        merged(sections.outside.within(..part.start).collect());
        // If the file has shrunk, chunks may be missing.
        let (ended, begun_before): (Lines, Lines) =
            merged(sections.chunks.within(..).collect()).into_iter().partition(is_of_part);
        let mut ended_after = merged(sections.outside.within(part.start..).collect());
        ended_after.retain(is_of_part);
        let open = StdStream::ALL
            .into_iter()
            .zip(all.0)
            .filter_map(|(std_stream, open_line)| Some((std_stream, open_line.into_open()?)));
        let open = open.filter(is_of_part).collect();
        CrossingLines { ended, ended_after, open, begun_before: begun_before.len() as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::join::LinePosition;
    use super::*;

    fn part(text: &str) -> JoinedLine {
        JoinedLine { text: text.as_bytes().to_vec(), ..JoinedLine::part(LinePosition::default(), b"") }
    }

    const WHOLE: Range<u64> = 0..u64::MAX;

    /// Chunks of ten bytes each, with parts of both pipes; `…` marks a part that is continued.
    const CHUNKS: [&[(StdStream, &str)]; 5] = [
        &[(StdStream::Stdout, "a…"), (StdStream::Stderr, "1…")],
        &[(StdStream::Stdout, "b…")],
        &[],
        &[(StdStream::Stdout, "c"), (StdStream::Stdout, "d"), (StdStream::Stdout, "e…")],
        &[(StdStream::Stderr, "2"), (StdStream::Stdout, "f…")],
    ];

    #[test]
    fn chunks_may_come_in_any_order() {
        for first in 0..5 {
            for step in 1..5 {
                let reassembly = Reassembly::default();
                let mut lines = Vec::new();
                for number in (0..5).map(|i| (first + i * step) % 5) {
                    let mut open_lines = OpenLines::at(number * 10);
                    for (std_stream, text) in CHUNKS[number as usize] {
                        let is_partial = text.ends_with('…');
                        lines.extend(open_lines.of(*std_stream).push(part(text.trim_end_matches('…')), is_partial));
                    }
                    lines.extend(
                        reassembly.add(number * 10..number * 10 + 10, open_lines).into_iter().map(|(_, line)| line),
                    );
                    assert!(reassembly.sections().chunks.0.len() <= 3);
                }
                let CrossingLines { ended, open, .. } = reassembly.crossing(&WHOLE);
                assert!(ended.is_empty(), "all neighbouring chunks were added");
                let text = |line: &JoinedLine| String::from_utf8(line.text.clone()).unwrap();
                let mut texts: Vec<_> = lines.iter().map(text).collect();
                texts.sort();
                assert_eq!(texts, ["12", "abc", "d"], "{first} {step}");
                assert_eq!(open.iter().map(|(_, line)| text(line)).collect::<Vec<_>>(), ["ef"]);
            }
        }
    }

    #[test]
    fn missing_chunks_do_not_prevent_joining_the_others() {
        let reassembly = Reassembly::default();
        for (number, texts) in [(0, ["a", "b…"]), (3, ["c", "d…"])] {
            let mut open_lines = OpenLines::at(number * 10);
            for text in texts {
                open_lines.of(StdStream::Stdout).push(part(text), text.ends_with('…'));
            }
            assert!(reassembly.add(number * 10..number * 10 + 10, open_lines).is_empty());
        }
        let CrossingLines { ended, open, .. } = reassembly.crossing(&WHOLE);
        assert_eq!((ended.len(), open.len()), (1, 1));
        assert_eq!(ended[0].1.text, "b…c".as_bytes());
    }
}
