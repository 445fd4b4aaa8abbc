//! The hits of a timeline's row, split by the values of another dimension.

use std::sync::Arc;

/// The hits of a row by value. Values are sorted by their hits in the whole report, the most first, then by key bytes.
/// The last may be `other`, the sum of all other values.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Names of the values, shared by all rows.
    pub(super) values: Arc<[String]>,
    pub(super) pv: Vec<u64>,
}

impl Split {
    /// Returns the values and their hits. Every row has all values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.values.iter().map(String::as_str).zip(self.pv.iter().copied())
    }

    /// The hits of a value, by its index among all values.
    #[cfg(feature = "table")]
    pub(crate) fn pv(&self, place: usize) -> Option<u64> {
        self.pv.get(place).copied()
    }

    /// Renames the values in all rows of a timeline.
    #[cfg(feature = "table")]
    pub(crate) fn rename<'s>(splits: impl Iterator<Item = &'s mut Split>, rename: impl Fn(&mut String)) {
        let mut renamed: Option<Arc<[String]>> = None;
        for split in splits {
            let values = renamed.get_or_insert_with(|| {
                let mut values = split.values.to_vec();
                values.iter_mut().for_each(&rename);
                values.into()
            });
            split.values = Arc::clone(values);
        }
    }

    /// Sums the splits of all rows of a timeline.
    #[cfg(feature = "table")]
    pub(crate) fn sum<'s>(mut splits: impl Iterator<Item = &'s Split>) -> Option<Split> {
        let first = splits.next()?.clone();
        Some(splits.fold(first, |mut sum, split| {
            sum.pv.iter_mut().zip(&split.pv).for_each(|(sum, pv)| *sum += pv);
            sum
        }))
    }
}
