//! A log in an envelope has the report of the bare log, identical for all numbers of threads, chunk sizes and ways of
//! reading.

use std::fs;
use std::io::Cursor;

use loggen::Traffic;
use logstat::{Access, Dimension, Engine, Input, MaxKeys, Question, count, guard_mappings, write_json};
use proptest::prelude::*;
use serde_json::Value;

/// Wraps lines in an envelope.
pub(super) type Wrap = fn(&[Vec<u8>]) -> Vec<u8>;

pub(super) const WRAPS: [(&str, Wrap); 26] = [
    ("docker compose", |lines| each(lines, |_| "nginx-1  | ".to_owned())),
    ("docker compose", |lines| each(lines, |_| "\x1b[36mnginx_1  |\x1b[0m 2026-11-21T10:00:00.123456789Z ".to_owned())),
    ("Kubernetes CRI", |lines| each(lines, |i| format!("2026-11-21T10:00:00.{i:09}Z stdout F "))),
    ("Kubernetes CRI", in_parts_of_cri),
    ("docker json-file", |lines| in_parts_of_json(lines, usize::MAX)),
    ("docker json-file", |lines| in_parts_of_json(lines, 50)),
    ("syslog", |lines| each(lines, |_| "<190>Nov 21 10:00:00 web nginx: ".to_owned())),
    ("syslog", |lines| each(lines, |i| format!("2026-11-21T10:00:00+0000 web nginx[{i}]: "))),
    ("syslog RFC 5424", |lines| {
        each(lines, |i| format!("<190>1 2026-11-21T10:00:00Z web nginx {i} - [a b=\"\\\"]\"] "))
    }),
    ("docker service logs", |lines| each(lines, |i| format!("web.{}.0a1b2c@node-1    | ", i % 12))),
    ("kubectl logs --prefix", |lines| each(lines, |i| format!("[pod/nginx-7c5d-{i:05}/nginx] "))),
    ("timestamps", |lines| each(lines, |i| format!("2026-11-21T10:00:00.{i:09}Z "))),
    ("aws logs tail", |lines| each(lines, |i| format!("2026-11-21T10:00:00.{i:06}+00:00 ecs/nginx/0a1b "))),
    ("stern", |lines| each(lines, |_| "\x1b[36mnginx-7c5d-2xk0q\x1b[0m \x1b[33mnginx\x1b[0m ".to_owned())),
    ("stern --all-namespaces", |lines| each(lines, |_| "web nginx-7c5d-2xk0q nginx ".to_owned())),
    ("grep", |lines| each(lines, |i| format!("/var/log/nginx/access.log.{}:", i / 50))),
    ("grep -n", |lines| each(lines, |i| format!("{}:", 3 * i + 1))),
    ("JSON", |lines| in_json(lines, r#"{"date":1795003200.5,"log":""#, r#"","kubernetes":{"pod_name":"a"}}"#)),
    ("JSON", |lines| in_json(lines, r#"{"MESSAGE":""#, r#"","SYSLOG_IDENTIFIER":"nginx"}"#)),
    ("CloudWatch CSV", |lines| in_quotes(lines, "1767607201000,", "\"\"")),
    ("quotes", |lines| in_quotes(lines, "", "\"\"")),
    ("quotes", |lines| in_quotes(lines, "", "\"")),
    ("grep + grep -n", |lines| each(lines, |i| format!("access.log.{}:{}:", i / 50, i % 50))),
    ("kubectl logs --prefix + timestamps", |lines| {
        each(lines, |i| format!("[pod/nginx-0/nginx] 2026-11-21T08:00:00.{i:09}+08:00 "))
    }),
    ("Fluentd + JSON", |lines| in_json(lines, "2026-11-21T10:00:00+00:00\tnginx\t{\"message\":\"", "\"}")),
    ("docker compose + docker json-file + docker compose", |lines| {
        let lines = lines_of(&in_parts_of_json(&lines_of(&each(lines, |_| "nginx.1    | ".to_owned())), 60));
        each(&lines, |_| "proxy-1  | ".to_owned())
    }),
];

fn lines_of(log: &[u8]) -> Vec<Vec<u8>> {
    log.split_inclusive(|b| *b == b'\n').map(|line| line.strip_suffix(b"\n").unwrap().to_vec()).collect()
}

fn in_json(lines: &[Vec<u8>], before: &str, after: &str) -> Vec<u8> {
    let quoted = |line: &Vec<u8>| serde_json::to_string(str::from_utf8(line).unwrap()).unwrap();
    let unquoted = |text: String| text[1..text.len() - 1].to_owned();
    let line = |line| format!("{before}{}{after}\n", unquoted(quoted(line)));
    lines.iter().flat_map(|text| line(text).into_bytes()).collect()
}

fn in_quotes(lines: &[Vec<u8>], before: &str, quote: &str) -> Vec<u8> {
    let line = |line| format!("{before}\"{}\"\n", str::from_utf8(line).unwrap().replace('"', quote));
    lines.iter().flat_map(|text| line(text).into_bytes()).collect()
}

fn each(lines: &[Vec<u8>], envelope: impl Fn(usize) -> String) -> Vec<u8> {
    lines.iter().enumerate().flat_map(|(i, line)| [envelope(i).as_bytes(), line, b"\n"].concat()).collect()
}

/// Splits only line in three into parts, with lines of standard error between them.
fn in_parts_of_cri(lines: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut push = |pipe: &str, text: &[u8]| {
        out.extend([b"2026-11-21T10:00:00Z ", pipe.as_bytes(), b" ", text, b"\n"].concat());
    };
    for (i, line) in lines.iter().enumerate() {
        let parts = if i % 3 == 0 { i % 7 + 1 } else { 0 };
        let (cut, last) = line.split_at(line.len().min(parts * 10));
        for part in cut.chunks(10) {
            push("stdout P", part);
            if i % 2 == 0 {
                push("stderr P", b" \t");
            }
        }
        push("stdout F", last);
    }
    out
}

fn in_parts_of_json(lines: &[Vec<u8>], most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for line in lines {
        let text: Vec<char> = format!("{}\n", str::from_utf8(line).unwrap()).chars().collect();
        for part in text.chunks(most) {
            let log = serde_json::to_string(&part.iter().collect::<String>()).unwrap();
            let log = log.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
            out.extend(format!("{{\"log\":{log},\"stream\":\"stdout\",\"time\":\"2026-11-21T10:00:00Z\"}}\n").bytes());
        }
    }
    out
}

/// A log to wrap. Without invalid UTF-8, which docker replaces by U+FFFD, so that such lines would differ.
pub(super) fn log(lines: u64) -> Vec<Vec<u8>> {
    let log = Traffic { lines, malformed: 0.03, seed: 5, ..Traffic::default() }.to_vec();
    let lines = log.split(|b| *b == b'\n').filter(|line| str::from_utf8(line).is_ok());
    let mut lines: Vec<_> = lines.map(<[u8]>::to_vec).collect();
    assert_eq!(lines.pop(), Some(Vec::new()), "the log ends with a line end");
    lines
}

/// Number of threads, chunk size, and way of reading: 0 is mapped, 1 read, 2 streamed.
fn strategies() -> Vec<(usize, usize, u8)> {
    let mut all = Vec::new();
    for threads in [1, 2, 5] {
        for chunk_bytes in [1, 64, 300, 4096, 1 << 20] {
            all.extend([0, 1, 2].map(|way| (threads, chunk_bytes, way)));
        }
    }
    all
}

/// One in `one_in` strategies for envelopes that cut lines into parts, and fewer for the others.
fn some_strategies(number: usize, envelope: &str, one_in: usize) -> impl Iterator<Item = (usize, usize, u8)> {
    let step = if envelope.contains("CRI") || envelope.contains("json-file") { 1 } else { 7 };
    let step = step * one_in * super::ONE_IN;
    strategies().into_iter().skip(number % step).step_by(step)
}

fn answer(log: &[u8], strategy: (usize, usize, u8)) -> String {
    answer_to(&Question::default(), log, strategy)
}

/// The report as JSON, or the error.
fn answer_to(question: &Question, log: &[u8], (threads, chunk_bytes, way): (usize, usize, u8)) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), log).unwrap();
    let access = if way == 0 { guard_mappings().map_or(Access::Read, Access::Map) } else { Access::Read };
    // Each run has its own temporary file, whose name must not be in the answer.
    let input = match way {
        0 | 1 => Input::path(file.path()),
        _ => Input::reader(file.path(), Cursor::new(log.to_vec())),
    };
    let engine = Engine::new().threads(threads).chunk_bytes(chunk_bytes).access(access);
    let outcome = count(question, vec![input], &engine).unwrap();
    let mut said = Vec::new();
    match outcome.report {
        Some(report) => write_json(&report, &mut said).unwrap(),
        None => said.extend(outcome.problems.iter().flat_map(|problem| problem.to_string().into_bytes())),
    }
    String::from_utf8(said).unwrap().replace(file.path().to_str().unwrap(), "LOG")
}

/// The report without the parts that depend on the lines as they stand in the file.
fn of_lines(answer: &str) -> Value {
    let mut report: Value = serde_json::from_str(answer).unwrap();
    for key in ["inputs", "malformed_samples"] {
        assert!(report.as_object_mut().unwrap().remove(key).is_some());
    }
    report
}

#[test]
fn log_in_an_envelope_has_the_report_of_the_bare_log() {
    let lines = log(250 / super::ONE_IN.min(4) as u64);
    let plain = of_lines(&answer(&each(&lines, |_| String::new()), (1, 1 << 20, 1)));
    assert_eq!(plain["lines"]["read"], lines.len());
    assert!(plain["lines"]["malformed"].as_u64().unwrap() > 0);
    for (number, (name, wrap)) in WRAPS.into_iter().enumerate() {
        let wrapped = wrap(&lines);
        let expected = answer(&wrapped, (1, 1 << 20, 1));
        let report: Value = serde_json::from_str(&expected).unwrap();
        assert_eq!(report["inputs"][0]["envelope"], name, "wrap {number}");
        assert_eq!(report["inputs"][0]["bytes"], wrapped.len());
        if number == 3 {
            // Standard error has one line that never ends; it counts as blank.
            let mut with_blank = plain.clone();
            with_blank["lines"]["read"] = (lines.len() + 1).into();
            with_blank["lines"]["blank"] = (plain["lines"]["blank"].as_u64().unwrap() + 1).into();
            assert!(of_lines(&expected) == with_blank, "{expected}\n{with_blank}");
        } else {
            assert!(of_lines(&expected) == plain, "{name}, wrap {number}\n{expected}\n{plain}");
        }
        for strategy in some_strategies(number, name, 1) {
            assert_eq!(answer(&wrapped, strategy), expected, "{name}, wrap {number}, {strategy:?}");
        }
    }
}

/// A line in parts counts in the round in which it becomes complete, whichever worker reads the parts.
#[test]
fn limited_rankings_of_lines_in_parts() {
    let lines = log(250 / super::ONE_IN.min(4) as u64);
    for (turn, round_bytes) in [150, 1000, 9000].into_iter().enumerate() {
        let max_keys = MaxKeys::new(7).map(|max_keys| max_keys.in_rounds_of(round_bytes));
        let top = [Dimension::Path, Dimension::Ip];
        let question = Question::new().max_keys(max_keys).top(top).limit(0);
        for (number, (name, wrap)) in WRAPS.into_iter().enumerate().skip(turn).step_by(super::ONE_IN.min(5)) {
            let wrapped = wrap(&lines);
            let expected = answer_to(&question, &wrapped, (1, 1 << 20, 1));
            assert!(expected.contains(r#""approximate":{"path":{"max_keys":7,"#));
            for strategy in some_strategies(number, name, 4) {
                let found = answer_to(&question, &wrapped, strategy);
                assert_eq!(found, expected, "{name}, wrap {number}, rounds of {round_bytes}, {strategy:?}");
            }
        }
    }
}

#[test]
fn malformed_lines_are_numbered_as_in_the_file() {
    let good = r#"1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#;
    let log = format!(
        "T stdout F {good}\nT stdout P {}\nT stderr F no\nT stdout F {}\nT stdout P a\nT stderr P b\nT stdout F c\n\nT stdout P d",
        &good[..30],
        &good[30..]
    )
    .replace("T std", "2026-11-21T10:00:00Z std");
    for strategy in strategies() {
        let report: Value = serde_json::from_str(&answer(log.as_bytes(), strategy)).unwrap();
        let samples = report["malformed_samples"].as_array().unwrap();
        let places: Vec<_> =
            samples.iter().map(|s| (s["line"].as_u64().unwrap(), s["reason"].as_str().unwrap())).collect();
        let expected = [(3, "other program"), (5, "no match"), (6, "other program"), (9, "no match")];
        assert_eq!(places, expected, "{strategy:?}");
        assert_eq!((&report["lines"]["read"], &report["lines"]["blank"]), (&7.into(), &1.into()));
    }
}

/// Endless parts must not exhaust memory: a line beyond 1 MiB is malformed, and the next line is read normally.
#[test]
fn line_of_too_many_parts_is_too_long() {
    let good = r#"1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#;
    let part = format!("2026-11-21T10:00:00Z stdout P {}\n", "x".repeat(16_384));
    for (parts, reason) in [(64, "no match"), (65, "too long"), (200, "too long")] {
        let log =
            format!("{}2026-11-21T10:00:00Z stdout F \n2026-11-21T10:00:00Z stdout F {good}\n", part.repeat(parts));
        for strategy in [(1, 1 << 20, 1), (2, 10_000, 0), (3, 100_000, 2)] {
            let report: Value = serde_json::from_str(&answer(log.as_bytes(), strategy)).unwrap();
            assert_eq!(report["lines"]["parsed"], 1);
            assert_eq!(report["malformed_samples"][0]["reason"], reason, "{parts} {strategy:?}");
            assert_eq!(report["malformed_samples"].as_array().unwrap().len(), 1);
        }
    }
}

#[test]
fn book_lists_every_envelope_in_order() {
    let page = include_str!("../docs/src/envelopes.md");
    let row = |(name, example): (&str, &str)| format!("| {name} | `{}` |", example.replace('|', "\\|"));
    let places: Vec<_> = logstat::envelopes().map(|envelope| page.find(&row(envelope)).ok_or(envelope)).collect();
    assert!(places.iter().all(Result::is_ok), "{places:?}");
    assert!(places.is_sorted());
}

proptest! {
    /// Whatever the lines contain, nothing panics, every line is accounted for, and all strategies agree.
    #[test]
    fn hostile_envelopes(
        parts in prop::collection::vec(prop::sample::select(vec![
            "nginx-1  | ", "web_1  | ", "\x1b[36m", "\x1b[0m", "2026-11-21T10:00:00Z ", "stdout F ", "stderr P ", "stdout P ",
            "{\"log\":\"", "\\n\",", "\"stream\":\"stdout\",\"time\":\"\"}", "\",\"stream\":\"stderr\",\"time\":\"\"}", "<190>", "<190>1 ",
            "Nov 21 10:00:00 web ", "nginx: ", "- - - ", "[a b=\"", "\"] ", "\\", "\\u0000", "\\ud83d", "\0", "\r", "\n", "\n", "\n",
            "2026-11-21T10:00:00Z stdout P a\n", "2026-11-21T10:00:00Z stdout F ",
            "1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"\n",
            "a.log:", "7:", "8:", "[pod/a/b] ", "a-1 b ", "web.1@n    | ", "1767607201000,", "\"", "\"\"", "{\"message\":\"", "2026-11-21T10:00:00Z\ta\t",
            "1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] \\\"GET / HTTP/1.1\\\" 200 5 \\\"-\\\" \\\"curl\\\"\\n",
        ]), 0..60),
        picks in prop::array::uniform4(0..45_usize),
    ) {
        let log = parts.concat();
        let expected = answer(log.as_bytes(), (1, 1 << 20, 1));
        if let Ok(report) = serde_json::from_str::<Value>(&expected) {
            let lines = |key: &str| report["lines"][key].as_u64().unwrap();
            prop_assert_eq!(lines("read"), lines("blank") + lines("malformed") + lines("parsed"));
        }
        for pick in picks {
            let strategy = strategies()[pick];
            prop_assert_eq!(&answer(log.as_bytes(), strategy), &expected, "{:?}", strategy);
        }
    }
}
