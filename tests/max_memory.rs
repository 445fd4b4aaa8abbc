//! A memory limit gives the same report, however the input is counted. Approximate numbers keep their guarantees, and
//! nothing else changes.

use std::collections::{BTreeSet, HashMap};
use std::io::{Cursor, Write};
use std::path::Path;

use logstat::{
    Access, Engine, Error, ErrorKind, Input, MaxKeys, MaxMemory, Metric, NoteCode, Precision, Query, Question, Report,
    Section, Unit, UvMethod, UvReport, count, guard_mappings, write_json,
};

/// Lines with unique addresses, paths and seconds; every fifth path is a frequent one.
fn log(lines: std::ops::Range<u32>, query_bytes: usize) -> Vec<u8> {
    let mut log = Vec::new();
    for i in lines {
        let address = std::net::Ipv4Addr::from_bits(i.wrapping_mul(0x9E37_79B1));
        let path = match i % 5 {
            0 => format!("often/{}", i % 4),
            _ => format!("{i:x}?{}", "q".repeat(query_bytes)),
        };
        let (hour, minute, second) = (i / 3600 % 24, i / 60 % 60, i % 60);
        writeln!(
            log,
            "{address} - - [15/Nov/2026:{hour:02}:{minute:02}:{second:02} +0000] \"GET /{path} HTTP/1.1\" 200 {} \"-\" \"curl\"",
            i % 1000
        )
        .unwrap();
    }
    log
}

/// Writes the logs of a row, if they differ from those of the row before.
fn two_logs_of(directory: &Path, row: &Row, written: &mut (u32, usize)) {
    if std::mem::replace(written, (row.lines, row.query_bytes)) != *written {
        two_logs(directory, row.lines, row.query_bytes);
    }
}

fn two_logs(directory: &Path, lines: u32, query_bytes: usize) {
    std::fs::write(directory.join("a.log"), log(0..lines / 3, query_bytes)).unwrap();
    std::fs::write(directory.join("b.log"), log(lines / 3..lines, query_bytes)).unwrap();
}

/// How the two logs of a directory are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Read {
    AtPositions,
    Mapped,
    AsStreams,
}

fn counted(
    question: &Question,
    directory: &Path,
    engine: &Engine,
    read: Read,
    reversed: bool,
) -> Result<Report, Error> {
    let mut names = ["a.log", "b.log"];
    if reversed {
        names.reverse();
    }
    let input = |name: &str| match read {
        Read::AsStreams => {
            Input::reader(directory.join(name), Cursor::new(std::fs::read(directory.join(name)).unwrap()))
        }
        Read::AtPositions | Read::Mapped => Input::path(directory.join(name)),
    };
    let access = match guard_mappings() {
        Some(guard) if read == Read::Mapped => Access::Map(guard),
        _ => Access::Read,
    };
    let outcome = count(question, names.map(input).into(), &engine.clone().access(access))?;
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    Ok(outcome.report.unwrap())
}

fn exact(question: &Question, directory: &Path) -> Report {
    let question = question.clone().max_memory(None);
    counted(&question, directory, &Engine::default(), Read::AtPositions, false).unwrap()
}

/// The report as text, without the order of inputs.
fn written(mut report: Report) -> String {
    report.inputs.sort_by(|a, b| a.path.cmp(&b.path));
    let mut json = Vec::new();
    write_json(&report, &mut json).unwrap();
    String::from_utf8(json).unwrap()
}

/// The question with a memory limit, checked in small rounds.
fn limited(question: &Question, bytes: u64) -> Question {
    question.clone().max_memory(MaxMemory::new(bytes).map(|limit| limit.in_rounds_of(200_000)))
}

/// The steps taken to keep the limit, or the largest part of tables that exceed it.
fn steps(report: &Result<Report, Error>) -> String {
    let report = match report {
        Ok(report) => report,
        Err(error) => {
            let ErrorKind::MemoryLimit { is_asked: true, largest, .. } = error.kind() else { panic!("{error}") };
            return format!("fails: {}", largest.split(' ').next().unwrap());
        }
    };
    let keys = report.approximate.first().map(|approximate| format!("{} keys", approximate.max_keys));
    let hll = (report.uv != UvReport::Exact).then(|| "hll".to_owned());
    let is_noted = report.notes.iter().any(|note| note.code == NoteCode::DegradedToMemory);
    let noted = is_noted.then(|| "noted".to_owned());
    keys.into_iter().chain(hll).chain(noted).collect::<Vec<_>>().join(", ")
}

/// A question about a log, its memory limit, and the expected steps.
struct Row {
    lines: u32,
    query_bytes: usize,
    question: Question,
    limit: u64,
    steps: &'static str,
}

fn rows() -> Vec<Row> {
    let usual = Question::new().limit(0).query(Query::Keep);
    let by_second = usual.clone().by(Unit::Second);
    let all_keys = usual.clone().sort(Metric::Bytes);
    let bounded = usual.clone().max_keys(MaxKeys::new(500));
    let many = |question: &Question, kib: u64, steps| Row {
        lines: 16_000,
        query_bytes: 20,
        question: question.clone(),
        limit: kib << 10,
        steps,
    };
    let long = |question: &Question, kib: u64, steps| Row {
        lines: 5_000,
        query_bytes: 300,
        question: question.clone(),
        limit: kib << 10,
        steps,
    };
    vec![
        many(&usual, 3000, ""),
        many(&usual, 1000, "2000 keys, noted"),
        many(&usual, 400, "800 keys, hll, noted"),
        many(&by_second, 2000, "fails: second"),
        many(&all_keys, 1000, "fails: path"),
        many(&all_keys, 2000, "hll, noted"),
        many(&bounded, 500, "500 keys, hll, noted"),
        long(&usual, 500, "500 keys, noted"),
        long(&usual, 200, "fails: visitors"),
    ]
}

#[test]
fn one_limit_gives_one_report() {
    let directory = tempfile::tempdir().unwrap();
    let mut taken = Vec::new();
    let mut logs = (0, 0);
    for (turn, row) in rows().into_iter().enumerate() {
        two_logs_of(directory.path(), &row, &mut logs);
        let Row { question, limit, steps: expected, .. } = row;
        let question = limited(&question, limit);
        let engine = |threads, chunk_bytes, seed| Engine::new().threads(threads).chunk_bytes(chunk_bytes).seed(seed);
        let first = counted(&question, directory.path(), &engine(1, 1 << 20, 1), Read::AtPositions, false);
        taken.push((steps(&first), expected));
        let first = first.map(written).map_err(|error| error.to_string());
        for (engine, read, reversed) in [
            (engine(4, 5_000, 2), Read::Mapped, false),
            (engine(2, 1 << 20, 3), Read::AsStreams, true),
            (engine(4, 30_000, 4), Read::AtPositions, true),
        ]
        .into_iter()
        .skip(turn % super::ONE_IN.min(3))
        .step_by(super::ONE_IN)
        {
            let other = counted(&question, directory.path(), &engine, read, reversed);
            let other = other.map(written).map_err(|error| error.to_string());
            assert!(other == first, "{limit}: {expected}");
        }
    }
    let (steps, expected): (Vec<_>, Vec<_>) = taken.into_iter().unzip();
    assert_eq!(steps, expected);
}

#[test]
fn approximate_numbers_keep_their_guarantees() {
    let directory = tempfile::tempdir().unwrap();
    let mut seen = BTreeSet::new();
    let mut logs = (0, 0);
    for row in rows() {
        two_logs_of(directory.path(), &row, &mut logs);
        let Row { question, limit, .. } = row;
        let Ok(report) =
            counted(&limited(&question, limit), directory.path(), &Engine::default(), Read::AtPositions, false)
        else {
            continue;
        };
        let is_estimated = report.uv != UvReport::Exact;
        let uv = if is_estimated { UvMethod::Hll(Precision::default()) } else { UvMethod::Exact };
        let truth = exact(&question.clone().uv(uv).max_keys(None), directory.path());
        let pv = truth.summary.as_ref().unwrap().row.pv;
        for (ranking, all) in report.top.iter().flatten().zip(truth.top.iter().flatten()) {
            let Some(approximate) = report.approximate.iter().find(|a| a.dimension == ranking.dimension) else {
                assert_eq!(ranking.rows, all.rows);
                continue;
            };
            let error = approximate.max_error;
            assert!(ranking.rows.len() as u64 <= approximate.max_keys);
            assert!((1..=pv / (approximate.max_keys + 1)).contains(&error), "{error} of {pv}");
            let counted: HashMap<_, _> = ranking.rows.iter().map(|row| (&row.key, row.pv)).collect();
            let hits: HashMap<_, _> = all.rows.iter().map(|row| (&row.key, row.pv)).collect();
            assert!(counted.keys().all(|key| hits.contains_key(key)));
            for (key, hits) in hits {
                let counted = counted.get(key).copied().unwrap_or(0);
                assert!(counted <= hits && hits <= counted + error, "{key:?}: {counted} of {hits}");
            }
        }
        seen.insert((is_estimated, report.approximate.is_empty()));
        let rest = |mut report: Report| {
            report.notes.retain(|note| note.code != NoteCode::DegradedToMemory);
            (report.top, report.approximate) = (None, Vec::new());
            written(report)
        };
        assert_eq!(rest(report), rest(truth), "visitors are counted like --uv hll from the start");
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

/// Without a limit in the question, nothing becomes approximate: the count stops at the engine's limit.
#[test]
fn engine_limit_stops_the_count() {
    let directory = tempfile::tempdir().unwrap();
    two_logs(directory.path(), 16_000, 20);
    let question = Question::new().show([Section::Summary, Section::Top]);
    let all = written(exact(&question, directory.path()));
    let bounded = question.clone().max_keys(MaxKeys::new(1000).map(|keys| keys.in_rounds_of(100_000)));
    for threads in [1, 3] {
        for (question, limit, stops) in [
            (&question, 1 << 20, true),
            (&question, 16 << 20, false),
            (&bounded, 100 << 10, true),
            (&bounded, 8 << 20, false),
        ] {
            let engine = Engine::new().threads(threads).chunk_bytes(20_000).memory_limit(limit);
            let report = counted(question, directory.path(), &engine, Read::AtPositions, false);
            match report {
                Ok(report) => {
                    assert!(!stops && (question.counting.max_keys.is_some() || written(report) == all), "{limit}");
                }
                Err(error) => {
                    let ErrorKind::MemoryLimit { limit_bytes, is_asked, largest } = error.kind() else {
                        panic!("{error}")
                    };
                    assert_eq!((*limit_bytes, *is_asked, stops), (limit, false, true), "{error}");
                    assert!(largest.starts_with("path ") || largest.starts_with("visitors "), "{largest}");
                    for setting in ["max_memory", "max_keys", "uv hll"] {
                        assert!(error.to_string().contains(setting), "{error}");
                    }
                }
            }
        }
    }
}
