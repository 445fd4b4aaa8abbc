//! Messages about inputs that a folder of `testdata/cases` cannot hold: broken links, special files.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

const LINE: &str = "10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl\"\n";

/// Runs the program. Returns the number of hits, the messages and the exit code.
fn run(folder: &Path, arguments: &[&str], stdin: Stdio) -> (Option<u64>, String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logstat"));
    let output = command.current_dir(folder).args(arguments).arg("--json").env_clear().stdin(stdin).output().unwrap();
    let report: Option<serde_json::Value> = serde_json::from_slice(&output.stdout).ok();
    let pv = report.and_then(|report| report["summary"]["pv"].as_u64());
    (pv, String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
}

#[test]
fn broken_links_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("access.log"), LINE).unwrap();
    symlink("gone.log", path("dangling_access.log")).unwrap();
    symlink("b_access.log", path("a_access.log")).unwrap();
    symlink("a_access.log", path("b_access.log")).unwrap();
    let dangling = "logstat: error: dangling_access.log: broken link: its target \"gone.log\" does not exist\n";
    let circle = "logstat: error: a_access.log: its symbolic links form a loop\n";
    let run = |arguments: &[&str]| run(folder.path(), arguments, Stdio::null());
    assert_eq!(run(&["dangling_access.log"]), (None, dangling.to_owned(), 1));
    assert_eq!(run(&["a_access.log", "access.log"]), (Some(1), circle.to_owned(), 1));
    // The same links found in a directory.
    let all = "logstat: error: ./a_access.log: its symbolic links form a loop\n\
               logstat: error: ./b_access.log: its symbolic links form a loop\n\
               logstat: error: ./dangling_access.log: broken link: its target \"gone.log\" does not exist\n";
    assert_eq!(run(&["."]), (Some(1), all.to_owned(), 1));
}

#[test]
fn special_files_in_directories_are_skipped() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("access.log"), LINE).unwrap();
    // As in nginx's docker image: the log is a link to standard output.
    symlink("/dev/stdout", folder.path().join("site_access.log")).unwrap();
    let note = "logstat: note: ./site_access.log is not a regular file, so it is not read\n";
    assert_eq!(run(folder.path(), &["."], Stdio::null()), (Some(1), note.to_owned(), 0));
}

#[test]
fn links_are_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("access.log"), LINE).unwrap();
    symlink("access.log", path("current.log")).unwrap();
    fs::hard_link(path("access.log"), path("hard.log")).unwrap();
    let note = "logstat: note: ./current.log is the same file as ./access.log, and read only once\n\
                logstat: note: ./hard.log is the same file as ./access.log, and read only once\n";
    assert_eq!(run(folder.path(), &["."], Stdio::null()), (Some(1), note.to_owned(), 0));
    let note = "logstat: note: - is the same file as hard.log, and read only once\n";
    let stdin = Stdio::from(File::open(path("access.log")).unwrap());
    assert_eq!(run(folder.path(), &["hard.log", "-"], stdin), (Some(1), note.to_owned(), 0));
}

#[cfg(feature = "compressed")]
#[test]
fn very_long_line_needs_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let packed = |text: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text).unwrap();
        gzip.finish().unwrap()
    };
    // A line of 120 MiB, with less memory than that. With a little more, the allocator's reserve of 64 MiB for a second
    // thread would sometimes leave too little.
    let line = packed(LINE.as_bytes());
    let without_end = packed(&[b'"'; 1 << 20]).repeat(120);
    let bytes = [&line[..], &without_end, &packed(b"\n"), &line].concat();
    fs::write(folder.path().join("access.log.gz"), bytes).unwrap();
    let limited = format!("ulimit -v 100000; {} access.log.gz --json -j 2", env!("CARGO_BIN_EXE_logstat"));
    let output = Command::new("sh").env_clear().args(["-c", &limited]).current_dir(&folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["lines"]["read"], &report["lines"]["parsed"]), (&3.into(), &2.into()));
    assert_eq!(report["malformed_samples"][0]["reason"], "too long");
    assert_eq!(report["malformed_samples"][0]["line"], 2);
    assert_eq!(report["inputs"][0]["bytes"], 120 * (1 << 20) + 1 + 2 * LINE.len());
}
