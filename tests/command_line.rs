//! The program in its environment: pipes, full disks, terminal widths, signals, and the examples of its help.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const LINE: &str = "10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl\"\n";

fn logstat() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logstat"));
    command.env_clear().stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs a shell command in a folder with `access.log` and `own.log`.
fn shell(line: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/shop.log");
    fs::copy(shop, folder.path().join("access.log")).unwrap();
    fs::write(folder.path().join("own.log"), "10.0.0.7|1794645000.000|GET / HTTP/1.1|200|512\n").unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_logstat"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    Command::new("sh").args(["-c", line]).current_dir(&folder).env_clear().env("PATH", path).output().unwrap()
}

#[test]
fn examples_of_the_help_work() {
    let help = text(&logstat().arg("--help").output().unwrap().stdout);
    let examples: Vec<_> = help.lines().filter(|l| l.starts_with("  logstat ") || l.contains("| logstat ")).collect();
    assert!(examples.len() >= 7, "{help}");
    for example in examples {
        let output = shell(example);
        assert!(output.status.success() && output.stderr.is_empty(), "{example}: {}", text(&output.stderr));
    }
}

#[test]
fn help_is_printed_for_the_word_help() {
    let folder = tempfile::tempdir().unwrap();
    let said = |word: &str| text(&logstat().arg(word).current_dir(&folder).output().unwrap().stdout);
    assert_eq!(said("help"), said("--help"));
    assert!(said("version").starts_with("logstat 0.") && said("man").starts_with(".ie"), "{}", said("man"));
    fs::write(folder.path().join("help"), LINE).unwrap();
    assert!(said("help").starts_with("help · combined") || said("help").starts_with("help - combined"));
}

#[test]
fn closed_pipe_is_not_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    // The output must exceed the buffer of a pipe.
    let seconds =
        (0..20_000).map(|s| LINE.replace("08:30:00", &format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)));
    fs::write(&log, seconds.collect::<String>()).unwrap();
    for arguments in
        [&["--by", "second"][..], &["--lines"], &["--lines", "--format", "ndjson"], &["--largest", "19999"]]
    {
        let mut command = logstat();
        let command = command.args(arguments).arg(&log).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut first = [0; 5];
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut first).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_is_an_error() {
    for arguments in [["-"].as_slice(), &["--json"], &["--list-static"], &["--help"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = logstat().args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    }
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let output = logstat().stdout(full()).output().unwrap();
    assert_eq!(text(&output.stderr), "logstat: error: standard output: no space left on device\n");
    let log = tempfile::NamedTempFile::new().unwrap();
    fs::write(log.path(), LINE).unwrap();
    let output = logstat().arg(log.path()).arg("--lines").stdout(full()).output().unwrap();
    let said = "logstat: error: standard output: no space left on device\n";
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), said.to_owned()));
    let status = logstat().arg("missing.log").stderr(full()).status().unwrap();
    assert_eq!(status.code(), Some(1), "a full standard error must not panic");
}

#[test]
fn table_is_the_same_for_file_and_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    fs::write(&log, LINE.repeat(3)).unwrap();
    let of_file = logstat().arg(&log).output().unwrap().stdout;
    let mut child = logstat().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(LINE.repeat(3).as_bytes()).unwrap();
    let of_pipe = text(&child.wait_with_output().unwrap().stdout);
    assert_eq!(text(&of_file).replace(log.to_str().unwrap(), "standard input"), of_pipe);
}

#[test]
fn no_line_is_wider_than_the_page() {
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/shop.log");
    let all = "path,ip,host,method,referer,agent,user,protocol,status,status-class,kind,ext,scheme,second,minute,hour,day,week,hour-of-day";
    for columns in [40, 50, 60, 72, 79, 80, 100, 120, 200] {
        for by in ["second", "minute", "hour", "day", "week", "month", "year", "hour-of-day", "weekday"] {
            let output = logstat()
                .current_dir(log.parent().unwrap())
                .args(["shop.log", "--by", by, "--top", &all.replace("host,", ""), "-n", "0"])
                .env("COLUMNS", columns.to_string())
                .env("LC_ALL", "C.UTF-8")
                .output()
                .unwrap();
            let table = text(&output.stdout);
            assert!(output.status.success(), "{}", text(&output.stderr));
            // All characters of the log are one column wide.
            let widest = table.lines().max_by_key(|line| line.chars().count()).unwrap();
            assert!(widest.chars().count() <= columns, "{columns} columns by {by}: {widest}");
        }
    }
}

#[test]
fn output_through_a_link_keeps_the_link() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (link, target) in
        [("link.json", "sub/report.json"), ("round.json", "round.json"), ("nowhere.json", "none/report.json")]
    {
        std::os::unix::fs::symlink(target, path(link)).unwrap();
    }
    fs::create_dir(path("sub")).unwrap();
    fs::write(path("a.log"), LINE).unwrap();
    let write = |name: &str| {
        let output = logstat().arg(path("a.log")).arg("-o").arg(path(name)).output().unwrap();
        let message = text(&output.stderr).replace(folder.path().to_str().unwrap(), "~");
        (output.status.code(), message)
    };
    // The first run creates the target, the second replaces it.
    for _ in 0..2 {
        assert_eq!(write("link.json"), (Some(0), String::new()));
        assert!(path("link.json").is_symlink());
        assert!(fs::read(path("sub/report.json")).unwrap().starts_with(b"{"));
        fs::write(path("sub/report.json"), "old").unwrap();
    }
    let (code, message) = write("round.json");
    assert!(code == Some(2) && message.starts_with("logstat: error: -o ~/round.json: "), "{message}");
    assert!(!message.contains("no such"), "{message}");
    let (code, message) = write("nowhere.json");
    assert!(
        code == Some(2) && message.starts_with("logstat: error: -o ~/nowhere.json: no such directory"),
        "{message}"
    );
    assert!(path("round.json").is_symlink() && path("nowhere.json").is_symlink());
}

#[test]
fn quiet_and_verbose_control_notes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), LINE).unwrap();
    let said = |arguments: &[&str]| {
        let output = logstat().current_dir(&folder).args(arguments).output().unwrap();
        assert!(output.status.success());
        text(&output.stderr)
    };
    assert_eq!(said(&["a.log", "./a.log"]), "logstat: note: ./a.log is the same file as a.log, and read only once\n");
    assert_eq!(said(&["a.log", "./a.log", "-q"]), "");
    let verbose = said(&["a.log", "-v", "-j", "2"]);
    assert!(
        verbose.starts_with("logstat: note: a.log: combined, 1 line, 77 bytes\nlogstat: note: 0.")
            && verbose.ends_with(" s with at most 2 threads\n"),
        "{verbose}"
    );
    fs::write(folder.path().join("empty.log"), "").unwrap();
    let verbose = said(&["empty.log", "-v"]);
    assert!(verbose.starts_with("logstat: note: empty.log is empty\nlogstat: note: 0."), "{verbose}");
}

/// True if this process ignores SIGINT, as background jobs of a shell do. Children inherit that, and logstat keeps it.
#[cfg(unix)]
fn ignores_sigint() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 << (2 - 1) != 0)
}

#[cfg(unix)]
#[test]
fn sigint_exits_with_130() {
    if ignores_sigint() {
        println!("skipped: these tests run in the background, where SIGINT is ignored");
        return;
    }
    let mut child = logstat().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    // Once it reads, its signal handler is set up; as the pipe stays open, it keeps waiting.
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(LINE.repeat(10_000).as_bytes()).unwrap();
    let killed = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(stdin);
}

#[cfg(unix)]
#[test]
fn limit_on_open_files_is_raised() {
    let folder = tempfile::tempdir().unwrap();
    let line = r#"192.0.2.1 - - [14/Nov/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.5""#;
    for i in 0..300 {
        std::fs::write(folder.path().join(format!("access.log.{i}")), format!("{line}\n")).unwrap();
    }
    let output = std::process::Command::new("sh")
        .env_clear()
        .args(["-c", "ulimit -S -n 256 && exec \"$0\" --json --show summary .", env!("CARGO_BIN_EXE_logstat")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains(r#""pv":300,"#));
}
