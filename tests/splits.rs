//! The tasks of a work list: `--list-splits`, `--range` and `--save` for each split, merged.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use loggen::Traffic;
use serde_json::Value;

fn logstat(folder: &Path, words: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_logstat")).args(words).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The report as JSON, without what depends on the inputs.
fn report(folder: &Path, words: &[&str]) -> Value {
    let mut report: Value = serde_json::from_slice(&logstat(folder, words).stdout).unwrap();
    for key in ["inputs", "notes", "warnings", "malformed_samples"] {
        report.as_object_mut().unwrap().remove(key).unwrap();
    }
    report
}

#[test]
fn merged_states_of_all_splits_have_the_report_of_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("logs")).unwrap();
    for (seed, name) in [(1, "a-access.log"), (2, "b-access.log"), (3, "access.log.1.zst")] {
        let log = Traffic { lines: 500, malformed: 0.02, seed, ..Traffic::default() }.to_vec();
        let log = if name.ends_with(".zst") { zstd::encode_all(&log[..], 1).unwrap() } else { log };
        fs::write(folder.join("logs").join(name), log).unwrap();
    }
    let listed = logstat(folder, &["logs", "--list-splits", "20000"]).stdout;
    let splits: Vec<Value> =
        listed.split_inclusive(|b| *b == b'\n').map(|line| serde_json::from_slice(line).unwrap()).collect();
    assert!(splits.len() > 8, "{splits:?}");
    let mut parts = Vec::new();
    for (number, split) in splits.iter().enumerate() {
        let (path, state) = (split["path"].as_str().unwrap(), format!("{number}.state"));
        let range = format!("{}:{}", split["offset"], split["length"]);
        logstat(folder, &[path, "--range", &range, "--top", "path,ip", "--columns", "uv", "--save", &state]);
        parts.push(state);
    }
    let question = ["--top", "path,ip", "--columns", "uv", "-n", "0", "--json"];
    let merged: Vec<&str> = parts.iter().map(String::as_str).chain(question).collect();
    assert_eq!(report(folder, &merged), report(folder, &[&["logs"][..], &question].concat()));
}
