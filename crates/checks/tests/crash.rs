//! `logstat --state` after a crash. strace makes each of the first system calls of an incremental run fail, or kills the
//! run there; one clean run later all totals are exact, and the state has the bytes that it has without a crash.
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

/// THE TABLE of failures. `N` is the number of the call, and `+` means that all later calls fail too: a full disk stays full.
const FAILURES: [(&str, &str); 3] =
    [("ENOSPC", "error=ENOSPC:when=N+"), ("EIO", "error=EIO:when=N"), ("SIGKILL", "signal=SIGKILL:when=N")];

const STATE: &str = "site.state";

/// Lines of each log. Only the text of `access.log.1` is long enough for its format to be certain: the counts of
/// `access.log` are provisional.
const LINES: [(&str, usize); 3] = [("access.log.2.gz", 1_500), ("access.log.1", 5_000), ("access.log", 300)];

/// Lines of `access.log.1` before the rotation: more than 1 MiB.
const LINES_BEFORE: usize = 4_700;

/// A directory whose logs were rotated and have grown since the state in it was written.
struct Site {
    directory: TempDir,
    /// State of the run before.
    before: Vec<u8>,
}

/// What an incremental run without a failure writes.
struct Expected {
    report: Vec<u8>,
    state: Vec<u8>,
}

impl Site {
    fn new() -> Site {
        let lines: usize = LINES.iter().map(|(_, lines)| lines).sum();
        let log = loggen::Traffic { lines: lines as u64, malformed: 0.002, ..loggen::Traffic::default() }.to_vec();
        let lines: Vec<&[u8]> = log.split_inclusive(|&byte| byte == b'\n').collect();
        let (oldest, rest) = lines.split_at(LINES[0].1);
        let (rotated, newest) = rest.split_at(LINES[1].1);
        let site = Site { directory: tempfile::tempdir().unwrap(), before: Vec::new() };

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
        fs::write(site.path("access.log"), newest.concat()).unwrap();
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

    fn traced(&self, options: &[&str]) -> Output {
        self.run(Command::new("strace").arg("-f").args(options).arg(program()))
    }

    /// Puts the state of the run before back.
    fn restore(&self) {
        fs::write(self.path(STATE), &self.before).unwrap();
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Runs an increment without a failure, and checks its report against a run over all logs.
    fn expected(&self) -> Expected {
        self.restore();
        let report = self.run_well();
        let mut whole = Command::new(program());
        whole.args(["--no-config", "--json"]).args(LINES.map(|(name, _)| name)).current_dir(self.directory.path());
        let whole = counts(&whole.env_clear().output().unwrap().stdout);
        assert_eq!(whole["ledger"]["read"], LINES.iter().map(|(_, lines)| lines).sum::<usize>());
        assert_eq!(counts(&report), whole);
        Expected { report, state: self.read(STATE) }
    }

    /// Injects one failure, runs once more without one, and returns what is wrong.
    fn check(&self, calls: &str, failure: &str, number: usize, expected: &Expected) -> Result<(), String> {
        self.restore();
        let inject = format!("inject={calls}:{}", failure.replace('N', &number.to_string()));
        let failed = self.traced(&["-o", "/dev/null", "-e", &format!("trace={calls}"), "-e", &inject]);
        if failure.contains("SIGKILL") && failed.status.success() {
            return Err("the run is not killed".to_owned());
        }
        let says = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
        if failed.status.success() && (failed.stdout != expected.report || self.read(STATE) != expected.state) {
            return Err(format!("exit 0, and another report or state: {}", says(&failed)));
        }
        let clean = self.run(&mut Command::new(program()));
        if !clean.status.success() {
            return Err(format!("the next run fails: {}\nthe run before it: {}", says(&clean), says(&failed)));
        }
        if counts(&clean.stdout) != counts(&expected.report) {
            return Err(format!("the next run reports other numbers: {}", String::from_utf8_lossy(&clean.stdout)));
        }
        if self.read(STATE) != expected.state {
            return Err("the next run writes another state".to_owned());
        }
        Ok(())
    }
}

/// The members of a report that do not tell how its inputs were read.
fn counts(report: &[u8]) -> Value {
    let mut report: Value = serde_json::from_slice(report).unwrap();
    for member in ["inputs", "notes", "warnings"] {
        assert!(report.as_object_mut().unwrap().remove(member).is_some(), "{member}: {report}");
    }
    report
}

/// The largest number of calls of one name and kind that the main thread makes. strace counts calls by thread and name.
fn calls_made(site: &Site, calls: &str) -> usize {
    site.restore();
    let trace = site.path("trace");
    let output = site.traced(&["-o", trace.to_str().unwrap(), "-e", &format!("trace={calls}")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let trace_text = fs::read_to_string(&trace).unwrap();
    fs::remove_file(trace).unwrap();
    let calls: Vec<_> = trace_text.lines().filter_map(|line| line.split_once(' ')).collect();
    let mut made = BTreeMap::<&str, usize>::new();
    for (_, call) in calls.iter().filter(|(thread, _)| *thread == calls[0].0) {
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
