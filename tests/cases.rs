//! Runs the program: every folder in `testdata/cases` is a test without code.
//!
//! A case has the inputs and a `cmd` with the arguments in one line, quoted as in a shell. `expected` is the standard
//! output, `expected.err` the standard error (empty without that file), and `code` the exit code (0 without it).
//! `stdin` is the standard input. `env` has environment variables, one `NAME=value` per line; the program sees no
//! others except a `COLUMNS` of 80 and a UTF-8 locale. `VERSION` replaces the version in JSON.
//!
//! `LOGSTAT_BLESS=1 cargo test --test integration cases` writes the program's current output: read the difference
//! before you commit it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

#[test]
fn every_case_matches_its_expected_output() {
    let bless = std::env::var_os("LOGSTAT_BLESS").is_some_and(|v| v == "1");
    let mut failures = String::new();
    let cases = cases();
    for case in &cases {
        let output = run(case);
        if bless {
            write_down(case, &output);
        }
        for problem in problems(case, &output) {
            writeln!(failures, "{}: {problem}", case.display()).unwrap();
        }
    }
    assert!(cases.len() >= 20, "the cases are missing");
    assert!(failures.is_empty(), "\n{failures}");
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases");
    let mut cases: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.join("cmd").is_file());
    cases.sort();
    cases
}

fn run(case: &Path) -> Output {
    let line = fs::read_to_string(case.join("cmd")).unwrap();
    let variables = fs::read_to_string(case.join("env")).unwrap_or_default();
    let stdin = File::open(case.join("stdin")).map_or_else(|_| Stdio::null(), Stdio::from);
    let mut output = Command::new(env!("CARGO_BIN_EXE_logstat"))
        .args(words(line.trim_end()))
        .current_dir(case)
        .env_clear()
        .env("COLUMNS", "80")
        .env("LC_ALL", "C.UTF-8")
        .envs(variables.lines().filter_map(|line| line.split_once('=')))
        .stdin(stdin)
        .output()
        .unwrap();
    let version = format!(r#""version":"{}""#, env!("CARGO_PKG_VERSION"));
    if let Ok(text) = str::from_utf8(&output.stdout) {
        output.stdout = text.replace(&version, r#""version":"VERSION""#).into_bytes();
    }
    output
}

/// Returns what differs from the expected output, or is wrong in any case.
fn problems(case: &Path, output: &Output) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, found) in [("expected", &output.stdout), ("expected.err", &output.stderr)] {
        let expected = fs::read(case.join(name)).unwrap_or_default();
        if expected != *found {
            let (expected, found) = (String::from_utf8_lossy(&expected), String::from_utf8_lossy(found));
            problems.push(format!("{name} differs\n{}", difference(&expected, &found)));
        }
    }
    let expected = fs::read_to_string(case.join("code")).map_or(0, |code| code.trim().parse().unwrap());
    if output.status.code() != Some(expected) {
        problems.push(format!("exit code {expected} expected, {:?} found", output.status.code()));
    }
    // Requirements of every case.
    if output.status.code().is_none_or(|code| code == 101) {
        problems.push("it panicked or was killed".to_owned());
    }
    let escape_is_asked_for = fs::read_to_string(case.join("cmd")).unwrap().contains("--color");
    let text = String::from_utf8_lossy(&output.stdout);
    if text.chars().any(|c| c.is_control() && c != '\n' && !(escape_is_asked_for && c == '\u{1b}')) {
        problems.push("a control character on standard output".to_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let is_message = |line: &str| {
        let severities = ["error", "warning", "note"];
        line.starts_with("  ") || severities.iter().any(|severity| line.starts_with(&format!("logstat: {severity}: ")))
    };
    if let Some(line) = errors.lines().find(|line| !is_message(line)) {
        problems.push(format!("a message without its severity: {line}"));
    }
    if output.status.code().is_some_and(|code| code != 0) && !errors.contains("logstat: error: ") {
        problems.push("it failed without an error message".to_owned());
    }
    if text.lines().any(|line| line.ends_with(' ')) {
        problems.push("spaces at the end of a line".to_owned());
    }
    problems
}

/// Removes colour codes, and panics on any other escape sequence.
fn without_colors(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        let (code, rest) =
            part.strip_prefix('[').and_then(|part| part.split_once('m')).expect("an escape sequence is a colour code");
        assert!(code.chars().all(|c| c.is_ascii_digit() || c == ';'), "{code:?}");
        plain + rest
    })
}

/// Tables of five widths, in UTF-8 and ASCII, with and without colours.
#[test]
fn tables_fit_their_width_and_colours_add_only_codes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases");
    for columns in [40, 60, 80, 120, 200] {
        for signs in ["utf8", "ascii"] {
            let expected =
                |ink: &str| fs::read_to_string(root.join(format!("page_{columns}_{signs}{ink}/expected"))).unwrap();
            let (plain, colored) = (expected(""), expected("_color"));
            assert_eq!(without_colors(&colored), plain, "{columns} {signs}");
            assert!(
                colored.contains("\u{1b}[31m") && colored.contains("\u{1b}[33m"),
                "something is wrong, something odd"
            );
            assert!(plain.is_ascii() == (signs == "ascii"));
            assert!(plain.chars().all(|c| c == '\n' || !c.is_control()));
            for line in plain.lines() {
                assert!(unicode_width::UnicodeWidthStr::width(line) <= columns, "{columns} {signs}: {line}");
            }
        }
    }
}

fn write_down(case: &Path, output: &Output) {
    fs::write(case.join("expected"), &output.stdout).unwrap();
    let code = output.status.code().unwrap_or(-1);
    let code = if code == 0 { String::new() } else { format!("{code}\n") };
    for (name, content) in [("expected.err", output.stderr.clone()), ("code", code.into_bytes())] {
        let path = case.join(name);
        if content.is_empty() {
            let _ = fs::remove_file(path);
        } else {
            fs::write(path, content).unwrap();
        }
    }
}

/// The lines that differ, with their numbers.
fn difference(expected: &str, found: &str) -> String {
    let (expected, found): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let mut text = String::new();
    for i in 0..expected.len().max(found.len()) {
        if expected.get(i) != found.get(i) {
            for (sign, line) in [('-', expected.get(i)), ('+', found.get(i))] {
                line.into_iter().for_each(|line| writeln!(text, "  {:>3} {sign} {line}", i + 1).unwrap());
            }
        }
    }
    text
}

/// Splits a line into words like a shell: at spaces, except in quotes and after a backslash.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' => words.extend(word.take()),
            '\'' => word.get_or_insert_default().extend(chars.by_ref().take_while(|c| *c != '\'')),
            '"' => word.get_or_insert_default().extend(chars.by_ref().take_while(|c| *c != '"')),
            '\\' => word.get_or_insert_default().extend(chars.next()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[test]
fn words_are_split_as_in_a_shell() {
    let rows: [(&str, &[&str]); 4] = [
        ("a.log --by day", &["a.log", "--by", "day"]),
        ("--log-format '$a \"$b\"'  x", &["--log-format", "$a \"$b\"", "x"]),
        ("\"a b\"c '' d\\ e", &["a bc", "", "d e"]),
        ("", &[]),
    ];
    for (line, expected) in rows {
        assert_eq!(words(line), expected, "{line}");
    }
}
