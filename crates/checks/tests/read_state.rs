//! `integrations/read_state.py`, which knows only the documented layout, reads the same numbers as logstat.

use std::path::Path;
use std::process::Command;

use checks::python::{has, python};
use checks::skip::is_skipped;
use serde_json::Value;

use super::{REPOSITORY, program};

/// Logs of testdata, and options with which they are saved into one state each and then merged. They have every measure, every kind of groups, and visitors
/// in every form: exact, hashes, registers.
const SAVED: [(&str, &str); 8] = [
    ("shop.log", "--by hour --top path,ip,agent,ip/path --columns uv,p95,first,max"),
    ("shop.log", "--top ip/hour,minute --split status --visitor ip+agent"),
    ("shop.log", "--uv hll --top ip,path --columns uv"),
    ("shop.log", "--uv hll=4 --top path --columns uv"),
    ("shop.log hosts.log", "--by 15m --top path,ip --columns uv --uv hll=5"),
    ("hosts.log", "--top host,weekday,hour-of-day --status '!404' --tz America/New_York"),
    (
        "upstream.log",
        "--duration upstream_response_time,upstream_connect_time --by minute --top hour,minute --columns p95,peak,cache-hits,cache-bytes",
    ),
    ("proxied.log", "--real-ip http_x_forwarded_for --trust 10.0.0.0/8 --top ip"),
];

fn run(directory: &Path, arguments: &str) -> String {
    let command = format!("{} {arguments}", program());
    let output = Command::new("sh").args(["-c", &command]).current_dir(directory).env_clear().output().unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What the Python reader prints about a state.
fn read(state: &Path) -> Result<Value, String> {
    let output = python(&["-B", &format!("{REPOSITORY}/integrations/read_state.py"), state.to_str().unwrap()]).unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(serde_json::from_slice(&output.stdout).unwrap())
}

fn has_zstd() -> bool {
    has("zstandard") || has("compression.zstd")
}

const REASON: &str = "python3 has no zstandard (pip install zstandard xxhash)";

/// Compares the rows of a section with the keys of a table, and returns how many numbers were compared.
fn compare(rows: &Value, keys: &Value, place: &str) -> usize {
    let (rows, keys) = (rows.as_array().unwrap(), keys.as_object().unwrap());
    assert_eq!(rows.len(), keys.len(), "{place}");
    let mut compared = 0;
    for row in rows {
        let read = &keys[row["key"].as_str().unwrap()];
        assert_eq!(row["pv"], read["pv"], "{place}: {}", row["key"]);
        for (name, value) in row.as_object().unwrap() {
            if let Some(number) = read.get(name) {
                assert_eq!(value, number, "{place}: {name} of {}", row["key"]);
                compared += 1;
            }
        }
    }
    compared
}

#[test]
fn documented_layout_has_the_numbers_of_the_report() {
    if is_skipped(has_zstd(), REASON) {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    for (logs, options) in SAVED {
        for log in logs.split(' ') {
            run(place.path(), &format!("{REPOSITORY}/testdata/{log} {options} --save {log}.state"));
        }
        run(place.path(), &format!("{} --save a.state", logs.replace(".log", ".log.state")));
        let report: Value = serde_json::from_str(&run(place.path(), "a.state --by day -n 0 --json")).unwrap();
        let read = read(&place.path().join("a.state")).unwrap();
        let what = format!("{logs} {options}");
        assert_eq!(read["lines"]["parsed"], report["lines"]["parsed"], "{what}");
        assert_eq!(read["lines"]["filtered"], report["lines"]["filtered"], "{what}");
        let all = &read["tables"]["all"]["all"];
        for name in ["pv", "uv", "bytes", "static", "status_2xx", "status_4xx"] {
            assert_eq!(report["summary"][name], all[name], "{what}: {name}");
        }
        let latency = report["latency"].as_object();
        assert!(latency.is_none_or(|latency| latency["p95_ms"] == all["p95_ms"]), "{what}: {latency:?}");
        let mut compared = compare(&report["timeline"], &read["days"], &what);
        compared += compare(&report["status"], &read["tables"]["status"], &what);
        for (dimension, rows) in report["top"].as_object().unwrap() {
            compared += compare(rows, &read["tables"][dimension], &what);
        }
        assert!(compared > 50, "{what}: only {compared} numbers were compared");
    }
}

#[test]
fn golden_files_have_the_numbers_of_their_reports() {
    if is_skipped(has_zstd(), REASON) {
        return;
    }
    for name in ["exact", "hll", "pairs", "anonymized", "durations"] {
        let state = format!("{REPOSITORY}/testdata/states/v1-{name}.state");
        let report: Value = serde_json::from_slice(&std::fs::read(state.replace(".state", ".json")).unwrap()).unwrap();
        let read = read(Path::new(&state)).unwrap();
        let (summary, all) = (&report["summary"], &read["tables"]["all"]["all"]);
        for number in ["pv", "bytes", "static"] {
            assert_eq!(summary[number], all[number], "{name}: {number}");
        }
        // The reader has no tables for the bias of few registers; these are 16, with a standard error of 26%.
        let error = if name == "hll" { 0.26 } else { 0.0 };
        let [expected, found] = [summary, all].map(|numbers| numbers["uv"].as_f64().unwrap());
        assert!((expected - found).abs() <= error * expected, "{name}: {expected} visitors, not {found}");
        let mut compared = compare(&report["status"], &read["tables"]["status"], name);
        for (dimension, rows) in report["top"].as_object().unwrap() {
            let keys = &read["tables"][dimension];
            for row in rows.as_array().unwrap() {
                let key = &keys[row["key"].as_str().unwrap()];
                // The reader estimates visitors with less care.
                let numbers = row.as_object().unwrap().iter().filter(|(number, _)| *number != "uv");
                for (number, expected) in numbers {
                    if let Some(found) = key.get(number) {
                        assert_eq!(expected, found, "{name}: {number} of {dimension} {}", row["key"]);
                        compared += 1;
                    }
                }
            }
        }
        assert!(compared > 20, "{name}: only {compared} numbers were compared");
    }
}

#[test]
fn damaged_section_is_not_read() {
    if is_skipped(has_zstd() && has("xxhash"), REASON) {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    run(place.path(), &format!("{REPOSITORY}/testdata/shop.log --save a.state"));
    let state = place.path().join("a.state");
    let mut bytes = std::fs::read(&state).unwrap();
    let last = bytes.len() - 10;
    bytes[last] ^= 1;
    std::fs::write(&state, bytes).unwrap();
    assert!(read(&state).unwrap_err().contains("the section is damaged"));
}
