//! The runs that `benches/side_by_side` measures with the program, over small logs: every kind of log and question, so
//! that a regression shows before the large runs.

use std::io::Write;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput};
use flate2::Compression;
use flate2::write::GzEncoder;
use logstat::{Access, Dimension, Engine, Input, Question, Section, Unit, UvMethod, count, guard_mappings};
use tempfile::TempDir;

use crate::log::LINES;
use crate::plain::Hit;
use crate::right::Right;
use loggen::Traffic;

/// Storage of the log, and the way of reading it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    File,
    Stream,
    Gz,
    Zst,
    /// This number of gz files.
    Rotated(usize),
}

/// THE TABLE of runs: name, log, storage and question.
fn runs() -> Vec<(&'static str, Traffic, Form, Question)> {
    let plain = Traffic { lines: LINES as u64, ..Traffic::default() };
    let day = Question::default();
    let rankings = vec![Dimension::Path, Dimension::Ip, Dimension::Agent, Dimension::Referer];
    let unique = Traffic { unique_paths: true, addresses: 2 * LINES / 5, ..plain };
    let fresh = Traffic { unique_paths: true, unique_addresses: true, ..plain };
    let long = Traffic { lines: LINES as u64 / 10, agent_bytes: 2000, ..plain };
    vec![
        ("by day", plain.clone(), Form::File, day.clone()),
        ("by day, with times", Traffic { times: true, ..plain }, Form::File, day.clone()),
        ("summary", plain.clone(), Form::File, day.clone().show([Section::Summary])),
        ("four rankings", plain.clone(), Form::File, day.clone().top(rankings)),
        ("by minute", plain.clone(), Form::File, day.clone().by(Unit::Minute)),
        ("hll", plain.clone(), Form::File, day.clone().uv(UvMethod::Hll(Default::default()))),
        ("high cardinality", unique, Form::File, day.clone()),
        ("all paths and addresses once", fresh, Form::File, day.clone()),
        ("JSON", Traffic { json: true, ..plain }, Form::File, day.clone()),
        ("short lines", Traffic { short: true, ..plain }, Form::File, day.clone()),
        ("agents of 2 kB", long, Form::File, day.clone()),
        ("stream", plain.clone(), Form::Stream, day.clone()),
        ("one gz", plain.clone(), Form::Gz, day.clone()),
        ("one zst", plain.clone(), Form::Zst, day.clone()),
        ("14 gz", plain, Form::Rotated(14), day),
    ]
}

pub(crate) fn runs_of_the_program(criterion: &mut Criterion) {
    let access = guard_mappings().map_or(Access::Read, Access::Map);
    let engine = Engine::new().access(access);
    let mut group = criterion.benchmark_group("runs");
    for (name, traffic, form, question) in runs() {
        let text = traffic.to_vec();
        let directory = tempfile::tempdir().expect("a temporary directory");
        let files = files(&text, form, &directory);
        // Computed only if this run is selected.
        let mut right = None;
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            let right = right.get_or_insert_with(|| right_of(&traffic, &question));
            bencher.iter(|| {
                let inputs = files.iter().map(|file| input(file, form)).collect();
                let outcome = count(&question, inputs, &engine).expect("the log has a known format");
                assert!(outcome.problems.is_empty());
                right.check(&outcome.report.expect("the files were read"));
            });
        });
    }
    group.finish();
}

/// Expected report. For JSON lines it is that of the same traffic as text lines.
fn right_of(traffic: &Traffic, question: &Question) -> Right {
    let text: &[u8] = Traffic { json: false, ..*traffic }.to_vec().leak();
    let lines = text.strip_suffix(b"\n").expect("the last line has an end").split(|&b| b == b'\n');
    Right::new(&lines.map(Hit::of).collect::<Vec<_>>(), question, traffic.times)
}

fn input(file: &Path, form: Form) -> Input {
    match form {
        Form::Stream => Input::reader(file, std::fs::File::open(file).expect("the file was just written")),
        _ => Input::path(file),
    }
}

fn files(text: &[u8], form: Form, directory: &TempDir) -> Vec<PathBuf> {
    let gz = |part: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(part).and_then(|()| encoder.finish()).expect("writing to a Vec cannot fail")
    };
    let parts: Vec<Vec<u8>> = match form {
        Form::File | Form::Stream => vec![text.to_vec()],
        Form::Gz => vec![gz(text)],
        Form::Zst => vec![zstd::encode_all(text, 0).expect("writing to a Vec cannot fail")],
        Form::Rotated(count) => {
            let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
            lines.chunks(lines.len().div_ceil(count)).map(|part| gz(&part.concat())).collect()
        }
    };
    let write = |(number, part): (usize, Vec<u8>)| {
        let file = directory.path().join(format!("access.log.{number}"));
        std::fs::write(&file, part).expect("the log fits on the disk");
        file
    };
    parts.into_iter().enumerate().map(write).collect()
}
