//! Reports for each key of a dimension equal the report with a filter for that key.

use std::cmp::Reverse;
use std::io::Cursor;

use loggen::Traffic;
use logstat::{
    Condition, Dimension, Engine, ErrorKind, Input, MaxKeys, Metric, Precision, Question, Report, Unit, UvMethod,
    count, write_json,
};
use serde_json::Value;

fn reported(log: &[u8], question: &Question, engine: &Engine) -> Report {
    let inputs = vec![Input::reader("access.log", Cursor::new(log.to_vec()))];
    count(question, inputs, engine).unwrap().report.unwrap()
}

/// All sections about hits.
fn sections(report: &Report) -> Vec<Value> {
    let mut json = Vec::new();
    write_json(report, &mut json).unwrap();
    let json: Value = serde_json::from_slice(&json).unwrap();
    let names = ["period", "summary", "timeline", "status", "class", "top", "latency", "uv", "visitor"];
    names.map(|name| json[name].clone()).to_vec()
}

fn key_of(part: &Report) -> String {
    part.part().unwrap().key.clone().unwrap()
}

fn traffic(lines: u64) -> Vec<u8> {
    Traffic { lines, vhost: true, times: true, seed: 3, ..Traffic::default() }.to_vec()
}

fn asked() -> Question {
    Question::new()
        .by(Unit::Hour)
        .split(Dimension::Status)
        .top([Dimension::Path, Dimension::Ip, Dimension::named("ext/method").unwrap()])
        .columns([Metric::Uv, Metric::P95, Metric::Last])
        .limit(5)
}

#[test]
fn part_equals_filtered_report_with_every_strategy() {
    let log = traffic(1500 / super::ONE_IN as u64);
    let engines = [Engine::new().threads(1), Engine::new().threads(3).chunk_bytes(4096)];
    for (name, uv) in [
        ("status", UvMethod::Exact),
        ("day", UvMethod::Exact),
        ("ext", UvMethod::Hll(Precision::default())),
        ("class", UvMethod::Exact),
        ("host", UvMethod::Exact),
    ] {
        let question = asked().uv(uv).each(Dimension::named(name).unwrap());
        let [one, many] = engines.each_ref().map(|engine| reported(&log, &question, engine));
        assert!(one.parts().len() > 1, "{name}");
        let keys = |report: &Report| report.parts().iter().map(key_of).collect::<Vec<_>>();
        let order = |part: &Report| match name {
            "day" => (Reverse(0), key_of(part)),
            _ => (Reverse(part.lines.parsed), key_of(part)),
        };
        assert!(keys(&one) == keys(&many) && one.parts().is_sorted_by_key(order), "{name}: {:?}", keys(&one));
        let mut hits = 0;
        for (part, same) in one.parts().iter().zip(many.parts()) {
            let key = key_of(part);
            let filter = Condition::Where(format!("{name} == \"{key}\"").parse().unwrap());
            let expected = reported(&log, &asked().uv(uv).filters([filter]), &engines[0]);
            assert_eq!(sections(part), sections(&expected), "{name} {key}");
            assert_eq!(sections(same), sections(&expected), "{name} {key}");
            hits += part.lines.parsed;
        }
        assert_eq!(hits, one.lines.parsed, "{name}");
        let mut whole = one.clone();
        whole.each = None;
        assert_eq!(sections(&whole), sections(&reported(&log, &asked().uv(uv), &engines[0])), "{name}");
    }
}

#[test]
fn rest_equals_report_without_the_largest_keys() {
    let log = traffic(1500 / super::ONE_IN as u64);
    let question = |uv| asked().uv(uv).each(Dimension::named("ext").unwrap());
    for uv in [UvMethod::Exact, UvMethod::Hll(Precision::default())] {
        let all = reported(&log, &question(uv), &Engine::new().threads(1));
        let some = reported(&log, &question(uv).each_limit(3), &Engine::new().threads(3).chunk_bytes(4096));
        assert_eq!(some.parts().len(), 4);
        for (all, some) in all.parts().iter().zip(some.parts()).take(3) {
            assert_eq!((key_of(all), sections(all)), (key_of(some), sections(some)));
        }
        let others = some.parts()[..3].iter().map(key_of).map(|key| format!("ext != \"{key}\""));
        let filter = Condition::Where(others.collect::<Vec<_>>().join(" and ").parse().unwrap());
        let expected = reported(&log, &asked().uv(uv).filters([filter]), &Engine::new().threads(1));
        let (rest, name) = (&some.parts()[3], some.parts()[3].part().unwrap());
        assert_eq!((&name.key, name.keys), (&None, Some(all.parts().len() as u64 - 3)));
        assert_eq!(sections(rest), sections(&expected));
    }
}

#[test]
fn keys_that_differ_only_in_their_escapes_are_one_part() {
    let line = |request: &str| format!("10.0.0.1 - - [14/Nov/2026:03:00:00 +0000] \"{request}\" 200 1 \"-\" \"-\"\n");
    let log = [line("GET /a HTTP/1.1"), line(r"GET /\x61 HTTP/1.1"), line(r"GET /\x5Cx61 HTTP/1.1")].concat();
    let report = reported(log.as_bytes(), &Question::new().each(Dimension::Path), &Engine::default());
    let parts: Vec<_> = report.parts().iter().map(|part| (key_of(part), part.lines.parsed)).collect();
    assert_eq!(parts, [("/a".to_owned(), 2), (r"/\x5Cx61".to_owned(), 1)]);
}

#[test]
fn memory_limit_covers_the_tables_of_all_parts() {
    let log = traffic(1500);
    let by_path = Question::new().each(Dimension::Path);
    let inputs = || vec![Input::reader("access.log", Cursor::new(log.clone()))];
    let engine = Engine::new().memory_limit(512 << 10);
    assert!(count(&Question::new(), inputs(), &engine).is_ok());
    assert!(matches!(count(&by_path, inputs(), &engine).unwrap_err().kind(), ErrorKind::MemoryLimit { .. }));
}

#[test]
fn impossible_parts_are_refused() {
    let refused = |question: Question| {
        let line = "10.0.0.1 - - [14/Nov/2026:03:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n";
        count(&question, vec![Input::reader("access.log", line.as_bytes())], &Engine::default()).unwrap_err()
    };
    let host = Question::new().each(Dimension::Host);
    let expected = "a report for each host needs $host, which is not in the log\n  to log it, add $host to the log_format in nginx.conf";
    assert_eq!(refused(host).to_string(), expected);
    let pair = Question::new().each(Dimension::named("ip/path").unwrap());
    assert!(matches!(refused(pair).kind(), ErrorKind::PairNotAllowed { .. }));
    let bounded = Question::new().each(Dimension::Ip).max_keys(MaxKeys::new(5));
    assert!(matches!(refused(bounded).kind(), ErrorKind::NotBounded { .. }));
}
