//! Caches a value that stays the same for a range of time. Lines usually come in order, so the next line is usually
//! in the same range.

use std::ops::Range;

/// The value of the range that was looked up last; one per worker. It changes only the speed of look-ups, never their
/// result.
#[derive(Clone, Debug)]
pub(crate) struct CachedRange<T> {
    /// Half-open range of times in seconds for which `value` is valid.
    range: Range<i64>,
    value: T,
}

impl<T: Copy> CachedRange<T> {
    /// Creates an empty cache; `value` is never returned.
    pub(crate) fn none(value: T) -> CachedRange<T> {
        CachedRange { range: 0..0, value }
    }

    /// Returns the value at a time. On a cache miss, `find` returns the range around the time, and its value.
    #[inline]
    pub(crate) fn at(&mut self, time_s: i64, find: impl FnOnce(i64) -> (Range<i64>, T)) -> T {
        if time_s < self.range.start || time_s >= self.range.end {
            self.find(time_s, find);
        }
        self.value
    }

    #[cold]
    #[inline(never)]
    fn find(&mut self, time_s: i64, find: impl FnOnce(i64) -> (Range<i64>, T)) {
        (self.range, self.value) = find(time_s);
    }

    /// Empties the cache, so that the next time is looked up again.
    pub(crate) fn forget(&mut self) {
        self.range = 0..0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_looked_up_once_until_replaced_or_forgotten() {
        let mut last = CachedRange::none(0);
        let mut looked_up = Vec::new();
        let mut at = |last: &mut CachedRange<i64>, time_s: i64| {
            last.at(time_s, |time_s| {
                looked_up.push(time_s);
                let start = time_s.div_euclid(10) * 10;
                (start..start + 10, start)
            })
        };
        assert_eq!([0, 9, 3, 10, 19, 9, -1, -10].map(|time_s| at(&mut last, time_s)), [0, 0, 0, 10, 10, 0, -10, -10]);
        last.forget();
        assert_eq!(at(&mut last, -2), -10);
        assert_eq!(looked_up, [0, 10, 9, -1, -2]);
    }
}
