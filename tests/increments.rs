//! Logs that are counted run by run with `--state`, while they are written and rotated.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// Options for a report that has the number of hits of each path.
const REPORT: [&str; 6] = ["--top", "path", "-n", "0", "--json", "--quiet"];

/// Runs the program in a directory.
fn logstat(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logstat"));
    command.args(arguments).current_dir(directory).env_clear().env("HOME", directory).stdin(Stdio::null());
    command.output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Counts what is new in `access.log`, and returns the report.
fn run(directory: &Path, options: &[&str]) -> Value {
    let output = logstat(directory, &[&["access.log", "--state", "s"], &REPORT[..], options].concat());
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A line whose path is its number.
fn line(number: u64) -> String {
    format!(
        "10.0.0.{} - - [14/Nov/2026:00:00:01 +0000] \"GET /{number} HTTP/1.1\" 200 1 \"-\" \"curl\"\n",
        number % 200
    )
}

fn lines(numbers: std::ops::Range<u64>) -> String {
    numbers.map(line).collect()
}

/// Number of hits of each line in a report.
fn hits(report: &Value) -> BTreeMap<u64, u64> {
    let rows = report["top"]["path"].as_array().unwrap().iter();
    rows.map(|row| (row["key"].as_str().unwrap()[1..].parse().unwrap(), row["pv"].as_u64().unwrap())).collect()
}

/// Asserts that every line below `end` was counted once.
#[track_caller]
fn assert_each_once(report: &Value, end: u64, what: &str) {
    let hits = hits(report);
    let missing: Vec<u64> = (0..end).filter(|number| !hits.contains_key(number)).collect();
    let repeated: Vec<_> = hits.iter().filter(|(_, hits)| **hits > 1).collect();
    assert!(missing.is_empty() && repeated.is_empty(), "{what}: missing {missing:?}, repeated {repeated:?}");
    assert_eq!((hits.len() as u64, report["lines"]["malformed"].as_u64()), (end, Some(0)), "{what}");
}

fn append(path: &Path, text: &str) {
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

/// A log that is being written.
struct Log {
    directory: tempfile::TempDir,
    writer: Mutex<Writer>,
    ends: AtomicBool,
}

struct Writer {
    file: File,
    next: u64,
}

impl Writer {
    fn open(path: &Path) -> File {
        OpenOptions::new().append(true).create(true).open(path).unwrap()
    }

    /// Writes a line, some of them in two pieces.
    fn write(&mut self) {
        let line = line(self.next);
        let (first, second) = line.split_at(if self.next.is_multiple_of(3) { 20 } else { line.len() });
        self.file.write_all(first.as_bytes()).unwrap();
        if !second.is_empty() {
            thread::sleep(Duration::from_micros(200));
            self.file.write_all(second.as_bytes()).unwrap();
        }
        self.next += 1;
    }
}

impl Log {
    fn new() -> Log {
        let directory = tempfile::tempdir().unwrap();
        let file = Writer::open(&directory.path().join("access.log"));
        Log { directory, writer: Mutex::new(Writer { file, next: 0 }), ends: AtomicBool::new(false) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap()
    }

    /// Appends lines until the log ends.
    fn write(&self) {
        while !self.ends.load(Ordering::Relaxed) {
            self.writer().write();
            thread::sleep(Duration::from_micros(500));
        }
    }

    /// Ends the log when the returned value is dropped, also if a test fails.
    fn ending(&self) -> impl Drop + '_ {
        struct Ending<'l>(&'l AtomicBool);
        impl Drop for Ending<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        Ending(&self.ends)
    }

    /// Makes room for `access.log.1`, or another name with this ending.
    fn shift(&self, ending: &str) {
        for number in (1..20).rev() {
            let name = |number| self.path(&format!("access.log.{number}{ending}"));
            if name(number).exists() {
                fs::rename(name(number), name(number + 1)).unwrap();
            }
        }
    }

    /// Renames the log. The writer goes on in the old file until it has reopened the log.
    fn rename(&self, pause: Duration) {
        self.shift("");
        fs::rename(self.path("access.log"), self.path("access.log.1")).unwrap();
        thread::sleep(pause);
        let mut writer = self.writer();
        writer.file = Writer::open(&self.path("access.log"));
    }

    /// Compresses the last rotated log piece by piece, and removes it.
    fn compress(&self) {
        self.shift(".gz");
        let text = fs::read(self.path("access.log.1")).unwrap();
        let mut out = flate2::write::GzEncoder::new(
            File::create(self.path("access.log.1.gz")).unwrap(),
            flate2::Compression::fast(),
        );
        for piece in text.chunks(text.len() / 4 + 1) {
            out.write_all(piece).unwrap();
            out.flush().unwrap();
            thread::sleep(Duration::from_millis(10));
        }
        let modified = fs::metadata(self.path("access.log.1")).unwrap().modified().unwrap();
        out.finish().unwrap().set_modified(modified).unwrap();
        fs::remove_file(self.path("access.log.1")).unwrap();
    }

    /// Copies the log and truncates it. No line is written in between: such a line would be lost.
    fn copy_and_truncate(&self) {
        self.shift("");
        let writer = self.writer();
        fs::copy(self.path("access.log"), self.path("access.log.1")).unwrap();
        writer.file.set_len(0).unwrap();
    }
}

/// Rotates a log once or several times.
type Rotation<'r> = &'r (dyn Fn(&Log) + Sync);

/// Every number that a writer appends is counted once, whatever rotation does meanwhile.
#[test]
fn every_line_is_counted_once_while_the_log_is_rotated() {
    let short = Duration::from_millis(5);
    let rotations: &[(&str, Rotation<'_>)] = &[
        ("rename and create", &|log| log.rename(short)),
        ("copytruncate", &Log::copy_and_truncate),
        ("rename and gzip", &|log| {
            log.rename(short);
            log.compress();
        }),
        ("rename and still growing", &|log| log.rename(Duration::from_millis(300))),
        ("two rotations between runs", &|log| {
            log.rename(short);
            thread::sleep(Duration::from_millis(30));
            log.rename(short);
        }),
    ];
    for (what, rotate) in rotations {
        let log = Log::new();
        log.writer().write();
        let directory = log.directory.path();
        // The first run does not read files that were rotated before it.
        run(directory, &[]);
        thread::scope(|scope| {
            scope.spawn(|| log.write());
            let rotating = scope.spawn(|| {
                for _ in 0..3 {
                    thread::sleep(Duration::from_millis(200));
                    rotate(&log);
                }
            });
            let _ending = log.ending();
            while !rotating.is_finished() {
                run(directory, &[]);
            }
        });
        let written = log.writer().next;
        for _ in 0..2 {
            assert_each_once(&run(directory, &[]), written, what);
        }
    }
}

/// 20 runs at once, in the middle of which the log grows, count every line once.
#[test]
fn concurrent_runs_count_each_line_once() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("access.log");
    append(&log, &lines(0..500));
    thread::scope(|scope| {
        for number in 0..20 {
            let (directory, log) = (directory.path(), &log);
            scope.spawn(move || {
                if number % 5 == 0 {
                    append(log, &lines(500 + number / 5 * 100..600 + number / 5 * 100));
                }
                let waiting = number % 2 == 0;
                let arguments = ["access.log", "--state", "s"];
                let wait: &[&str] = if waiting { &["--wait"] } else { &[] };
                let output = logstat(directory, &[&arguments, &REPORT[..], wait].concat());
                match output.status.code() {
                    Some(0) => {}
                    Some(1) if !waiting => assert!(stderr(&output).contains("another run"), "{}", stderr(&output)),
                    code => panic!("{code:?} {}", stderr(&output)),
                }
            });
        }
    });
    assert_each_once(&run(directory.path(), &[]), 900, "20 runs");
    let mut names: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["access.log", "s", "s.lock"]);
}

/// Any cut into runs gives the numbers of one run over the whole log, also if the first lines look like another format,
/// and if the log is longer than the sample from which formats are detected.
#[test]
fn any_cut_into_runs_gives_the_report_of_one_run() {
    let combined = lines(0..200);
    let common = combined.replace(" \"-\" \"curl\"", "");
    let docker: String = lines(0..50)
        .lines()
        .map(|line| {
            let line = line.replace('"', "\\\"");
            format!("{{\"log\":\"{line}\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-14T00:00:01.1Z\"}}\n")
        })
        .collect();
    let with_rubbish = format!("rubbish\n\n{combined}more rubbish\n{combined}the last line has no end");
    let long = lines(0..14_000);
    let texts = [
        ("combined after common", format!("{common}{combined}"), &[1, 500, 12_000, 20_000][..]),
        ("docker", docker, &[30, 180, 2_000]),
        ("malformed and blank lines", with_rubbish, &[3, 300, 700, 16_000]),
        ("longer than a sample", long, &[900_000, 1_100_000, 1_100_050]),
    ];
    for (what, text, cuts) in texts {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let mut start = 0;
        for end in cuts.iter().copied().filter(|end| *end < text.len()).chain([text.len()]) {
            append(&path("access.log"), &text[start..end]);
            run_with_code(directory.path(), &["access.log", "--state", "s"]);
            start = end;
        }
        // The last line without its end is counted once the log is rotated.
        fs::rename(path("access.log"), path("access.log.1")).unwrap();
        append(&path("access.log"), "");
        run_with_code(directory.path(), &["access.log", "--state", "s"]);
        let found = run_with_code(directory.path(), &["access.log", "--state", "s"]);
        let expected = run_with_code(directory.path(), &["access.log.1"]);
        assert_eq!(without_inputs(found), without_inputs(expected), "{what}");
    }
}

/// Runs a command, and returns its report.
fn run_with_code(directory: &Path, arguments: &[&str]) -> Value {
    let output = logstat(directory, &[arguments, &["--by", "hour", "--top", "path,ip,status", "--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A report without what differs between a state and a run.
fn without_inputs(mut report: Value) -> Value {
    for key in ["inputs", "notes", "warnings"] {
        report.as_object_mut().unwrap().remove(key).unwrap();
    }
    for sample in report["malformed_samples"].as_array_mut().unwrap() {
        sample.as_object_mut().unwrap().remove("path").unwrap();
    }
    report
}

/// The lines of a failed input are reported, and read again by the next run.
#[test]
fn failed_input_is_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(lines(100..20_000).as_bytes()).unwrap();
    let whole = out.finish().unwrap();
    append(&path("access.log"), &lines(0..100));
    fs::write(path("access.log.2.gz"), &whole[..whole.len() / 2]).unwrap();
    let arguments = [&["access.log", "access.log.2.gz", "--state", "s"], &REPORT[..]].concat();
    let counted = |run: &Output| hits(&serde_json::from_slice(&run.stdout).unwrap());
    let failed = logstat(directory.path(), &arguments);
    assert_eq!(failed.status.code(), Some(1));
    assert!(stderr(&failed).contains("ends too early"), "{}", stderr(&failed));
    assert!(counted(&failed).len() > 1000 && counted(&failed).len() < 19_000);
    // Only complete inputs are in the state.
    let saved = logstat(directory.path(), &[&["s"], &REPORT[..]].concat());
    assert_eq!(counted(&saved), (0..100).map(|number| (number, 1)).collect());
    fs::write(path("access.log.2.gz"), &whole).unwrap();
    let output = logstat(directory.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_each_once(&serde_json::from_slice(&output.stdout).unwrap(), 20_000, "repaired");
}

/// A log that vanished before it was complete is a warning and exit 1, once.
#[test]
fn gap_is_reported_once() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("access.log");
    append(&log, &lines(0..10));
    run(directory.path(), &[]);
    append(&log, &lines(10..20));
    fs::remove_file(&log).unwrap();
    append(&log, &lines(20..30));
    let arguments = [&["access.log", "--state", "s"], &REPORT[..]].concat();
    let output = logstat(directory.path(), &arguments);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("access.log: was removed, emptied or replaced before"), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["warnings"][0]["code"], "gap");
    let expected: BTreeMap<u64, u64> = (0..10).chain(20..30).map(|number| (number, 1)).collect();
    assert_eq!(hits(&report), expected);
    assert_eq!(hits(&run(directory.path(), &[])), expected);
    let inspected = logstat(directory.path(), &["--inspect", "s", "--json"]);
    let inspected: Value = serde_json::from_slice(&inspected.stdout).unwrap();
    let facts = |source: &Value| ["lines", "closed", "lost", "provisional"].map(|fact| source[fact].clone());
    let sources: BTreeSet<String> =
        inspected["sources"].as_array().unwrap().iter().map(|source| format!("{:?}", facts(source))).collect();
    let (lost, open) =
        ([10.into(), true.into(), true.into(), false.into()], [10.into(), false.into(), false.into(), true.into()]);
    let expected: [[Value; 4]; 2] = [lost, open];
    assert_eq!(sources, expected.iter().map(|facts| format!("{facts:?}")).collect());
}

/// Malformed lines of a short log, which is read from its start each time, are written in the run that reads them first.
#[test]
fn rejects_are_the_lines_that_are_new() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("access.log");
    let rejects = |added: &str| {
        append(&log, added);
        let report = run(directory.path(), &["--rejects", "rejects"]);
        (fs::read_to_string(directory.path().join("rejects")).unwrap(), report["lines"]["malformed"].as_u64().unwrap())
    };
    assert_eq!(rejects(&format!("{}bad 1\n{}bad 2\n", line(0), line(1))), ("bad 1\nbad 2\n".to_owned(), 2));
    assert_eq!(rejects(&format!("{}bad 3\n", line(2))), ("bad 3\n".to_owned(), 3));
    assert_eq!(rejects(""), (String::new(), 3));
    assert_eq!(rejects(&line(3)), (String::new(), 3));
    // A line of another format: what is malformed may have changed, so all of it is written.
    let common = "10.0.0.1 - - [14/Nov/2026:00:00:01 +0000] \"GET /4 HTTP/1.1\" 200 1\n";
    let (written, malformed) = rejects(&common.repeat(20));
    assert_eq!((written.as_str(), malformed), ("bad 1\nbad 2\nbad 3\n", 3));
    // The log is now long enough, and the other format is too rare to be one of its formats.
    let all = format!("bad 1\nbad 2\nbad 3\n{}bad 4\n", common.repeat(20));
    assert_eq!(rejects(&format!("{}bad 4\n", lines(5..20_000))), (all, 24));
    assert_eq!(rejects("bad 5\n"), ("bad 5\n".to_owned(), 25));
}

/// A check that fails saves the state nevertheless.
#[test]
fn failed_check_is_saved() {
    let directory = tempfile::tempdir().unwrap();
    append(&directory.path().join("access.log"), &lines(0..10));
    let arguments = ["access.log", "--state", "s", "--fail-if", "pv > 5"];
    let output = logstat(directory.path(), &[&arguments, &REPORT[..]].concat());
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    append(&directory.path().join("access.log"), &lines(10..12));
    assert_each_once(&run(directory.path(), &[]), 12, "after a failed check");
}
