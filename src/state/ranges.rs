//! Ranges of a text that are counted: sorted, disjoint, and as few as possible.

use serde::{Deserialize, Serialize};

/// A range of bytes of a text, the end excluded, and the number of lines that begin in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(from = "(u64, u64, u64)", into = "(u64, u64, u64)")]
#[non_exhaustive]
pub struct CountedRange {
    /// The first byte.
    pub from: u64,
    /// The byte after the last one.
    pub to: u64,
    /// Number of lines. A line that an envelope has split counts once for each of its parts.
    pub lines: u64,
}

impl From<(u64, u64, u64)> for CountedRange {
    fn from((from, to, lines): (u64, u64, u64)) -> CountedRange {
        CountedRange { from, to, lines }
    }
}

impl From<CountedRange> for (u64, u64, u64) {
    fn from(CountedRange { from, to, lines }: CountedRange) -> (u64, u64, u64) {
        (from, to, lines)
    }
}

impl CountedRange {
    pub(crate) fn has(&self, byte: u64) -> bool {
        self.from <= byte && byte < self.to
    }
}

/// The bytes that both have, if there are any: the first stretch of them.
pub(super) fn overlap(ours: &[CountedRange], theirs: &[CountedRange]) -> Option<(u64, u64)> {
    let pairs =
        ours.iter().flat_map(|our| theirs.iter().map(move |their| (our.from.max(their.from), our.to.min(their.to))));
    pairs.filter(|(from, to)| from < to).min()
}

/// True if each range is within one of `all`.
pub(super) fn are_within(some: &[CountedRange], all: &[CountedRange]) -> bool {
    some.iter().all(|one| one.from == one.to || all.iter().any(|other| other.from <= one.from && one.to <= other.to))
}

/// Joins disjoint ranges. Returns for each joined range the number of lines before it in its new range, by its start.
pub(super) fn joined(mut ranges: Vec<CountedRange>) -> (Vec<CountedRange>, Vec<(CountedRange, u64)>) {
    ranges.retain(|range| range.from < range.to);
    ranges.sort_unstable();
    let mut all: Vec<CountedRange> = Vec::with_capacity(ranges.len());
    let mut before = Vec::with_capacity(ranges.len());
    for range in ranges {
        match all.last_mut().filter(|last| last.to == range.from) {
            Some(last) => {
                before.push((range, last.lines));
                last.to = range.to;
                last.lines += range.lines;
            }
            None => {
                before.push((range, 0));
                all.push(range);
            }
        }
    }
    (all, before)
}

/// True if the ranges are what [`joined`] returns, so that they can be relied on.
pub(super) fn are_joined(ranges: &[CountedRange]) -> bool {
    ranges.iter().all(|range| range.from < range.to) && ranges.windows(2).all(|pair| pair[0].to < pair[1].from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(of: &[(u64, u64, u64)]) -> Vec<CountedRange> {
        of.iter().map(|range| CountedRange::from(*range)).collect()
    }

    #[test]
    fn adjoining_ranges_become_one_in_any_order() {
        let (all, before) = joined(ranges(&[(20, 30, 3), (5, 5, 0), (0, 10, 1), (10, 20, 2), (40, 50, 4)]));
        assert_eq!(all, ranges(&[(0, 30, 6), (40, 50, 4)]));
        let before: Vec<_> = before.iter().map(|(range, lines)| (range.from, *lines)).collect();
        assert_eq!(before, [(0, 0), (10, 1), (20, 3), (40, 0)]);
        assert!(
            are_joined(&all) && !are_joined(&ranges(&[(0, 1, 0), (1, 2, 0)])) && !are_joined(&ranges(&[(1, 1, 0)]))
        );
    }

    #[test]
    fn overlaps_are_found_and_neighbours_are_none() {
        let all = ranges(&[(0, 10, 1), (20, 30, 1)]);
        for (other, expected) in [
            ((10, 20, 1), None),
            ((30, 40, 1), None),
            ((5, 25, 1), Some((5, 10))),
            ((25, 40, 1), Some((25, 30))),
            ((22, 23, 1), Some((22, 23))),
            ((0, 0, 0), None),
        ] {
            assert_eq!(overlap(&all, &ranges(&[other])), expected, "{other:?}");
            assert_eq!(overlap(&ranges(&[other]), &all), expected, "{other:?}");
        }
        assert!(are_within(&ranges(&[(0, 10, 1), (22, 23, 1), (15, 15, 0)]), &all));
        assert!(!are_within(&ranges(&[(8, 22, 1)]), &all) && are_within(&[], &[]));
    }
}
