//! Selected lines, and lists of single requests: the same for all numbers of threads, chunk sizes and ways of reading,
//! compared with a plain reference that never parses a line.

use std::io::{self, Cursor, Read, Write};

use logstat::{
    Access, Condition, Engine, Input, LineForm, LogFormat, Question, RequestList, RequestOrder, count, select_lines,
};
use proptest::prelude::*;
use serde_json::Value;

/// A line of a log, by what it is.
#[derive(Clone, Copy, Debug)]
enum Logged {
    Hit { status: u16, bytes: u64, ms: u64 },
    Malformed,
    Blank,
}

impl Logged {
    fn text(self, number: usize) -> String {
        match self {
            Logged::Hit { status, bytes, ms } => format!(
                "10.0.0.{} - - [14/Nov/2026:03:45:05 +0000] \"GET /{number}?q HTTP/1.1\" {status} {bytes} \"-\" \"curl\" {}.{:03}",
                number % 250,
                ms / 1000,
                ms % 1000
            ),
            Logged::Malformed => format!("malformed 404 {number}"),
            Logged::Blank => "  ".to_owned(),
        }
    }
}

fn logged() -> impl Strategy<Value = Logged> {
    let hit = (prop::sample::select(vec![200, 404]), 0..6_u64, 0..6_u64).prop_map(|(status, bytes, ms)| Logged::Hit {
        status,
        bytes,
        ms,
    });
    prop_oneof![12 => hit, 1 => Just(Logged::Malformed), 1 => Just(Logged::Blank)]
}

fn question() -> Question {
    let format = "$remote_addr - - [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\" $request_time";
    Question::new().log_formats([format.parse::<LogFormat>().unwrap()])
}

fn only_404() -> Question {
    question().filters([Condition::Status("404".parse().unwrap())])
}

/// Text of an input: its lines, the last perhaps without its line end.
fn text(lines: &[Logged], has_last_end: bool) -> String {
    let mut text: String = lines.iter().enumerate().map(|(number, line)| line.text(number) + "\n").collect();
    if !has_last_end {
        text.pop();
    }
    text
}

/// The inputs, read in one of several ways.
fn inputs(texts: &[String], way: usize, folder: &tempfile::TempDir) -> Vec<Input> {
    let input = |(number, text): (usize, &String)| {
        let path = folder.path().join(format!("{number}.log"));
        match way {
            0 => Input::reader(format!("{number}.log"), Cursor::new(text.clone().into_bytes())),
            1 => {
                let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                packed.write_all(text.as_bytes()).unwrap();
                Input::reader(format!("{number}.log"), Cursor::new(packed.finish().unwrap()))
            }
            _ => {
                std::fs::write(&path, text).unwrap();
                Input::path(path)
            }
        }
    };
    texts.iter().enumerate().map(input).collect()
}

fn engine(threads: usize, chunk_bytes: usize, way: usize) -> Engine {
    let access = if way == 2 { logstat::guard_mappings().map_or(Access::Read, Access::Map) } else { Access::Read };
    Engine::new().threads(threads).chunk_bytes(chunk_bytes).access(access)
}

/// Selects lines, and returns the output.
fn selected(question: &Question, inputs: Vec<Input>, engine: &Engine, form: LineForm, at_most: Option<u64>) -> String {
    let mut out = Vec::new();
    let selected = select_lines(question, inputs, engine, form, at_most, &mut out).unwrap();
    assert!(selected.failure.is_none() && selected.problems.is_empty(), "{selected:?}");
    let out = String::from_utf8(out).unwrap();
    assert_eq!(selected.lines, out.lines().count() as u64);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if super::ONE_IN == 1 { 1000 } else { 100 }, ..ProptestConfig::default() })]

    #[test]
    fn selected_lines_are_those_of_the_inputs_in_their_order(
        logs in prop::collection::vec((prop::collection::vec(logged(), 1..60), any::<bool>()), 1..4),
        (threads, chunk_bytes, way) in (1..5_usize, 50..2000_usize, 0..4_usize),
        at_most in prop::option::of(1..40_u64),
        is_filtered: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        // No input may fit no format.
        let hit = Logged::Hit { status: 200, bytes: 1, ms: 1 };
        let logs: Vec<_> = logs.into_iter().map(|(lines, end)| ([vec![hit], lines].concat(), end)).collect();
        let texts: Vec<_> = logs.iter().map(|(lines, end)| text(lines, *end)).collect();
        let question = if is_filtered { only_404() } else { question() };
        let engine = engine(threads, chunk_bytes, way);
        let wanted: Vec<_> = logs
            .iter()
            .enumerate()
            .flat_map(|(input, (lines, _))| lines.iter().enumerate().map(move |(number, line)| (input, number, *line)))
            .filter(|(_, _, line)| matches!(line, Logged::Hit { status, .. } if *status == 404 || !is_filtered))
            .take(at_most.map_or(usize::MAX, |most| most as usize))
            .collect();
        let expected: String = wanted.iter().map(|(_, number, line)| line.text(*number) + "\n").collect();
        prop_assert_eq!(selected(&question, inputs(&texts, way, &folder), &engine, LineForm::Raw, at_most), &expected[..]);
        let objects = selected(&question, inputs(&texts, way, &folder), &engine, LineForm::Json, at_most);
        let objects: Vec<Value> = objects.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(objects.len(), wanted.len());
        for (object, (input, number, line)) in objects.iter().zip(&wanted) {
            let Logged::Hit { status, bytes, ms } = line else { unreachable!() };
            let name = format!("{input}.log");
            prop_assert!(object["file"].as_str().unwrap().ends_with(&name));
            prop_assert_eq!(&object["line"], number + 1);
            prop_assert_eq!(&object["path"], &format!("/{number}"));
            prop_assert_eq!((&object["status"], &object["bytes"]), (&Value::from(*status), &Value::from(*bytes)));
            prop_assert_eq!((&object["request_time_ms"], &object["referer"]), (&Value::from(*ms), &Value::Null));
        }
    }

    #[test]
    fn lists_have_the_requests_with_the_largest_values(
        logs in prop::collection::vec(prop::collection::vec(logged(), 1..60), 1..4),
        (threads, chunk_bytes, way) in (1..5_usize, 50..2000_usize, 0..4_usize),
        at_most in 1..30_usize,
        is_slowest: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let hit = Logged::Hit { status: 404, bytes: 1, ms: 1 };
        let logs: Vec<_> = logs.into_iter().map(|lines| [vec![hit], lines].concat()).collect();
        let texts: Vec<_> = logs.iter().map(|lines| text(lines, true)).collect();
        let mut expected = Vec::new();
        for (input, lines) in logs.iter().enumerate() {
            for (number, line) in lines.iter().enumerate() {
                if let Logged::Hit { status: 404, bytes, ms } = line {
                    expected.push((std::cmp::Reverse(if is_slowest { *ms } else { *bytes }), input, number as u64 + 1));
                }
            }
        }
        expected.sort_unstable();
        expected.truncate(at_most);
        let order = if is_slowest { RequestOrder::Slowest } else { RequestOrder::Largest };
        let question = only_404().without_report().requests(RequestList::new(order, at_most));
        let outcome = count(&question, inputs(&texts, way, &folder), &engine(threads, chunk_bytes, way)).unwrap();
        prop_assert_eq!(outcome.requests.len(), expected.len());
        for (request, (value, input, line)) in outcome.requests.iter().zip(&expected) {
            let name = format!("{input}.log");
            prop_assert!(request.file.ends_with(&name));
            let found = if is_slowest { request.fields.request_time_ms } else { request.fields.bytes };
            prop_assert_eq!((found, request.line), (Some(value.0), Some(*line)));
        }
    }

    /// Lines that a container runtime has split into parts, interleaved with those of the other stream.
    #[test]
    fn split_lines_are_written_where_they_end(
        pieces in prop::collection::vec((any::<bool>(), 1..4_usize, prop::sample::select(vec![200_u16, 404])), 1..40),
        (threads, chunk_bytes, way) in (1..5_usize, 100..1500_usize, 0..4_usize),
        inputs_of_log in 1..3_usize,
        cuts: u64,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (mut text, mut expected) = (String::new(), String::new());
        let mut queues: [Vec<(String, bool, String)>; 2] = Default::default();
        let whole = |status: u16, number: usize| Logged::Hit { status, bytes: 1, ms: 1 }.text(number);
        for number in 0..3 {
            text += &format!("2026-11-14T03:45:05.1Z stdout F {}\n", whole(200, number));
        }
        for (number, (is_stderr, parts, status)) in pieces.iter().enumerate() {
            let line = whole(*status, number + 3);
            let stream = if *is_stderr { "stderr" } else { "stdout" };
            let size = line.len().div_ceil(*parts);
            let chunks: Vec<_> = line.as_bytes().chunks(size).map(|part| String::from_utf8(part.to_vec()).unwrap()).collect();
            let mut raw = String::new();
            for (at, part) in chunks.iter().enumerate() {
                let is_last = at + 1 == chunks.len();
                let logged = format!("2026-11-14T03:45:05.1Z {stream} {} {part}\n", if is_last { "F" } else { "P" });
                raw += &logged;
                let shown = if is_last && *status == 404 { std::mem::take(&mut raw) } else { String::new() };
                queues[usize::from(*is_stderr)].push((logged, is_last, shown));
            }
        }
        // Interleave the streams in an arbitrary way.
        let mut at = [0, 0];
        let mut bits = cuts;
        while at[0] < queues[0].len() || at[1] < queues[1].len() {
            let stream = if at[0] == queues[0].len() { 1 } else if at[1] == queues[1].len() { 0 } else { (bits & 1) as usize };
            bits = bits.rotate_right(1);
            let (logged, _, shown) = &queues[stream][at[stream]];
            text += logged;
            expected += shown;
            at[stream] += 1;
        }
        let texts = vec![text; inputs_of_log];
        let mut out = Vec::new();
        let engine = engine(threads, chunk_bytes, way);
        select_lines(&only_404(), inputs(&texts, way, &folder), &engine, LineForm::Raw, None, &mut out).unwrap();
        prop_assert_eq!(String::from_utf8(out).unwrap(), expected.repeat(inputs_of_log));
    }
}

/// A text without an end, and the number of bytes that were read of it.
struct Endless(u64, std::sync::Arc<std::sync::atomic::AtomicU64>);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let line = Logged::Hit { status: 404, bytes: 1, ms: 1 }.text(7) + "\n";
        for byte in &mut *buffer {
            *byte = line.as_bytes()[(self.0 % line.len() as u64) as usize];
            self.0 += 1;
        }
        self.1.store(self.0, std::sync::atomic::Ordering::Relaxed);
        Ok(buffer.len())
    }
}

#[test]
fn reading_ends_when_there_are_enough_lines() {
    let read = std::sync::Arc::default();
    let input = Input::reader("endless", Endless(0, std::sync::Arc::clone(&read)));
    let mut out = Vec::new();
    let engine = Engine::new().threads(3).chunk_bytes(1 << 16);
    let selected = select_lines(&only_404(), vec![input], &engine, LineForm::Raw, Some(10), &mut out).unwrap();
    assert_eq!((selected.lines, out.iter().filter(|byte| **byte == b'\n').count()), (10, 10));
    assert!(selected.has_ended_early && selected.report.is_none());
    assert!(read.load(std::sync::atomic::Ordering::Relaxed) < 4 << 20);
}

/// An output that takes its time, and fails after some bytes.
struct Slow(usize);

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        std::thread::sleep(std::time::Duration::from_millis(1));
        match self.0.checked_sub(bytes.len()) {
            Some(left) => self.0 = left,
            None => return Err(io::ErrorKind::BrokenPipe.into()),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn reading_ends_when_the_output_fails() {
    let read = std::sync::Arc::default();
    let input = Input::reader("endless", Endless(0, std::sync::Arc::clone(&read)));
    let engine = Engine::new().threads(3).chunk_bytes(1 << 16);
    let selected = select_lines(&only_404(), vec![input], &engine, LineForm::Raw, None, &mut Slow(1 << 20)).unwrap();
    assert_eq!(selected.failure.map(|failure| failure.kind()), Some(io::ErrorKind::BrokenPipe));
    assert!(selected.has_ended_early);
    assert!(read.load(std::sync::atomic::Ordering::Relaxed) < 64 << 20, "little is read ahead of a slow output");
}
