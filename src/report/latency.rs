//! Request times: percentiles, and a histogram in steps of round numbers.

use super::round_numbers::round_numbers;
use super::{LatencyReport, LatencyStep};
use crate::measure::Sorted;

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
