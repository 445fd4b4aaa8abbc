//! A check on units of time, such as days or hours, by their keys.

use super::check::Check;
use super::rows::Rows;
use crate::batch::{Batch, MISSING};
use crate::time::{CachedRange, Unit};

/// A check on the keys of a unit of time, with the last answer cached.
#[derive(Clone, Debug)]
pub(super) struct BucketFilter {
    unit: Unit,
    check: Check,
    last: CachedRange<bool>,
}

impl BucketFilter {
    pub(super) fn new(unit: Unit, check: Check) -> BucketFilter {
        BucketFilter { unit, check, last: CachedRange::none(false) }
    }

    pub(super) fn select(&mut self, batch: &Batch<'_>, rows: Rows) -> Rows {
        let BucketFilter { unit, check, last } = self;
        let wall_s = batch.wall_s();
        rows.filter(|row| {
            last.at(wall_s[row], |wall_s| {
                let (range, number) = unit.bucket_range(wall_s);
                let is_held = match number {
                    Some(number) => check.matches(unit.key(number).as_bytes()),
                    None => check.matches(MISSING),
                };
                (range, is_held)
            })
        })
    }
}
