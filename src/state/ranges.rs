//! Ranges of a text that are counted: sorted, disjoint, and as few as possible.

use serde::{Deserialize, Serialize};

/// A range of bytes of a text, the end excluded, and the number of lines that begin in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(from = "(u64, u64, Option<u64>)", into = "(u64, u64, Option<u64>)")]
#[non_exhaustive]
pub struct CountedRange {
    /// The first byte.
    pub from: u64,
    /// The byte after the last one.
    pub to: u64,
    /// Number of lines; `None` if it is not known, because the text was cut off within the range. A line that an
    /// envelope has split counts once for each of its parts.
    pub lines: Option<u64>,
}

impl From<(u64, u64, Option<u64>)> for CountedRange {
    fn from((from, to, lines): (u64, u64, Option<u64>)) -> CountedRange {
        CountedRange { from, to, lines }
    }
}

impl From<CountedRange> for (u64, u64, Option<u64>) {
    fn from(CountedRange { from, to, lines }: CountedRange) -> (u64, u64, Option<u64>) {
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

/// True if other ranges have all bytes of these. The others may be in any order and overlap.
pub(super) fn are_within(some: &[CountedRange], mut others: Vec<CountedRange>) -> bool {
    others.sort_unstable();
    let reach = |to: u64, other: &CountedRange| if other.from <= to { to.max(other.to) } else { to };
    some.iter().all(|one| others.iter().fold(one.from, reach) >= one.to)
}

/// Joins disjoint ranges. Returns for each of them the number of lines before it in its new range, if it is known.
pub(super) fn joined(mut ranges: Vec<CountedRange>) -> (Vec<CountedRange>, Vec<(CountedRange, Option<u64>)>) {
    ranges.retain(|range| range.from < range.to);
    ranges.sort_unstable();
    let mut all: Vec<CountedRange> = Vec::with_capacity(ranges.len());
    let mut before = Vec::with_capacity(ranges.len());
    for range in ranges {
        match all.last_mut().filter(|last| last.to == range.from) {
            Some(last) => {
                before.push((range, last.lines));
                last.to = range.to;
                last.lines = last.lines.zip(range.lines).map(|(before, lines)| before + lines);
            }
            None => {
                before.push((range, Some(0)));
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
        of.iter().map(|(from, to, lines)| CountedRange::from((*from, *to, Some(*lines)))).collect()
    }

    #[test]
    fn adjoining_ranges_become_one_in_any_order() {
        let (all, before) = joined(ranges(&[(20, 30, 3), (5, 5, 0), (0, 10, 1), (10, 20, 2), (40, 50, 4)]));
        assert_eq!(all, ranges(&[(0, 30, 6), (40, 50, 4)]));
        let before: Vec<_> = before.iter().map(|(range, lines)| (range.from, lines.unwrap())).collect();
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
        for (some, expected) in [
            (&[(0, 10, 1), (22, 23, 1), (15, 15, 0)][..], true),
            (&[(8, 22, 1)], false),
            (&[(0, 1, 1), (29, 31, 1)], false),
            (&[], true),
        ] {
            assert_eq!(are_within(&ranges(some), all.clone()), expected, "{some:?}");
        }
        let overlapping = ranges(&[(20, 30, 1), (0, 15, 1), (10, 21, 1), (2, 3, 1)]);
        assert!(are_within(&ranges(&[(1, 30, 1)]), overlapping) && !are_within(&ranges(&[(0, 1, 1)]), vec![]));
    }

    #[test]
    fn lines_after_an_unknown_number_of_lines_have_no_number() {
        let cut = CountedRange::from((0, 10, None));
        let (all, before) = joined([vec![cut], ranges(&[(10, 20, 2), (30, 40, 3)])].concat());
        assert_eq!(all, [CountedRange::from((0, 20, None)), CountedRange::from((30, 40, Some(3)))]);
        assert_eq!(before.iter().map(|(_, lines)| *lines).collect::<Vec<_>>(), [Some(0), None, Some(0)]);
    }
}
