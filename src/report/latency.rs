//! Request times: percentiles, and a histogram in steps of round numbers.

use serde::{Deserialize, Serialize};

use super::round_numbers::round_numbers;
use crate::measure::Sorted;

/// Request times in whole milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct LatencyReport {
    /// Hits whose time was logged.
    pub count: u64,
    /// Sum of all times; saturates at `u64::MAX`.
    pub sum_ms: u64,
    /// The longest time.
    pub max_ms: u64,
    /// The median. All percentiles are by nearest rank.
    pub p50_ms: u64,
    /// The 90th percentile.
    pub p90_ms: u64,
    /// The 95th percentile.
    pub p95_ms: u64,
    /// The 99th percentile.
    pub p99_ms: u64,
    /// A request that took longer than this is slow.
    pub slow_threshold_ms: u64,
    /// Number of slow hits.
    pub slow: u64,
    /// Hits by time, in steps of up to 1, 2, 5, 10, 20 … milliseconds. The last step contains the longest time. Their
    /// counts add up to `count`.
    pub histogram: Vec<LatencyStep>,
}

/// Hits that took at most [`up_to_ms`](LatencyStep::up_to_ms), and longer than the step before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct LatencyStep {
    /// Upper bound of the step, inclusive.
    pub up_to_ms: u64,
    /// Number of hits.
    pub count: u64,
}

/// Returns the section about request times; `None` if no time was logged.
pub(super) fn latency(times: &Sorted, slow_ms: u64) -> Option<LatencyReport> {
    (times.count() > 0).then(|| LatencyReport {
        count: times.count(),
        sum_ms: times.sum_ms(),
        max_ms: times.max_ms(),
        p50_ms: times.percentile_ms(50),
        p90_ms: times.percentile_ms(90),
        p95_ms: times.percentile_ms(95),
        p99_ms: times.percentile_ms(99),
        slow_threshold_ms: slow_ms,
        slow: times.slower_than(slow_ms),
        histogram: histogram(times),
    })
}

/// Steps of 1, 2 and 5 times each power of ten, up to the step that contains the longest time.
fn histogram(times: &Sorted) -> Vec<LatencyStep> {
    let mut up_to_ms: Vec<u64> = round_numbers().collect();
    up_to_ms.truncate(up_to_ms.partition_point(|up_to| *up_to < times.max_ms()) + 1);
    let counts = times.in_steps(&up_to_ms);
    up_to_ms.into_iter().zip(counts).map(|(up_to_ms, count)| LatencyStep { up_to_ms, count }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Histogram;

    #[test]
    fn steps_go_up_to_the_longest_time() {
        let of = |times: &[u64]| {
            let mut all = Histogram::default();
            times.iter().for_each(|ms| all.add(*ms, 1));
            histogram(&all.sorted()).into_iter().map(|step| (step.up_to_ms, step.count)).collect::<Vec<_>>()
        };
        assert_eq!(of(&[0, 1, 2, 6, 10]), [(1, 2), (2, 1), (5, 0), (10, 2)]);
        assert_eq!(of(&[0]), [(1, 1)]);
        let last = of(&[u64::MAX, 3]);
        assert_eq!((last[2], last.last().copied()), ((5, 1), Some((u64::MAX, 1))));
        assert!(last.windows(2).all(|two| two[0].0 < two[1].0));
    }
}
