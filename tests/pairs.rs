//! Slow reference: rankings of pairs and split timelines equal the counts of maps from pairs of texts.

use std::collections::HashMap;
use std::io::Cursor;

use logstat::{Dimension, Engine, ErrorKind, Input, MaxKeys, Question, Report, Row, Section, Unit, count};
use proptest::prelude::*;

/// Referers and agents as logged: some are the same text in two escapings, some pairs read alike when joined by a
/// space.
const LOGGED: [&str; 12] =
    ["", "-", "/", "\\x2F", "\\x5Cx2F", "a", "\\x61", "a b", "a\\x20b", "b", "other", "\\xD0\\x9F\\xFF"];

/// Hour, referer, agent and status.
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

/// Unescapes a logged text byte by byte.
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

/// Keys with their hits, by descending hits, then by bytes.
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
    [(1, 1 << 20, 1), (2, 100, 7), (3, 300, 9)]
        .map(|(threads, chunk_bytes, seed)| Engine::new().threads(threads).chunk_bytes(chunk_bytes).seed(seed))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 6))]

    #[test]
    fn pairs_match_the_reference(hits in prop::collection::vec(hit(), 0..80)) {
        let mut texts: HashMap<[Vec<u8>; 2], u64> = HashMap::new();
        let mut codes: HashMap<[Vec<u8>; 2], u64> = HashMap::new();
        for (_, referer, agent, status) in &hits {
            *texts.entry([bytes_of(referer), bytes_of(agent)]).or_default() += 1;
            *codes.entry([status.to_string().into_bytes(), bytes_of(agent)]).or_default() += 1;
        }
        let top = ["referer/agent", "status/agent"].map(|name| Dimension::named(name).unwrap());
        let question = Question::new().top(top).limit(0);
        for engine in engines() {
            for max_keys in [None, MaxKeys::new(1000).map(|max_keys| max_keys.in_rounds_of(500))] {
                let report = report(&hits, &question.clone().max_keys(max_keys), &engine);
                for (ranking, expected) in report.top.unwrap().iter().zip([&texts, &codes]) {
                    let found: Vec<_> = ranking.rows.iter().map(keys).collect();
                    let expected = ranked(expected).into_iter().map(|(key, pv)| (key.map(|key| written(&key)), pv));
                    prop_assert_eq!(found, expected.collect::<Vec<_>>());
                }
            }
        }
    }

    #[test]
    fn splits_match_the_reference(hits in prop::collection::vec(hit(), 0..80), limit in 0..5_usize, fill: bool) {
        let mut values: HashMap<Vec<u8>, u64> = HashMap::new();
        let mut cells: HashMap<(u32, Vec<u8>), u64> = HashMap::new();
        for (hour, _, agent, _) in &hits {
            *values.entry(bytes_of(agent)).or_default() += 1;
            *cells.entry((*hour, bytes_of(agent))).or_default() += 1;
        }
        let mut shown: Vec<Vec<u8>> = ranked(&values).into_iter().map(|(value, _)| value).filter(|v| v != b"other").collect();
        shown.truncate(if limit == 0 { usize::MAX } else { limit });
        let row = |hour: u32| {
            let mut row: Vec<_> = shown
                .iter()
                .map(|value| (written(value), cells.get(&(hour, value.clone())).copied().unwrap_or(0)))
                .collect();
            if shown.len() < values.len() {
                let others = cells.iter().filter(|((at, value), _)| *at == hour && !shown.contains(value));
                row.push(("other".to_owned(), others.map(|(_, pv)| pv).sum()));
            }
            row
        };
        let (by, split) = (Some(Unit::Hour), Some(Dimension::Agent));
        for engine in engines() {
            let question = Question::new().by(by).split(split).limit(limit).fill(fill).max_keys(MaxKeys::new(1));
            let timeline = report(&hits, &question, &engine).timeline.unwrap();
            let hours = timeline.iter().map(|row| row.key.as_deref().unwrap()[11..].parse::<u32>().unwrap());
            let found = timeline.iter().map(|row| row.split.as_ref().unwrap().iter());
            let found: Vec<Vec<_>> = found.map(|values| values.map(|(value, pv)| (value.to_owned(), pv)).collect()).collect();
            prop_assert_eq!(&found, &hours.map(row).collect::<Vec<_>>());
            for (row, found) in timeline.iter().zip(&found) {
                prop_assert_eq!(row.pv, found.iter().map(|(_, pv)| pv).sum::<u64>());
            }
        }
    }
}

/// Two pairs that read alike when joined by a space stay separate, ordered by their first keys.
#[test]
fn pairs_that_read_alike_stay_separate() {
    let hits: [Hit; 3] = [(0, "a b", "c", 200), (0, "a", "b c", 200), (0, "a\\x20b", "c", 200)];
    let top = [Dimension::named("referer/agent").unwrap()];
    let report = report(&hits, &Question::new().top(top), &Engine::default());
    let rows: Vec<_> = report.top.unwrap()[0].rows.iter().map(keys).collect();
    assert_eq!(rows, [(["a b", "c"].map(str::to_owned), 2), (["a", "b c"].map(str::to_owned), 1)]);
}

#[test]
fn pairs_and_splits_not_requested_are_absent() {
    let hits: [Hit; 1] = [(0, "-", "a", 200)];
    let report = report(&hits, &Question::default(), &Engine::default());
    assert!(report.period.split.is_none() && report.timeline.unwrap()[0].split.is_none());
    assert!(report.top.unwrap()[0].rows[0].keys.is_none());
}

#[test]
fn pair_instead_of_a_single_dimension_is_refused() {
    let pair = Dimension::named("path/status").unwrap();
    let filters = vec![logstat::Condition::Matches { dimension: pair, any: vec!["/".parse().unwrap()] }];
    let questions = [
        Question::new().split(pair),
        Question::new().split(Dimension::Time(Unit::Day)),
        Question::new().filters(filters),
    ];
    for question in questions {
        let error =
            count(&question, vec![Input::reader("a.log", Cursor::new(log(&[])))], &Engine::default()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::PairNotAllowed { .. }), "{error}");
    }
}

/// A split timeline keeps all its values if rankings are limited to few keys, and each variable has its own column.
#[test]
fn limited_rankings_keep_variables_apart() {
    let log =
        "10.0.0.7|14/Nov/2026:08:00:00 +0100|first|second|third\n10.0.0.7|14/Nov/2026:08:00:00 +0100|first|2nd|third\n";
    let dimension = |name: &str| Dimension::named(name).unwrap();
    let question = Question::new()
        .log_formats(["$remote_addr|$time_local|$cookie_a|$cookie_b|$cookie_c".parse().unwrap()])
        .split(dimension("cookie_b"))
        .top([dimension("cookie_c"), dimension("cookie_b/cookie_a"), dimension("cookie_a")]);
    for max_keys in [None, MaxKeys::new(1), MaxKeys::new(5)] {
        let input = Input::reader("a.log", Cursor::new(log));
        let report = count(&question.clone().max_keys(max_keys), vec![input], &Engine::default()).unwrap().report;
        let (timeline, top) = report.map(|report| (report.timeline.unwrap(), report.top.unwrap())).unwrap();
        assert_eq!(timeline[0].split.as_ref().unwrap().iter().collect::<Vec<_>>(), [("2nd", 1), ("second", 1)]);
        let keys: Vec<_> = top.iter().map(|ranking| ranking.rows[0].key.as_deref().unwrap()).collect();
        assert_eq!(keys, ["third", "2nd first", "first"], "{max_keys:?}");
    }
}

/// Hidden sections require no field, whether it is logged or not.
#[test]
fn hidden_sections_require_no_field() {
    let hits: [Hit; 1] = [(0, "-", "a", 200)];
    let variable = Dimension::named("cookie_id").unwrap();
    for (section, dimension) in [(Section::Top, Dimension::Host), (Section::Summary, variable)] {
        let question = Question::new().split(dimension).show([section]);
        let question = if section == Section::Top { question } else { question.top([variable, dimension]) };
        let report = report(&hits, &question, &Engine::default());
        assert!(report.period.split.is_none() && report.lines.parsed == 1);
    }
}
