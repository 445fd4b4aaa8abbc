//! Limits of the system: threads, descriptors and memory that it does not grant.
#![allow(clippy::unwrap_used, reason = "a test may")]
#![cfg(unix)]

#[path = "../benches/generator/mod.rs"]
#[allow(dead_code, reason = "the example uses the rest")]
mod generator;

use std::path::Path;
use std::process::{Command, Output};

use generator::Traffic;

/// Runs the program in a directory after a command of the shell, such as `ulimit -n 24`.
fn after(limit: &str, directory: &Path, arguments: &str) -> Output {
    let line = format!("{limit}; exec \"$0\" {arguments} --no-config");
    let mut shell = Command::new("sh");
    shell.args(["-c", &line, env!("CARGO_BIN_EXE_logstat")]).current_dir(directory);
    shell.output().unwrap()
}

fn written(directory: &Path, name: &str, traffic: &Traffic) {
    std::fs::write(directory.join(name), traffic.to_vec()).unwrap();
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn without_threads_the_main_thread_counts() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), "a.log", &Traffic { lines: 20_000, ..Traffic::default() });
    let expected = after("true", directory.path(), "a.log --json --threads 1");
    // No address space has room for such a stack.
    for limit in ["export RUST_MIN_STACK=1000000000000000", "ulimit -v 300000; export RUST_MIN_STACK=400000000"] {
        for more in ["", " --max-keys 100000"] {
            let output = after(limit, directory.path(), &format!("a.log --json --threads 4{more}"));
            let (code, stderr) = (output.status.code(), stderr(&output));
            assert_eq!((code, output.stdout == expected.stdout), (Some(0), true), "{limit}: {stderr}");
            assert!(stderr.starts_with("logstat: note: the system does not start 4 threads ("), "{stderr}");
            assert!(stderr.ends_with("): counted on the main thread; the numbers are the same\n"), "{stderr}");
            let quiet = after(limit, directory.path(), &format!("a.log --json --quiet --threads 4{more}"));
            assert_eq!((quiet.status.code(), quiet.stderr), (Some(0), Vec::new()));
        }
    }
}
