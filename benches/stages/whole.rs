//! From a file to a report with a default question, as the program does it, for each way of reading and number of
//! threads.

use criterion::Criterion;
use logstat::{Access, Engine, Input, Question, count, guard_mappings};

use crate::log::LOG;
use crate::right::Right;

pub(crate) fn whole(criterion: &mut Criterion) {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), LOG.text).expect("the log fits on the disk");
    let right = Right::new(&LOG.hits, &Question::default(), true);
    let mapped = guard_mappings().map(|guard| ("mapped", Access::Map(guard)));
    let mut group = criterion.benchmark_group("whole");
    group.throughput(LOG.throughput());
    for (name, access) in mapped.into_iter().chain([("read", Access::Read)]) {
        for threads in [1, 2] {
            let engine = Engine::new().threads(threads).access(access);
            group.bench_function(format!("{name}, threads: {threads}"), |bencher| {
                bencher.iter(|| {
                    let outcome = count(&Question::default(), vec![Input::path(file.path())], &engine);
                    let outcome = outcome.expect("the log has a known format");
                    assert!(outcome.problems.is_empty());
                    right.check(&outcome.report.expect("the file was read"));
                });
            });
        }
    }
    group.finish();
}

/// Lines per file, for many small files.
const FILE_LINES: usize = 100;

/// The same log, split into files of a few lines.
pub(crate) fn many_files(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lines: Vec<&[u8]> = LOG.text.split_inclusive(|byte| *byte == b'\n').collect();
    let paths: Vec<_> =
        (0..lines.len().div_ceil(FILE_LINES)).map(|at| folder.path().join(format!("{at}.log"))).collect();
    for (path, lines) in paths.iter().zip(lines.chunks(FILE_LINES)) {
        std::fs::write(path, lines.concat()).expect("the log fits on the disk");
    }
    let right = Right::new(&LOG.hits, &Question::default(), true);
    let access = guard_mappings().map_or(Access::Read, Access::Map);
    let mut group = criterion.benchmark_group("many files");
    group.throughput(LOG.throughput());
    for threads in [1, 2] {
        let engine = Engine::new().threads(threads).access(access);
        group.bench_function(format!("threads: {threads}"), |bencher| {
            bencher.iter(|| {
                let outcome = count(&Question::default(), paths.iter().map(Input::path).collect(), &engine);
                let outcome = outcome.expect("the log has a known format");
                assert!(outcome.problems.is_empty());
                let report = outcome.report.expect("the files were read");
                assert_eq!(report.inputs.len(), paths.len());
                right.check(&report);
            });
        });
    }
    group.finish();
}
