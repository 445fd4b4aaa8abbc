//! The first and the last time of an input, for a period that no line is in.

use crate::time::Stamp;

/// The times of the first and the last line that have one.
///
/// Lines are ordered by their place, so that reading the first and the last line of a file is enough. Lines in envelopes
/// have the place 0, because their parts may be in several chunks, and are ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cover {
    /// Place of the first line, and its time as [`Stamp::instant_rank`].
    first: (u64, i64),
    /// Place of the last line, and its time.
    last: (u64, i64),
}

impl Cover {
    /// The times of some lines that begin at the place `at`: the first and the last if they are ordered by place, the
    /// earliest and the latest if they have none.
    pub(crate) fn of(at: Option<u64>, stamps: impl DoubleEndedIterator<Item = Stamp> + Clone) -> Option<Cover> {
        let mut ranks = stamps.filter(|stamp| *stamp != Stamp::NONE).map(Stamp::instant_rank);
        let (at, first, last) = match at {
            Some(at) => {
                let first = ranks.next()?;
                (at, first, ranks.next_back().unwrap_or(first))
            }
            None => (0, ranks.clone().min()?, ranks.max()?),
        };
        Some(Cover { first: (at, first), last: (at, last) })
    }

    #[must_use]
    pub(crate) fn with(self, other: Cover) -> Cover {
        Cover { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    pub(crate) fn first(self) -> Stamp {
        Stamp::of_instant_rank(self.first.1)
    }

    pub(crate) fn last(self) -> Stamp {
        Stamp::of_instant_rank(self.last.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamps(seconds: &[i64]) -> Vec<Stamp> {
        seconds.iter().map(|wall_s| Stamp { wall_s: *wall_s, offset_min: 0 }).collect()
    }

    fn seconds(cover: Cover) -> (i64, i64) {
        (cover.first().wall_s, cover.last().wall_s)
    }

    #[test]
    fn lines_are_ordered_by_place_or_by_time() {
        let times = [stamps(&[5, 9, 3]), stamps(&[2, 8, 7]), vec![Stamp::NONE, stamps(&[6])[0], Stamp::NONE]];
        let cover = |at: [Option<u64>; 3]| {
            let covers: Vec<_> = times.iter().zip(at).filter_map(|(s, at)| Cover::of(at, s.iter().copied())).collect();
            let forward = covers.iter().copied().reduce(Cover::with).unwrap();
            let back = covers.iter().rev().copied().reduce(Cover::with).unwrap();
            assert_eq!(forward, back);
            seconds(forward)
        };
        assert_eq!(cover([Some(0), Some(700), Some(90)]), (5, 7));
        assert_eq!(cover([None, None, None]), (2, 9));
        assert_eq!(Cover::of(Some(0), std::iter::once(Stamp::NONE)), None);
    }
}
