//! Work on the days of a state by several threads. Days are few and take about the same time, so no pool is needed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::{panic, thread};

/// Maps items, in their order, with up to this many threads. If the system grants fewer, those that it grants do the
/// work.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], threads: usize, f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut mine = Vec::new();
        while let Some((at, item)) = next_item(items, &next) {
            mine.push((at, f(item)));
        }
        mine
    };
    let mut results = thread::scope(|scope| {
        let spawned =
            (1..threads.min(items.len())).map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok());
        let spawned: Vec<_> = spawned.collect();
        let mut results = work();
        for thread in spawned {
            results.extend(thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic)));
        }
        results
    });
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

    #[test]
    #[should_panic(expected = "the last item")]
    fn panic_of_any_thread_is_passed_on() {
        super::map(&[1, 2, 3, 4], 4, |item| assert_ne!(*item, 4, "the last item"));
    }
}
