//! Rankings of pairs are those of a slow counter with maps of pairs of texts.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::collections::HashMap;
use std::io::Cursor;

use logstat::{Dimension, Engine, ErrorKind, Input, MaxKeys, Question, Report, Row, count};
use proptest::prelude::*;

/// Referers and agents as they are logged: some are one text in two ways, some are two that read as one beside their
/// neighbours.
const LOGGED: [&str; 12] =
    ["", "-", "/", "\\x2F", "\\x5Cx2F", "a", "\\x61", "a b", "a\\x20b", "b", "other", "\\xD0\\x9F\\xFF"];

/// The hour, the referer, the agent, the status.
type Hit = (u32, &'static str, &'static str, u16);

fn hit() -> impl Strategy<Value = Hit> {
    let logged = || prop::sample::select(LOGGED.to_vec());
    (0..4_u32, logged(), logged(), prop::sample::select(vec![200_u16, 404, 500]))
}

fn log(hits: &[Hit]) -> Vec<u8> {
    let line = |(hour, referer, agent, status): &Hit| {
        format!(
            "10.0.0.7 - - [14/Nov/2026:{hour:02}:30:00 +0100] \"GET / HTTP/1.1\" {status} 5 \"{referer}\" \"{agent}\"\n"
        )
    };
    hits.iter().map(line).collect::<String>().into_bytes()
}

fn report(hits: &[Hit], question: &Question, engine: &Engine) -> Report {
    count(question, vec![Input::reader("a.log", Cursor::new(log(hits)))], engine).unwrap().report.unwrap()
}

/// The bytes that nginx had, by looking at one byte after the other.
fn bytes_of(logged: &str) -> Vec<u8> {
    if logged.is_empty() {
        return b"-".to_vec();
    }
    let mut bytes = Vec::new();
    let mut rest = logged;
    while let Some(first) = rest.bytes().next() {
        let escaped = rest.strip_prefix("\\x").and_then(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok());
        bytes.push(escaped.unwrap_or(first));
        rest = &rest[if escaped.is_some() { 4 } else { 1 }..];
    }
    bytes
}

fn written(bytes: &[u8]) -> String {
    let text = |chunk: std::str::Utf8Chunk<'_>| {
        chunk.valid().replace('\\', "\\x5C")
            + &chunk.invalid().iter().map(|b| format!("\\x{b:02X}")).collect::<String>()
    };
    bytes.utf8_chunks().map(text).collect()
}

/// Keys with their hits, those with the most first, then by bytes.
fn ranked<K: Ord + Clone>(hits: &HashMap<K, u64>) -> Vec<(K, u64)> {
    let mut ranked: Vec<_> = hits.iter().map(|(key, pv)| (key.clone(), *pv)).collect();
    ranked.sort_by(|(a, pv_a), (b, pv_b)| pv_b.cmp(pv_a).then_with(|| a.cmp(b)));
    ranked
}

fn keys(row: &Row) -> ([String; 2], u64) {
    let keys = row.keys.clone().unwrap();
    assert_eq!(row.key, Some(keys.join(" ")));
    (keys, row.pv)
}

fn engines() -> [Engine; 3] {
    [(1, 1 << 20, 1), (2, 100, 7), (3, 300, 9)].map(|(threads, chunk_bytes, seed)| Engine {
        threads,
        chunk_bytes,
        seed: Some(seed),
        ..Engine::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn pairs_are_those_of_a_map(hits in prop::collection::vec(hit(), 0..80)) {
        let mut texts: HashMap<[Vec<u8>; 2], u64> = HashMap::new();
        let mut codes: HashMap<[Vec<u8>; 2], u64> = HashMap::new();
        for (_, referer, agent, status) in &hits {
            *texts.entry([bytes_of(referer), bytes_of(agent)]).or_default() += 1;
            *codes.entry([status.to_string().into_bytes(), bytes_of(agent)]).or_default() += 1;
        }
        let top = ["referer/agent", "status/agent"].map(|name| Dimension::named(name).unwrap());
        let question = Question { top: Some(top.to_vec()), limit: 0, ..Question::default() };
        for engine in engines() {
            for max_keys in [None, MaxKeys::new(1000).map(|max_keys| max_keys.in_rounds_of(500))] {
                let report = report(&hits, &Question { max_keys, ..question.clone() }, &engine);
                for (ranking, expected) in report.top.unwrap().iter().zip([&texts, &codes]) {
                    let found: Vec<_> = ranking.rows.iter().map(keys).collect();
                    let expected = ranked(expected).into_iter().map(|(key, pv)| (key.map(|key| written(&key)), pv));
                    prop_assert_eq!(found, expected.collect::<Vec<_>>());
                }
            }
        }
    }
}

/// Two pairs that read alike with a space between are two, in the order of their first keys.
#[test]
fn pairs_are_told_apart_by_their_keys_and_not_by_their_text() {
    let hits: [Hit; 3] = [(0, "a b", "c", 200), (0, "a", "b c", 200), (0, "a\\x20b", "c", 200)];
    let top = Some(vec![Dimension::named("referer/agent").unwrap()]);
    let report = report(&hits, &Question { top, ..Question::default() }, &Engine::default());
    let rows: Vec<_> = report.top.unwrap()[0].rows.iter().map(keys).collect();
    assert_eq!(rows, [(["a b", "c"].map(str::to_owned), 2), (["a", "b c"].map(str::to_owned), 1)]);
}

#[test]
fn what_is_not_asked_for_is_not_there() {
    let hits: [Hit; 1] = [(0, "-", "a", 200)];
    let report = report(&hits, &Question::default(), &Engine::default());
    assert!(report.top.unwrap()[0].rows[0].keys.is_none());
}

#[test]
fn a_pair_where_one_dimension_belongs_is_refused() {
    let pair = Dimension::named("path/status").unwrap();
    let filters = vec![logstat::Condition::Matches { dimension: pair, any: vec!["/".parse().unwrap()] }];
    let questions = [Question { filters, ..Question::default() }];
    for question in questions {
        let error =
            count(&question, vec![Input::reader("a.log", Cursor::new(log(&[])))], &Engine::default()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Pair { .. }), "{error}");
    }
}
