//! Rotations, written as scripts. After the last run, every line that was written must be counted once, unless the
//! script says that lines are lost. The scripts are played twice: with a simple count, and with states.

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

/// How the lines of a site are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    /// Simply, and texts go on where the last run ended, although they are shorter than a sample.
    GoesOn,
    /// Simply, and texts are read from their start until there is a sample.
    StartsOver,
    /// To a state.
    ToState,
}

/// A directory with logs, and what is known of them.
struct Site {
    directory: tempfile::TempDir,
    named: Vec<PathBuf>,
    known: Vec<KnownText>,
    /// Numbers of the lines that were counted, by the index of their known text.
    counted: BTreeMap<usize, Vec<u64>>,
    /// Number of lines that were written.
    written: u64,
    gaps: usize,
    count: Count,
    /// The state file.
    state: Option<Vec<u8>>,
    /// Seconds since the first step.
    clock: u64,
    /// Number of reads in the last run, and whether each began at the start of a text.
    reads: Vec<bool>,
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

impl Site {
    fn new(named: &str, count: Count) -> Site {
        let directory = tempfile::tempdir().unwrap();
        let named = named.split(' ').map(|name| directory.path().join(name)).collect();
        Site {
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

    fn path(&self, name: &str) -> PathBuf {
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

    fn step(&mut self, step: &str) {
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
    fn run(&mut self) {
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
        let outcome = count_increment(&question, old, &self.named, Some("site"), &engine).unwrap();
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
    fn difference(&self) -> (Vec<u64>, Vec<u64>) {
        let mut times: BTreeMap<u64, usize> = (1..=self.written).map(|line| (line, 0)).collect();
        self.counted.values().flatten().for_each(|line| *times.get_mut(line).unwrap() += 1);
        let with = |is: fn(usize) -> bool| times.iter().filter(|row| is(*row.1)).map(|row| *row.0).collect();
        (with(|times| times == 0), with(|times| times > 1))
    }
}

fn play(named: &str, script: &str) -> Site {
    play_with(named, script, Count::GoesOn)
}

fn play_with(named: &str, script: &str, count: Count) -> Site {
    let mut site = Site::new(named, count);
    script.split(';').for_each(|step| site.step(step));
    site
}

/// Every line is counted once, and no gap is reported.
#[test]
fn rotations_lose_no_line_and_count_none_twice() {
    for (what, script) in [
        ("growing", "write access.log 3; run; run; write access.log 4000; run; write access.log 1; run"),
        (
            "rename and create",
            "write access.log 3000; run; write access.log 5; mv access.log access.log.1; write access.log 2; run; run; \
             mv access.log.1 access.log.2; mv access.log access.log.1; write access.log 9; run; rm access.log.2; \
             write access.log 1; run",
        ),
        (
            "created later",
            "write access.log 3; run; write access.log 5; mv access.log access.log.1; run; write access.log 2; run",
        ),
        (
            "empty after rotation",
            "write access.log 3; run; mv access.log access.log.1; write access.log 0; run; write access.log 2; run; run; \
             rm access.log.1; write access.log 2; run",
        ),
        (
            "copytruncate",
            "write access.log 3000; run; write access.log 5; cp access.log access.log.1; truncate access.log 0; \
             write access.log 2; run; write access.log 3000; run; run; cp access.log.1 access.log.2; \
             cp access.log access.log.1; truncate access.log 0; run; run; rm access.log.2; write access.log 1; run",
        ),
        (
            "copied, not yet truncated",
            "write access.log 3000; run; write access.log 5; cp access.log access.log.1; run; run; truncate access.log 0; \
             write access.log 2; run",
        ),
        (
            "half copied",
            "write access.log 3000; run; write access.log 5; half access.log access.log.1; run; run; \
             cp access.log access.log.1; truncate access.log 0; write access.log 2; run",
        ),
        (
            "rename and gzip",
            "write access.log 3000; run; write access.log 5; mv access.log access.log.1; write access.log 2; \
             gzip access.log.1 access.log.1.gz; rm access.log.1; run; run; mv access.log.1.gz access.log.2.gz; \
             gzip access.log access.log.1.gz; rm access.log; write access.log 1; run; rm access.log.2.gz; run",
        ),
        (
            "gzip at work",
            "write access.log 3000; run; write access.log 5; mv access.log access.log.1; write access.log 2; \
             half-gzip access.log.1 access.log.1.gz; run; gzip access.log.1 access.log.1.gz; run; rm access.log.1; run; run",
        ),
        (
            "gzip at work on a log that was never read",
            "write access.log 3; run; mv access.log access.log.2; write access.log 3000; mv access.log access.log.1; \
             write access.log 2; half-gzip access.log.1 access.log.1.gz; run; gzip access.log.1 access.log.1.gz; run; \
             rm access.log.1; run",
        ),
        (
            "still growing after the rename",
            "write access.log 3000; run; mv access.log access.log.1; write access.log.1 2; run; write access.log.1 2; \
             write access.log 1; run; write access.log.1 2; run; run; write access.log.1 2; run; \
             gzip access.log.1 access.log.1.gz; rm access.log.1; run; write access.log 1; run",
        ),
        (
            "two rotations between runs",
            "write access.log 3000; run; write access.log 5; mv access.log access.log.1; write access.log 2000; \
             mv access.log.1 access.log.2; mv access.log access.log.1; write access.log 2; run; run",
        ),
        (
            "three rotations between runs, compressed",
            "write access.log 3; run; write access.log 5; gzip access.log access.log.3.gz; rm access.log; \
             write access.log 2000; gzip access.log access.log.2.gz; rm access.log; write access.log 5; \
             mv access.log access.log.1; write access.log 2; run; run",
        ),
        (
            "names with dates",
            "write access.log 3; run; write access.log 1; mv access.log access-20261113.log; write access.log 9; \
             mv access.log access-20261114.log; write access.log 2; run; gzip access-20261113.log access-20261113.log.gz; \
             rm access-20261113.log; write access.log 1; run",
        ),
        (
            "an unusual name",
            "write access.log 3; run; write access.log 1; mv access.log access.log.old; write access.log 9; run; run",
        ),
        (
            "inode reuse",
            "write access.log 30; run; mv access.log access.log.1; write access.log 2; reuse access.log; run; \
             reuse access.log; run; mv access.log.1 access.log.2; mv access.log access.log.1; write access.log 60; \
             reuse access.log; run",
        ),
        (
            "changing device numbers",
            "write access.log 30; run; renumber; write access.log 3; run; renumber; mv access.log access.log.1; \
             write access.log 2; run; renumber; run; renumber; rm access.log.1; write access.log 1; run",
        ),
        (
            "a last line without end",
            "write access.log 3; begin access.log; run; end access.log; run; begin access.log; mv access.log access.log.1; \
             write access.log 2; run; run; run",
        ),
        ("a line without end that is alone", "begin access.log; run; run; end access.log; run"),
        (
            "a line without end in a compressed file",
            "write access.log 3; run; begin access.log; gzip access.log access.log.1.gz; rm access.log; \
             write access.log 2; run; run",
        ),
        (
            "rotated before the first line was read",
            "write access.log 0; run; write access.log 3; mv access.log access.log.1; write access.log 2; run; run",
        ),
    ] {
        for count in [Count::GoesOn, Count::StartsOver, Count::ToState] {
            let site = play_with("access.log", script, count);
            assert_eq!((site.difference(), site.gaps), ((vec![], vec![]), 0), "{what} {count:?}");
        }
    }
}

#[test]
fn gaps_are_reported_once() {
    for (what, script, lost, gaps) in [
        (
            "removed before it was read",
            "write access.log 3; run; write access.log 2; rm access.log; write access.log 1; run; run; write access.log 1; run",
            &[4, 5][..],
            1,
        ),
        (
            "cut off and filled again",
            "write access.log 3; run; write access.log 2; truncate access.log 0; write access.log 1; run; run",
            &[4, 5],
            1,
        ),
        (
            "cut to a part",
            "write access.log 30; run; write access.log 2; truncate access.log 9800; run; write access.log 2; run; run",
            &[31, 32],
            1,
        ),
        (
            "removed after a rotation, but still open",
            "write access.log 3; run; mv access.log access.log.1; write access.log 1; rm access.log.1; run; run",
            &[],
            1,
        ),
        (
            "grew while it was compressed, and was read meanwhile",
            "write access.log 3000; run; mv access.log access.log.1; write access.log 1; gzip access.log.1 access.log.1.gz; \
             write access.log.1 2; run; rm access.log.1; run; run; write access.log 1; run",
            &[],
            1,
        ),
        (
            "grew while it was compressed, and was not read",
            "write access.log 3000; run; mv access.log access.log.1; write access.log 1; gzip access.log.1 access.log.1.gz; \
             write access.log.1 2; rm access.log.1; run; run; write access.log 1; run",
            // Nothing shows that these lines ever were.
            &[3002, 3003],
            0,
        ),
    ] {
        for count in [Count::GoesOn, Count::StartsOver, Count::ToState] {
            let site = play_with("access.log", script, count);
            assert_eq!((site.difference(), site.gaps), ((lost.to_vec(), vec![]), gaps), "{what} {count:?}");
        }
    }
}

/// A file that is complete and was not touched is not read.
#[test]
fn closed_files_are_not_read_again() {
    let reads = |named: &str, script: &str| play(named, script).reads;
    let rotated = "write access.log 3; mv access.log access.log.1; write access.log 2; run; run";
    assert_eq!(reads("access.log access.log.1", rotated), [false; 0]);
    assert_eq!(reads("access.log access.log.1", &format!("{rotated}; write access.log 2; run")), [false]);
    let site = play("access.log access.log.1", rotated);
    assert_eq!(site.known.iter().map(|text| text.closed).collect::<Vec<_>>(), [true, false]);
    assert_eq!(site.difference(), (vec![], vec![]));
}

/// Files that were rotated before the first run are read only if they are named.
#[test]
fn older_files_are_not_read() {
    let script = "write access.log 3; gzip access.log access.log.2.gz; rm access.log; write access.log 3; \
                  mv access.log access.log.1; write access.log 3; run; write access.log 2; run; \
                  mv access.log.2.gz access.log.3.gz; mv access.log.1 access.log.2; mv access.log access.log.1; \
                  write access.log 2; run; run";
    let site = play("access.log", script);
    assert_eq!(site.difference(), ((1..=6).collect(), vec![]));
    let site = play("access.log access.log.1 access.log.2.gz", script);
    assert_eq!((site.difference(), site.gaps), ((vec![], vec![]), 0));
}

#[test]
fn short_texts_are_read_from_their_start() {
    let script = "write access.log 3; run; write access.log 2; run";
    assert_eq!(play_with("access.log", script, Count::StartsOver).reads, [true]);
    assert_eq!(play_with("access.log", &format!("{script}; run"), Count::StartsOver).reads, [false; 0]);
    let script = "write access.log 3000; run; write access.log 1; run";
    assert_eq!(play_with("access.log", script, Count::StartsOver).reads, [false]);
}

#[test]
fn other_logs_in_the_directory_are_not_read() {
    let site = play(
        "access.log",
        "write access.log 3; run; write access-shop.log 1; write access.state 1; write error.log 1; write access.log 1; run",
    );
    assert_eq!(site.difference(), (vec![4, 5, 6], vec![]));
}

/// A state may have texts of other hosts with the same paths.
#[test]
fn texts_of_other_hosts_are_not_missed() {
    let mut site = play("access.log", "write access.log 3; run");
    let path = site.path("access.log");
    let other = KnownText {
        name: "other:/var/log/access.log".to_owned(),
        head: Head::of(b"other lines\n"),
        end: 12,
        file: Some(FileStamp { path, device: 1, inode: 1, size: 12, modified_ns: 1 }),
        ..KnownText::default()
    };
    site.known.push(other);
    site.step("write access.log 1");
    site.run();
    assert_eq!((site.difference(), site.gaps), ((vec![], vec![]), 0));
}

/// Rest of rotated files first, then the log.
#[test]
fn older_texts_are_read_first() {
    let mut site = play(
        "access.log",
        "write access.log 3; run; write access.log 1; mv access.log access.log.2; write access.log 1; \
         mv access.log access.log.1; write access.log 1",
    );
    let found = find_once(&site.known, &site.named, &|path| format!("host:{}", path.display()));
    let names: Vec<_> = found.reads.iter().map(|read| read.path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["access.log.2", "access.log.1", "access.log"]);
    let log = format!("host:{}", site.path("access.log").display());
    assert!(found.reads.iter().all(|read| read.name == log));
    site.run();
    assert_eq!(site.difference(), (vec![], vec![]));
}

#[test]
fn missing_log_is_a_problem_unless_it_is_being_rotated() {
    let problems = |script: &str| {
        let site = play("access.log", script);
        let found = find_once(&site.known, &site.named, &|path| format!("host:{}", path.display()));
        found
            .problems
            .iter()
            .map(ToString::to_string)
            .map(|text| text.replace(site.directory.path().to_str().unwrap(), ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(problems("write other.log 1"), ["/access.log: no such file or directory"]);
    assert_eq!(problems("write access.log 1; run; mv access.log access.log.1"), [""; 0]);
}
