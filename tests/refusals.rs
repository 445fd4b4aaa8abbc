//! A refusal names the kind of the input and gives advice that works: every command in the messages of the cases in
//! testdata is run.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use logstat::{Engine, ErrorKind, FileKind, Input, LogFormat, Question, count};

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/cases");
const ORDINARY: &str = "192.0.2.1 - - [05/Jan/2026:10:00:01 +0000] \"GET / HTTP/1.1\" 200 100 \"-\" \"curl/8.5.0\"\n";

/// Limit on following advice that leads to another refusal.
const STEPS: usize = 4;

/// The cases in which an input is refused: name and standard error.
fn refusals() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(CASES).unwrap() {
        let path = entry.unwrap().path();
        let said = fs::read_to_string(path.join("expected.err")).unwrap_or_default();
        let is_refusal = |line: &str| {
            line.starts_with("logstat: ")
                && ["not an access log", "not an nginx access log", "fits (", "not fit (", "data needs "]
                    .iter()
                    .any(|w| line.contains(w))
        };
        // `--explain` has a shorter message.
        let explains = fs::read_to_string(path.join("cmd")).unwrap_or_default().contains("--explain");
        if said.lines().any(is_refusal) && !explains {
            all.push((path.file_name().unwrap().to_str().unwrap().to_owned(), said));
        }
    }
    all.sort();
    all
}

/// The commands in a message; each follows a colon and two spaces.
fn commands(said: &str) -> Vec<String> {
    let command = |line: &str| Some(line.strip_prefix("  ")?.split_once(":  ")?.1.to_owned());
    said.lines().filter_map(command).collect()
}

fn run(command: &str, place: &Path) -> Output {
    let programs = Path::new(env!("CARGO_BIN_EXE_logstat")).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let command = command.replace("… |", "cat stdin |").replace("… >", "cat stdin >");
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &command]).current_dir(place).env_clear().env("PATH", path).env("LC_ALL", "C.UTF-8");
    shell.stdin(std::process::Stdio::null()).output().unwrap()
}

fn has(program: &str) -> bool {
    Command::new("/bin/sh").args(["-c", &format!("command -v {program}")]).output().unwrap().status.success()
}

#[test]
fn advice_never_leads_back_to_the_same_message() {
    let refusals = refusals();
    assert!(refusals.len() > 50, "the cases are missing");
    for (case, said) in &refusals {
        let place = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(Path::new(CASES).join(case)).unwrap().filter(|e| e.as_ref().unwrap().path().is_file())
        {
            let entry = entry.unwrap();
            fs::copy(entry.path(), place.path().join(entry.file_name())).unwrap();
        }
        // Each command with the messages that led to it.
        let mut open: Vec<_> = commands(said).into_iter().map(|command| (vec![said.clone()], command)).collect();
        for _ in 0..STEPS {
            let mut next = Vec::new();
            for (mut seen, command) in open.drain(..) {
                let output = run(&command, place.path());
                let found = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_ne!(output.status.code(), Some(101), "{case}: {command}: {found}");
                assert!(found.is_empty() || !seen.contains(&found), "{case}: {command} leads back to {found}");
                seen.push(found);
                next.extend(commands(&seen[seen.len() - 1]).into_iter().map(|command| (seen.clone(), command)));
            }
            open = next;
        }
        assert!(open.is_empty(), "{case}: the advice never ends: {open:?}");
    }
}

#[test]
fn advised_commands_read_the_input() {
    let mut read = 0;
    for (case, said) in refusals() {
        let commands =
            said.lines().filter(|line| line.starts_with("  to read")).filter_map(|line| line.split_once(":  "));
        for (purpose, command) in commands {
            let programs: Vec<_> =
                command.split(['|', '&']).filter_map(|part| part.split_whitespace().next()).collect();
            let is_there = |program: &&str| matches!(*program, "…" | "logstat") || has(program);
            // Skipped: the journal is only a signature, one archive is truncated, and the configuration names a log
            // that does not exist.
            if !programs.iter().all(is_there)
                || ["foreign_journal", "foreign_tar_in_gzip_cut_off"].contains(&&*case)
                || purpose.contains("it names")
            {
                continue;
            }
            let place = tempfile::tempdir().unwrap();
            for entry in fs::read_dir(Path::new(CASES).join(&case)).unwrap() {
                let entry = entry.unwrap();
                fs::copy(entry.path(), place.path().join(entry.file_name())).unwrap();
            }
            let output = run(&format!("{command} --json"), place.path());
            let said = String::from_utf8_lossy(&output.stderr);
            let report: serde_json::Value =
                serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{case}: {said}"));
            let (parsed, malformed) =
                (report["lines"]["parsed"].as_u64().unwrap(), report["lines"]["malformed"].as_u64().unwrap());
            assert!(parsed > 0, "{case}: {command}: {report}");
            assert!(malformed == 0, "{case}: {command}: {report}");
            // Visitors can forge a W3C log only if its server allows it, so the note is allowed there.
            let is_forgeable = report["notes"].as_array().unwrap().iter().any(|note| note["code"] == "forgeable");
            assert!(!is_forgeable || command.contains("grep -v '^#'"), "{case}: {command}: {report}");
            read += 1;
        }
    }
    assert!(read > 10, "too few commands were run to test anything");
}

fn counted(question: &Question, log: Vec<u8>) -> Result<u64, String> {
    let inputs = vec![Input::reader("access.log", std::io::Cursor::new(log))];
    let outcome = count(question, inputs, &Engine::default()).unwrap();
    match outcome.report {
        Some(report) => Ok(report.lines.parsed),
        None => Err(format!("{:?}", outcome.problems[0].kind())),
    }
}

/// The refused inputs of the cases named `foreign_`.
fn foreign_inputs() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for (case, _) in
        refusals().into_iter().filter(|(case, _)| case.starts_with("foreign_") && !case.ends_with("_among_logs"))
    {
        for entry in fs::read_dir(Path::new(CASES).join(&case)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if !["cmd", "code", "expected", "expected.err", "access.log.1", "empty.log"].contains(&name) {
                all.push((case.clone(), fs::read(&path).unwrap()));
            }
        }
    }
    all
}

/// Visitors choose the request, the referer and the user agent, so a log may contain any text there.
#[test]
fn logs_with_foreign_text_in_client_fields_are_read() {
    for (case, input) in foreign_inputs() {
        let mut log = String::new();
        for line in input.split(|byte| *byte == b'\n').take(20) {
            let sent: String = line
                .iter()
                .map(|byte| match byte {
                    b' '..=b'~' if !matches!(byte, b'"' | b'\\') => char::from(*byte).to_string(),
                    other => format!("\\x{other:02X}"),
                })
                .collect();
            log += &ORDINARY
                .replace("GET /", &format!("GET /{sent}"))
                .replace("\"-\"", &format!("\"{sent}\""))
                .replace("curl/8.5.0", &sent);
            log += &ORDINARY.replace("GET / HTTP/1.1", &sent);
        }
        let lines = log.lines().count() as u64;
        assert_eq!(counted(&Question::default(), log.into_bytes()), Ok(lines), "{case}");
    }
}

/// With `escape=none`, visitors choose raw bytes, and a line may begin with them.
#[test]
fn logs_that_begin_with_junk_are_read() {
    let format: LogFormat = "\"$http_user_agent\" $remote_addr [$time_local] \"$request\" $status".parse().unwrap();
    let given = Question::new().log_formats([format]);
    let line = "\"curl/8.5.0\" 192.0.2.1 [05/Jan/2026:10:00:01 +0000] \"GET / HTTP/1.1\" 200\n";
    // Inputs that begin like gzip would be decompressed.
    for (case, input) in foreign_inputs().into_iter().filter(|(_, input)| !input.starts_with(b"\x1f\x8b")) {
        let first = &input[..input.len().min(100)];
        let log = [first, b"\n", ORDINARY.repeat(20).as_bytes()].concat();
        assert_eq!(counted(&Question::default(), log).map(|parsed| parsed >= 20), Ok(true), "{case}");
        let log =
            [first, b"\" 192.0.2.1 [05/Jan/2026:10:00:01 +0000] \"GET / HTTP/1.1\" 200\n", line.repeat(20).as_bytes()]
                .concat();
        assert_eq!(counted(&given, log).map(|parsed| parsed >= 20), Ok(true), "{case}");
    }
}

/// Binary data is refused whatever format is given.
#[test]
fn archives_and_encodings_are_refused_in_every_format() {
    let anything = Question::new().log_formats(["$request".parse().unwrap()]);
    let mut kinds = 0;
    for (case, input) in foreign_inputs() {
        let of_kind = |kind: &str| case.starts_with(&format!("foreign_{kind}"));
        if !["tar", "zip", "utf_16", "utf_32", "elf"].iter().any(|kind| of_kind(kind)) {
            continue;
        }
        let inputs = vec![Input::reader("x", std::io::Cursor::new(input))];
        let outcome = count(&anything, inputs, &Engine::default()).unwrap();
        assert!(outcome.report.is_none(), "{case}");
        assert!(matches!(outcome.problems[0].kind(), ErrorKind::NotAccessLog { .. }), "{case}");
        kinds += 1;
    }
    assert!(kinds > 5, "the cases are missing");
}

#[test]
fn endless_data_is_refused_at_once() {
    let place = tempfile::tempdir().unwrap();
    for command in ["logstat /dev/zero", "logstat /dev/urandom", "cat /dev/urandom | logstat -"] {
        let output = run(command, place.path());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("binary data, not an access log"), "{command}: {said}");
        assert_eq!(output.status.code(), Some(2), "{command}");
    }
}

#[test]
fn file_kinds_have_unique_codes() {
    let codes: std::collections::BTreeSet<_> = FileKind::all().map(FileKind::code).collect();
    assert_eq!(codes.len(), FileKind::all().count());
}
