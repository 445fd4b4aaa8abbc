//! A session that is fed text in pieces gives the same report as `count` on the whole text, and each snapshot the same
//! as `count` on the text so far.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use logstat::{
    Dimension, Engine, ErrorKind, Input, MaxKeys, MaxMemory, Metric, Now, Outcome, Precision, PreparedQuestion,
    Question, Section, Session, UvMethod, Visitor, Zone, count, write_json,
};
use proptest::prelude::*;

/// An outcome as text: the report, the problems and the rejected lines.
fn written(outcome: Outcome) -> String {
    let mut json = Vec::new();
    outcome.report.iter().for_each(|report| write_json(report, &mut json).unwrap());
    json.extend(outcome.problems.iter().flat_map(|problem| format!("{problem}\n").into_bytes()));
    let parts = outcome.report.iter().flat_map(|report| report.parts());
    let reports = outcome.report.iter().chain(parts);
    json.extend(reports.flat_map(|report| format!("{:?}", report.highlights).into_bytes()));
    outcome.rejects.into_iter().for_each(|rejects| rejects.write(&mut json).unwrap());
    String::from_utf8_lossy(&json).into_owned()
}

fn name(input: usize) -> String {
    format!("{input}.log")
}

fn counted(question: &Question, texts: &[&[u8]]) -> Result<Outcome, String> {
    let input = |(input, text): (usize, &&[u8])| Input::reader(name(input), Cursor::new(text.to_vec()));
    let inputs = texts.iter().enumerate().map(input).collect();
    count(question, inputs, &Engine::new().threads(1).seed(1)).map_err(|error| error.to_string())
}

/// A piece of an input; `is_seen` is true if a snapshot is taken after it.
#[derive(Clone, Debug)]
struct Piece {
    input: usize,
    bytes: usize,
    is_seen: bool,
}

/// The text up to its last line feed.
fn whole_lines(text: &[u8]) -> &[u8] {
    &text[..text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1)]
}

/// Feeds the texts in pieces, then the rest of each, and compares the reports with those of `count`.
fn assert_is_count(question: &Question, texts: &[&[u8]], chunk_bytes: usize, pieces: &[Piece]) {
    let engine = Engine::new().chunk_bytes(chunk_bytes);
    let prepared = PreparedQuestion::new(question, &engine, (0..texts.len()).map(name)).unwrap();
    let mut session = Session::new(&prepared);
    let mut fed = vec![0; texts.len()];
    let without_rejects = question.clone().keep_rejects(false);
    for Piece { input, bytes, is_seen } in pieces {
        let end = texts[*input].len().min(fed[*input] + bytes);
        session.feed(*input, &texts[*input][fed[*input]..end]).unwrap();
        fed[*input] = end;
        if *is_seen {
            let so_far: Vec<_> = texts.iter().zip(&fed).map(|(text, end)| whole_lines(&text[..*end])).collect();
            let snapshot = session.snapshot().map(written).map_err(|error| error.to_string());
            assert_same(snapshot, counted(&without_rejects, &so_far).map(written), &format!("snapshot at {fed:?}"));
        }
    }
    for (input, text) in texts.iter().enumerate() {
        session.feed(input, &text[fed[input]..]).unwrap();
    }
    let outcome = session.finish().map(written).map_err(|error| error.to_string());
    assert_same(outcome, counted(question, texts).map(written), "the end");
}

/// Compares two outcomes and shows the text around the first difference.
fn assert_same(found: Result<String, String>, expected: Result<String, String>, what: &str) {
    let [found, expected] = [found, expected].map(|outcome| outcome.unwrap_or_else(|error| format!("error: {error}")));
    let at = found.bytes().zip(expected.bytes()).take_while(|(a, b)| a == b).count().saturating_sub(60);
    let [a, b] =
        [&found, &expected].map(|text| String::from_utf8_lossy(&text.as_bytes()[at..text.len().min(at + 200)]));
    assert!(found == expected, "{what}\nfound:    {a}\nexpected: {b}");
}

fn everything() -> Question {
    Question::new().highlights(true).keep_rejects(true).limit(0)
}

const LINE: &str = "10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl\"\n";

/// Lines of several formats, malformed lines, lines in envelopes and in parts, empty lines, and an overlong line.
fn texts() -> Vec<Vec<u8>> {
    let line = |i: usize| LINE.replace("/a ", &format!("/{} ", i % 7)).replace(".7", &format!(".{}", i * i % 23));
    let docker = |i: usize| {
        let text = line(i);
        let (first, second) = text.trim_end().split_at(i % 60 + 1);
        let part = |text: &str, end: &str| {
            let log = text.replace('"', "\\\"");
            format!("{{\"log\":\"{log}{end}\",\"stream\":\"stdout\",\"time\":\"2026-11-14T08:30:00Z\"}}\n")
        };
        part(first, "") + &part(second, "\\n")
    };
    let json = |i: usize| {
        format!(
            "{{\"remote_addr\":\"10.0.0.{}\",\"status\":{},\"request_uri\":\"/{}\"}}\n",
            i % 9,
            200 + i % 5 * 100,
            i % 4
        )
    };
    let odd = |i: usize| match i % 6 {
        0 => "rubbish\n".to_owned(),
        1 => "\n".to_owned(),
        2 => "\0\0".to_owned() + &line(i),
        3 => LINE.replace("/a ", &format!("/{} ", "long".repeat(i * 10))),
        _ => line(i).replace('\n', "\r\n"),
    };
    let text = |line: &dyn Fn(usize) -> String| (0..60).map(line).collect::<String>().into_bytes();
    let mut texts = vec![text(&line), text(&docker), text(&json), text(&odd), Vec::new(), b"\n\n".to_vec()];
    texts.push(text(&|i| format!("no log {i}\n")));
    texts.push([b"\x89PNG\r\n\x1a\n".to_vec(), vec![7; 3000]].concat());
    texts.iter_mut().for_each(|text| text.truncate(text.len().saturating_sub(1)));
    texts
}

fn questions() -> Vec<Question> {
    let all = || {
        super::databases::with_databases(everything())
            .top(Dimension::all().filter(|d| !matches!(d, Dimension::Time(_))))
    };
    let moment = || Now::At("2026-11-14T09".parse().unwrap());
    vec![
        everything(),
        everything().uv(UvMethod::Hll(Precision::default())).visitor(Visitor::IP_AND_AGENT),
        everything().max_line(100).anonymize(true).show([Section::Summary, Section::Top]),
        everything().since("1h".parse().unwrap()).now(moment()).columns([Metric::Last, Metric::Uv]),
        everything().each(Dimension::Status).zone(Zone::UTC),
        all().log_formats(["combined".parse().unwrap()]),
    ]
}

fn pieces(inputs: usize) -> impl Strategy<Value = Vec<Piece>> {
    let bytes = prop_oneof![1..30_usize, 30..400_usize, 1000..4000_usize];
    let piece = (0..inputs, bytes, prop::bool::weighted(0.2));
    prop::collection::vec(piece.prop_map(|(input, bytes, is_seen)| Piece { input, bytes, is_seen }), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    #[test]
    fn pieces_in_any_order_give_the_report_of_the_texts(
        texts in prop::sample::subsequence(texts(), 1..4).prop_shuffle(),
        question in prop::sample::select(questions()),
        chunk_bytes in prop::sample::select(vec![1, 100, 1000, 1 << 20]),
        pieces in pieces(3),
    ) {
        let texts: Vec<&[u8]> = texts.iter().map(|text| &text[..]).collect();
        let pieces: Vec<_> = pieces.into_iter().filter(|piece| piece.input < texts.len()).collect();
        assert_is_count(&question, &texts, chunk_bytes, &pieces);
    }

    /// Rounds end at the same lines, wherever the pieces end.
    #[test]
    fn rounds_do_not_depend_on_pieces(
        text in prop::sample::select(texts()[..4].to_vec()),
        most in 1..6_usize,
        round_bytes in prop::sample::select(vec![77, 500, 2000]),
        memory in prop::option::of(20_000..60_000_u64),
        chunk_bytes in prop::sample::select(vec![1, 100, 1000, 1 << 20]),
        pieces in pieces(1),
    ) {
        let question = everything().top([Dimension::Path, Dimension::Ip]);
        let question = match memory.and_then(MaxMemory::new) {
            Some(memory) => question.max_memory(memory.in_rounds_of(round_bytes)),
            None => question.max_keys(MaxKeys::new(most).map(|keys| keys.in_rounds_of(round_bytes))),
        };
        assert_is_count(&question, &[&text], chunk_bytes, &pieces);
    }
}

/// Feeds each input of the cases separately.
#[test]
fn inputs_of_cases_are_counted_like_files() {
    let logs = Path::new(super::REPOSITORY).join("testdata/cases/*/*.log");
    let mut fed = 0;
    for path in glob::glob(logs.to_str().unwrap()).unwrap().map(Result::unwrap).step_by(super::ONE_IN) {
        if !path.is_file() {
            continue;
        }
        let text = fs::read(&path).unwrap();
        // Sessions accept decompressed text only.
        if [&b"\x1f\x8b"[..], b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7z"].iter().any(|magic| text.starts_with(magic)) {
            continue;
        }
        let third = text.len() / 3 + 1;
        let piece = |is_seen| Piece { input: 0, bytes: third, is_seen };
        assert_is_count(&everything(), &[&text], 1 << 20, &[piece(true), piece(false), piece(true)]);
        fed += 1;
    }
    assert!(fed > 100 / super::ONE_IN, "{fed}");
}

/// The formats of a long input are detected from its first MiB, and only a small part of an endless line is held.
#[test]
fn long_input_is_counted_while_fed() {
    let mut text = Vec::new();
    for i in 0..40_000 {
        text.extend_from_slice(LINE.replace("/a ", &format!("/{} ", i % 1000)).as_bytes());
    }
    text.splice(2_000_000..2_000_000, vec![b'x'; 300_000]);
    let piece = |i: usize| Piece { input: 0, bytes: 300_000, is_seen: i % 3 == 1 };
    let pieces: Vec<_> = (0..14).map(piece).collect();
    for chunk_bytes in [10_000, 1 << 20].into_iter().step_by(super::ONE_IN) {
        assert_is_count(&everything().max_line(5000), &[&text], chunk_bytes, &pieces);
    }
}

#[test]
fn unsupported_sessions_are_refused() {
    let (question, engine) = (Question::new().since("1h".parse().unwrap()).now(Now::Last), Engine::new());
    let error = PreparedQuestion::new(&question, &engine, ["a.log"]).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::ReadOnce { path } if path == Path::new("a.log")), "{error}");
    let question = Question::new();
    let prepared = PreparedQuestion::new(&question, &engine, ["a.log"]).unwrap();
    let mut session = Session::new(&prepared);
    session.feed(0, LINE.as_bytes()).unwrap();
    let error = session.feed(1, LINE.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "there is no input 1: the session has 1");
    assert_eq!(session.finish().unwrap().report.unwrap().lines.parsed, 1);
}

#[test]
fn engine_limit_ends_a_session() {
    let (question, engine) = (Question::new(), Engine::new().memory_limit(100).chunk_bytes(1000));
    let prepared = PreparedQuestion::new(&question, &engine, ["a.log"]).unwrap();
    let mut session = Session::new(&prepared);
    session.feed(0, LINE.as_bytes()).unwrap();
    assert!(matches!(session.snapshot().unwrap_err().kind(), ErrorKind::MemoryLimit { .. }));
    assert!(matches!(session.finish().unwrap_err().kind(), ErrorKind::MemoryLimit { .. }));
}
