//! States as users see them: sequences of commands, each of which reads what another has written.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// A folder in which commands run.
struct Folder(tempfile::TempDir);

/// The outcome of a command.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    stdout: Vec<u8>,
    stderr: String,
}

/// Line `number` of a log: days pass, and addresses, paths and statuses repeat.
fn line(number: usize) -> String {
    let (day, hour, minute) = (10 + number / 40, number % 24, number * 7 % 60);
    let (address, path, status) = (number % 9, number % 5, [200, 200, 304, 404, 502][number % 5]);
    format!(
        "10.0.0.{address} - - [{day}/Nov/2026:{hour:02}:{minute:02}:00 +0000] \"GET /{path}?q={number} HTTP/1.1\" {status} \
         {number} \"-\" \"curl\" 0.{:03}\n",
        number * 13 % 1000
    )
}

/// Lines of a log. Every 17th is malformed.
fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|number| if number % 17 == 16 { format!("rubbish {number}\n") } else { line(number) }).collect()
}

impl Folder {
    /// A folder with the logs `a.log` and `b.log`.
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("a.log", lines(0..100));
        folder.write("b.log", lines(100..240));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    fn append(&self, name: &str, text: &str) {
        fs::OpenOptions::new().append(true).open(self.path(name)).unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Runs a shell command in which `logstat` is the program.
    fn run(&self, line: &str) -> Run {
        let programs = PathBuf::from(env!("CARGO_BIN_EXE_logstat"));
        let path = format!("{}:/usr/bin:/bin", programs.parent().unwrap().display());
        let mut command = Command::new("/bin/bash");
        command.args(["-c", line]).current_dir(&self.0).env_clear().env("PATH", path).env("LC_ALL", "C.UTF-8");
        let output = command.env("HOME", self.0.path()).stdin(Stdio::null()).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Run { code: output.status.code(), stdout: output.stdout, stderr }
    }

    /// Runs a command that must succeed without a message, and returns its standard output.
    fn succeed(&self, line: &str) -> Vec<u8> {
        let run = self.run(line);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{line}");
        run.stdout
    }

    /// The JSON report of a command, without what may differ between a merge and one run.
    fn report(&self, line: &str) -> Value {
        let run = self.run(line);
        assert_eq!(run.code, Some(0), "{line}: {}", run.stderr);
        let mut report: Value = serde_json::from_slice(&run.stdout).unwrap();
        for key in ["inputs", "notes", "warnings"] {
            report.as_object_mut().unwrap().remove(key).unwrap();
        }
        // A state has the names of sources in place of paths.
        for sample in report["malformed_samples"].as_array_mut().unwrap() {
            sample.as_object_mut().unwrap().remove("path").unwrap();
        }
        report
    }

    /// Asserts that a command fails with a message that contains `expected`, and prints nothing else.
    fn refuses(&self, line: &str, code: i32, expected: &str) {
        let run = self.run(line);
        assert_eq!(run.code, Some(code), "{line}: {run:?}");
        assert!(run.stderr.contains(expected), "{line}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "{line}");
    }

    fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o777
    }

    /// Writes the states of both logs.
    fn save_both(&self, options: &str) {
        self.succeed(&format!("logstat a.log --save a.state {options}"));
        self.succeed(&format!("logstat b.log --save b.state {options}"));
    }
}

/// Asserts that two reports are equal, and names the first part that is not.
#[track_caller]
fn assert_same(found: &Value, expected: &Value, what: &str) {
    let keys = |report: &Value| report.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(found), keys(expected), "{what}");
    for key in keys(expected) {
        assert!(found[&key] == expected[&key], "{what}: {key}\n  {}\n  {}", found[&key], expected[&key]);
    }
}

/// The value at a path of keys.
fn at<'v>(report: &'v Value, path: &str) -> &'v Value {
    report.pointer(path).unwrap_or_else(|| panic!("{path} is not in {report}"))
}

#[test]
fn merged_states_report_what_one_run_reports() {
    let rows = [
        "",
        "--by hour --top path,ip,status/path --columns p95,uv,max --split status-class",
        "--uv hll --top path --columns uv",
        "--status 2xx --exclude-path '/3*' --by week",
        "--tz Europe/Berlin --show timeline,latency,ledger",
        "--visitor ip+agent --query keep -n 0 --sort -key",
        "--log-format combined_timed --fail-if 'any path: 5xx > 100'",
    ];
    for options in rows {
        let folder = Folder::new();
        folder.save_both(options);
        let expected = folder.report(&format!("logstat a.log b.log --json {options}"));
        for inputs in ["a.state b.state", "b.state a.state", "a.state b.log", "a.log b.state"] {
            assert_same(
                &folder.report(&format!("logstat {inputs} --json {options}")),
                &expected,
                &format!("{options} {inputs}"),
            );
        }
        folder.succeed("logstat b.state a.state --save merged.state");
        assert_same(&folder.report(&format!("logstat merged.state --json {options}")), &expected, options);
    }
}

#[test]
fn merging_does_not_depend_on_the_order() {
    let folder = Folder::new();
    folder.save_both("--source x --top path,ip");
    folder.succeed("logstat a.state b.state --save one.state; logstat b.state a.state --save other.state");
    assert_eq!(fs::read(folder.path("one.state")).unwrap(), fs::read(folder.path("other.state")).unwrap());
}

#[test]
fn saving_prints_a_report_only_if_one_is_asked_for() {
    let folder = Folder::new();
    assert_eq!(folder.succeed("logstat a.log --save a.state"), b"");
    let plain = folder.report("logstat a.log --json");
    for options in ["--json", "--format json", "-o - --json", "-o r.json && cat r.json"] {
        assert_same(&folder.report(&format!("logstat a.log --save b.state {options}")), &plain, options);
    }
    // A report of a state names its source, in the first line and before malformed lines.
    let table = |line: &str| {
        let table = String::from_utf8(folder.succeed(line)).unwrap();
        let lines = table.lines().skip(1).take_while(|line| !line.starts_with("100 lines"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    // A state does not have the classes of bots, unless they are asked for.
    let mut plain = table("logstat a.log");
    plain.retain(|line| !line.contains("without bots"));
    assert_eq!(table("logstat a.log --save b.state --format table"), plain);
    assert_eq!(table("logstat a.log --state c.state"), plain);
}

#[test]
fn state_is_read_from_standard_input_and_fifos() {
    let folder = Folder::new();
    folder.save_both("");
    let expected = folder.report("logstat a.log b.log --json");
    for line in [
        "cat a.state | logstat - b.state --json",
        "logstat b.state - --json < a.state",
        "logstat <(cat a.state) <(cat b.state) --json",
        "logstat <(cat a.log) <(cat b.state) --json",
        "logstat a.log --save - | logstat b.log - --json",
        "(cat a.state) | logstat --json b.log - ",
    ] {
        assert_same(&folder.report(line), &expected, line);
    }
}

#[test]
fn new_state_is_private_and_an_old_one_keeps_its_mode() {
    let folder = Folder::new();
    for option in ["--save", "--state"] {
        folder.succeed(&format!(
            "rm -f s.state; umask 000; logstat a.log {option} s.state -q -o /dev/null --format json"
        ));
        assert_eq!(folder.mode("s.state"), 0o600, "{option}");
        fs::set_permissions(folder.path("s.state"), PermissionsExt::from_mode(0o640)).unwrap();
        folder.succeed(&format!("umask 077; logstat a.log {option} s.state -q -o /dev/null --format json"));
        assert_eq!(folder.mode("s.state"), 0o640, "{option}");
    }
}

#[test]
fn settings_come_from_the_state() {
    let folder = Folder::new();
    folder.save_both("--status 2xx --tz +02:00 --query keep");
    let options = "--status 2xx --tz +02:00 --query keep --json";
    assert_same(
        &folder.report("logstat a.state b.log --json"),
        &folder.report(&format!("logstat a.log b.log {options}")),
        "",
    );
    folder.refuses("logstat a.state --status 4xx", 2, "--status 4xx");
    folder.refuses("logstat a.state --status 4xx", 2, "2xx");
    folder.refuses("logstat a.state b.log --tz utc", 2, "--tz");
    folder.refuses("logstat a.state --visitor ip+agent", 2, "--visitor");
    folder.succeed("logstat b.log --save other.state --status 3xx --tz +02:00 --query keep");
    folder.refuses("logstat a.state other.state", 2, "other.state");
    folder.refuses("logstat a.state other.state --save all.state", 2, "3xx");
    assert!(!folder.path("all.state").exists());
}

#[test]
fn defaults_come_from_the_state() {
    let folder = Folder::new();
    folder.save_both("--by hour --top ip,status --split kind");
    let options = "--by hour --top ip,status --split kind --json";
    assert_eq!(
        folder.report("logstat a.state b.state --json"),
        folder.report(&format!("logstat a.log b.log {options}"))
    );
    let report = folder.report("logstat a.state --json --by day --top status");
    assert_same(&report, &folder.report("logstat a.log --json --by day --top status --split kind"), "");
}

#[test]
fn lines_are_never_counted_twice() {
    let folder = Folder::new();
    folder.save_both("");
    folder.refuses("logstat a.state a.log", 2, "are in a.state, too");
    folder.refuses("cp a.state copy.state; logstat a.state copy.state --save all.state", 2, "--dedupe");
    assert!(!folder.path("all.state").exists());
    let run = folder.run("logstat a.state b.state copy.state --dedupe --json");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    // Either may be left out: both are equal.
    assert!(run.stderr.contains(".state: left out, because other states have all its lines"), "{}", run.stderr);
    let expected = folder.report("logstat a.log b.log --json");
    assert_same(&folder.report("logstat a.state b.state copy.state --dedupe --json"), &expected, "");
    folder.append("a.log", &lines(300..310));
    folder.succeed("logstat a.log --save longer.state; logstat a.state longer.state --dedupe -q --save all.state");
    assert_same(&folder.report("logstat all.state --json"), &folder.report("logstat a.log --json"), "");
    // States with some of the same lines are refused in any case.
    folder.succeed("logstat a.log --range 0:4000 --save begin.state; logstat a.log --range 3000:4000 --save end.state");
    folder.refuses("logstat begin.state end.state --dedupe", 2, "bytes 3,0");
    folder.succeed("logstat a.log --range 4000:5000 --save rest.state");
    let expected = folder.report("logstat a.log --range 0:9000 --json");
    assert_same(&folder.report("logstat rest.state begin.state --json"), &expected, "");
}

#[test]
fn standard_input_counts_as_new_unless_it_has_a_name() {
    let folder = Folder::new();
    folder.succeed("logstat --save one.state < a.log; cat a.log | logstat - --save other.state");
    let twice = folder.report("logstat one.state other.state --json");
    assert_eq!(at(&twice, "/lines/read"), 200);
    folder
        .succeed("cat a.log | logstat --save one.state --source x; cat a.log | logstat --save other.state --source x");
    folder.refuses("logstat one.state other.state", 2, "--dedupe");
    assert_eq!(at(&folder.report("logstat one.state other.state --dedupe -q --json"), "/lines/read"), 100);
}

#[test]
fn state_answers_whole_days_only() {
    let folder = Folder::new();
    folder.save_both("");
    let day = folder.report("logstat a.log b.log --date 2026-11-11 --json --no-seek");
    assert_same(&folder.report("logstat a.state b.state --date 2026-11-11 --json"), &day, "");
    assert_same(&folder.report("logstat a.state b.state --since 2026-11-11 --until 2026-11-12 --json"), &day, "");
    for unit in ["week", "month", "year", "weekday"] {
        let expected = folder.report(&format!("logstat a.log b.log --by {unit} --json"));
        assert_same(&folder.report(&format!("logstat a.state b.state --by {unit} --json")), &expected, unit);
    }
    folder.refuses("logstat a.state --since 2026-11-11T08", 2, "whole days");
    folder.refuses("logstat a.state --since 1h", 2, "whole days");
    folder.refuses("logstat a.state --by minute", 2, "the state has no numbers by minute; it has them by ");
    folder.refuses("logstat a.state --top agent", 2, "no numbers by agent");
    folder.refuses("logstat a.state --columns p95", 2, "no request times by path");
    folder.refuses("logstat a.state --split host", 2, "by day/host");
}

#[test]
fn merge_has_what_all_states_have() {
    let folder = Folder::new();
    folder.succeed("logstat a.log --save a.state --top path,ip --by hour");
    folder.succeed("logstat b.log --save b.state --top path,agent");
    let run = folder.run("logstat a.state b.state --json");
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let codes: Vec<_> = report["notes"].as_array().unwrap().iter().map(|note| note["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"not-in-all-states"), "{report}");
    assert_eq!(report["top"].as_object().unwrap().keys().collect::<Vec<_>>(), ["path"]);
    assert_eq!(at(&report, "/period/unit"), "day");
    folder.refuses("logstat a.state b.state --top agent", 2, "no numbers by agent");
}

#[test]
fn old_days_are_dropped() {
    let folder = Folder::new();
    folder.succeed("logstat a.log b.log --save all.state --keep 2d");
    let report = folder.report("logstat all.state --json");
    let days: Vec<_> = report["timeline"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-11-14", "2026-11-15"]);
    let lines = at(&report, "/lines");
    assert_eq!((&lines["read"], &lines["filtered"]), (&Value::from(240), at(&report, "/filtered_reasons/dropped")));
    // The same lines again, in a later state: the days stay dropped.
    folder.write("late.log", line(1));
    let late = folder.report("logstat all.state late.log --json");
    assert_eq!(at(&late, "/filtered_reasons/dropped").as_u64(), lines["filtered"].as_u64().map(|before| before + 1));
}

#[test]
fn merges_keep_the_days_that_another_state_has_dropped() {
    let folder = Folder::new();
    folder.succeed("logstat a.log --save history.state");
    folder.succeed("logstat b.log --keep 1d --save live.state");
    for states in ["history.state live.state", "live.state history.state"] {
        assert_eq!(folder.run(&format!("logstat {states} --save all.state")).code, Some(0));
        let report: Value = serde_json::from_slice(&folder.run("logstat all.state --json").stdout).unwrap();
        let days: Vec<_> =
            report["timeline"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap()).collect();
        assert_eq!(days, ["2026-11-10", "2026-11-11", "2026-11-12", "2026-11-15"]);
        let notes: Vec<_> =
            report["notes"].as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap()).collect();
        let dropped = at(&report, "/filtered_reasons/dropped");
        let note = format!("days before 2026-11-15 may be incomplete: {dropped} lines were dropped by --keep");
        assert!(notes.contains(&&*note), "{notes:?}");
    }
}

#[test]
fn damaged_state_is_rejected() {
    let folder = Folder::new();
    folder.save_both("");
    let whole = fs::read(folder.path("a.state")).unwrap();
    folder.write("a.state", &whole[..whole.len() - 1]);
    folder.refuses("logstat a.state", 1, "a.state: ");
    folder.refuses("logstat a.state b.state --save all.state", 1, "a.state: ");
    assert!(!folder.path("all.state").exists());
    folder.refuses("logstat b.log --state a.state", 1, "a.state: ");
    assert_eq!(fs::read(folder.path("a.state")).unwrap(), &whole[..whole.len() - 1]);
    let newer = [b"logstat state 9\n", &whole[16..]].concat();
    folder.write("newer.state", newer);
    folder.refuses("logstat newer.state", 1, "newer");
    folder.refuses("logstat --inspect newer.state", 1, "newer");
}

#[test]
fn state_is_in_place_before_the_report() {
    let folder = Folder::new();
    let run = folder.run("logstat a.log --save a.state --json > /dev/full");
    assert_eq!(run.code, Some(1));
    assert_same(&folder.report("logstat a.state --json"), &folder.report("logstat a.log --json"), "");
    folder.refuses("logstat a.log --save /dev/full --json", 1, "no space left");
    folder.refuses("logstat a.log --save /dev/full -o r.json", 1, "no space left");
    assert!(!folder.path("r.json").exists());
    folder.refuses("logstat a.log --save c.state --fail-if 'pv > 1'", 3, "pv > 1");
    assert_same(&folder.report("logstat c.state --json"), &folder.report("logstat a.log --json"), "");
    let left: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{left:?}");
}

#[test]
fn failed_input_is_reported_and_the_others_are_saved() {
    let folder = Folder::new();
    let run = folder.run("logstat a.log none.log --save a.state");
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("none.log: no such file"), "{}", run.stderr);
    assert_same(&folder.report("logstat a.state --json"), &folder.report("logstat a.log --json"), "");
    folder.refuses("logstat none.log --save b.state", 1, "none.log");
    assert!(!folder.path("b.state").exists());
}

#[test]
fn state_replaces_only_a_state() {
    let folder = Folder::new();
    folder.refuses("logstat a.log --save b.log", 2, "this is a log; give the state a file of its own:  --save b.state");
    folder.refuses("logstat a.log --save a.log", 2, "this is a log; give the state a file of its own:  --save a.state");
    folder.write("notes.txt", "not a state");
    folder.refuses("logstat a.log --save notes.txt", 2, "this file is not a state, and is not replaced");
    assert_eq!(fs::read_to_string(folder.path("b.log")).unwrap(), lines(100..240));
    folder.succeed("touch empty; logstat a.log --save empty");
    // An input that is a state may be replaced.
    folder.succeed("logstat empty b.log --save empty");
    assert_same(&folder.report("logstat empty --json"), &folder.report("logstat a.log b.log --json"), "");
}

#[test]
fn increments_report_the_whole() {
    let folder = Folder::new();
    folder.succeed("logstat a.log --state s.state --json");
    folder.append("a.log", &lines(100..130));
    let expected = folder.report("logstat a.log --json");
    assert_same(&folder.report("logstat a.log --state s.state --json"), &expected, "");
    assert_same(&folder.report("logstat a.log --state s.state --json"), &expected, "");
    assert_same(&folder.report("logstat s.state --json"), &expected, "");
    folder.refuses("logstat s.state --state new.state", 2, "--save");
    folder.refuses("mkfifo pipe; logstat a.log pipe --state new.state", 2, "pipe is not a regular file");
    folder.refuses("logstat a.log --state new.state --range 0:100", 2, "--range");
}

/// A log keeps its name in the state, so another one is refused.
#[test]
fn log_has_one_name_in_a_state() {
    let folder = Folder::new();
    folder.write("a.log", lines(0..3));
    folder.succeed("logstat a.log --state a.state");
    let state = fs::read(folder.path("a.state")).unwrap();
    folder.refuses("logstat a.log --state a.state --source shop", 2, "a.log: the state knows this log as ");
    assert_eq!(fs::read(folder.path("a.state")).unwrap(), state);
    folder.succeed("logstat a.log --state b.state --source shop");
    folder.append("a.log", &lines(3..5));
    assert_eq!(at(&folder.report("logstat a.log --state b.state --source shop --json"), "/lines/read"), 5);
    // After rotation, the rest of the old file keeps its name.
    folder.append("a.log", &lines(5..6));
    fs::rename(folder.path("a.log"), folder.path("a.log.1")).unwrap();
    folder.write("a.log", lines(6..8));
    folder.refuses("logstat a.log.1 --state b.state --source web", 2, "a.log.1: the state knows this log as shop, ");
    assert_eq!(at(&folder.report("logstat a.log --state b.state --source web --json"), "/lines/read"), 8);
}

#[test]
fn site_has_a_default_state() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path(".config/logstat")).unwrap();
    folder.write(
        ".config/logstat/config.toml",
        "[sites.shop]\nfiles = ['../../a.log']\n[sites.own]\nfiles = ['../../b.log']\nstate = '@'\n",
    );
    folder.succeed("logstat @shop --state");
    assert_eq!(folder.mode(".local/state/logstat"), 0o700);
    assert_eq!(folder.mode(".local/state/logstat/shop.state"), 0o600);
    folder.succeed("XDG_STATE_HOME=$PWD/x logstat @own --json");
    assert_same(&folder.report("logstat x/logstat/own.state --json"), &folder.report("logstat b.log --json"), "");
    folder.refuses("logstat --state @shop", 2, "logstat @shop --state");
}

#[test]
fn second_run_reports_the_lock_or_waits() {
    let folder = Folder::new();
    folder.succeed("logstat a.log --state s.state --json");
    let lock = fs::File::open(folder.path("s.state.lock")).unwrap();
    lock.try_lock().unwrap();
    folder.refuses("logstat a.log --state s.state", 1, "--wait");
    folder.append("a.log", &lines(100..101));
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| folder.report("logstat a.log --state s.state --wait --json"));
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert!(!waits.is_finished());
        lock.unlock().unwrap();
        assert_eq!(at(&waits.join().unwrap(), "/lines/read"), 101);
    });
}

#[test]
fn inspection_shows_what_a_state_contains() {
    let folder = Folder::new();
    folder.succeed("logstat a.log --save a.state --source web1 --status 2xx --top path,ip");
    let text = String::from_utf8(folder.succeed("logstat --inspect a.state")).unwrap();
    for expected in ["web1", "2xx", "2026-11-10", "2026-11-12"] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    let json: Value = serde_json::from_slice(&folder.succeed("logstat --inspect a.state --json")).unwrap();
    assert_eq!(json["schema"], "logstat.state/1");
    assert_eq!(at(&json, "/sources/0/name"), "web1");
    assert_eq!(at(&json, "/days/0/day"), "2026-11-10");
    let from_stdin = folder.succeed("logstat --inspect - --json < a.state");
    assert_eq!(serde_json::from_slice::<Value>(&from_stdin).unwrap()["days"], json["days"]);
    folder.refuses("logstat --inspect a.log", 2, "a.log: ");
}

#[test]
fn save_replaces_nothing_that_it_cannot_know() {
    let folder = Folder::new();
    let later = "logstat state 2\nin a form of its own";
    folder.write("later.state", later);
    folder.refuses("logstat a.log --save later.state", 2, "a newer logstat wrote this state");
    assert_eq!(fs::read(folder.path("later.state")).unwrap(), later.as_bytes());
    // A damaged state can be replaced: its logs are counted again.
    folder.succeed("logstat a.log --save a.state && head -c 300 a.state > damaged.state");
    folder.succeed("logstat a.log --save damaged.state");
    folder.succeed("cmp a.state damaged.state");
}
