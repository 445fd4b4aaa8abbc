//! Output files are written completely or not at all, however the program ends.

use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const LINE: &str = "10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl\"\n";
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder with `a.log`, an old `old.json`, and the FIFO `pipe`, which blocks a program that writes to it until the
/// test reads it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        fs::write(folder.path("a.log"), format!("{LINE}garbage\n")).unwrap();
        fs::write(folder.path("old.json"), "old").unwrap();
        assert!(Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap().success());
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a shell command in the folder, in which `logstat` is the program and `$RUN` starts it.
    fn start(&self, line: &str) -> Child {
        let program = Path::new(env!("CARGO_BIN_EXE_logstat")).parent().unwrap();
        let path = format!("{}:/usr/bin:/bin", program.display());
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(&self.0).env_clear().env("PATH", path).env("RUN", run());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Waits until there are `count` unfinished files.
    fn wait_for_unfinished(&self, count: usize) {
        let start = Instant::now();
        while self.unfinished() != count {
            assert!(start.elapsed() < PATIENCE, "{} unfinished files", self.unfinished());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn unfinished(&self) -> usize {
        let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(".logstat-")).count()
    }

    /// Reads the pipe, so that the program continues.
    fn read_pipe(&self) {
        assert!(fs::metadata(self.path("pipe")).unwrap().file_type().is_fifo());
        let mut text = String::new();
        fs::File::open(self.path("pipe")).unwrap().read_to_string(&mut text).unwrap();
        assert!(text.starts_with("{\"schema\""), "{text}");
    }
}

/// Command that starts a program which is to receive signals. If the tests run under nohup or as a background job,
/// SIGHUP or SIGINT would stay ignored; GNU's env resets them.
fn run() -> &'static str {
    let env = Command::new("env").args(["--default-signal=HUP,INT", "true"]).stderr(Stdio::null()).status();
    if env.is_ok_and(|status| status.success()) { "exec env --default-signal=HUP,INT" } else { "exec" }
}

fn signal(name: &str, child: &Child) {
    let killed = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status().unwrap();
    assert!(killed.success());
}

fn end(child: Child) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    (status.code(), String::from_utf8_lossy(&stderr).into_owned())
}

#[test]
fn signal_keeps_old_files_and_deletes_unfinished_ones() {
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let folder = Folder::new();
        let child = folder.start("$RUN logstat a.log --format json -o old.json -o new.json -o pipe --rejects bad.log");
        folder.wait_for_unfinished(3);
        signal(name, &child);
        assert_eq!(end(child), (Some(code), String::new()), "{name}");
        assert_eq!(folder.unfinished(), 0, "{name}");
        assert_eq!(fs::read_to_string(folder.path("old.json")).unwrap(), "old");
        assert!(!folder.path("new.json").exists() && !folder.path("bad.log").exists());
    }
}

#[test]
fn signal_before_any_output_file_exits_at_once() {
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let folder = Folder::new();
        let child = folder.start("$RUN logstat pipe --json");
        // Opening the pipe blocks until the program reads it.
        let pipe = fs::OpenOptions::new().write(true).open(folder.path("pipe")).unwrap();
        signal(name, &child);
        assert_eq!(end(child).0, Some(code), "{name}");
        drop(pipe);
    }
}

#[test]
fn signal_ignored_at_start_stays_ignored() {
    for name in ["HUP", "INT"] {
        let folder = Folder::new();
        let child = folder.start(&format!("trap '' {name}; exec logstat a.log --format json -o old.json -o pipe"));
        folder.wait_for_unfinished(1);
        signal(name, &child);
        folder.read_pipe();
        assert_eq!(end(child), (Some(0), String::new()), "{name}");
        assert!(fs::read_to_string(folder.path("old.json")).unwrap().starts_with('{'), "{name}");
    }
}

#[test]
fn failed_rename_names_the_files_already_replaced() {
    let folder = Folder::new();
    let child =
        folder.start("exec logstat a.log --format json -o old.json -o other.json -o \"$(printf 'last\\377')\" -o pipe");
    folder.wait_for_unfinished(3);
    fs::create_dir(folder.path("other.json")).unwrap();
    fs::write(folder.path("other.json/file"), "").unwrap();
    folder.read_pipe();
    let (code, message) = end(child);
    assert_eq!(code, Some(1));
    assert!(message.starts_with("logstat: error: other.json: "), "{message}");
    assert!(message.ends_with("\nlogstat: error: files already replaced: old.json, last\\xFF, pipe\n"), "{message}");
    assert_eq!(folder.unfinished(), 0);
    let last = std::ffi::OsStr::from_bytes(b"last\xff");
    assert!(fs::read_to_string(folder.0.path().join(last)).unwrap().starts_with('{'));
}

#[test]
fn failed_output_replaces_no_file() {
    let none = "logstat: error: not all files could be written, so none was; existing files are unchanged\n";
    let runs = [
        (
            "ulimit -f 8; exec logstat a.log -o old.csv -o old.html -o new.json",
            "logstat: error: old.html: file too large\n",
        ),
        (
            "ulimit -f 8; exec logstat a.log -o old.html -o old.csv --rejects old.log",
            "logstat: error: old.html: file too large\n",
        ),
        ("exec logstat a.log -o old.csv -o /dev/full", "logstat: error: /dev/full: no space left on device\n"),
        ("exec logstat a.log -o old.csv --rejects /dev/full", "logstat: error: /dev/full: no space left on device\n"),
        ("exec logstat a.log -o old.csv -o - >/dev/full", "logstat: error: standard output: no space left on device\n"),
        (
            "exec logstat a.log --rejects old.log >/dev/full",
            "logstat: error: standard output: no space left on device\n",
        ),
    ];
    for (line, error) in
        runs.into_iter().filter(|(line, _)| !line.contains("/dev/full") || Path::new("/dev/full").exists())
    {
        let folder = Folder::new();
        let old = ["old.csv", "old.html", "old.log"].map(|name| folder.path(name));
        old.iter().for_each(|path| fs::write(path, "old").unwrap());
        assert_eq!(end(folder.start(line)), (Some(1), format!("{error}{none}")), "{line}");
        old.iter().for_each(|path| assert_eq!(fs::read_to_string(path).unwrap(), "old", "{line}: {}", path.display()));
        assert!(!folder.path("new.json").exists(), "{line}");
        assert_eq!(folder.unfinished(), 0, "{line}");
    }
}

/// The log is a pipe without a writer, so reading it would block forever.
#[test]
fn uncreatable_output_is_reported_before_counting() {
    let folder = Folder::new();
    // Not even root can create a file in /proc, which only Linux has.
    if !Path::new("/proc/self").exists() {
        return;
    }
    let child = folder.start("exec logstat pipe --format json -o old.json -o /proc/new.json");
    let (code, message) = end(child);
    assert_eq!(code, Some(1));
    assert!(message.starts_with("logstat: error: /proc/new.json: "), "{message}");
    assert!(
        message
            .ends_with("\nlogstat: error: not all files could be written, so none was; existing files are unchanged\n"),
        "{message}"
    );
    assert_eq!(fs::read_to_string(folder.path("old.json")).unwrap(), "old");
    assert_eq!(folder.unfinished(), 0);
}

#[test]
fn file_on_standard_error_is_not_replaced() {
    let folder = Folder::new();
    let child = folder.start("exec logstat a.log --json --rejects /dev/stderr 2>errors -v");
    assert_eq!(end(child).0, Some(0));
    let errors = fs::read_to_string(folder.path("errors")).unwrap();
    assert!(errors.contains("garbage\n") && errors.contains("logstat: note: a.log: combined"), "{errors}");
}
