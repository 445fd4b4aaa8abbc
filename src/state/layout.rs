//! The tables of a state's days, and their names in a state file.

use serde::{Deserialize, Serialize};

use crate::by_name::Named;
use crate::dimension::Dimension;
use crate::error::Error;
use crate::filter::FilterReason;
use crate::keys::Seed;
use crate::measure::MeasureKind;
use crate::question::{Plan, Question};
use crate::steps::{Identity, logged_by};
use crate::tally::{TablePlan, Tally, Unescaped, VisitorKey};

/// A table as a state file has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(super) struct NamedTable {
    pub(super) dimension: String,
    pub(super) measures: Vec<String>,
}

/// Name of the dimension that has all hits as one group. No log has a variable of that name, or a state could not rank
/// it.
const ALL: &str = "all";

impl NamedTable {
    pub(super) fn of((dimension, measures): &TablePlan) -> NamedTable {
        let dimension = if *dimension == Dimension::All { ALL } else { dimension.key() };
        let measures = measures.iter().map(|measure| measure.name().to_owned());
        NamedTable { dimension: dimension.to_owned(), measures: measures.collect() }
    }

    /// The table; `None` if this version does not know a name.
    pub(super) fn table(&self) -> Option<TablePlan> {
        let dimension = if self.dimension == ALL { Some(Dimension::All) } else { Named::named(&self.dimension) };
        let measures = self.measures.iter().map(|name| MeasureKind::named(name)).collect::<Option<_>>();
        dimension.zip(measures)
    }
}

/// Returns tables in the order of state files: by dimension, each with its measures in the order of the kinds.
pub(crate) fn in_order(mut tables: Vec<TablePlan>) -> Vec<TablePlan> {
    tables.iter_mut().for_each(|(_, measures)| measures.sort_unstable());
    tables.sort_by_key(|(dimension, _)| (*dimension != Dimension::All, dimension.key()));
    tables
}

/// The tables and measures that both have.
pub(super) fn common(ours: &[TablePlan], theirs: &[TablePlan]) -> Vec<TablePlan> {
    let table = |(dimension, measures): &TablePlan| {
        let (_, others) = theirs.iter().find(|(other, _)| other == dimension)?;
        let is_in = |measure: &MeasureKind, all: &[MeasureKind]| all.iter().any(|other| measure.is_in(*other));
        let mut both: Vec<MeasureKind> = measures.iter().chain(others).copied().collect();
        both.sort_unstable();
        both.dedup();
        both.retain(|measure| is_in(measure, measures) && is_in(measure, others));
        // Counts include hits.
        let is_included = |measure: &MeasureKind| both.iter().any(|other| other != measure && measure.is_in(*other));
        let kept: Vec<_> = both.iter().copied().filter(|measure| !is_included(measure)).collect();
        (!kept.is_empty()).then_some((*dimension, kept))
    };
    ours.iter().filter_map(table).collect()
}

/// Names the tables and measures that one has and the other lacks: `path`, `uv by host`.
pub(super) fn missing(all: &[TablePlan], common: &[TablePlan]) -> Vec<String> {
    let names = |(dimension, measures): &TablePlan| {
        let name = dimension.name();
        let Some((_, kept)) = common.iter().find(|(other, _)| other == dimension) else { return vec![name.to_owned()] };
        let lost = measures.iter().filter(|measure| !kept.contains(measure));
        lost.map(|measure| format!("{} by {name}", measure.name())).collect()
    };
    all.iter().flat_map(names).collect()
}

/// Every reason, in the order in which this version writes the numbers of filtered lines.
pub(super) fn reasons() -> Vec<FilterReason> {
    FilterReason::all().collect()
}

/// Returns an empty tally with these tables, for the hits of a question.
pub(crate) fn empty_tally(question: &Question, tables: &[TablePlan], seed: Seed) -> Result<Tally<Unescaped>, Error> {
    let plan = Plan::saving(question, tables.to_vec())?;
    let column = Identity::new(&question.visitor_options(), &plan.variable_columns).column();
    let from = logged_by(question.counting.visitor, &plan.variable_columns);
    let mut tally = Tally::new(tables, question.counting.uv, VisitorKey { column, from }, seed);
    tally.by_instant = question.reading.zone.is_some();
    Ok(tally.snapshot())
}
