//! Tests of a file that shrinks while it is counted, as with logrotate's copytruncate: the remaining lines are counted,
//! and the loss is reported.
//!
//! The program opens all inputs before it counts, and waits for one that is a FIFO. The test cuts the file during that
//! wait.

use std::fs::{self, File, OpenOptions};
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use logstat::{Access, Engine, ErrorKind, Input, Question, count, guard_mappings};
use serde_json::Value;

/// All lines have the same length, so that the number of lines follows from the number of bytes.
fn line(number: usize) -> String {
    let (minute, second) = (number / 60 % 60, number % 60);
    format!(
        "10.0.0.7 - - [14/Nov/2026:08:{minute:02}:{second:02} +0000] \"GET /{number:07} HTTP/1.1\" 200 5 \"-\" \"curl\"\n"
    )
}

fn lines(count: usize) -> String {
    (0..count).map(line).collect()
}

/// The log that is cut.
static LOG: LazyLock<String> = LazyLock::new(|| lines(LINES));

/// Number of lines, for a file of a few megabytes.
const LINES: usize = 40_000;
const FIFO_LINES: usize = 7;

/// Time after which a run is considered stuck.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process that is killed when the test ends.
struct Running(Option<Child>);

impl Running {
    fn start(folder: &Path, arguments: &[&str]) -> Running {
        Running::start_with(Stdio::null(), folder, arguments)
    }

    fn start_with(stdin: Stdio, folder: &Path, arguments: &[&str]) -> Running {
        let mut command = Command::new(super::program());
        command.current_dir(folder).args(arguments).env_clear();
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        Running(Some(command.spawn().unwrap()))
    }

    fn end(mut self) -> Output {
        self.0.take().unwrap().wait_with_output().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn make_fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Opens a FIFO for writing, which blocks until it has a reader; `None` if the reader exits first.
fn opened(path: &Path, reader: &mut Running) -> Option<File> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let owned = path.to_owned();
    std::thread::spawn(move || sender.send(OpenOptions::new().write(true).open(owned)));
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Ok(file) = receiver.recv_timeout(Duration::from_millis(20)) {
            return Some(file.unwrap());
        }
        let child = reader.0.as_mut().unwrap();
        if child.try_wait().unwrap().is_some() {
            return None;
        }
    }
    None
}

/// Runs the program on `a.log` with `LINES` lines, which is cut to `len` bytes before counting starts.
fn run_on_cut_file(len: u64, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    make_fifo(&fifo);
    fs::write(folder.path().join("a.log"), &*LOG).unwrap();
    let mut running = Running::start(folder.path(), &[&["a.log", "fifo"], arguments].concat());
    // Inputs are opened in order: once the FIFO has a reader, the log is open.
    let mut writer = opened(&fifo, &mut running).expect("the program opens the FIFO");
    let log = OpenOptions::new().write(true).open(folder.path().join("a.log")).unwrap();
    log.set_len(len).unwrap();
    writer.write_all(lines(FIFO_LINES).as_bytes()).unwrap();
    drop(writer);
    running.end()
}

/// The number in the report at `pointer`.
fn number(report: &Value, pointer: &str) -> u64 {
    report.pointer(pointer).and_then(Value::as_u64).unwrap_or_else(|| panic!("{pointer} in {report}"))
}

/// Cuts the file to `len` bytes and checks that exactly the remaining lines are counted.
fn counts_what_is_left(len: u64) {
    for threads in ["3", "1"].into_iter().step_by(super::ONE_IN) {
        let output = run_on_cut_file(len, &["--json", "-j", threads]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{len}: {said}");
        let size = LOG.len();
        let message = format!("logstat: error: a.log: shrank from {size} to {len} bytes");
        assert!(said.starts_with(&message) && said.lines().count() == 1, "{len}: {said}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let width = line(0).len() as u64;
        // A partial line counts as a last line without LF.
        let (whole, cut) = (len / width, len % width);
        let is_whole_but_for_line_feed = cut == width - 1;
        let left = whole + u64::from(is_whole_but_for_line_feed);
        let malformed = u64::from(cut > 0 && !is_whole_but_for_line_feed);
        let fifo = FIFO_LINES as u64;
        assert_eq!(number(&report, "/lines/read"), left + malformed + fifo, "{len}: {said}");
        assert_eq!(number(&report, "/lines/malformed"), malformed, "{len}");
        assert_eq!(number(&report, "/lines/blank"), 0, "{len}");
        assert_eq!(number(&report, "/summary/pv"), left + fifo, "{len}");
        assert_eq!(number(&report, "/summary/bytes"), 5 * (left + fifo), "{len}");
        assert_eq!(number(&report, "/inputs/0/bytes"), len, "{len}");
        assert_eq!(number(&report, "/inputs/0/lines"), left + malformed, "{len}");
        assert_eq!(number(&report, "/inputs/1/lines"), fifo, "{len}");
    }
}

#[test]
fn file_cut_to_nothing() {
    counts_what_is_left(0);
}

#[test]
fn file_cut_in_a_line() {
    counts_what_is_left(2_500_000);
    counts_what_is_left(line(0).len() as u64 + 37);
}

#[test]
fn file_cut_at_the_end_of_a_line() {
    let width = line(0).len() as u64;
    counts_what_is_left(20_000 * width);
    counts_what_is_left(20_000 * width - 1);
}

#[test]
fn file_cut_at_a_page_or_chunk_boundary() {
    for len in [4096, 8191, 65_536, 1 << 20, (1 << 20) + 1] {
        counts_what_is_left(len);
    }
}

/// No whole page is lost, so there is no signal.
#[test]
fn file_cut_within_the_last_page() {
    let size = LOG.len() as u64;
    for fewer in [1, 2, 10, 200] {
        counts_what_is_left(size - fewer);
    }
}

/// No format fits the remaining bytes, as in any other file; the message shows only these bytes.
#[test]
fn file_cut_in_the_first_line() {
    let output = run_on_cut_file(37, &["--json"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("a.log: no known log format fits") && said.contains(" to 37 bytes"), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((number(&report, "/lines/read"), number(&report, "/summary/pv")), (7, 7));
    assert!(!said.contains("\\x00"), "the sample has bytes that were never in the file: {said}");
}

#[test]
fn table_is_written_for_a_cut_file() {
    let output = run_on_cut_file(1_000_000, &[]);
    assert_eq!(output.status.code(), Some(1));
    let table = String::from_utf8(output.stdout).unwrap();
    let read = 1_000_000_u64.div_ceil(line(0).len() as u64) + FIFO_LINES as u64;
    let grouped = format!("{},{:03} lines", read / 1000, read % 1000);
    assert!(table.contains(&grouped), "{grouped} in {table}");
}

/// Only the bytes present when the file was opened are counted; growth is not a failure.
#[test]
fn growing_file_is_not_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    make_fifo(&fifo);
    fs::write(folder.path().join("a.log"), lines(1000)).unwrap();
    let mut running = Running::start(folder.path(), &["a.log", "fifo", "--json"]);
    let mut writer = opened(&fifo, &mut running).unwrap();
    let mut log = OpenOptions::new().append(true).open(folder.path().join("a.log")).unwrap();
    log.write_all(lines(1000).as_bytes()).unwrap();
    writer.write_all(line(0).as_bytes()).unwrap();
    drop(writer);
    let output = running.end();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(number(&report, "/summary/pv"), 1001);
}

/// Runs the program with a file on standard input that is changed while the program waits. Returns the exit code, the
/// messages and the number of hits.
fn run_on_changed_stdin(start: u64, change: impl FnOnce(&mut File)) -> (i32, String, u64) {
    let folder = tempfile::tempdir().unwrap();
    let (fifo, path) = (folder.path().join("fifo"), folder.path().join("a.log"));
    make_fifo(&fifo);
    fs::write(&path, &*LOG).unwrap();
    let mut stdin = File::open(&path).unwrap();
    stdin.seek(SeekFrom::Start(start)).unwrap();
    let mut running = Running::start_with(stdin.into(), folder.path(), &["-", "fifo", "--json", "-j", "2"]);
    // Standard input is opened before the FIFO.
    let mut writer = opened(&fifo, &mut running).unwrap();
    change(&mut OpenOptions::new().write(true).open(&path).unwrap());
    writer.write_all(line(0).as_bytes()).unwrap();
    drop(writer);
    let output = running.end();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), said, number(&report, "/summary/pv"))
}

#[test]
fn changed_file_on_standard_input_is_reported() {
    let width = line(0).len() as u64;
    let (size, all) = (width * LINES as u64, LINES as u64 + 1);
    type Change = fn(&mut File);
    let emptied: Change = |file| file.set_len(0).unwrap();
    let filled_again: Change = |file| {
        file.set_len(0).unwrap();
        file.write_all(lines(LINES + 9).replace("GET", "PUT").as_bytes()).unwrap();
    };
    let shrank = format!("logstat: error: standard input: shrank from {size} to 0 bytes");
    let changed = "logstat: error: standard input: changed while being read".to_owned();
    for (start, change, message) in [(0, emptied, &shrank), (width, emptied, &shrank), (0, filled_again, &changed)] {
        let (code, said, _) = run_on_changed_stdin(start, change);
        assert!(code == 1 && said.starts_with(message) && said.lines().count() == 1, "{code} {said}");
    }
    let touched: Change = |file| file.set_modified(std::time::UNIX_EPOCH).unwrap();
    let grown: Change = |file| {
        file.seek(SeekFrom::End(0)).unwrap();
        file.write_all(line(1).as_bytes()).unwrap();
    };
    for (start, change, pv) in [(0, touched, all), (width * 100, touched, all - 100), (0, grown, all + 1)] {
        assert_eq!(run_on_changed_stdin(start, change), (0, String::new(), pv));
    }
}

/// A reader that cuts a file at its first read. By then the inputs before it are open.
struct Cutter {
    log: File,
    len: u64,
    lines: Cursor<String>,
}

impl Read for Cutter {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.log.set_len(self.len)?;
        self.lines.read(buffer)
    }
}

#[test]
fn library_reports_a_cut_file_for_every_way_of_reading() {
    let accesses = [Some(Access::Read), guard_mappings().map(Access::Map)];
    for access in accesses.into_iter().flatten() {
        for (len, threads, chunk_bytes) in [(0, 2, 1 << 20), (100_003, 1, 1000), (1_234_567, 3, 1 << 16)] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.log");
            fs::write(&path, lines(20_000)).unwrap();
            let log = OpenOptions::new().write(true).open(&path).unwrap();
            let cutter = Cutter { log, len, lines: Cursor::new(line(1)) };
            let engine = Engine::new().threads(threads).chunk_bytes(chunk_bytes).access(access);
            let inputs = vec![Input::path(&path), Input::reader("cutter", cutter)];
            let outcome = count(&Question::default(), inputs, &engine).unwrap();
            let [problem] = &outcome.problems[..] else { panic!("{:?}", outcome.problems) };
            let size = lines(20_000).len() as u64;
            assert!(
                matches!(problem.kind(), ErrorKind::Shrunk { path: p, from_bytes, to_bytes }
                    if *p == path && (*from_bytes, *to_bytes) == (size, len)),
                "{access:?} {problem}"
            );
            let report = outcome.report.unwrap();
            let whole = len / line(0).len() as u64;
            let cut = u64::from(!len.is_multiple_of(line(0).len() as u64));
            assert_eq!((report.lines.parsed, report.lines.malformed), (whole + 1, cut), "{access:?} {len}");
            assert_eq!(report.inputs[0].bytes, len, "{access:?}");
        }
    }
}
