//! Which lines are hits: one predicate a file, each narrows a set of rows. `table.rs` has a row for each filter.

mod check;
mod condition;
mod day_times;
mod glob;
#[cfg(test)]
mod laws;
mod listed;
mod networks;
mod pattern;
mod period;
mod predicate;
mod ranges;
mod reason;
mod rows;
mod selection;
mod status;
mod stretches;
mod subject;
mod table;
mod texts;

use crate::batch::{Batch, Fields, Hits};
use crate::dimension::Extras;
use crate::keys::Seed;
pub use condition::Condition;
pub use day_times::DayTimes;
pub use networks::Networks;
pub(crate) use networks::{Address, address_of};
pub use pattern::Pattern;
pub(crate) use period::Period;
use predicate::{Making, Predicate};
pub use reason::Filtered;
use rows::Rows;
pub use selection::Where;
pub use status::StatusSet;
pub(crate) use table::contradictions;

/// How many lines were filtered for which reason, in the order of reasons.
pub(crate) type FilteredBy = [u64; Filtered::COUNT];

/// The predicates in use; a line is a hit that all of them select. Each worker has its own, for they remember.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    period: Period,
    /// In the order of their reasons, so that a line has one reason in whatever order it is asked.
    predicates: Vec<(Filtered, Predicate)>,
}

impl Filter {
    /// `extras` has the variables that the conditions name.
    pub(crate) fn new(period: Period, conditions: &[Condition], extras: &Extras, seed: Seed) -> Filter {
        let making = Making { extras, seed };
        let ready = |condition: &Condition| (condition.reason(), condition.predicate(making));
        let mut predicates: Vec<_> = conditions.iter().map(ready).collect();
        predicates.sort_by_key(|(reason, _)| *reason);
        Filter { period, predicates }
    }

    /// The fields that conditions read, and those of a period if there is one.
    pub(crate) fn fields(has_period: bool, conditions: &[Condition], extras: &Extras) -> Fields {
        let time = if has_period { Fields::TIME } else { Fields::NONE };
        let asked = conditions.iter().flat_map(|condition| condition.asked(extras));
        asked.fold(time, |fields, (_, asked, _)| fields.and(asked))
    }

    /// Puts the selected rows of a batch into `hits`, and counts the others by reason.
    pub(crate) fn select(&mut self, batch: &Batch<'_>, hits: &mut Hits, filtered: &mut FilteredBy) {
        hits.clear();
        if self.period.is_all() && self.predicates.is_empty() {
            hits.extend(0..batch.len() as u16);
            return;
        }
        let mut left = Rows::first(batch.len());
        let mut keep = |reason: Filtered, kept: Rows| {
            filtered[reason as usize] += left.count() - kept.count();
            left = kept;
            left
        };
        let mut rows = Rows::first(batch.len());
        if !self.period.is_all() {
            rows = keep(Filtered::Period, self.period.select(batch, rows));
        }
        for (reason, predicate) in &mut self.predicates {
            rows = keep(*reason, predicate.select(batch, rows));
        }
        rows.append_to(hits);
    }
}
