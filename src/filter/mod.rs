//! Filters: decide which lines are hits. Each filter has its own file and narrows a set of rows; `table.rs` has a row
//! for each.

mod bots;
mod bucket;
mod check;
mod condition;
mod day_times;
mod glob;
mod include_exclude;
#[cfg(test)]
mod laws;
mod literal;
mod networks;
mod pattern;
mod period;
mod predicate;
mod ranges;
mod reason;
mod rows;
mod status;
mod subject;
mod table;
mod texts;
mod where_clause;
mod whole_days;

use crate::batch::{Batch, Fields, Hits};
use crate::dimension::VariableColumns;
use crate::keys::Seed;
pub use bots::BotSet;
pub use condition::Condition;
pub use day_times::DayTimes;
use literal::Search;
pub(crate) use literal::{Literal, LiteralOf, NearMisses, literals, merge_near_misses};
pub use networks::Networks;
pub(crate) use networks::{Address, address_of};
pub use pattern::Pattern;
pub(crate) use period::Period;
use predicate::{Predicate, PredicateBuilder};
pub use reason::FilterReason;
pub(crate) use rows::Rows;
pub use status::StatusSet;
pub(crate) use table::contradictions;
pub use where_clause::WhereExpression;
pub(crate) use whole_days::{NotWholeDays, WholeDays};

/// Number of filtered lines by reason, in the order of [`FilterReason`].
pub(crate) type FilterReasonCounts = [u64; FilterReason::COUNT];

/// The predicates of a run; a line is a hit if all of them select it. Each worker has its own, because predicates cache
/// answers.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    period: Period,
    /// Sorted by reason, so that the reason of a filtered line does not depend on the order of the conditions.
    predicates: Vec<(FilterReason, Predicate)>,
    /// One for each of [`literals`], in that order.
    searches: Vec<Search>,
}

impl Filter {
    /// Builds the predicates; `variable_columns` has the variables that the conditions name.
    pub(crate) fn new(
        period: Period,
        conditions: &[Condition],
        variable_columns: &VariableColumns,
        seed: Seed,
    ) -> Filter {
        let making = PredicateBuilder { variable_columns, seed };
        let ready = |condition: &Condition| (condition.reason(), condition.predicate(making));
        let mut predicates: Vec<_> = conditions.iter().map(ready).collect();
        predicates.sort_by_key(|(reason, _)| *reason);
        let searches = literals(conditions, variable_columns).iter().map(Search::new).collect();
        Filter { period, predicates, searches }
    }

    /// Fields that the conditions read, and the time if there is a period.
    pub(crate) fn fields(has_period: bool, conditions: &[Condition], variable_columns: &VariableColumns) -> Fields {
        let time = if has_period { Fields::TIME } else { Fields::NONE };
        let asked = conditions.iter().flat_map(|condition| condition.asked(variable_columns));
        asked.fold(time, |fields, (_, asked, _)| fields.union(asked))
    }

    /// True if there is a period that no line may be in.
    pub(crate) fn has_period(&self) -> bool {
        !self.period.is_all()
    }

    /// Writes those of these rows of a batch that are selected into `hits`, and counts the other rows by reason.
    /// `near_misses` has an entry for each of [`literals`]; missing ones are added.
    pub(crate) fn select(
        &mut self,
        batch: &Batch<'_>,
        mut rows: Rows,
        hits: &mut Hits,
        filtered: &mut FilterReasonCounts,
        near_misses: &mut Vec<NearMisses>,
    ) {
        hits.clear();
        if self.period.is_all() && self.predicates.is_empty() && rows == Rows::first(batch.len()) {
            hits.extend(0..batch.len() as u16);
            return;
        }
        let mut left = rows;
        let mut keep = |reason: FilterReason, kept: Rows| {
            filtered[reason as usize] += left.count() - kept.count();
            left = kept;
            left
        };
        if !self.period.is_all() {
            rows = keep(FilterReason::Period, self.period.select(batch, rows));
        }
        if !self.searches.is_empty() {
            near_misses.resize(self.searches.len(), NearMisses::default());
            self.searches.iter_mut().zip(near_misses).for_each(|(search, found)| search.search(batch, rows, found));
        }
        for (reason, predicate) in &mut self.predicates {
            rows = keep(*reason, predicate.select(batch, rows));
        }
        rows.append_to(hits);
    }
}
