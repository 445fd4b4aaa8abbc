//! Rankings with a limit on keys keep their guarantees, and nothing else in the report changes.

use std::collections::HashMap;
use std::io::Cursor;

use loggen::Traffic;
use logstat::{
    Approximate, Dimension, Engine, Input, MaxKeys, Precision, Question, Ranking, Report, Section, UvMethod, count,
    write_json,
};

fn report(log: &[u8], question: &Question) -> Report {
    let inputs = vec![Input::reader("a.log", Cursor::new(log.to_vec()))];
    count(question, inputs, &Engine::default()).unwrap().report.unwrap()
}

fn hits(ranking: &Ranking) -> HashMap<&str, u64> {
    ranking.rows.iter().map(|row| (row.key.as_deref().unwrap(), row.pv)).collect()
}

/// Logs with many paths and addresses, some rare and some frequent.
fn logs() -> [Vec<u8>; 3] {
    [
        Traffic { lines: 1500, addresses: 900, paths: 700, ..Traffic::default() }.to_vec(),
        Traffic { lines: 1500, unique_paths: true, malformed: 0.01, ..Traffic::default() }.to_vec(),
        Traffic { lines: 1500, unique_queries: 0.3, ..Traffic::default() }.to_vec(),
    ]
}

#[test]
fn counts_are_never_too_high_and_low_only_within_max_error() {
    let top = [Dimension::Path, Dimension::Ip, Dimension::Agent, Dimension::Method];
    let exactly = Question::new().top(top).limit(0).query(logstat::Query::Keep);
    let mut cut = 0;
    for log in logs().into_iter().step_by(super::ONE_IN.min(3)) {
        let exact = report(&log, &exactly);
        assert!(exact.approximate.is_empty());
        for keys in [1, 10, 100, 5000] {
            for round_bytes in [2000, 50_000, 1 << 30] {
                let max_keys = MaxKeys::new(keys).map(|max_keys| max_keys.in_rounds_of(round_bytes));
                let bounded = report(&log, &exactly.clone().max_keys(max_keys));
                for (ranking, truth) in bounded.top.iter().flatten().zip(exact.top.iter().flatten()) {
                    let approximate = bounded.approximate.iter().find(|a| a.dimension == ranking.dimension);
                    let (counted, truth_of) = (hits(ranking), hits(truth));
                    assert_eq!(counted.len(), truth_of.len().min(keys));
                    assert_eq!(approximate.is_some(), truth_of.len() > keys);
                    let Some(Approximate { max_keys, max_error, .. }) = approximate else {
                        assert_eq!(ranking.rows, truth.rows);
                        continue;
                    };
                    cut += 1;
                    assert_eq!(*max_keys, keys as u64);
                    let pv = exact.summary.as_ref().unwrap().row.pv;
                    assert!((1..=pv / (keys as u64 + 1)).contains(max_error), "{max_error} of {pv}");
                    for (key, hits) in &truth_of {
                        let counted = counted.get(key).copied().unwrap_or(0);
                        assert!(counted <= *hits && *hits <= counted + max_error, "{key}: {counted} of {hits}");
                    }
                    assert!(counted.keys().all(|key| truth_of.contains_key(key)));
                }
            }
        }
    }
    assert!(cut > 30 / super::ONE_IN.min(3), "{cut}");
}

#[test]
fn other_sections_are_not_affected_by_max_keys() {
    let written = |log: &[u8], question: &Question| {
        let mut report = report(log, question);
        (report.top, report.approximate) = (None, Vec::new());
        let mut json = Vec::new();
        write_json(&report, &mut json).unwrap();
        String::from_utf8(json).unwrap()
    };
    let max_keys = MaxKeys::new(2).map(|max_keys| max_keys.in_rounds_of(5000));
    let top = [Dimension::Ip, Dimension::Path, Dimension::Status, Dimension::Class];
    for log in logs() {
        for uv in [UvMethod::Exact, UvMethod::Hll(Precision::new(6).unwrap())] {
            let without = Question::new().top(top).uv(uv).by(logstat::Unit::Minute);
            let with = without.clone().max_keys(max_keys);
            assert_eq!(written(&log, &with), written(&log, &without));
        }
    }
}

/// Rankings of values that a section counts in full are exact.
#[test]
fn rankings_of_fully_counted_values_are_exact() {
    let log = &logs()[0];
    let top = [Dimension::Status, Dimension::Time(logstat::Unit::Day)];
    let question = Question::new().max_keys(MaxKeys::new(1)).top(top).limit(0);
    let all = report(log, &question);
    assert!(all.approximate.is_empty() && all.top.unwrap().iter().all(|ranking| ranking.groups > 1));
    let alone = report(log, &question.show([Section::Top]));
    assert_eq!(alone.approximate.len(), 2);
    assert!(alone.top.unwrap().iter().all(|ranking| ranking.groups == 1));
}

/// Almost every path is new: no more keys are kept than allowed, although all rounds together have a hundred times as
/// many.
#[test]
fn unique_keys_stay_within_the_limit() {
    let mut log = Vec::new();
    for i in 0..50_000_u32 {
        let address = std::net::Ipv4Addr::from_bits(i * 40_503);
        let path = if i.is_multiple_of(10) { "often".to_owned() } else { format!("{i:x}") };
        let line =
            format!("{address} - - [15/Nov/2026:08:30:00 +0800] \"GET /{path} HTTP/1.1\" 200 5 \"-\" \"curl\"\n");
        log.extend(line.bytes());
    }
    let max_keys = MaxKeys::new(500).map(|max_keys| max_keys.in_rounds_of(200_000));
    let top = [Dimension::Path, Dimension::Ip];
    let report = report(&log, &Question::new().max_keys(max_keys).top(top).limit(0));
    let [paths, addresses] = &report.top.as_ref().unwrap()[..] else { panic!("two rankings") };
    assert_eq!((paths.rows.len(), addresses.rows.len()), (500, 500));
    assert_eq!((paths.rows[0].key.as_deref(), paths.rows[0].pv), (Some("/often"), 5_000));
    assert_eq!(report.summary.unwrap().row.uv.known(), Some(50_000));
    // Each round adds at most one to the error, because each new key has one hit; the last round may have too few keys.
    let rounds = (log.len() as u64).div_ceil(200_000);
    assert!(
        report.approximate.iter().all(|approximate| (rounds - 1..=rounds).contains(&approximate.max_error)),
        "{:?}",
        report.approximate
    );
}
