//! What tables count, before there are any: their dimensions and measures.

use super::table::Table;
use super::unknown::Unknown;
use crate::batch::Fields;
use crate::dimension::{Dimension, VariableColumns};
use crate::keys::Seed;
use crate::measure::{MeasureKind, UvMethod};

/// The dimension and the measures of a table.
pub(crate) type TablePlan = (Dimension, Vec<MeasureKind>);

/// Creates rankings with keys of their own, which may be dropped. `variable_columns` are the variables of all tables,
/// for which batches have columns.
pub(crate) fn rankings_of<F>(
    plan: &[TablePlan],
    variable_columns: &VariableColumns,
    seed: Seed,
) -> impl Iterator<Item = Table<F>> {
    plan.iter()
        .map(move |(dimension, kinds)| Table::new(*dimension, kinds, variable_columns, seed, false, UvMethod::Exact))
}

/// True if visitors are counted.
pub(super) fn asks_uv(plan: &[TablePlan]) -> bool {
    plan.iter().any(|(_, measures)| measures.contains(&MeasureKind::Uv))
}

/// Returns the variables that a plan ranks.
pub(crate) fn variable_columns_of(plan: &[TablePlan]) -> VariableColumns {
    VariableColumns::of(plan.iter().map(|(dimension, _)| *dimension))
}

/// Returns the fields that the tables of a plan need, if visitors are identified by the fields `visitor`.
pub(crate) fn fields_needed(plan: &[TablePlan], visitor: Fields) -> Fields {
    let variable_columns = variable_columns_of(plan);
    plan.iter().fold(if asks_uv(plan) { visitor } else { Fields::NONE }, |needs, (dimension, measures)| {
        measures.iter().fold(needs.union(dimension.needs(&variable_columns)), |needs, kind| needs.union(kind.needs()))
    })
}

/// Returns those of the needed fields whose absence makes a number unknown, if visitors are identified by the
/// fields `visitor`.
pub(crate) fn fields_watched(plan: &[TablePlan], needs: Fields, visitor: Fields) -> Fields {
    let watched = needs.intersection(Unknown::FIELDS);
    if asks_uv(plan) { watched.union(visitor) } else { watched }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::TextField;

    const ADDR: Fields = Fields::text(TextField::Addr);

    #[test]
    fn plan_needs_fields_of_its_measures_and_watches_those_that_may_be_unknown() {
        const PATH: Fields = Fields::text(TextField::Path);
        let counts = Fields::STATUS.union(Fields::BYTES).union(PATH);
        let agent = ADDR.union(Fields::text(TextField::Agent));
        let rows = [
            (MeasureKind::Hits, Fields::NONE, Fields::NONE),
            (MeasureKind::Uv, agent, agent),
            (MeasureKind::Counts, counts, counts),
            (MeasureKind::Latency, Fields::REQUEST_TIME, Fields::NONE),
            (MeasureKind::Times, Fields::REQUEST_TIME, Fields::NONE),
            (MeasureKind::FirstLast, Fields::TIME, Fields::TIME),
            (MeasureKind::Durations, Fields::REQUEST_TIME, Fields::NONE),
            (MeasureKind::Seconds, Fields::TIME, Fields::TIME),
            (MeasureKind::Cache, Fields::CACHE.union(Fields::BYTES), Fields::BYTES),
        ];
        for (kind, needs, watches) in rows {
            let plan = [(Dimension::All, vec![kind])];
            assert_eq!(fields_needed(&plan, agent), needs, "{kind:?}");
            assert_eq!(fields_watched(&plan, needs, agent), watches, "{kind:?}");
        }
        let plan = [(Dimension::Path, vec![MeasureKind::Hits])];
        assert_eq!(fields_needed(&plan, agent), PATH);
    }
}
