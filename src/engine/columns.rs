//! The columns of a question's batches: which variables have one, and which columns are filled. Counting and explaining take
//! both from here, so that no column is written or read that a batch does not have.

use crate::batch::{Fields, TextField};
use crate::dimension::Extras;
use crate::format::{Filler, LogFormat};
use crate::keys::Seed;
use crate::question::Question;
use crate::steps::Derive;
use crate::tally::VisitorKey;
use crate::visitor::{self, Visits};

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
    /// The columns of a question that names these variables.
    pub(crate) fn new(question: &'q Question, extras: Extras) -> Columns<'q> {
        let visits = Visits::new(&question.visitor_options(), &extras);
        Columns { question, extras, visits }
    }

    /// The variables, in the order of their columns.
    pub(crate) fn extras(&self) -> &Extras {
        &self.extras
    }

    /// The column that tells visitors apart, and the logged fields that it is made of.
    pub(crate) fn visitor(&self) -> VisitorKey {
        VisitorKey {
            column: self.visits.column(),
            from: visitor::logged_by(self.question.counting.visitor, &self.extras),
        }
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
        if self.question.reading.nginx_conf.is_some() && needs.meets(Fields::REQUEST) {
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
        let real_ip = self.question.reading.real_ip.as_ref();
        Filler {
            formats,
            needs,
            list: real_ip.map_or(Fields::NONE, |real_ip| real_ip.dimension().needs(&self.extras)),
            keeps_lists: real_ip.is_some(),
            watched,
            query: self.question.reading.query,
            rules: &self.question.reading.static_rules,
        }
    }
}
