//! Every format of a report: read by readers that are not ours, put into files that are whole or not there.
//!
//! The readers are Python's, with DuckDB and prometheus-client: `python3`, or what `LOGSTAT_PYTHON` names; and Chromium. Where they
//! are not installed that test is skipped and says so, but for where `LOGSTAT_CI` is set: there that is a failure.

mod html;

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use checks::program;
use checks::python::{has, python};
use checks::skip::is_skipped;
use serde_json::Value;

const SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/shop.log");

/// What an attacker would like to see in a report.
const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "\\x22onmouseover=\\x22alert(1)",
    "=HYPERLINK(\\x22http://evil.example\\x22)",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "a|b`c`[d](e)*f*",
    "\\x1B[31mred\\x1B[0m",
    "\u{202e}gpj.exe",
    "a\\x0Ab,c;d\\x09e",
    "\\xFF\\xFE\\x00",
    "{\\x22key\\x22:1}",
    "</table><img src=x onerror=alert(1)>",
    "\\\\\\x22\\x5C",
];

fn hostile() -> Vec<u8> {
    let long = "x".repeat(10_000);
    log_of(HOSTILE.into_iter().chain([&*long]))
}

/// A log that has each text wherever one can be.
fn log_of<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut log = Vec::new();
    for (i, text) in texts.enumerate() {
        let path = text.replace(' ', "%20");
        let clock = format!("14/Nov/2026:09:{:02}:03 +0100", i % 60);
        writeln!(log, "10.0.0.{i} - {path} [{clock}] \"GET /{path} HTTP/1.1\" 200 5 \"{text}\" \"{text}\"").unwrap();
        writeln!(log, "10.0.0.{i} - - [{clock}] \"{text}\" 400 5 \"-\" \"{text}\"").unwrap();
        writeln!(log, "{text} is no line").unwrap();
        log.extend(b"raw \xff\xc3\x28 bytes\n");
    }
    log
}

fn logstat(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).env_clear().env("COLUMNS", "100").output().unwrap()
}

#[test]
fn others_read_the_same_numbers() {
    let reason = "python3 has no DuckDB or no prometheus-client (pip install duckdb prometheus-client)";
    if is_skipped(has("duckdb, prometheus_client"), reason) {
        return;
    }
    let log = tempfile::NamedTempFile::new().unwrap();
    fs::write(log.path(), hostile()).unwrap();
    // A log without request times has no columns of them; this one has, and hostile fields stay what they are.
    let timed = tempfile::NamedTempFile::new().unwrap();
    let lines = String::from_utf8_lossy(&hostile()).lines().map(|line| format!("{line} 0.012\n")).collect::<String>();
    fs::write(timed.path(), lines).unwrap();
    for path in [SHOP, timed.path().to_str().unwrap()] {
        let check = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/formats/check.py");
        let output = python(&["-B", check, program(), path]).unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{path}: {said}");
        assert!(String::from_utf8_lossy(&output.stdout).ends_with("numbers agree\n"));
    }
}

#[test]
fn hostile_text_stays_text() {
    let log = tempfile::NamedTempFile::new().unwrap();
    fs::write(log.path(), hostile()).unwrap();
    let path = log.path().to_str().unwrap();
    for format in logstat::ReportFormat::all() {
        let arguments =
            [path, "--top", "path,referer,agent,user,agent/path", "-n", "0", "--format", format.name(), "--csv-safe"];
        let output =
            logstat(&[&arguments[..], &["--prom-label", "path,agent,agent/path", "--split", "agent"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
        assert!(text.chars().all(allowed) && !text.contains('\u{202e}'), "{}", format.name());
    }
    for ranking in ["agent", "agent/path"] {
        let csv =
            logstat(&[path, "--show", "top", "--top", ranking, "-n", "0", "--format", "csv", "--csv-safe"]).stdout;
        let csv = String::from_utf8(csv).unwrap();
        for begin in ['=', '+', '@', '-'] {
            assert!(!csv.lines().any(|line| line.trim_start_matches('"').starts_with(begin)), "{begin}: {csv}");
            assert!(csv.lines().any(|line| line.trim_start_matches('"').starts_with(&format!("'{begin}"))), "{begin}");
        }
    }
    let plain = logstat(&[path, "--show", "top", "--top", "agent", "-n", "0", "--format", "csv"]).stdout;
    assert!(String::from_utf8(plain).unwrap().contains("\n+1+1,"), "raw unless asked");
    let markdown = String::from_utf8(
        logstat(&[path, "--top", "agent", "--split", "agent", "-n", "0", "--format", "markdown"]).stdout,
    )
    .unwrap();
    assert!(!markdown.contains('<') && !markdown.contains("](") && !markdown.contains("b`c"), "{markdown}");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn files_are_whole_or_as_they_were() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let names = || fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    let to = |name: &str| at(name).to_str().unwrap().to_owned();
    let (json, other) = (to("r.json"), to("r.other"));
    fs::write(at("r.json"), "old").unwrap();
    fs::set_permissions(at("r.json"), fs::Permissions::from_mode(0o600)).unwrap();
    // Both in one pass, and nothing on standard output.
    let output = logstat(&[SHOP, "-o", &json, "-o", &other, "--format", "csv", "--show", "status"]);
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    let report: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    assert_eq!(report["status"][0]["pv"], 41);
    assert!(fs::read_to_string(&other).unwrap().starts_with("key,pv,"));
    let fresh = at("fresh");
    fs::write(&fresh, "").unwrap();
    assert_eq!(mode(&at("r.json")), mode(&fresh) & 0o644);
    assert_eq!(names().len(), 3, "nothing is left beside: {:?}", names());

    // A link stays one, what it leads to is replaced.
    std::os::unix::fs::symlink(at("r.json"), at("link.json")).unwrap();
    fs::write(at("r.json"), "old").unwrap();
    assert!(logstat(&[SHOP, "-o", &to("link.json")]).status.success());
    assert!(at("link.json").is_symlink() && fs::read_to_string(&json).unwrap().starts_with("{\"schema\""));

    // With standard output as one of them.
    let output = logstat(&[SHOP, "-o", "-", "-o", &json, "--format", "tsv"]);
    assert!(output.stdout.starts_with(b"section\tkey"));

    for (wanted, said) in [
        (to("none/r.json"), "no such directory"),
        (directory.path().to_str().unwrap().to_owned(), "a directory"),
        (SHOP.to_owned(), "this file is read"),
    ] {
        let output = logstat(&[SHOP, "-o", &wanted]);
        assert_eq!(output.status.code(), Some(2), "{wanted}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{output:?}");
    }
}

#[test]
fn what_is_no_file_is_written_in_place() {
    assert!(logstat(&[SHOP, "-o", "/dev/null"]).status.success());
    let output = logstat(&[SHOP, "-o", "/dev/stdout", "--format", "ndjson"]);
    assert!(output.stdout.starts_with(b"{\"section\":\"summary\""), "{output:?}");
    if Path::new("/dev/full").exists() {
        let output = logstat(&[SHOP, "-o", "/dev/full"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("/dev/full: no space left on device"), "{output:?}");
    }
}

#[test]
fn the_schema_is_printed() {
    let schema: Value = serde_json::from_slice(&logstat(&["--schema"]).stdout).unwrap();
    assert_eq!(schema, serde_json::from_str::<Value>(include_str!("../../../report.schema.json")).unwrap());
}
