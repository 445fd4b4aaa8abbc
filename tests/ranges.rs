//! Any cut of a log into ranges of bytes has the lines of the whole log, each once, for every way of reading.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use logstat::{Engine, Input, MalformedSample, Outcome, Question, Report, State, count, count_to_state};
use proptest::prelude::*;

use super::envelopes::{WRAPS, log};
use super::ways::{self, WAYS, Way};

const THREADS: [usize; 3] = [1, 2, 4];
const CHUNKS: [usize; 4] = [1 << 20, 64, 1000, 1];

/// A log in a file, and compressed in another.
struct Log {
    bytes: Vec<u8>,
    folder: tempfile::TempDir,
}

impl Log {
    fn new(bytes: &[u8]) -> Log {
        let folder = tempfile::tempdir().unwrap();
        ways::write(&folder.path().join("a.log"), bytes, bytes.len());
        Log { bytes: bytes.to_vec(), folder }
    }

    fn input(&self, way: Way) -> Input {
        way.input(&self.folder.path().join("a.log"))
    }
}

fn question() -> Question {
    Question::new().limit(0).keep_rejects(true).max_line(4096)
}

fn counted(input: Input, way: Way, threads: usize, chunk_bytes: usize) -> Outcome {
    let engine = Engine::new().threads(threads).chunk_bytes(chunk_bytes).access(way.access());
    count(&question(), vec![input], &engine).unwrap()
}

/// Numbers of reports that add up, and their malformed lines.
#[derive(Debug, Default, PartialEq)]
struct Sum {
    numbers: BTreeMap<String, u64>,
    rejects: String,
    /// Place, reason and text of malformed lines.
    samples: Vec<(u64, String, String)>,
}

impl Sum {
    fn add(&mut self, outcome: Outcome) -> Report {
        assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
        let report = outcome.report.unwrap();
        let mut add = |name: String, number: u64| *self.numbers.entry(name).or_default() += number;
        let lines = report.lines;
        let all = [
            ("read", lines.read),
            ("parsed", lines.parsed),
            ("blank", lines.blank),
            ("malformed", lines.malformed),
            ("filtered", lines.filtered),
        ];
        all.into_iter().for_each(|(name, number)| add(name.to_owned(), number));
        let [input] = &report.inputs[..] else { panic!("{:?}", report.inputs) };
        add("bytes".to_owned(), input.bytes);
        for format in &input.formats {
            add(format!("in {}", format.format), format.lines);
        }
        for (reason, lines) in &report.malformed_reasons {
            add(reason.to_string(), *lines);
        }
        let rankings = report.top.iter().flatten().map(|ranking| (format!("{:?}", ranking.dimension), &ranking.rows));
        let tables = report.timeline.iter().chain(&report.status).map(|rows| (String::new(), rows)).chain(rankings);
        for (name, rows) in tables {
            for row in rows {
                let key = row.key.as_deref().unwrap_or("none");
                add(format!("{name} {key} pv"), row.pv);
                add(format!("{name} {key} bytes"), row.bytes.unwrap_or_default());
            }
        }
        self.numbers.retain(|_, number| *number > 0);
        let mut rejects = Vec::new();
        outcome.rejects.unwrap().write(&mut rejects).unwrap();
        self.rejects += &String::from_utf8_lossy(&rejects);
        let sample =
            |MalformedSample { byte, reason, text, .. }: &MalformedSample| (*byte, reason.to_string(), text.clone());
        self.samples.extend(report.malformed_samples.iter().map(sample));
        self.samples.sort();
        self.samples.truncate(5);
        report
    }
}

/// Counts the ranges of a cut, and compares them with the whole log. `number` chooses how.
fn assert_ranges_have_the_lines_of_the_whole(log: &Log, cuts: &[u64], number: usize) -> bool {
    let way = WAYS[number % WAYS.len()];
    let (threads, chunk_bytes) = (THREADS[number % THREADS.len()], CHUNKS[number / WAYS.len() % CHUNKS.len()]);
    let outcome = counted(log.input(way), way, 2, 1 << 20);
    if outcome.report.is_none() || !outcome.problems.is_empty() {
        return false;
    }
    let mut whole = Sum::default();
    let report = whole.add(outcome);
    let mut sum = Sum::default();
    for Range { start, end } in ranges(log, cuts) {
        let part = counted(log.input(way).range(start..end), way, threads, chunk_bytes);
        let part = sum.add(part);
        for sample in &part.malformed_samples {
            assert!((start..end).contains(&sample.byte), "{sample:?} is in {start}..{end}");
            assert_eq!(sample.line.is_some(), start == 0);
            let same = report.malformed_samples.iter().find(|other| other.byte == sample.byte);
            assert!(same.is_none_or(|same| sample.line.is_none_or(|line| same.line == Some(line))), "{sample:?}");
        }
    }
    assert_eq!(sum, whole, "cut at {cuts:?}, {way:?}, {threads} threads, chunks of {chunk_bytes}");
    // An empty text cannot be recognised, so its states are not joined.
    if number.is_multiple_of(3) && !log.bytes.is_empty() {
        assert_states_of_ranges_are_that_of_the_whole(log, cuts, number / 3);
    }
    true
}

/// Saves the ranges of a cut, merges the states in another order, and compares the state with that of the whole log.
fn assert_states_of_ranges_are_that_of_the_whole(log: &Log, cuts: &[u64], number: usize) {
    let (threads, chunk_bytes) = (THREADS[number % THREADS.len()], CHUNKS[number % CHUNKS.len()]);
    let way = WAYS[number % WAYS.len()];
    let state = |range: Range<u64>| {
        let engine = Engine::new().threads(threads).chunk_bytes(chunk_bytes);
        let outcome = count_to_state(&question(), vec![log.input(way).range(range)], Some("a"), None, &engine).unwrap();
        assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
        outcome.state.unwrap()
    };
    let written = |state: &State| {
        let mut bytes = Vec::new();
        state.write(&mut bytes).unwrap();
        bytes
    };
    let mut states: Vec<State> = ranges(log, cuts).into_iter().map(state).collect();
    let turn = number % states.len();
    states.rotate_left(turn);
    let (merged, notes) = State::merge(states, false).unwrap();
    assert!(notes.is_empty(), "{notes:?}");
    let whole = state(0..u64::MAX);
    let report = |state: &State| {
        let mut report = state.report(&question(), &Engine::new()).unwrap();
        let notes = std::mem::take(&mut report.notes);
        (serde_json::to_value(report).unwrap(), notes)
    };
    let ((merged_report, merged_notes), (whole_report, whole_notes)) = (report(&merged), report(&whole));
    assert_eq!(merged_report, whole_report, "cut at {cuts:?}, {way:?}");
    // A range with few lines may have notes that the whole log does not have.
    if merged_notes == whole_notes {
        assert!(written(&merged) == written(&whole), "cut at {cuts:?}, {way:?}");
    }
}

/// The ranges of a cut at these bytes, which may be larger than the log.
fn ranges(log: &Log, cuts: &[u64]) -> Vec<Range<u64>> {
    let mut cuts: Vec<u64> = cuts.iter().map(|cut| cut % (log.bytes.len() as u64 + 2)).collect();
    cuts.sort_unstable();
    let starts = [0].into_iter().chain(cuts.iter().copied());
    starts.zip(cuts.iter().copied().chain([u64::MAX])).map(|(start, end)| start..end).collect()
}

/// Lines between those of the log: blank and malformed ones, NULs, and one that is too long.
fn with_odd_lines(lines: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let long = "x".repeat(5000);
    let odd = ["", " \t", "no", "\0\0\0", &long, "2026/11/21 10:00:00 [error] 7#7: *1 x", "\r"];
    let with_odd = |(i, line): (usize, &Vec<u8>)| {
        let odd = (i % 5 == 3).then(|| odd[i / 5 % odd.len()].as_bytes().to_vec());
        [Some(line.clone()), odd].into_iter().flatten()
    };
    lines.iter().enumerate().flat_map(with_odd).collect()
}

/// Numbers that are spread over all bytes of a log, but not evenly.
fn spread(number: usize) -> impl Iterator<Item = u64> {
    (1..).map(move |i: u64| (i + 1).wrapping_mul(2_654_435_761 + 97 * number as u64))
}

#[test]
fn ranges_of_a_log_in_an_envelope() {
    let lines = with_odd_lines(&log(120 / super::ONE_IN.min(3) as u64));
    for (number, (name, wrap)) in WRAPS.into_iter().enumerate() {
        let log = Log::new(&wrap(&lines));
        let splits_lines = name.contains("CRI") || name.contains("json-file");
        for way in (0..if splits_lines { 48 } else { 16 }).step_by(super::ONE_IN) {
            let cuts: Vec<_> = spread(number * 24 + way).take(way % 7 + 1).collect();
            assert!(assert_ranges_have_the_lines_of_the_whole(&log, &cuts, way + number), "{name}");
        }
    }
}

/// The first bytes of compressed files, whose text has other bytes.
const COMPRESSED: [&[u8]; 5] = [b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"P*M\x18"];

/// The inputs of all cases that are not compressed: every preset, JSON, LTSV, CRLF, byte order marks, other programs' lines …
#[test]
fn ranges_of_the_inputs_of_all_cases() {
    let cases = Path::new(super::REPOSITORY).join("testdata/cases");
    let mut inputs: Vec<PathBuf> = fs::read_dir(cases)
        .unwrap()
        .flat_map(|case| fs::read_dir(case.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file() && !matches!(path.file_name().unwrap().to_str(), Some("cmd" | "expected")))
        .collect();
    inputs.sort();
    let mut logs = 0;
    for (number, path) in inputs.iter().enumerate().step_by(super::ONE_IN.min(8)) {
        let bytes = fs::read(path).unwrap();
        if bytes.len() > 1 << 20 || COMPRESSED.iter().any(|magic| bytes.starts_with(magic)) {
            continue;
        }
        let cuts: Vec<_> = spread(number).take(number % 4 + 1).collect();
        logs += u32::from(assert_ranges_have_the_lines_of_the_whole(&Log::new(&bytes), &cuts, number));
    }
    assert!(logs > 40, "{logs}");
}

/// A cut at every byte of a log whose lines are split by an envelope, with lines of both streams between the parts.
#[test]
fn cuts_within_lines_in_parts() {
    let good = r#"1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#;
    let log = format!(
        "T stdout F {good}\nT stdout P {}\nT stderr P no\nT stdout P {}\nT stderr P n\nT stdout F {}\nT stdout P a\n\
         T stderr F e\n\nT stdout F b\nT stderr P c\nT stdout F {good}\nT stderr P d",
        &good[..30],
        &good[30..50],
        &good[50..]
    )
    .replace("T std", "2026-11-21T10:00:00Z std");
    let log = Log::new(log.as_bytes());
    for cut in (0..=log.bytes.len() as u64).step_by(super::ONE_IN.min(7)) {
        let cuts = [cut, cut + 40, cut / 2];
        assert!(assert_ranges_have_the_lines_of_the_whole(&log, &cuts[..=cut as usize % 3], cut as usize));
    }
}

/// The only request is a line whose last part is missing.
#[test]
fn ranges_of_a_log_that_ends_within_its_only_request() {
    let request = r#"T stdout P 1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#;
    let docker = |text: &str, std_stream: &str| {
        let text = text.replace('"', "\\\"");
        format!("{{\"log\":\"{text}\",\"stream\":\"{std_stream}\",\"time\":\"\"}}\n")
    };
    let (request_of_docker, other) = (docker(&request["T stdout P ".len()..], "stdout"), docker("no\\n", "stderr"));
    for text in [
        format!("{request}\nT stderr P b\nT stderr P "),
        format!("T stderr F b\n{request}"),
        format!("T stderr F b\n{request}\r\r\nT stdout P \r\nT stderr F b\n\n"),
        format!("{request_of_docker}{other}"),
        format!("{other}{request_of_docker}{other}"),
    ] {
        let log = Log::new(text.replace("T std", "2026-11-21T10:00:00Z std").as_bytes());
        for cut in (0..=log.bytes.len() as u64).step_by(7 * super::ONE_IN.min(7)) {
            assert!(assert_ranges_have_the_lines_of_the_whole(&log, &[cut, cut / 2], cut as usize), "{text}");
        }
    }
}

/// Counts a log while it grows, as a program does that continues where it stopped.
#[test]
fn unfinished_lines_wait_until_they_are_complete() {
    let lines_of = |input, way| counted(input, way, 2, 100).report.map(|report| report.lines.read);
    let lines = log(30);
    for (number, (name, wrap)) in WRAPS.into_iter().enumerate().step_by(super::ONE_IN.min(3)) {
        let wrapped = wrap(&lines);
        let whole = Log::new(&wrapped);
        let way = WAYS[number / 3 % WAYS.len()];
        for cut in spread(number).take(8).map(|cut| (cut % wrapped.len() as u64) as usize) {
            let now = Log::new(&wrapped[..cut]).input(way).without_unfinished_line();
            let Some(report) = counted(now, way, 2, 100).report else { continue };
            // The bytes that were counted end where the next count begins.
            let end = report.inputs[0].bytes;
            assert_eq!(lines_of(whole.input(way).range(..end), way), Some(report.lines.read), "{name}, {end} of {cut}");
            let rest = lines_of(whole.input(way).range(end..), way).map(|rest| rest + report.lines.read);
            assert_eq!(rest, lines_of(whole.input(way), way), "{name}, {end} of {cut}");
        }
    }
}

#[test]
fn range_without_a_line_has_an_empty_report() {
    let line = br#"1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#;
    let log = Log::new(&[&line[..], b"\n"].concat().repeat(3));
    let len = log.bytes.len() as u64;
    let middle = len / 3 + 1;
    for way in WAYS {
        for range in [middle..middle + 10, len..len + 10, len + 7..u64::MAX, 5..5, u64::MAX..u64::MAX] {
            let Range { start, end } = range;
            let report = counted(log.input(way).range(start..end), way, 2, 1 << 20).report.unwrap();
            assert_eq!((report.lines.read, report.inputs[0].bytes, report.notes.len()), (0, 0, 0), "{way:?} {start}");
        }
    }
}

proptest! {
    #[test]
    fn ranges_of_hostile_lines(
        parts in prop::collection::vec(prop::sample::select(vec![
            "nginx-1  | ", "2026-11-21T10:00:00Z stdout F ", "2026-11-21T10:00:00Z stderr P ", "2026-11-21T10:00:00Z stdout P ",
            "{\"log\":\"", "\\n\",", "\"stream\":\"stdout\",\"time\":\"\"}\n", "\",\"stream\":\"stderr\",\"time\":\"\"}\n",
            "\0", "\r", "\n", "\n", "2026-11-21T10:00:00Z stdout P a\n", "2026-11-21T10:00:00Z stderr P b\n",
            "2026-11-21T10:00:00Z stderr F \n", "\u{feff}",
            "1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"\n",
            "2026-11-21T10:00:00Z stdout F 1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"\n",
            "{\"log\":\"1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] \\\"GET / HTTP/1.1\\\" 200 5 \\\"-\\\" \\\"curl\\\"\\n\",\"stream\":\"stdout\",\"time\":\"\"}\n",
        ]), 0..60),
        cuts in prop::collection::vec(0..4000_u64, 1..6),
        number in 0..1000_usize,
    ) {
        let log = Log::new(parts.concat().as_bytes());
        assert_ranges_have_the_lines_of_the_whole(&log, &cuts, number);
    }
}
