//! Lines that cross the borders of chunks: the open ends of chunks are kept until their neighbours are read.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard};

use super::join::{Joined, PIPES, Pipe, Run};

/// Joined lines and their pipes.
type Lines = Vec<(Pipe, Joined)>;

/// The run of each pipe, for one chunk or several adjacent ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runs([Run; PIPES]);

impl Runs {
    /// For a chunk that starts at this byte of its input.
    pub(crate) fn at(offset: u64) -> Runs {
        if offset == 0 { Runs([Run::START; PIPES]) } else { Runs::default() }
    }

    pub(crate) fn of(&mut self, pipe: Pipe) -> &mut Run {
        &mut self.0[pipe.index()]
    }

    fn merge(&mut self, next: Runs, ended: &mut Lines) {
        for ((pipe, run), next) in Pipe::ALL.into_iter().zip(&mut self.0).zip(next.0) {
            ended.extend(run.merge(next).map(|line| (pipe, line)));
        }
    }
}

/// The runs of an input's chunks: maps their start to their end and the runs. Adjacent chunks are merged at once, so
/// that only the gaps between chunks that are still being counted take memory.
#[derive(Debug, Default)]
pub(crate) struct Seams(Mutex<BTreeMap<u64, (u64, Runs)>>);

impl Clone for Seams {
    fn clone(&self) -> Seams {
        Seams(Mutex::new(self.runs().clone()))
    }
}

impl Seams {
    fn runs(&self) -> MutexGuard<'_, BTreeMap<u64, (u64, Runs)>> {
        self.0.lock().expect("no worker panics while merging")
    }

    /// Adds the runs of a chunk and returns the lines that are now complete.
    pub(crate) fn add(&self, chunk: Range<u64>, mut runs: Runs) -> Lines {
        let mut all = self.runs();
        let (mut start, mut end) = (chunk.start, chunk.end);
        let mut ended = Vec::new();
        if let Some((behind, next)) = all.remove(&end) {
            runs.merge(next, &mut ended);
            end = behind;
        }
        if let Some((&before, (before_end, _))) = all.range(..start).next_back()
            && *before_end == start
            && let Some((_, mut previous)) = all.remove(&before)
        {
            previous.merge(runs, &mut ended);
            (start, runs) = (before, previous);
        }
        all.insert(start, (end, runs));
        ended
    }

    /// Merges what is left after all chunks are counted. Returns the complete lines, and the lines without an end.
    pub(crate) fn finish(&self) -> (Lines, Lines) {
        let mut ended = Vec::new();
        let mut all = Runs::at(0);
        // If the file has shrunk, chunks may be missing.
        for (_, runs) in std::mem::take(&mut *self.runs()).into_values() {
            all.merge(runs, &mut ended);
        }
        let open = Pipe::ALL.into_iter().zip(all.0).filter_map(|(pipe, run)| Some((pipe, run.into_open()?)));
        (ended, open.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::join::LinePlace;
    use super::*;

    fn part(text: &str) -> Joined {
        Joined { text: text.as_bytes().to_vec(), ..Joined::part(LinePlace::default(), b"") }
    }

    /// Chunks of ten bytes each, with parts of both pipes; `…` marks a part that is continued.
    const CHUNKS: [&[(Pipe, &str)]; 5] = [
        &[(Pipe::Stdout, "a…"), (Pipe::Stderr, "1…")],
        &[(Pipe::Stdout, "b…")],
        &[],
        &[(Pipe::Stdout, "c"), (Pipe::Stdout, "d"), (Pipe::Stdout, "e…")],
        &[(Pipe::Stderr, "2"), (Pipe::Stdout, "f…")],
    ];

    #[test]
    fn chunks_may_come_in_any_order() {
        for first in 0..5 {
            for step in 1..5 {
                let seams = Seams::default();
                let mut lines = Vec::new();
                for number in (0..5).map(|i| (first + i * step) % 5) {
                    let mut runs = Runs::at(number * 10);
                    for (pipe, text) in CHUNKS[number as usize] {
                        let goes_on = text.ends_with('…');
                        lines.extend(runs.of(*pipe).push(part(text.trim_end_matches('…')), goes_on));
                    }
                    lines.extend(seams.add(number * 10..number * 10 + 10, runs).into_iter().map(|(_, line)| line));
                    assert!(seams.runs().len() <= 3);
                }
                let (ended, open) = seams.finish();
                assert!(ended.is_empty(), "all neighbouring chunks were added");
                let text = |line: &Joined| String::from_utf8(line.text.clone()).unwrap();
                let mut texts: Vec<_> = lines.iter().map(text).collect();
                texts.sort();
                assert_eq!(texts, ["12", "abc", "d"], "{first} {step}");
                assert_eq!(open.iter().map(|(_, line)| text(line)).collect::<Vec<_>>(), ["ef"]);
            }
        }
    }

    #[test]
    fn missing_chunks_do_not_prevent_joining_the_others() {
        let seams = Seams::default();
        for (number, texts) in [(0, ["a", "b…"]), (3, ["c", "d…"])] {
            let mut runs = Runs::at(number * 10);
            for text in texts {
                runs.of(Pipe::Stdout).push(part(text), text.ends_with('…'));
            }
            assert!(seams.add(number * 10..number * 10 + 10, runs).is_empty());
        }
        let (ended, open) = seams.finish();
        assert_eq!((ended.len(), open.len()), (1, 1));
        assert_eq!(ended[0].1.text, "b…c".as_bytes());
    }
}
