//! A directory in which a log is written, rotated and counted, for tests. A script has the steps.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use super::{KnownText, count_increment, find_once};
use crate::dimension::Dimension;
use crate::engine::Engine;
use crate::error::ErrorKind;
use crate::input::{FileStamp, Head, TAIL};
use crate::keys::fixed_hash;
use crate::question::Question;
use crate::state::State;

/// How the lines of the logs are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// As numbers. Texts are read on from the end of the last run, although they are shorter than a sample.
    GoesOn,
    /// As numbers. Texts are read from their start until they are as long as a sample.
    StartsOver,
    /// To a state.
    ToState,
}

/// A directory with logs, and what is known of them.
pub(super) struct LogDirectory {
    pub(super) directory: tempfile::TempDir,
    pub(super) named: Vec<PathBuf>,
    pub(super) known: Vec<KnownText>,
    /// Numbers of the lines that were counted, by the index of their known text.
    counted: BTreeMap<usize, Vec<u64>>,
    /// Number of lines that were written.
    written: u64,
    pub(super) gaps: usize,
    count: Count,
    /// The state file.
    state: Option<Vec<u8>>,
    /// Seconds since the first step.
    clock: u64,
    /// Number of reads in the last run, and whether each began at the start of a text.
    pub(super) reads: Vec<bool>,
}

/// A line of a log, 350 bytes long: 3,000 of them are a sample.
fn line(number: u64) -> String {
    let start = format!("10.0.0.1 - - [14/Nov/2026:00:00:01 +0000] \"GET /{number:020} HTTP/1.1\" 200 1 \"-\" \"");
    format!("{start:x<348}\"\n")
}

/// The number of a line, from its path.
fn number(path: &str) -> u64 {
    path.trim_start_matches('/').parse().unwrap()
}

fn text_of(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes;
    }
    let mut text = Vec::new();
    // Data that ends early gives the text before its end.
    let _ = flate2::read::GzDecoder::new(&*bytes).read_to_end(&mut text);
    text
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

impl LogDirectory {
    fn new(named: &str, count: Count) -> LogDirectory {
        let directory = tempfile::tempdir().unwrap();
        let named = named.split(' ').map(|name| directory.path().join(name)).collect();
        LogDirectory {
            directory,
            named,
            known: Vec::new(),
            counted: BTreeMap::new(),
            written: 0,
            gaps: 0,
            count,
            state: None,
            clock: 0,
            reads: Vec::new(),
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn append(&self, name: &str, text: &str) {
        let mut file = OpenOptions::new().append(true).create(true).open(self.path(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        self.touch(&file);
    }

    fn touch(&self, file: &File) {
        file.set_modified(UNIX_EPOCH + Duration::from_secs(1_000_000 + self.clock)).unwrap();
    }

    fn create(&self, name: &str, bytes: &[u8]) -> File {
        let mut file = File::create(self.path(name)).unwrap();
        file.write_all(bytes).unwrap();
        self.touch(&file);
        file
    }

    pub(super) fn step(&mut self, step: &str) {
        self.clock += 1;
        let words: Vec<&str> = step.split_whitespace().collect();
        match words[..] {
            ["write", name, lines] => {
                let first = self.written + 1;
                self.written += lines.parse::<u64>().unwrap();
                self.append(name, &(first..=self.written).map(line).collect::<String>());
            }
            ["begin", name] => {
                self.written += 1;
                self.append(name, line(self.written).trim_end());
            }
            ["end", name] => self.append(name, "\n"),
            ["mv", from, to] => fs::rename(self.path(from), self.path(to)).unwrap(),
            ["rm", name] => fs::remove_file(self.path(name)).unwrap(),
            ["cp", from, to] => drop(self.create(to, &fs::read(self.path(from)).unwrap())),
            ["half", from, to] => {
                let bytes = fs::read(self.path(from)).unwrap();
                self.create(to, &bytes[..bytes.len() / 2]);
            }
            ["truncate", name, bytes] => {
                let file = OpenOptions::new().write(true).open(self.path(name)).unwrap();
                file.set_len(bytes.parse().unwrap()).unwrap();
                self.touch(&file);
            }
            // As gzip does, the new file keeps the time of the old one.
            ["gzip", from, to] => {
                let modified = fs::metadata(self.path(from)).unwrap().modified().unwrap();
                self.create(to, &gzip(&text_of(&self.path(from)))).set_modified(modified).unwrap();
            }
            ["half-gzip", from, to] => {
                let bytes = gzip(&text_of(&self.path(from)));
                self.create(to, &bytes[..bytes.len() / 2]);
            }
            // A network file system that is mounted again.
            ["renumber"] => self.known.iter_mut().filter_map(|text| text.file.as_mut()).for_each(|file| {
                (file.device, file.inode) = (file.device + 1, file.inode + 1000);
            }),
            // The file has the inode that every known text had.
            ["reuse", name] => {
                let now = FileStamp::of(&self.path(name), &fs::metadata(self.path(name)).unwrap());
                for file in self.known.iter_mut().filter_map(|text| text.file.as_mut()) {
                    (file.device, file.inode) = (now.device, now.inode);
                }
            }
            ["run"] if self.count == Count::ToState => self.run_to_state(),
            ["run"] => self.run(),
            _ => panic!("unknown step: {step}"),
        }
    }

    /// Counts what is new, as a run of the program does.
    pub(super) fn run(&mut self) {
        let found = find_once(&self.known, &self.named, &|path| format!("host:{}", path.display()));
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        self.gaps += found.gaps.len();
        for change in found.changes {
            let text = &mut self.known[change.known];
            (text.file, text.closed) = (change.file, change.closed);
            if let Some(end) = change.cut_to {
                let now = text_of(&text.file.as_ref().unwrap().path);
                (text.end, text.head, text.provisional) = (end, Head::of(&now), false);
                text.tail = Some(fixed_hash(&now[now.len().saturating_sub(TAIL as usize)..]));
            }
        }
        self.reads = found.reads.iter().map(|read| read.from == 0).collect();
        for read in found.reads {
            let text = text_of(&read.path);
            let rest = &text[read.from as usize..];
            let whole =
                if read.closed { rest.len() } else { rest.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1) };
            let numbers = String::from_utf8(rest[..whole].to_vec()).unwrap();
            let numbers = numbers.lines().map(|line| number(line.split(' ').nth(6).unwrap()));
            let end = read.from as usize + whole;
            if end == 0 {
                continue;
            }
            let index = read.known.unwrap_or(self.known.len());
            let counted = self.counted.entry(index).or_default();
            if read.from == 0 {
                counted.clear();
            }
            counted.extend(numbers);
            let counted = KnownText {
                name: read.name,
                head: Head::of(&text[..end]),
                tail: Some(fixed_hash(&text[end.saturating_sub(TAIL as usize)..end])),
                end: end as u64,
                file: Some(read.file),
                closed: read.closed,
                provisional: read.provisional && self.count == Count::StartsOver,
            };
            match self.known.get_mut(index) {
                Some(text) => *text = counted,
                None => self.known.push(counted),
            }
        }
        let mut forgotten = found.forgotten;
        forgotten.sort_unstable();
        for index in forgotten.into_iter().rev() {
            // Indices must stay as they are, so that the lines of a text are found.
            self.known[index] = KnownText { name: "none".to_owned(), ..KnownText::default() };
        }
        for empty in found.empty {
            self.known.push(KnownText { name: empty.name, file: Some(empty.file), ..KnownText::default() });
        }
    }

    /// Counts what is new with a state, which is written and read.
    fn run_to_state(&mut self) {
        let question = Question::new().top([Dimension::Path]).limit(usize::MAX);
        let engine = Engine::default().threads(1);
        let old = self.state.as_ref().map(|bytes| State::from_reader("test", &bytes[..]).unwrap());
        let outcome = count_increment(&question, old, &self.named, Some("access"), &engine).unwrap();
        for problem in outcome.problems {
            assert!(matches!(problem.kind(), ErrorKind::Gap { .. }), "{problem}");
            self.gaps += 1;
        }
        let Some(state) = outcome.state else { return };
        let mut bytes = Vec::new();
        state.write(&mut bytes).unwrap();
        self.state = Some(bytes);
        let report = state.report(&question, &engine).unwrap();
        let rows = report.top.iter().flatten().flat_map(|ranking| &ranking.rows);
        let lines = rows.flat_map(|row| vec![number(row.key.as_deref().unwrap()); row.pv as usize]);
        self.counted = BTreeMap::from([(0, lines.collect())]);
        assert_eq!(report.lines.read, report.lines.parsed);
    }

    /// Lines that were not counted, and lines that were counted more than once.
    pub(super) fn difference(&self) -> (Vec<u64>, Vec<u64>) {
        let mut times: BTreeMap<u64, usize> = (1..=self.written).map(|line| (line, 0)).collect();
        self.counted.values().flatten().for_each(|line| *times.get_mut(line).unwrap() += 1);
        let with = |is: fn(usize) -> bool| times.iter().filter(|row| is(*row.1)).map(|row| *row.0).collect();
        (with(|times| times == 0), with(|times| times > 1))
    }
}

pub(super) fn play(named: &str, script: &str) -> LogDirectory {
    play_with(named, script, Count::GoesOn)
}

pub(super) fn play_with(named: &str, script: &str, count: Count) -> LogDirectory {
    let mut logs = LogDirectory::new(named, count);
    script.split(';').for_each(|step| logs.step(step));
    logs
}
