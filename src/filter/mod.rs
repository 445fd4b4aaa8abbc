//! Which lines are hits. One predicate a file.

mod period;

use crate::batch::{Batch, Fields, Hits};
pub(crate) use period::Period;

/// The predicates in use; a line is a hit that all of them select.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter {
    period: Period,
}

impl Filter {
    pub(crate) fn new(period: Period) -> Filter {
        Filter { period }
    }

    pub(crate) fn needs(&self) -> Fields {
        if self.period.is_all() { Fields::NONE } else { Fields::TIME }
    }

    /// Puts the selected rows of a batch into `hits`.
    pub(crate) fn select(&self, batch: &Batch<'_>, hits: &mut Hits) {
        hits.clear();
        if self.period.is_all() {
            hits.extend(0..batch.len() as u16);
        } else {
            self.period.select(batch, hits);
        }
    }
}
