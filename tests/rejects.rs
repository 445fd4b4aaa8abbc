//! Malformed lines are written verbatim, completely and in order, however the input was read.

use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use logstat::{Access, Engine, Input, Question, count, guard_mappings};

const GOOD: &str = "10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl\"";

/// A log, and its malformed lines.
fn log(seed: usize, lines: usize) -> (Vec<u8>, Vec<u8>) {
    let (mut log, mut rejects) = (Vec::new(), Vec::new());
    for i in 0..lines {
        let line = match (i * 7 + seed) % 11 {
            0 => format!("rubbish {i}").into_bytes(),
            1 => format!("\0\0nul at the start {i}\r").into_bytes(),
            2 => [format!("{i} not UTF-8 ").as_bytes(), b"\xff\x80 \x1b[31m"].concat(),
            3 => GOOD.replace("14/Nov", "31/Nov").into_bytes(),
            4 => "long ".repeat(i % 50 + 1).into_bytes(),
            5 => Vec::new(),
            _ => GOOD.as_bytes().to_vec(),
        };
        if (i * 7 + seed) % 11 < 5 {
            rejects.extend_from_slice(&line);
            rejects.push(b'\n');
        }
        log.extend_from_slice(&line);
        // The last line has no line feed.
        if i + 1 < lines {
            log.push(b'\n');
        }
    }
    (log, rejects)
}

/// Counts logs with every strategy and compares the rejected lines.
fn assert_rejects(logs: &[(Vec<u8>, Vec<u8>)], question: &Question) {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..logs.len()).map(|i| folder.path().join(format!("{i}.log"))).collect();
    logs.iter().zip(&paths).for_each(|((log, _), path)| fs::write(path, log).unwrap());
    let expected: Vec<u8> = logs.iter().flat_map(|(_, rejects)| rejects.clone()).collect();
    let mut strategies = Vec::new();
    for threads in [1, 2, 3, 8] {
        for chunk_bytes in [1, 100, 4096, 1 << 20] {
            strategies.extend(["read", "mapped", "stream"].map(|way| (threads, chunk_bytes, way)));
        }
    }
    for (threads, chunk_bytes, way) in strategies.into_iter().step_by(super::ONE_IN) {
        let access = guard_mappings().filter(|_| way == "mapped").map_or(Access::Read, Access::Map);
        let stream = |(log, _): &(Vec<u8>, _)| Input::reader("a.log", Cursor::new(log.clone()));
        let inputs = match way {
            "stream" => logs.iter().map(stream).collect(),
            _ => paths.iter().map(Input::path).collect(),
        };
        let engine = Engine::new().threads(threads).chunk_bytes(chunk_bytes).access(access);
        let outcome = count(question, inputs, &engine).unwrap();
        let mut written = Vec::new();
        outcome.rejects.unwrap().write(&mut written).unwrap();
        assert!(
            written == expected,
            "{threads} threads, chunks of {chunk_bytes}, {way}:\n{}\nexpected:\n{}",
            String::from_utf8_lossy(&written),
            String::from_utf8_lossy(&expected)
        );
    }
}

fn keeping() -> Question {
    Question::new().keep_rejects(true)
}

#[test]
fn rejects_are_the_same_for_every_strategy() {
    let logs: Vec<_> = (0..3).map(|seed| log(seed, 300 + seed)).collect();
    assert_rejects(&logs, &keeping());
    let inputs = logs.iter().map(|(log, _)| Input::reader("a.log", Cursor::new(log.clone()))).collect();
    let lines = logs.iter().flat_map(|(_, rejects)| rejects).filter(|byte| **byte == b'\n').count();
    let report = count(&keeping(), inputs, &Engine::default()).unwrap().report.unwrap();
    assert_eq!(report.lines.malformed, lines as u64);
}

#[test]
fn too_long_line_is_cut_to_the_limit() {
    let (mut log, mut rejects) = (Vec::new(), Vec::new());
    for i in 0..20 {
        let long = format!("{i} {}", "x".repeat(5000 * (i % 3)));
        rejects.extend_from_slice(&long.as_bytes()[..long.len().min(2000)]);
        rejects.push(b'\n');
        log.extend_from_slice(format!("{GOOD}\n{long}\n").as_bytes());
    }
    assert_rejects(&[(log, rejects)], &keeping().max_line(2000));
}

#[test]
fn rejects_keep_envelopes_and_parts() {
    let (mut log, mut rejects) = (String::new(), String::new());
    for i in 0..40 {
        let line = |pipe: &str, text: &str| format!("2026-11-14T08:30:{i:02}.000000001Z {pipe} {text}\n");
        let (begin, between, end) =
            (line("stdout", "P rubbish "), line("stderr", "F an error of nginx's"), line("stdout", "F in two parts"));
        log += &[&line("stdout", &format!("F {GOOD}"))[..], &begin, &between, &end].concat();
        rejects += &[&begin[..], &end, &between].concat();
        log += "no envelope\n";
        rejects += "no envelope\n";
    }
    assert_rejects(&[(log.into_bytes(), rejects.into_bytes())], &keeping());
}

#[test]
fn rejects_not_requested_are_not_kept() {
    let input = || vec![Input::reader("a.log", Cursor::new(log(0, 20).0))];
    assert!(count(&Question::default(), input(), &Engine::default()).unwrap().rejects.is_none());
}

fn logstat(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(super::program());
    command.env_clear().current_dir(folder).stdin(Stdio::null()).args(arguments).output().unwrap()
}

fn said(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn rejects_are_written_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (log, rejects) = log(0, 200);
    fs::write(folder.path().join("a.log"), &log).unwrap();
    fs::write(folder.path().join("other.log"), "no access log\nat all\n").unwrap();
    fs::write(folder.path().join("bad"), "the old content is kept").unwrap();
    let output = logstat(folder.path(), &["a.log", "--rejects", "bad"]);
    assert_eq!(said(&output), (Some(0), String::new()));
    assert_eq!(fs::read(folder.path().join("bad")).unwrap(), rejects);
    // A file that matches no format is not in the report, and its lines are not rejected lines.
    let output = logstat(folder.path(), &["a.log", "other.log", "--rejects", "bad"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read(folder.path().join("bad")).unwrap(), rejects);
    fs::write(folder.path().join("good.log"), format!("{GOOD}\n")).unwrap();
    logstat(folder.path(), &["good.log", "--rejects", "bad"]);
    assert_eq!(fs::read(folder.path().join("bad")).unwrap(), b"");
}

#[cfg(unix)]
#[test]
fn report_and_rejects_need_different_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.log"), log(0, 20).0).unwrap();
    fs::write(path("there"), "the old content is kept").unwrap();
    fs::create_dir(path("sub")).unwrap();
    std::os::unix::fs::symlink("there", path("to_there")).unwrap();
    std::os::unix::fs::symlink("../new", path("sub/to_new")).unwrap();
    let whole = path("new");
    let rows = [
        ("there", "there"),
        ("there", "./there"),
        ("to_there", "there"),
        ("there", "sub/../to_there"),
        ("new", "new"),
        ("new", "sub/to_new"),
        ("sub/to_new", whole.to_str().unwrap()),
    ];
    for (rejects, report) in rows {
        for arguments in [["--rejects", rejects, "-o", report], ["-o", rejects, "-o", report]] {
            let (code, message) =
                said(&logstat(folder.path(), &[&["a.log", "--format", "json"], &arguments[..]].concat()));
            let expected =
                format!("logstat: error: -o {report}: {} writes to this file, too; ", arguments[..2].join(" "));
            let expected = expected.replace(&format!("--rejects {rejects}"), "--rejects");
            let expected = match arguments[0] == "-o" && rejects == report {
                true => format!("logstat: error: {report} is given twice with -o\n"),
                false => expected,
            };
            assert!(code == Some(2) && message.starts_with(&expected), "{arguments:?}: {message}");
        }
    }
    assert!(!path("new").exists() && fs::read(path("there")).unwrap() == b"the old content is kept");
    for arguments in [["--rejects", "there", "-o", "new"], ["--rejects", "/dev/null", "-o", "/dev/null"]] {
        assert_eq!(
            said(&logstat(folder.path(), &[&["a.log", "--format", "json"], &arguments[..]].concat())),
            (Some(0), String::new())
        );
    }
}

#[test]
fn unusable_rejects_file_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let (log, _) = log(0, 200);
    fs::write(folder.path().join("a.log"), &log).unwrap();
    let (code, message) = said(&logstat(folder.path(), &["a.log", "--rejects", "none/bad"]));
    assert_eq!((code, &message[..]), (Some(1), "logstat: error: none/bad: no such file or directory\n"));
    let (code, message) = said(&logstat(folder.path(), &["a.log", "--rejects", "-"]));
    assert!(
        code == Some(2) && message.starts_with("logstat: error: --rejects -: standard output has the report"),
        "{message}"
    );
    for (log_of, path) in [("a.log", "./a.log"), ("./a.log", "a.log")] {
        let (code, message) = said(&logstat(folder.path(), &[log_of, "--rejects", path]));
        assert!(code == Some(2) && message.contains("this file is an input"), "{message}");
    }
    let mut piped = Command::new(super::program());
    let stdin = File::open(folder.path().join("a.log")).unwrap();
    let output = piped.env_clear().current_dir(&folder).args(["--rejects", "a.log"]).stdin(stdin).output().unwrap();
    if cfg!(target_os = "linux") {
        assert_eq!(output.status.code(), Some(2));
        let output = logstat(folder.path(), &["a.log", "--rejects", "/dev/full", "--json"]);
        assert_eq!(said(&output), (Some(1), "logstat: error: /dev/full: no space left on device\n".to_owned()));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let warning = serde_json::json!({"code": "io-error", "input": "/dev/full", "text": "no space left on device"});
        assert_eq!(report["warnings"], serde_json::json!([warning]));
    }
    assert_eq!(fs::read(folder.path().join("a.log")).unwrap(), log, "the log is unchanged");
}
