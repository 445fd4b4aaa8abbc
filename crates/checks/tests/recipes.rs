//! The recipes of the book work, and so do the other commands of README and book that need other programs. Stubs replace the other programs and check their input.

mod states;

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use checks::skip::is_skipped;
use checks::{REPOSITORY, program, python};
use chrono::{DateTime, Utc};
use tempfile::TempDir;

const RECIPES: &str = include_str!("../../../docs/src/recipes.md");
const GETTING_STARTED: &str = include_str!("../../../docs/src/getting-started.md");
const HISTORY: &str = include_str!("../../../docs/src/history.md");
const SPLITS: &str = include_str!("../../../docs/src/splits.md");
const README: &str = include_str!("../../../README.md");

/// THE TABLE of stubs: each fails if the real program would have nothing to do.
const OTHERS: [(&str, &str); 6] = [
    ("chronic", r#"said=$("$@" 2>&1) || { code=$?; printf '%s\n' "$said"; exit $code; }"#),
    ("mail", "grep -q 'lines = ' && [ \"$3\" = you@example.com ]"),
    ("mutt", "grep -q 'lines = ' && [ -s \"$6\" ] && [ \"$5 $8\" = '-a you@example.com' ]"),
    ("sendmail", "cat >mail.txt"),
    ("docker", "sed 's/^/nginx-1  | /' access.log"),
    (
        "duckdb",
        r#""$LOGSTAT_PYTHON" -c 'import duckdb, sys; assert duckdb.execute(sys.argv[1]).fetchall() or "COPY" in sys.argv[1]' "$2""#,
    ),
];

/// Paths of a server, and those in the test directory.
const HERE: [(&str, &str); 7] = [
    ("/var/log/", ""),
    ("/var/www/reports/", ""),
    ("/var/lib/prometheus/node-exporter/", ""),
    ("/usr/sbin/", ""),
    ("/home/you/.cargo/bin/", ""),
    ("/var/lib/logstat/", "lib/"),
    ("/srv/states/", "states/"),
];

/// A directory with logs of testdata, and in nginx/ a log of the last hour, with or without server errors.
fn place(errors: bool) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    for (from, to) in [("shop.log", "access.log"), ("hosts.log", "hosts.log")] {
        fs::copy(format!("{REPOSITORY}/testdata/{from}"), place.path().join(to)).unwrap();
    }
    let mut log = String::new();
    for minute in 0..50 {
        let then: DateTime<Utc> = (SystemTime::now() - Duration::from_secs(60 * minute)).into();
        let status = if errors && minute % 10 == 0 { 502 } else { 200 };
        let time = then.format("%d/%b/%Y:%H:%M:%S +0000");
        writeln!(log, "203.0.113.7 - - [{time}] \"GET / HTTP/1.1\" {status} 512 \"-\" \"-\" 0.030").unwrap();
    }
    fs::create_dir(place.path().join("nginx")).unwrap();
    fs::write(place.path().join("nginx/access.log"), log).unwrap();
    fs::write(place.path().join("nginx/access.log.1"), "").unwrap();
    for (name, script) in OTHERS {
        stub(place.path(), name, script);
    }
    place
}

/// Saves the states that scripts of the book read.
fn save_states(place: &Path) {
    let log = HISTORY.split("```text\n").nth(1).and_then(|block| block.split("```").next()).unwrap();
    fs::write(place.join("logs.txt"), log).unwrap();
    for (log, state) in [("logs.txt", "history"), ("access.log", "web1"), ("hosts.log", "web2")] {
        let output = run(&format!("logstat {log} --save {state}.state"), place);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
}

/// Writes a program in the test directory.
fn stub(place: &Path, name: &str, script: &str) {
    let program = place.join(name);
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(program, Permissions::from_mode(0o755)).unwrap();
}

/// Code blocks of one language in the recipes, with the paths of a server replaced by paths in the test directory.
fn blocks(kind: &str) -> Vec<String> {
    blocks_of(RECIPES, kind)
}

fn blocks_of(page: &str, kind: &str) -> Vec<String> {
    let begin = format!("```{kind}");
    let blocks = page.split(&begin).skip(1).map(|block| block.split_once('\n').unwrap().1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap().to_owned());
    blocks.map(|block| HERE.iter().fold(block, |block, (there, here)| block.replace(there, here))).collect()
}

/// Shell blocks of all pages that need other programs: `sh,needs=PROGRAM`.
fn scripts() -> impl Iterator<Item = String> {
    [RECIPES, GETTING_STARTED, HISTORY, SPLITS, README].into_iter().flat_map(|page| blocks_of(page, "sh,needs="))
}

fn run(script: &str, place: &Path) -> Output {
    let program = Path::new(program()).parent().unwrap();
    let path = format!("{}:{}:/usr/bin:/bin", place.display(), program.display());
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-ec", script])
        .current_dir(place)
        .env_clear()
        .env("PATH", path)
        .env("LOGSTAT_PYTHON", python::interpreter());
    shell.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Commands of a page's crontabs as cron runs them: everything after the five time fields, with `\%` as a percent sign.
fn jobs_of(page: &str) -> Vec<String> {
    let lines = blocks_of(page, "crontab").join("");
    let jobs = lines.lines().filter(|line| line.contains("* * *"));
    jobs.map(|line| line.splitn(6, ' ').nth(5).unwrap())
        .inspect(|job| assert!(!job.replace("\\%", "").contains('%'), "cron ends the command at %: {job}"))
        .map(|job| job.replace("\\%", "%"))
        .collect()
}

fn jobs() -> Vec<String> {
    jobs_of(RECIPES)
}

#[test]
fn cron_job_of_the_readme_prints_a_report() {
    let jobs = jobs_of(README);
    assert_eq!(jobs.len(), 1);
    let output = run(&jobs[0], place(false).path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("50 lines = "), "{}", text(&output.stdout));
}

#[test]
fn cron_jobs_print_nothing_without_errors() {
    let place = place(false);
    for job in jobs() {
        let output = run(&job, place.path());
        assert!(output.status.success(), "{job}\n{}", text(&output.stderr));
        assert_eq!(text(&output.stdout) + &text(&output.stderr), "", "{job}");
    }
    let report = fs::read_to_string(place.path().join("now.json")).unwrap();
    assert!(report.matches("\"key\":\"20").count() >= 50, "{report}");
}

#[test]
fn cron_jobs_report_errors() {
    let place = place(true);
    let watching: Vec<_> = jobs().into_iter().filter(|job| job.contains("--fail-if")).collect();
    assert_eq!(watching.len(), 2);
    for job in watching {
        let output = run(&job, place.path());
        assert_eq!(output.status.code(), Some(3), "{job}\n{}", text(&output.stderr));
        let mail = text(&output.stdout) + &text(&output.stderr);
        assert!(mail.contains("5xx is 5 of 50 (10.00%)"), "{job}\n{mail}");
        assert_eq!(mail.contains("Top paths"), job.starts_with("chronic"), "{job}\n{mail}");
    }
}

#[test]
fn shell_recipes_run() {
    let place = place(true);
    save_states(place.path());
    let mut scripts: Vec<_> = scripts().filter(|block| !block.contains("duckdb -c")).collect();
    scripts.extend(blocks("logrotate").iter().map(|hook| hook.lines().nth(1).unwrap().trim().to_owned()));
    assert!(scripts.len() >= 5, "{scripts:?}");
    all_run(&scripts, place.path());
    let page = run("sed '1,/^$/d' mail.txt | base64 -d", place.path());
    assert!(text(&page.stdout).starts_with("<!doctype html>"));
    assert!(run("sed '/^$/q' mail.txt", place.path()).stdout.starts_with(b"To: you@example.com\nSubject: "));
}

#[test]
fn duckdb_reads_reports() {
    if is_skipped(python::has("duckdb"), "python3 has no DuckDB (pip install duckdb)") {
        return;
    }
    let scripts: Vec<_> = scripts().filter(|block| block.contains("duckdb -c")).collect();
    assert!(scripts.len() >= 5, "{scripts:?}");
    let place = place(true);
    save_states(place.path());
    all_run(&scripts, place.path());
    // The array that Grafana reads.
    let hours = fs::read_to_string(place.path().join("history.json")).unwrap();
    assert!(hours.contains(r#"{"time":"2026-11-14T06:00:00Z","#), "{hours}");
}

fn all_run(scripts: &[String], place: &Path) {
    for script in scripts {
        let output = run(script, place);
        let messages = text(&output.stderr);
        // The log has no line of yesterday, which a note says.
        let has_only_notes = messages.lines().all(|line| line.starts_with("logstat: note: no line is between "));
        assert!(output.status.success() && has_only_notes, "{script}\n{messages}");
    }
}

#[test]
fn prometheus_queries_use_existing_metrics() {
    let place = place(true);
    let job = jobs().into_iter().find(|job| job.contains("logstat.prom")).unwrap();
    assert!(run(&job, place.path()).status.success());
    let gauges = fs::read_to_string(place.path().join("logstat.prom")).unwrap();
    let queries = blocks("promql").join("");
    let words = queries.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let asked: Vec<_> = words.filter(|word| word.starts_with("logstat_")).collect();
    assert!(asked.len() >= 6, "{asked:?}");
    for gauge in asked {
        assert!(gauges.contains(&format!("# TYPE {gauge} gauge\n")), "{gauge}\n{gauges}");
    }
    assert!(gauges.contains("{quantile=\"0.95\"}") && gauges.contains("{state=\"malformed\"}"), "{gauges}");
}
