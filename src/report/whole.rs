//! All hits of a report: their number, and the period that they cover. Shares are parts of the number. The mean number
//! of requests in flight is a sum of times divided by the length of a row's time.

use std::ops::Range;

use crate::batch::MISSING;
use crate::dimension::{Dimension, Key, time_number};
use crate::time::{DAY_S, Unit};

/// All hits of a report.
#[derive(Clone, Debug)]
pub(super) struct Whole {
    /// Number of all hits.
    pub(super) pv: u64,
    /// Wall-clock range: the requested period, else from the first hit to the last.
    pub(super) wall_s: Range<i64>,
}

impl Whole {
    /// Length of the whole period in seconds; `None` if it is empty.
    pub(super) fn length_s(&self) -> Option<u64> {
        length_of(&self.wall_s)
    }

    /// Length in seconds of the time of a row of this dimension. `None` if it is empty or not known.
    ///
    /// A row of a unit of time has the length of that unit, even if the period begins or ends within it. Hours of the
    /// day and weekdays are as often in the period as it touches them. All other rows have the length of the period.
    pub(super) fn length_of_row_s(&self, key: &Key<'_>) -> Option<u64> {
        let mut times = key.parts().filter_map(|(dimension, key)| match dimension {
            Dimension::Time(unit) => Some((unit, key)),
            _ => None,
        });
        let Some((unit, key)) = times.next() else { return self.length_s() };
        if key == MISSING {
            return None;
        }
        let number = time_number(key);
        match unit {
            Unit::HourOfDay => self.touched_s(3600, 24, number),
            // 1970-01-01 was a Thursday.
            Unit::Weekday => self.touched_s(DAY_S, 7, (number - 3).rem_euclid(7)),
            _ => {
                let bucket = unit.bucket(number);
                length_of(&(bucket.start_s..bucket.end_s))
            }
        }
    }

    /// Length of those pieces of `size_s` seconds which the period touches, and whose number modulo `cycle` is `rest`.
    fn touched_s(&self, size_s: i64, cycle: i64, rest: i64) -> Option<u64> {
        if self.wall_s.is_empty() {
            return None;
        }
        let (first, end) = (self.wall_s.start.div_euclid(size_s), (self.wall_s.end - 1).div_euclid(size_s) + 1);
        let below = |number: i64| (number - 1 - rest).div_euclid(cycle);
        length_of(&(0..(below(end) - below(first)) * size_s))
    }
}

fn length_of(range: &Range<i64>) -> Option<u64> {
    range.end.checked_sub(range.start).and_then(|length| u64::try_from(length).ok()).filter(|length| *length > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Compares the arithmetic with a count of pieces one by one.
        #[test]
        fn recurring_units_are_as_long_as_the_period_touches_them(
            start in -2_000_000..2_000_000_i64, length in 1..2_000_000_i64, hour in 0..24_i64, day in 0..7_i64,
        ) {
            let whole = Whole { pv: 1, wall_s: start..start + length };
            for (unit, number, size_s, cycle, rest) in [
                (Unit::HourOfDay, hour, 3600, 24, hour),
                (Unit::Weekday, day, DAY_S, 7, (day - 3).rem_euclid(7)),
            ] {
                let mut pieces = start.div_euclid(size_s)..(start + length - 1).div_euclid(size_s) + 1;
                let count = pieces.by_ref().filter(|piece| unit.bucket(piece * size_s).number == number).count() as u64;
                let expected = Some(count * size_s as u64).filter(|length| *length > 0);
                prop_assert_eq!(whole.touched_s(size_s, cycle, rest), expected, "{:?}", unit);
            }
        }
    }

    #[test]
    fn period_without_hits_has_no_length() {
        let whole = Whole { pv: 0, wall_s: 0..0 };
        assert_eq!((whole.length_s(), whole.touched_s(3600, 24, 3)), (None, None));
        assert_eq!(Whole { pv: 1, wall_s: 5..6 }.length_s(), Some(1));
    }
}
