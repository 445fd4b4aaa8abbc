//! A check of stretches of time by their keys. Lines come mostly in order, so the bucket of the line before is mostly the
//! line's, and its answer too.

use super::check::Check;
use super::rows::Rows;
use crate::batch::{Batch, MISSING};
use crate::time::{Bucket, Stamp, Unit};

/// A check of the keys of a unit of time, and the last answer.
#[derive(Clone, Debug)]
pub(super) struct Stretches {
    unit: Unit,
    check: Check,
    last: Bucket,
    answer: bool,
}

impl Stretches {
    pub(super) fn new(unit: Unit, check: Check) -> Stretches {
        // A bucket that holds nothing.
        Stretches { unit, check, last: Bucket { start_s: 0, end_s: 0, number: 0 }, answer: false }
    }

    pub(super) fn select(&mut self, batch: &Batch<'_>, rows: Rows) -> Rows {
        let wall_s = batch.wall_s();
        rows.that(|row| {
            let wall_s = wall_s[row];
            if wall_s < self.last.start_s || wall_s >= self.last.end_s {
                self.turn_to(wall_s);
            }
            self.answer
        })
    }

    fn turn_to(&mut self, wall_s: i64) {
        if wall_s == Stamp::NONE.wall_s {
            self.last = Bucket { start_s: wall_s, end_s: wall_s + 1, number: wall_s };
            self.answer = self.check.holds(MISSING);
        } else {
            self.last = self.unit.bucket(wall_s);
            self.answer = self.check.holds(self.unit.key(self.last.number).as_bytes());
        }
    }
}
