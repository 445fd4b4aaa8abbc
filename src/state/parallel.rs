//! Work on the days of a state by several threads. Days are few and take about the same time, so no pool is needed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Maps items, in their order, with up to this many threads. If the system grants fewer, those that it grants do the
/// work.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], threads: usize, f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(items.len())));
    let work = || {
        let mut mine = Vec::new();
        while let Some((at, item)) = next_item(items, &next) {
            mine.push((at, f(item)));
        }
        if let Ok(mut all) = results.lock() {
            all.append(&mut mine);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.min(items.len()) {
            if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        work();
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_unstable_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

fn next_item<'i, T>(items: &'i [T], next: &AtomicUsize) -> Option<(usize, &'i T)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    items.get(at).map(|item| (at, item))
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_are_in_the_order_of_items() {
        let items: Vec<u32> = (0..1000).collect();
        for threads in [0, 1, 2, 5, 2000] {
            assert_eq!(
                super::map(&items, threads, |item| item * 2),
                items.iter().map(|item| item * 2).collect::<Vec<_>>()
            );
        }
        assert!(super::map(&[] as &[u32], 3, |item| *item).is_empty());
    }
}
