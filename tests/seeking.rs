//! The program seeks in a large file with ascending times if only a part is requested.

use std::io::{BufWriter, Write};
use std::process::Command;

use serde_json::Value;

/// A line every three seconds from midnight on, more than 64 MiB; long agents keep the number of lines small. One line
/// near the end is malformed.
fn log() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut out = BufWriter::new(file.as_file());
    let agent = "x".repeat(2800);
    for s in (0..72_000).step_by(3) {
        let time = format!("14/Nov/2026:{:02}:{:02}:{:02} +0000", s / 3600, s / 60 % 60, s % 60);
        let request = if s == 71_001 { "\"" } else { "\"GET / HTTP/1.1\"" };
        writeln!(out, "192.0.2.{} - - [{time}] {request} 200 5 \"-\" \"{agent}\"", s % 7).unwrap();
    }
    out.flush().unwrap();
    drop(out);
    assert!(file.as_file().metadata().unwrap().len() > 64 << 20);
    file
}

fn output_of(log: &tempfile::NamedTempFile, arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_logstat")).env_clear().arg(log.path()).args(arguments).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn seeking_in_a_large_file_finds_the_period() {
    let log = log();
    let json = |arguments: &[&str]| serde_json::from_str::<Value>(&output_of(&log, arguments)).unwrap();
    for period in
        [&["--since", "30m", "--now", "last"][..], &["--date", "2026-11-14T04"], &["--until", "2026-11-14T00:10"]]
    {
        let mut sought = json(&[period, &["--json", "--by", "minute"]].concat());
        let mut whole = json(&[period, &["--json", "--by", "minute", "--no-seek"]].concat());
        assert_eq!((whole["lines"]["read"].as_u64(), whole["lines"].get("skipped_bytes")), (Some(24_000), None));
        let (read, skipped) = (&sought["inputs"][0]["bytes"], &sought["lines"]["skipped_bytes"]);
        assert_eq!(read.as_u64().unwrap() + skipped.as_u64().unwrap(), log.as_file().metadata().unwrap().len());
        assert!(read.as_u64() < skipped.as_u64(), "{period:?}");
        for report in [&mut sought, &mut whole] {
            for of_the_lines_read in ["inputs", "lines", "filtered_reasons", "malformed_reasons", "malformed_samples"] {
                report.as_object_mut().unwrap().remove(of_the_lines_read);
            }
        }
        assert_eq!(sought, whole, "{period:?}");
    }
    // If the text before a line was not read, its number is unknown; its byte position is the same.
    let sample = |arguments| json(arguments)["malformed_samples"][0].clone();
    let (sought, whole) = (sample(&["--since", "2026-11-14T19", "--json"]), sample(&["--json"]));
    assert_eq!((sought["line"].as_u64(), whole["line"].as_u64()), (None, Some(71_001 / 3 + 1)));
    assert_eq!((&sought["byte"], &sought["text"]), (&whole["byte"], &whole["text"]));
    let table = output_of(&log, &["--since", "2026-11-14T19"]);
    assert!(
        table.contains(" outside the requested period") && table.contains(&format!(", byte {}", whole["byte"])),
        "{table}"
    );
}
