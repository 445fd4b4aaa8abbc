//! A set of rows of a batch: the input and output of a predicate.

use crate::batch::{Hits, ROWS};

const BITS: usize = u64::BITS as usize;
const WORDS: usize = ROWS / BITS;

/// A set of the rows of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rows([u64; WORDS]);

impl Rows {
    pub(crate) const NONE: Rows = Rows([0; WORDS]);

    /// The first `len` rows: all rows of a batch of that many lines.
    pub(crate) fn first(len: usize) -> Rows {
        let word = |i: usize| match len.saturating_sub(i * BITS) {
            0 => 0,
            left if left >= BITS => u64::MAX,
            left => (1 << left) - 1,
        };
        Rows(std::array::from_fn(word))
    }

    pub(crate) fn count(self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// The first row, if there is one.
    pub(crate) fn first_row(self) -> Option<usize> {
        let word = self.0.iter().position(|word| *word != 0)?;
        Some(word * BITS + self.0[word].trailing_zeros() as usize)
    }

    pub(crate) fn is_empty(self) -> bool {
        self == Rows::NONE
    }

    #[must_use]
    pub(crate) fn union(self, other: Rows) -> Rows {
        Rows(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }

    #[must_use]
    pub(crate) fn difference(self, other: Rows) -> Rows {
        Rows(std::array::from_fn(|i| self.0[i] & !other.0[i]))
    }

    /// Keeps the rows for which `is_one` is true; it is called for no other row.
    #[inline(always)]
    #[must_use]
    pub(crate) fn filter(self, mut is_one: impl FnMut(usize) -> bool) -> Rows {
        let mut kept = Rows::NONE;
        for (i, word) in self.0.into_iter().enumerate() {
            let mut left = word;
            let mut those = 0;
            while left != 0 {
                let bit = left.trailing_zeros() as usize;
                left &= left - 1;
                those |= u64::from(is_one(i * BITS + bit)) << bit;
            }
            kept.0[i] = those;
        }
        kept
    }

    /// Appends the row numbers in ascending order.
    pub(crate) fn append_to(self, hits: &mut Hits) {
        self.for_each(|row| hits.push(row as u16));
    }

    /// Calls `visit` with each row number, in ascending order.
    #[inline(always)]
    pub(crate) fn for_each(self, mut visit: impl FnMut(usize)) {
        for (i, mut left) in self.0.into_iter().enumerate() {
            while left != 0 {
                visit(i * BITS + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn of(rows: &BTreeSet<usize>) -> Rows {
        Rows::first(ROWS).filter(|row| rows.contains(&row))
    }

    fn listed(rows: Rows) -> BTreeSet<usize> {
        let mut hits = Hits::new();
        rows.append_to(&mut hits);
        assert!(hits.is_sorted());
        hits.into_iter().map(usize::from).collect()
    }

    proptest::proptest! {
        #[test]
        fn rows_behave_like_a_set(
            a in proptest::collection::btree_set(0..ROWS, 0..ROWS),
            b in proptest::collection::btree_set(0..ROWS, 0..ROWS),
            len in 0..=ROWS,
        ) {
            let (x, y) = (of(&a), of(&b));
            proptest::prop_assert_eq!(&listed(x), &a);
            proptest::prop_assert_eq!(listed(x.union(y)), a.union(&b).copied().collect::<BTreeSet<_>>());
            proptest::prop_assert_eq!(listed(x.difference(y)), a.difference(&b).copied().collect::<BTreeSet<_>>());
            proptest::prop_assert_eq!(x.count(), a.len() as u64);
            proptest::prop_assert_eq!(x.is_empty(), a.is_empty());
            proptest::prop_assert_eq!(listed(Rows::first(len)), (0..len).collect::<BTreeSet<_>>());
            proptest::prop_assert_eq!(listed(x.filter(|row| b.contains(&row))), a.intersection(&b).copied().collect::<BTreeSet<_>>());
        }
    }
}
