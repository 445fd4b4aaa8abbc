//! From a file to a report, as the program does it where nothing is asked for: by the ways of reading and threads.

use criterion::Criterion;
use logstat::{Access, Engine, Input, Question, count, guard_mappings};

use crate::log::LOG;
use crate::right::Right;

pub(crate) fn whole(criterion: &mut Criterion) {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), LOG.text).expect("room for the log");
    let right = Right::new(&LOG.hits, &Question::default(), true);
    let mapped = guard_mappings().map(|guard| ("mapped", Access::Map(guard)));
    let mut group = criterion.benchmark_group("whole");
    group.throughput(LOG.throughput());
    for (name, access) in mapped.into_iter().chain([("read", Access::Read)]) {
        for threads in [1, 2] {
            let engine = Engine { threads, access, ..Engine::default() };
            group.bench_function(format!("{name}, threads: {threads}"), |bencher| {
                bencher.iter(|| {
                    let outcome = count(&Question::default(), vec![Input::path(file.path())], &engine);
                    let outcome = outcome.expect("a log in a format that is known");
                    assert!(outcome.problems.is_empty());
                    right.check(&outcome.report.expect("the file was read"));
                });
            });
        }
    }
    group.finish();
}
