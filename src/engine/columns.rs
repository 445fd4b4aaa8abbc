//! The columns of a question's batches: which variables have one, and which columns are filled. Counting and explaining
//! both take them from here, so that no code reads or writes a column that a batch does not have.

use crate::batch::Fields;
use crate::dimension::VariableColumns;
use crate::format::{BatchWriter, LogFormat};
use crate::keys::Seed;
use crate::question::{Question, Reading};
use crate::static_rules::StaticRules;
use crate::steps::{self, Identity, StepPlan};
use crate::tally::VisitorKey;

/// The variables that a question names, and the columns that are filled for it.
pub(crate) struct Columns<'q> {
    question: &'q Question,
    variable_columns: VariableColumns,
    identity: Identity,
}

impl<'q> Columns<'q> {
    /// The columns of a question that names these variables.
    pub(crate) fn new(question: &'q Question, variable_columns: VariableColumns) -> Columns<'q> {
        let identity = Identity::new(&question.visitor_options(), &variable_columns);
        Columns { question, variable_columns, identity }
    }

    /// Returns the variables, in the order of their columns.
    pub(crate) fn variable_columns(&self) -> &VariableColumns {
        &self.variable_columns
    }

    /// Returns the column that identifies visitors, and the logged fields that it is made of.
    pub(crate) fn visitor(&self) -> VisitorKey {
        VisitorKey {
            column: self.identity.column(),
            from: steps::logged_by(self.question.counting.visitor, &self.variable_columns),
        }
    }

    /// Returns the fields that must be filled to identify visitors.
    pub(crate) fn visitor_fields(&self) -> Fields {
        self.identity.fields()
    }

    /// Returns the steps, if tables, filters or samples read the fields `used`. Formats write all variables of a line
    /// at once, so each variable is filled, even if only the check that it is logged needs it.
    pub(crate) fn steps(&self, used: Fields, seed: Seed) -> StepPlan<'q> {
        StepPlan::new(self.question.step_options(), &self.variable_columns, used, self.variable_columns.fields(), seed)
    }

    /// Returns what fills batches with the columns of these steps. If a line does not log a `watched` field, a number
    /// becomes unknown.
    pub(crate) fn batch_writer<'f>(
        &self,
        formats: &'f [LogFormat],
        steps: &StepPlan<'_>,
        watched: Fields,
    ) -> BatchWriter<'f>
    where
        'q: 'f,
    {
        let Reading { real_ip, query, static_rules, .. } = &self.question.reading;
        BatchWriter {
            formats,
            needs: steps.needs(),
            list: real_ip.as_ref().map_or(Fields::NONE, |real_ip| real_ip.dimension().needs(&self.variable_columns)),
            keeps_lists: real_ip.is_some(),
            watched,
            query: *query,
            rules: if steps.classify() { StaticRules::NONE } else { static_rules },
        }
    }
}
