//! Many small files: the program stays within the limit on descriptors, and the numbers equal those of one file.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use logstat::{Engine, ErrorKind, Input, Question, count};
use serde_json::Value;

const FILES: usize = 700;
const LINES: usize = 7;

/// The lines of a file. Every ninth file has another format, and every seventh a malformed line.
fn text(file: usize) -> String {
    let mut text = String::new();
    for line in 0..LINES {
        let after = if file.is_multiple_of(9) { " 0.123" } else { "" };
        let path = if file.is_multiple_of(7) && line == 3 { "[" } else { "" };
        let (minute, second) = (file % 60, line);
        writeln!(
            text,
            "10.0.{}.{line} - - {path}[05/Apr/2022:03:{minute:02}:{second:02} +0000] \"GET /{file} HTTP/1.1\" 200 5 \"-\" \"curl\"{after}",
            file % 200
        )
        .unwrap();
    }
    text
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in 0..FILES {
        fs::write(folder.path().join(format!("access-{file:04}.log")), text(file)).unwrap();
    }
    folder
}

/// Runs the program with a limit on descriptors.
fn run(folder: &Path, descriptors: usize, arguments: &str) -> Output {
    let program = env!("CARGO_BIN_EXE_logstat");
    let command = format!("ulimit -n {descriptors} && exec '{program}' {arguments}");
    Command::new("sh").args(["-c", &command]).current_dir(folder).output().unwrap()
}

/// The report without the parts that depend on how lines are divided into files.
fn numbers(output: &Output) -> Value {
    let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let report = report.as_object_mut().unwrap();
    for key in ["inputs", "malformed_samples", "notes"] {
        report.remove(key);
    }
    Value::Object(std::mem::take(report))
}

#[test]
fn many_files_need_few_descriptors() {
    let folder = folder();
    let all: String = (0..FILES).map(text).collect();
    let one = tempfile::tempdir().unwrap();
    fs::write(one.path().join("access.log"), all).unwrap();
    let whole = run(one.path(), 64, ". --json --top path,ip");
    for threads in ["1", "3"] {
        let many = run(folder.path(), 300, &format!(". --json --top path,ip --threads {threads}"));
        assert!(many.status.success(), "{}", String::from_utf8_lossy(&many.stderr));
        assert_eq!(numbers(&many), numbers(&whole));
        let report: Value = serde_json::from_slice(&many.stdout).unwrap();
        assert_eq!(report["inputs"].as_array().unwrap().len(), FILES);
    }
}

#[test]
fn order_of_files_does_not_matter() {
    let folder = folder();
    let names = |files: &mut dyn Iterator<Item = usize>| {
        files.map(|file| format!("access-{file:04}.log")).collect::<Vec<_>>().join(" ")
    };
    let ascending = run(folder.path(), 300, &format!("--json {}", names(&mut (0..FILES))));
    let descending = run(folder.path(), 300, &format!("--json {}", names(&mut (0..FILES).rev())));
    let inputs = |output: &Output| -> Vec<Value> {
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["inputs"].as_array().unwrap().clone()
    };
    let mut reversed = inputs(&descending);
    reversed.reverse();
    assert_eq!(inputs(&ascending), reversed);
    assert_eq!(numbers(&ascending), numbers(&descending));
}

/// A file that is replaced after it was first opened, before a worker reads it.
#[test]
fn replaced_file_is_a_problem_and_others_are_counted() {
    /// A reader that renames a file when it is read.
    struct Renames {
        from: std::path::PathBuf,
        to: std::path::PathBuf,
    }
    impl std::io::Read for Renames {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            let _ = fs::rename(&self.from, &self.to);
            Ok(0)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.log"), text(1)).unwrap();
    fs::write(path("b.log"), text(2)).unwrap();
    fs::write(path("new.log"), text(3)).unwrap();
    let renames = Renames { from: path("new.log"), to: path("a.log") };
    // Inputs are opened in order, and a reader is read when it is opened.
    let inputs = vec![Input::path(path("a.log")), Input::path(path("b.log")), Input::reader("renames", renames)];
    let outcome = count(&Question::default(), inputs, &Engine::new().kept_open(0).threads(1)).unwrap();
    let [problem] = &outcome.problems[..] else { panic!("{:?}", outcome.problems) };
    assert!(
        matches!(problem.kind(), ErrorKind::Replaced { path: replaced } if *replaced == path("a.log")),
        "{problem}"
    );
    let report = outcome.report.unwrap();
    assert_eq!(report.lines.read, LINES as u64);
}
