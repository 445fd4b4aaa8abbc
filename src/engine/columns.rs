//! The columns of a question's batches: which variables have one, and which columns are filled. Counting and explaining take
//! both from here, so that no column is written or read that a batch does not have.

use crate::batch::{Fields, NAMED};
use crate::dimension::Extras;
use crate::error::{Error, ErrorKind};
use crate::format::{Filler, LogFormat};
use crate::keys::Seed;
use crate::question::Question;
use crate::report;
use crate::steps::{self, Identity, StepPlan};
use crate::tally::{TablePlan, VisitorKey};

/// The variables that a question names, and the columns that are filled for it.
pub(crate) struct Columns<'q> {
    question: &'q Question,
    extras: Extras,
    identity: Identity,
}

impl<'q> Columns<'q> {
    /// Gives a column to every variable that the question or its tables name.
    ///
    /// # Errors
    /// [`ErrorKind::TooManyVariables`] if there are not as many columns.
    pub(crate) fn new(question: &'q Question, plan: &[TablePlan]) -> Result<Columns<'q>, Error> {
        let extras = report::extras(question, plan);
        if extras.are_too_many() {
            return Err(ErrorKind::TooManyVariables { most: NAMED }.into());
        }
        let identity = Identity::new(&question.visitor_options(), &extras);
        Ok(Columns { question, extras, identity })
    }

    /// The variables, in the order of their columns.
    pub(crate) fn extras(&self) -> &Extras {
        &self.extras
    }

    /// The column that tells visitors apart, and the logged fields that it is made of.
    pub(crate) fn visitor(&self) -> VisitorKey {
        VisitorKey { column: self.identity.column(), from: steps::logged_by(self.question.visitor, &self.extras) }
    }

    /// The fields that must be filled to tell visitors apart.
    pub(crate) fn visitor_fields(&self) -> Fields {
        self.identity.fields()
    }

    /// The steps where tables, filters or samples read `used`. Formats write the variables of a line all at once, so each
    /// variable is filled, even where only the check that it is logged asks for it.
    pub(crate) fn steps(&self, used: Fields, seed: Seed) -> StepPlan<'q> {
        StepPlan::new(self.question.step_options(), &self.extras, used, self.extras.fields(), seed)
    }

    /// Fills batches with the columns of these steps. The absence of a `watched` field from a line makes a number unknown.
    pub(crate) fn filler<'f>(&self, formats: &'f [LogFormat], steps: &StepPlan<'_>, watched: Fields) -> Filler<'f>
    where
        'q: 'f,
    {
        let real_ip = self.question.real_ip.as_ref();
        Filler {
            formats,
            needs: steps.needs(),
            list: real_ip.map_or(Fields::NONE, |real_ip| real_ip.dimension().needs(&self.extras)),
            keeps_lists: real_ip.is_some(),
            watched,
            query: self.question.query,
            rules: (!steps.classify()).then_some(&self.question.static_rules),
        }
    }
}
