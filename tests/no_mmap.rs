//! `--no-mmap`: no file is mapped into memory, and the report is the same.

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const SHOP: &[u8] = include_bytes!("../testdata/shop.log");

/// Counts a large file and a FIFO. Returns the report, and whether the file was mapped while the program waited for the FIFO.
fn run(folder: &Path, options: &[&str]) -> (Vec<u8>, bool) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_logstat"));
    program.current_dir(folder).env_clear().args(["large.log", "fifo", "--json", "-q"]).args(options);
    let program = program.stdout(Stdio::piped()).spawn().unwrap();
    // Inputs are opened in order. This succeeds once the program has opened the FIFO, which it then waits to read.
    let waiting = Instant::now();
    let fifo = loop {
        match File::options().write(true).custom_flags(libc::O_NONBLOCK).open(folder.join("fifo")) {
            Ok(fifo) => break fifo,
            Err(error) => {
                assert!(waiting.elapsed() < Duration::from_secs(60), "the program did not open the FIFO: {error}");
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let maps = Path::new("/proc").join(program.id().to_string()).join("maps");
    let is_mapped = fs::read_to_string(maps).unwrap().contains("/large.log");
    drop(fifo);
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success());
    (output.stdout, is_mapped)
}

#[test]
fn no_file_is_mapped() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("large.log"), SHOP.repeat(20)).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("fifo")).status().unwrap().success());
    let (report, is_mapped) = run(folder.path(), &[]);
    assert!(is_mapped, "files are mapped by default");
    assert_eq!(run(folder.path(), &["--no-mmap"]), (report, false));
    fs::write(folder.path().join("mmap.toml"), "no-mmap = true\n").unwrap();
    assert!(!run(folder.path(), &["--config", "mmap.toml"]).1);
}
