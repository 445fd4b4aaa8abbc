//! The columns of a question's batches: which variables have one, and which columns are filled. Counting and explaining take
//! both from here, so that no column is written or read that a batch does not have.

use crate::batch::{Fields, NAMED, TextField};
use crate::dimension::Extras;
use crate::error::{Error, ErrorKind};
use crate::format::{Filler, LogFormat};
use crate::keys::Seed;
use crate::question::Question;
use crate::report;
use crate::steps::Derive;
use crate::tally::{TablePlan, VisitorKey};
use crate::steps::{self, Visits};

/// The variables that a question names, and the columns that are filled for it.
pub(crate) struct Columns<'q> {
    question: &'q Question,
    extras: Extras,
    visits: Visits,
}

/// The columns that are filled, and the steps that change some of them.
pub(crate) struct Filled {
    pub(crate) needs: Fields,
    /// `None` if visitors are `$remote_addr` as logged.
    pub(crate) visits: Option<Visits>,
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
        let visits = Visits::new(&question.visitor_options(), &extras);
        Ok(Columns { question, extras, visits })
    }

    /// The variables, in the order of their columns.
    pub(crate) fn extras(&self) -> &Extras {
        &self.extras
    }

    /// The column that tells visitors apart, and the logged fields that it is made of.
    pub(crate) fn visitor(&self) -> VisitorKey {
        VisitorKey { column: self.visits.column(), from: steps::logged_by(self.question.visitor, &self.extras) }
    }

    /// The fields that must be filled to tell visitors apart.
    pub(crate) fn visitor_fields(&self) -> Fields {
        self.visits.visitor_fields()
    }

    /// The columns to fill where tables, filters or samples read `used`. Formats write the variables of a line all at once, so
    /// each variable is filled, even where only the check that it is logged asks for it.
    pub(crate) fn filled(&self, used: Fields) -> Filled {
        let used = Derive::needs(&self.extras, used);
        let (visits, mut needs) = self.visits.clone().with_needs(&self.question.visitor_options(), &self.extras, used);
        needs = needs.and(self.extras.fields());
        if self.question.nginx_conf.is_some() && needs.meets(Fields::REQUEST) {
            needs = needs.and(Fields::text(TextField::Host)).and(Fields::text(TextField::Path));
        }
        Filled { needs, visits }
    }

    /// The step that fills those of these columns that are computed from others.
    pub(crate) fn derive(&self, needs: Fields, seed: Seed) -> Derive {
        Derive::new(&self.extras, needs, seed)
    }

    /// Fills batches with these columns. The absence of a `watched` field from a line makes a number unknown.
    pub(crate) fn filler<'f>(&self, formats: &'f [LogFormat], needs: Fields, watched: Fields) -> Filler<'f>
    where
        'q: 'f,
    {
        let real_ip = self.question.real_ip.as_ref();
        Filler {
            formats,
            needs,
            list: real_ip.map_or(Fields::NONE, |real_ip| real_ip.dimension().needs(&self.extras)),
            keeps_lists: real_ip.is_some(),
            watched,
            query: self.question.query,
            rules: &self.question.static_rules,
        }
    }
}
