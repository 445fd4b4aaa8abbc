//! The log that the stages work on, its expected numbers, and how to time a stage that runs between others.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use criterion::Throughput;
use logstat::stages::{Plan, Presets, Scanner, Tables};
use logstat::{Dimension, UvMethod};

use crate::plain::{self, Groups, Hit};
use loggen::Traffic;

pub(crate) const LINES: usize = 100_000;

/// A generated log. It lives as long as the program, so it can be shared easily.
pub(crate) struct Log {
    pub(crate) text: &'static [u8],
    pub(crate) hits: Vec<Hit<'static>>,
    pub(crate) scanner: Scanner<'static>,
}

/// Combined with `$request_time` at the end.
pub(crate) static LOG: LazyLock<Log> = LazyLock::new(|| Log::new(false));
/// The same traffic, with `$host` first.
pub(crate) static VHOST_LOG: LazyLock<Log> = LazyLock::new(|| Log::new(true));

/// The traffic of `LOG` as JSON; its expected numbers are the same.
pub(crate) static JSON_LOG: LazyLock<(&'static [u8], Scanner<'static>)> = LazyLock::new(|| {
    let traffic = Traffic { lines: LINES as u64, times: true, json: true, seed: 1, ..Traffic::default() };
    let text: &[u8] = traffic.to_vec().leak();
    (text, Scanner::new(Box::leak(Box::default()), text))
});

impl Log {
    fn new(vhost: bool) -> Log {
        let traffic = Traffic { lines: LINES as u64, times: true, vhost, seed: 1, ..Traffic::default() };
        let text: &[u8] = traffic.to_vec().leak();
        let presets: &Presets = Box::leak(Box::default());
        let lines = text.strip_suffix(b"\n").expect("the last line has an end").split(|&b| b == b'\n');
        Log { text, hits: lines.map(Hit::of).collect(), scanner: Scanner::new(presets, text) }
    }

    pub(crate) fn throughput(&self) -> Throughput {
        Throughput::Bytes(self.text.len() as u64)
    }

    pub(crate) fn expected(&self, dimension: Dimension) -> Groups<'static> {
        plain::groups(&self.hits, dimension)
    }

    /// Counts a part of the log, and returns the tables and the time spent, without scanning.
    ///
    /// Rows are counted right after they are scanned, as in the program. The rows of a whole log exceed the caches, so
    /// scanning everything first would measure memory.
    pub(crate) fn count(&self, part: &[u8], plan: &Plan<'_>, uv: UvMethod) -> (Tables, Duration) {
        let mut tables = Tables::new(plan, uv);
        let mut spent = Duration::ZERO;
        self.scanner.each_batch(part, plan, |rows| {
            let begin = Instant::now();
            tables.add(rows);
            spent += begin.elapsed();
        });
        (tables, spent)
    }
}
