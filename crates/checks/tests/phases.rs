//! The output of `-vv`: number of threads, work per thread, and time per phase.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use checks::skip::is_skipped;
use checks::{REPOSITORY, program};
use logstat::{Engine, Input, Outcome, Question, count};

const LINE: &str = "10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl\"\n";

/// More than three chunks of the program's chunk size.
const LINES: usize = 45_000;

fn logstat() -> Command {
    let mut command = Command::new(program());
    command.env_clear();
    command
}

/// Standard error of a command with `-vv`, for a log of `lines` lines.
fn said(mut command: Command, lines: usize, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), LINE.repeat(lines)).unwrap();
    let command = command.current_dir(&folder).args(["a.log", "-vv"]).args(arguments).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

/// Number of lines that each worker reports.
fn lines_of_workers(said: &str) -> Vec<usize> {
    let of_workers = said.lines().filter_map(|line| line.strip_prefix("logstat: note: worker ")?.split_once(": "));
    of_workers.map(|(_, share)| share.split(' ').next().unwrap().parse().unwrap()).collect()
}

#[test]
fn every_phase_and_worker_is_reported() {
    let said = said(logstat(), LINES, &["-j", "3"]);
    let names = ["opening: ", "counting: ", "merging: ", "settling: ", "assembling: ", "releasing: ", "writing: "];
    let places =
        names.map(|name| said.find(&format!("\nlogstat: note: {name}")).unwrap_or_else(|| panic!("{name}{said}")));
    assert!(places.is_sorted(), "{said}");
    assert!(said.contains(" ms by 3 workers, finding formats "), "{said}");
    let lines = lines_of_workers(&said);
    assert_eq!((lines.len(), lines.iter().sum()), (3, LINES), "{said}");
}

#[test]
fn small_log_is_counted_by_one_thread() {
    let said = said(logstat(), 4, &["-j", "8"]);
    assert!(said.contains(" ms by 1 worker, "), "{said}");
    assert_eq!(lines_of_workers(&said), [4]);
}

/// std respects both the CPU affinity of the process and the limit of its cgroup.
#[test]
fn cpu_affinity_limits_the_number_of_workers() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let first = allowed.map(|list| list.trim().split([',', '-']).next().unwrap());
    let (Some(first), Ok(_)) = (first, Command::new("taskset").arg("--version").output()) else {
        is_skipped(false, "taskset is not installed");
        return;
    };
    let mut command = Command::new("taskset");
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).args(["-c", first, program()]);
    let said = said(command, LINES, &[]);
    assert_eq!(lines_of_workers(&said), [LINES], "{said}");
}

/// Any number of workers, odd or even, merges into one tally.
#[test]
fn worker_shares_add_up_to_the_total() {
    let log = Path::new(REPOSITORY).join("testdata/shop.log");
    let text = fs::read_to_string(&log).unwrap();
    for threads in 1..=7 {
        let engine = Engine::new().threads(threads).chunk_bytes(1 << 10);
        let start = Instant::now();
        let inputs = vec![Input::path(&log), Input::reader("again", Cursor::new(text.clone()))];
        let Outcome { report, phases, .. } = count(&Question::default(), inputs, &engine).unwrap();
        let (report, took) = (report.unwrap(), start.elapsed());
        assert_eq!(phases.workers.len(), threads);
        let sum = |of: fn(&logstat::WorkerStats) -> u64| phases.workers.iter().map(of).sum::<u64>();
        assert_eq!(sum(|w| w.lines), report.lines.read);
        assert_eq!(sum(|w| w.bytes), 2 * text.len() as u64);
        assert_eq!(report.summary.unwrap().row.pv, report.lines.parsed);
        let parts =
            [phases.opening, phases.counting, phases.merging, phases.settling, phases.assembling, phases.releasing];
        assert!(parts.iter().sum::<std::time::Duration>() <= took);
        assert!(phases.workers.iter().all(|w| w.counting + w.fetching <= phases.counting));
        assert!(phases.finding_formats <= phases.counting * threads as u32);
        assert_eq!(phases.merging.is_zero(), threads == 1);
    }
}
