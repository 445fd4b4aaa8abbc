//! Lines that cross the borders of chunks: the open ends of chunks are kept until their neighbours are read.

use std::collections::BTreeMap;
use std::ops::Range;
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

/// The open lines of an input's chunks: maps their start to their end and the open lines. Adjacent chunks are merged at
/// once, so that only the gaps between chunks that are still being counted take memory.
#[derive(Debug, Default)]
pub(crate) struct Reassembly(Mutex<BTreeMap<u64, (u64, OpenLines)>>);

impl Clone for Reassembly {
    fn clone(&self) -> Reassembly {
        Reassembly(Mutex::new(self.open_lines().clone()))
    }
}

impl Reassembly {
    fn open_lines(&self) -> MutexGuard<'_, BTreeMap<u64, (u64, OpenLines)>> {
        self.0.lock().expect("no worker panics while merging")
    }

    /// Adds the open lines of a chunk and returns the lines that are now complete.
    pub(crate) fn add(&self, chunk: Range<u64>, mut open_lines: OpenLines) -> Lines {
        let mut all = self.open_lines();
        let (mut start, mut end) = (chunk.start, chunk.end);
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

    /// Merges what is left after all chunks are counted. Returns the complete lines, and the lines without an end.
    pub(crate) fn finish(&self) -> (Lines, Lines) {
        let mut ended = Vec::new();
        let mut all = OpenLines::at(0);
        // If the file has shrunk, chunks may be missing.
        for (_, open_lines) in std::mem::take(&mut *self.open_lines()).into_values() {
            all.merge(open_lines, &mut ended);
        }
        let open = StdStream::ALL
            .into_iter()
            .zip(all.0)
            .filter_map(|(std_stream, open_line)| Some((std_stream, open_line.into_open()?)));
        (ended, open.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::join::LinePosition;
    use super::*;

    fn part(text: &str) -> JoinedLine {
        JoinedLine { text: text.as_bytes().to_vec(), ..JoinedLine::part(LinePosition::default(), b"") }
    }

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
                    assert!(reassembly.open_lines().len() <= 3);
                }
                let (ended, open) = reassembly.finish();
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
        let (ended, open) = reassembly.finish();
        assert_eq!((ended.len(), open.len()), (1, 1));
        assert_eq!(ended[0].1.text, "b…c".as_bytes());
    }
}
