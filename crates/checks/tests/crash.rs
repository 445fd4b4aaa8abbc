//! `logstat --state` after a crash. strace makes each of the first system calls of an incremental run fail, or kills the
//! run there. The totals of the next run are exact, and so are those of the run after it, before which the log grows.
//!
//! `LOGSTAT_CRASH_CALLS` sets how many calls of each kind are tried, 50 unless set.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use checks::program;
use checks::skip::is_skipped;
use serde_json::Value;
use tempfile::TempDir;

/// THE TABLE of system calls: a name for messages, and their names in strace, where `?` allows for machines without one.
const CALLS: [(&str, &str); 4] = [
    ("write", "write,?pwrite64,?writev,?copy_file_range,?sendfile"),
    ("fsync", "fsync,fdatasync"),
    ("rename", "?rename,?renameat,renameat2"),
    ("openat", "?open,?creat,openat"),
];

/// THE TABLE of failures. `#` is the number of the call, and `+` means that all later calls fail too: a full disk stays full.
const FAILURES: [(&str, &str); 3] =
    [("ENOSPC", "error=ENOSPC:when=#+"), ("EIO", "error=EIO:when=#"), ("SIGKILL", "signal=SIGKILL:when=#")];

const STATE: &str = "site.state";

/// Lines of each log. Only the text of `access.log.1` is long enough for its format to be certain: the counts of
/// `access.log` are provisional.
const LINES: [(&str, usize); 3] = [("access.log.2.gz", 1_500), ("access.log.1", 5_000), ("access.log", 300)];

/// Lines of `access.log.1` before the rotation: more than 1 MiB.
const LINES_BEFORE: usize = 4_700;

/// Lines that are appended to `access.log` after the crash.
const LINES_LATER: usize = 200;

/// A directory whose logs were rotated and have grown since the state in it was written.
struct Site {
    directory: TempDir,
    /// State of the run before.
    before: Vec<u8>,
    /// The newest log as it is during the crash, and later.
    newest: [Vec<u8>; 2],
}

/// What the reports must have, during the crash and later.
struct Expected([Value; 2]);

impl Site {
    fn new() -> Site {
        let lines = (lines() + LINES_LATER) as u64;
        let log = loggen::Traffic { lines, malformed: 0.002, ..loggen::Traffic::default() }.to_vec();
        let lines: Vec<&[u8]> = log.split_inclusive(|&byte| byte == b'\n').collect();
        let (oldest, rest) = lines.split_at(LINES[0].1);
        let (rotated, newest) = rest.split_at(LINES[1].1);
        let newest = [&newest[..LINES[2].1], newest].map(|lines| lines.concat());
        let site = Site { directory: tempfile::tempdir().unwrap(), before: Vec::new(), newest };

        // Two runs, with a rotation between them.
        fs::write(site.path("access.log"), oldest.concat()).unwrap();
        site.run_well();
        fs::rename(site.path("access.log"), site.path("access.log.1")).unwrap();
        fs::write(site.path("access.log"), rotated[..LINES_BEFORE].concat()).unwrap();
        site.run_well();
        let before = site.read(STATE);

        // Another rotation, before which the log has grown.
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&oldest.concat()).unwrap();
        fs::write(site.path("access.log.2.gz"), gzip.finish().unwrap()).unwrap();
        fs::rename(site.path("access.log"), site.path("access.log.1")).unwrap();
        let mut rest = File::options().append(true).open(site.path("access.log.1")).unwrap();
        rest.write_all(&rotated[LINES_BEFORE..].concat()).unwrap();
        site.restore();
        Site { before, ..site }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Runs an increment by `command`, which is logstat or strace with logstat.
    fn run(&self, command: &mut Command) -> Output {
        command.args(["--no-config", "--state", STATE, "--json", "access.log"]);
        command.current_dir(self.directory.path()).env_clear().output().unwrap()
    }

    /// Runs an increment without a failure, and returns its report.
    fn run_well(&self) -> Vec<u8> {
        let output = self.run(&mut Command::new(program()));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Runs an increment under strace, and returns its trace too.
    fn traced(&self, options: &[&str]) -> (Output, String) {
        let trace = self.path("trace");
        let output = self.run(Command::new("strace").arg("-fo").arg(&trace).args(options).arg(program()));
        let text = fs::read_to_string(&trace).unwrap();
        fs::remove_file(trace).unwrap();
        (output, text)
    }

    /// Puts the newest log and the state of the run before back.
    fn restore(&self) {
        self.write_newest(0);
        fs::write(self.path(STATE), &self.before).unwrap();
    }

    /// Changes the newest log, and keeps its file.
    fn write_newest(&self, later: usize) {
        let path = self.path("access.log");
        let mut file = File::options().create(true).append(true).open(path).unwrap();
        let there = file.metadata().unwrap().len() as usize;
        let newest = &self.newest[later];
        file.set_len(there.min(newest.len()) as u64).unwrap();
        file.write_all(newest.get(there..).unwrap_or_default()).unwrap();
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Reports of runs over all logs, without a state.
    fn expected(&self) -> Expected {
        let expected = [0, 1].map(|later| {
            self.write_newest(later);
            let mut whole = Command::new(program());
            whole.args(["--no-config", "--json"]).args(LINES.map(|(name, _)| name));
            let report = counts(&whole.current_dir(self.directory.path()).env_clear().output().unwrap().stdout);
            assert_eq!(report["lines"]["read"], lines() + later * LINES_LATER);
            report
        });
        self.restore();
        for (later, expected) in expected.iter().enumerate() {
            self.write_newest(later);
            assert_eq!(counts(&self.run_well()), *expected, "without a crash");
        }
        Expected(expected)
    }

    /// Makes one run fail, then runs twice more: on the same log, and after the log has grown. Returns an error if a total
    /// is wrong.
    fn check(&self, calls: &str, failure: &str, number: usize, expected: &Expected) -> Result<(), String> {
        self.restore();
        let inject = format!("inject={calls}:{}", failure.replace('#', &number.to_string()));
        let (failed, trace) = self.traced(&["-e", &format!("trace={calls}"), "-e", &inject]);
        if failure.contains("SIGKILL") && failed.status.success() {
            return Err("the run is not killed".to_owned());
        }
        let says = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
        let injected = trace.lines().find(|line| line.contains("INJECTED")).unwrap_or_default();
        if failed.status.success() && counts(&failed.stdout) != expected.0[0] {
            return Err(format!("exit 0, and other numbers: {injected}"));
        }
        for (later, expected) in expected.0.iter().enumerate() {
            self.write_newest(later);
            let clean = self.run(&mut Command::new(program()));
            if !clean.status.success() || counts(&clean.stdout) != *expected {
                let says = says(&clean) + "The run before: " + &says(&failed);
                let number = later + 1;
                return Err(format!("clean run {number} fails or has other numbers: {injected}\n{says}"));
            }
        }
        Ok(())
    }
}

/// Lines of all logs during the crash.
fn lines() -> usize {
    LINES.iter().map(|(_, lines)| lines).sum()
}

/// The members of a report without names of files.
fn counts(report: &[u8]) -> Value {
    let mut report: Value = serde_json::from_slice(report).unwrap();
    for member in ["inputs", "malformed_samples", "notes", "warnings"] {
        assert!(report.as_object_mut().unwrap().remove(member).is_some(), "{member}: {report}");
    }
    report
}

/// The largest number of calls of one name and kind that the main thread makes. strace counts calls by thread and name.
fn calls_made(site: &Site, calls: &str) -> usize {
    site.restore();
    let (output, trace) = site.traced(&["-e", &format!("trace=execve,{calls}")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut calls = trace.lines().filter_map(|line| line.split_once(' '));
    let (main, execve) = calls.next().unwrap();
    assert!(execve.contains("execve("), "{execve}");
    let mut made = BTreeMap::<&str, usize>::new();
    for (_, call) in calls.filter(|(thread, _)| *thread == main) {
        if let Some((name, _)) = call.trim_start().split_once('(') {
            *made.entry(name).or_default() += 1;
        }
    }
    made.into_values().max().unwrap_or(0)
}

fn can_trace(directory: &Path) -> bool {
    let trace = directory.join("trace");
    let traced =
        Command::new("strace").arg("-o").arg(&trace).args(["-e", "trace=execve", program(), "--version"]).output();
    traced.is_ok_and(|output| output.status.success())
        && fs::read_to_string(trace).is_ok_and(|text| text.contains("execve("))
}

#[test]
fn totals_are_exact_after_a_crash_at_any_call() {
    let directory = tempfile::tempdir().unwrap();
    if is_skipped(can_trace(directory.path()), "strace is not installed, or may not trace processes here") {
        return;
    }
    let limit = std::env::var("LOGSTAT_CRASH_CALLS").map_or(50, |limit| limit.parse().unwrap());
    let site = Site::new();
    let mut crashes = Vec::new();
    for (kind, calls) in CALLS {
        let made = calls_made(&site, calls);
        assert!(made > 0, "an increment makes no call of the kind {kind}");
        let numbers = 1..=made.min(limit);
        let of_kind = numbers.flat_map(|number| FAILURES.map(|(name, failure)| (kind, calls, name, failure, number)));
        crashes.extend(of_kind);
    }

    // Each thread has a directory of its own, and takes the next crash.
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let wrong = thread::scope(|scope| {
        let work = || {
            let site = Site::new();
            let expected = site.expected();
            let names = site.names();
            let mut wrong = Vec::new();
            while let Some((kind, calls, name, failure, number)) = crashes.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Err(reason) = site.check(calls, failure, *number, &expected) {
                    wrong.push(format!("{name} at {kind} {number}: {reason}"));
                }
                if site.names() != names {
                    wrong.push(format!("{name} at {kind} {number}: files are left: {:?}", site.names()));
                }
            }
            wrong
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(wrong.is_empty(), "{} of {} crashes:\n{}", wrong.len(), crashes.len(), wrong.join("\n"));
}
