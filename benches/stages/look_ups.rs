//! From keys to ids, in tables that already hold all keys: the usual case in a long log.

use std::collections::HashMap;
use std::hint::black_box;

use criterion::{Bencher, Criterion, Throughput};
use logstat::stages::{Addresses, COLUMN, Texts};

use crate::plain::Hit;
use loggen::Traffic;

/// Number of values to look up: more than the lines of `LOG`, so that tables are as large as those of large logs.
const VALUES: u64 = 400_000;

/// Addresses of a log in which nearly every visitor is new: the tables exceed the L2 cache.
pub(crate) fn addresses(criterion: &mut Criterion) {
    let log = Traffic { lines: VALUES, addresses: 2_000_000, times: true, seed: 1, ..Traffic::default() }.to_vec();
    let values = lines(&log).map(|line| Hit::of(line).address.to_vec()).collect();
    let values = Values::new(values);
    let mut group = criterion.benchmark_group("look-ups of addresses");
    group.throughput(Throughput::Bytes(log.len() as u64));
    let (mut addresses, mut texts) = (Addresses::default(), Texts::default());
    group.bench_function("address keys", |b| values.look_up(b, |column, ids| addresses.ids(column, ids)));
    group.bench_function("general keys", |b| values.look_up(b, |column, ids| texts.ids(column, ids)));
    group.finish();
}

/// Paths that usually occur once, looked up by the column and one by one.
pub(crate) fn paths(criterion: &mut Criterion) {
    let log = Traffic { lines: VALUES, paths: 1_000_000, times: true, seed: 1, ..Traffic::default() }.to_vec();
    let values = Values::new(lines(&log).map(|line| Hit::of(line).path).collect());
    let mut group = criterion.benchmark_group("look-ups of paths");
    group.throughput(Throughput::Bytes(log.len() as u64));
    let mut texts = Texts::default();
    group.bench_function("a column", |b| values.look_up(b, |column, ids| texts.ids(column, ids)));
    group.bench_function("one by one", |b| values.look_up(b, |column, ids| texts.ids_one_by_one(column, ids)));
    group.finish();
}

fn lines(log: &[u8]) -> impl Iterator<Item = &[u8]> {
    log.split(|&b| b == b'\n').filter(|line| !line.is_empty())
}

/// Values to look up. They are adjacent in memory, not each in its line: the values of a batch are in the cache, too.
struct Values {
    values: Vec<Vec<u8>>,
    /// Expected ids: 0, 1, 2 … in order of first occurrence.
    ids: Vec<u32>,
}

impl Values {
    fn new(values: Vec<Vec<u8>>) -> Values {
        let mut known = HashMap::new();
        let id = |value| {
            let next = known.len() as u32;
            *known.entry(value).or_insert(next)
        };
        let ids = values.iter().map(id).collect();
        Values { values, ids }
    }

    fn look_up(&self, bencher: &mut Bencher<'_>, mut look: impl FnMut(&[&[u8]], &mut Vec<u32>)) {
        let values: Vec<&[u8]> = self.values.iter().map(Vec::as_slice).collect();
        let mut ids = Vec::new();
        let mut all = |values: &[&[u8]]| {
            ids.clear();
            values.chunks(COLUMN).for_each(|column| look(column, &mut ids));
            assert!(ids == self.ids);
        };
        // A first pass adds all keys, so that only look-ups are timed.
        all(&values);
        bencher.iter(|| all(black_box(&values)));
    }
}
