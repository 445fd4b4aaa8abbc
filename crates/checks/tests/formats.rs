//! Tests every output format with third-party parsers, and how reports are written to files.
//!
//! The parsers are those of Python, DuckDB and prometheus-client (`python3` or the interpreter in `LOGSTAT_PYTHON`),
//! and Chromium. If one is not installed, its test is skipped, or fails if `LOGSTAT_CI` is set.

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

/// Text that an attacker may try to get into a report.
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

/// Returns a log with each text in every field that can contain it.
fn log_of<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut log = Vec::new();
    for (i, text) in texts.enumerate() {
        let path = text.replace(' ', "%20");
        let clock = format!("14/Nov/2026:09:{:02}:03 +0100", i % 60);
        writeln!(log, "10.0.0.{i} - {path} [{clock}] \"GET /{path} HTTP/1.1\" 200 5 \"{text}\" \"{text}\"").unwrap();
        writeln!(log, "10.0.0.{i} - - [{clock}] \"{text}\" 400 5 \"-\" \"{text}\"").unwrap();
        writeln!(log, "{text} is not a line").unwrap();
        log.extend(b"raw \xff\xc3\x28 bytes\n");
    }
    log
}

fn logstat(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).env_clear().env("COLUMNS", "100").output().unwrap()
}

#[test]
fn third_party_parsers_read_the_same_numbers() {
    let reason = "python3 has no DuckDB or no prometheus-client (pip install duckdb prometheus-client)";
    if is_skipped(has("duckdb, prometheus_client"), reason) {
        return;
    }
    let log = tempfile::NamedTempFile::new().unwrap();
    fs::write(log.path(), hostile()).unwrap();
    // Without request times a report has no latency columns. This log has them; its hostile fields are unchanged.
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
fn hostile_text_is_escaped_in_every_format() {
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
    assert!(String::from_utf8(plain).unwrap().contains("\n+1+1,"), "without --csv-safe, texts are written raw");
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
fn output_files_are_replaced_as_a_whole() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let names = || fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    let to = |name: &str| at(name).to_str().unwrap().to_owned();
    let (json, other) = (to("r.json"), to("r.other"));
    fs::write(at("r.json"), "old").unwrap();
    fs::set_permissions(at("r.json"), fs::Permissions::from_mode(0o600)).unwrap();
    // Both files in one pass; standard output stays empty.
    let output = logstat(&[SHOP, "-o", &json, "-o", &other, "--format", "csv", "--show", "status"]);
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    let report: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    assert_eq!(report["status"][0]["pv"], 41);
    assert!(fs::read_to_string(&other).unwrap().starts_with("key,pv,"));
    let fresh = at("fresh");
    fs::write(&fresh, "").unwrap();
    assert_eq!(mode(&at("r.json")), mode(&fresh) & 0o644);
    assert_eq!(names().len(), 3, "temporary files are left: {:?}", names());

    // A symbolic link is kept and its target is replaced.
    std::os::unix::fs::symlink(at("r.json"), at("link.json")).unwrap();
    fs::write(at("r.json"), "old").unwrap();
    assert!(logstat(&[SHOP, "-o", &to("link.json")]).status.success());
    assert!(at("link.json").is_symlink() && fs::read_to_string(&json).unwrap().starts_with("{\"schema\""));

    // One of the outputs is standard output.
    let output = logstat(&[SHOP, "-o", "-", "-o", &json, "--format", "tsv"]);
    assert!(output.stdout.starts_with(b"section\tkey"));

    for (wanted, said) in [
        (to("none/r.json"), "no such directory"),
        (directory.path().to_str().unwrap().to_owned(), "a directory"),
        (SHOP.to_owned(), "this file is an input"),
    ] {
        let output = logstat(&[SHOP, "-o", &wanted, "--format", "json"]);
        assert_eq!(output.status.code(), Some(2), "{wanted}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{output:?}");
    }
}

#[test]
fn devices_are_written_in_place() {
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
fn schema_is_printed() {
    let schema: Value = serde_json::from_slice(&logstat(&["--schema"]).stdout).unwrap();
    assert_eq!(schema, serde_json::from_str::<Value>(include_str!("../../../report.schema.json")).unwrap());
}
