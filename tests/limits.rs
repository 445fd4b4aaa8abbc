//! System limits on threads, descriptors and memory.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use loggen::Traffic;

/// Runs the program in a directory, after a shell command such as `ulimit -n 24`.
fn after(limit: &str, directory: &Path, arguments: &str) -> Output {
    let line = format!("{limit}; exec \"$0\" {arguments} --no-config");
    let mut shell = Command::new("sh");
    shell.args(["-c", &line, super::program()]).current_dir(directory);
    shell.output().unwrap()
}

fn written(directory: &Path, name: &str, traffic: &Traffic) {
    std::fs::write(directory.join(name), traffic.to_vec()).unwrap();
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn main_thread_counts_if_no_thread_can_start() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), "a.log", &Traffic { lines: 20_000, ..Traffic::default() });
    let expected = after("true", directory.path(), "a.log --json --threads 1");
    // No address space can hold such a stack.
    for limit in ["export RUST_MIN_STACK=1000000000000000", "ulimit -v 300000; export RUST_MIN_STACK=400000000"] {
        for more in ["", " --max-keys 100000"] {
            let output = after(limit, directory.path(), &format!("a.log --json --threads 4{more}"));
            let (code, stderr) = (output.status.code(), stderr(&output));
            assert_eq!((code, output.stdout == expected.stdout), (Some(0), true), "{limit}: {stderr}");
            assert!(stderr.starts_with("logstat: note: could not start 4 threads ("), "{stderr}");
            assert!(stderr.ends_with("); counted on the main thread, with the same result\n"), "{stderr}");
            let quiet = after(limit, directory.path(), &format!("a.log --json --quiet --threads 4{more}"));
            assert_eq!((quiet.status.code(), quiet.stderr), (Some(0), Vec::new()));
        }
    }
}

/// Small files, files larger than a chunk, empty files and compressed ones.
fn many_files(directory: &Path) {
    for i in 0..200_u64 {
        let lines = if i % 20 == 0 { 1500 } else { 10 };
        let text = Traffic { lines, seed: i, ..Traffic::default() }.to_vec();
        let name = format!("access-{i:03}.log");
        match i % 4 {
            0 | 1 => std::fs::write(directory.join(name), text).unwrap(),
            2 => {
                let file = std::fs::File::create(directory.join(name + ".gz")).unwrap();
                let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
                gzip.write_all(&text).unwrap();
                gzip.finish().unwrap();
            }
            _ => std::fs::write(directory.join(name), if i % 8 == 3 { &text[..] } else { b"" }).unwrap(),
        }
    }
}

#[test]
fn many_files_are_counted_with_few_descriptors() {
    let directory = tempfile::tempdir().unwrap();
    many_files(directory.path());
    for arguments in [
        "*.log* --json --threads 32",
        "*.log* --json --threads 1",
        "*.log* --json --threads 4 --max-keys 100000",
        "*.log* --top ip -o out.json",
        "*.log* --json --since 1h --now last",
        "*.log* --explain",
    ]
    .into_iter()
    .step_by(super::ONE_IN)
    {
        let result = |limit: &str| {
            let output = after(limit, directory.path(), arguments);
            let written = std::fs::read(directory.path().join("out.json")).unwrap_or_default();
            (output.status.code(), stderr(&output), output.stdout, written)
        };
        let expected = result("true");
        assert_eq!(expected.0, Some(0), "{arguments}: {}", expected.1);
        for limit in ["ulimit -n 24", "ulimit -Sn 24"] {
            let (code, stderr, stdout, written) = result(limit);
            assert_eq!((code, &stderr), (expected.0, &expected.1), "{limit}: {arguments}");
            assert!(stdout == expected.2 && written == expected.3, "{limit}: {arguments}");
        }
    }
}

/// Other code in the process may hold descriptors, which the limit does not reveal. The first failure to open a file
/// closes the waiting ones.
#[test]
fn files_that_wait_are_closed_if_descriptors_run_out() {
    let directory = tempfile::tempdir().unwrap();
    many_files(directory.path());
    // The inherited descriptors leave less than a quarter of the limit.
    let others: String = (3..10).map(|number| format!("exec {number}< access-000.log; ")).collect();
    let expected = after("true", directory.path(), "*.log* --json --threads 2");
    let limited = after(&format!("{others} ulimit -n 13"), directory.path(), "*.log* --json --threads 2");
    assert_eq!((limited.status.code(), stderr(&limited)), (Some(0), stderr(&expected)));
    assert!(limited.stdout == expected.stdout);
}

/// A line of 600 MB, and a `--max-line` beyond the available memory.
#[test]
fn out_of_memory_exits_and_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("rejects"), b"old").unwrap();
    let line = "ulimit -v 400000; head -c 600000000 /dev/zero | tr '\\0' x | \"$0\" - --max-line 1G --rejects rejects --no-config";
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", line, super::program()]).current_dir(directory.path()).output().unwrap();
    let stderr = stderr(&output);
    assert_eq!((output.status.code(), output.stdout), (Some(1), Vec::new()), "{stderr}");
    let (start, end) =
        ("logstat: error: out of memory: could not allocate ", " bytes; limit the tables with --max-memory\n");
    let bytes = stderr.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    assert!(bytes.is_some_and(|bytes| bytes.parse::<u64>().is_ok()), "{stderr}");
    let files: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["rejects"]);
    assert_eq!(std::fs::read(directory.path().join("rejects")).unwrap(), b"old");
}

/// Writes new paths until the program stops.
#[test]
fn tables_stop_before_the_memory_is_full() {
    for (arguments, named) in [("--show top", "(path "), ("--show top --max-memory 4M", "")] {
        let line = format!("ulimit -v 150000; exec \"$0\" - --threads 1 --query keep --no-config --json {arguments}");
        let mut shell = Command::new("sh");
        let shell = shell.args(["-c", &line, super::program()]);
        let mut shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = shell.stdin.take().unwrap();
        let query = "q".repeat(2000);
        for i in 0..40_000 {
            let request = format!("[15/Nov/2026:08:30:00 +0000] \"GET /{i}?{query} HTTP/1.1\" 200 5 \"-\" \"curl\"");
            // The write fails once the program has stopped.
            if writeln!(lines, "10.0.0.7 - - {request}").is_err() {
                break;
            }
        }
        drop(lines);
        let output = shell.wait_with_output().unwrap();
        let stderr = stderr(&output);
        if named.is_empty() {
            assert_eq!(output.status.code(), Some(0), "{stderr}");
            assert!(
                stderr.starts_with("logstat: warning: to keep the tables within 4 MiB of memory, the ranking of path"),
                "{stderr}"
            );
            continue;
        }
        assert_eq!((output.status.code(), output.stdout), (Some(1), Vec::new()), "{stderr}");
        assert!(stderr.starts_with("logstat: error: stopped, because the tables need more than 48.8 MiB"), "{stderr}");
        for part in [named, "--max-memory SIZE", "--max-keys N", "--uv hll"] {
            assert!(stderr.contains(part), "{stderr}");
        }
    }
}
