//! A question prepared for its inputs.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::columns::Columns;
use super::databases::check_databases;
use super::formats::formats;
use super::memory_limit::MemoryLimit;
use super::now;
use super::options::Engine;
use super::round_ends::RoundEnds;
use super::scan::Scan;
#[cfg(doc)]
use super::session::Session;
use super::taking::Taking;
use crate::error::{Error, ErrorKind};
use crate::filter::{Filter, Period};
use crate::format::{Detector, LogFormat};
use crate::keys::Seed;
use crate::measure::UvMethod;
use crate::question::{Plan, Question};
use crate::rejects::Collector;
use crate::tally::{InputLedger, TablePlan, Tally};

/// A question prepared for its inputs. Any number of [`Session`]s may answer it.
pub struct PreparedQuestion<'q> {
    pub(super) question: &'q Question,
    pub(super) engine: &'q Engine,
    pub(super) period: Period,
    pub(super) plan: Plan,
    columns: Columns<'q>,
    pub(super) formats: Vec<LogFormat>,
    /// The formats configured for each input.
    own: Vec<Vec<usize>>,
    /// The name of each input.
    pub(super) paths: Vec<PathBuf>,
    /// True if the place of each malformed line is kept.
    pub(super) places_rejects: bool,
    seed: Seed,
}

impl<'q> PreparedQuestion<'q> {
    /// Prepares a question for inputs with these names, whose text will be fed to a [`Session`].
    ///
    /// # Errors
    /// The errors of [`count`](crate::count) that concern the question. A question that counts from the last line fails
    /// with [`ErrorKind::ReadOnce`].
    pub fn new(
        question: &'q Question,
        engine: &'q Engine,
        names: impl IntoIterator<Item = impl Into<PathBuf>>,
    ) -> Result<PreparedQuestion<'q>, Error> {
        let paths: Vec<PathBuf> = names.into_iter().map(Into::into).collect();
        let path = paths.first().cloned().unwrap_or_default();
        let now = now::now(question, || Err(ErrorKind::ReadOnce { path }.into()))?;
        let counting = &question.counting;
        let period = Period::new(counting.since, counting.until, counting.date, now);
        PreparedQuestion::of(question, engine, period, paths)
    }

    pub(super) fn of(
        question: &'q Question,
        engine: &'q Engine,
        period: Period,
        paths: Vec<PathBuf>,
    ) -> Result<PreparedQuestion<'q>, Error> {
        let plan = Plan::of(question)?;
        check_databases(question, &plan)?;
        Ok(PreparedQuestion::with_plan(question, engine, period, plan, paths))
    }

    /// Prepares a question whose hits are counted by day in the tables `saved`, for a state. No period is applied.
    ///
    /// # Errors
    /// As [`PreparedQuestion::of`].
    pub(super) fn by_day(
        question: &'q Question,
        engine: &'q Engine,
        saved: Vec<TablePlan>,
        paths: Vec<PathBuf>,
    ) -> Result<PreparedQuestion<'q>, Error> {
        let plan = Plan::saving(question, saved)?;
        check_databases(question, &plan)?;
        Ok(PreparedQuestion::with_plan(question, engine, Period::default(), plan, paths))
    }

    fn with_plan(
        question: &'q Question,
        engine: &'q Engine,
        period: Period,
        plan: Plan,
        paths: Vec<PathBuf>,
    ) -> PreparedQuestion<'q> {
        let columns = Columns::new(question, plan.variable_columns.clone());
        let (formats, own) = formats(&question.reading, &plan.variable_columns, &paths);
        let seed = engine.seed.map_or_else(Seed::random, Seed::fixed);
        PreparedQuestion { question, engine, period, plan, columns, formats, own, paths, places_rejects: false, seed }
    }

    /// Returns the state that workers share, before any line is read.
    pub(super) fn scan(&self) -> Scan<'_> {
        let PreparedQuestion { plan, columns, formats, seed, .. } = self;
        let Question { reading, counting, .. } = self.question;
        let steps = columns.steps(plan.fields(columns.visitor_fields()), *seed).with_ids_only(plan.texts());
        let server = |path: &PathBuf| reading.nginx_conf.as_ref()?.conf.server_of_file(path);
        Scan {
            sniffed: self.paths.iter().map(|_| OnceLock::new()).collect(),
            own: &self.own,
            formats,
            detector: Detector::new(formats),
            max_line: reading.max_line,
            filter: Filter::new(self.period, &counting.filters, &plan.variable_columns, *seed),
            servers: self.paths.iter().map(server).collect(),
            rejects: reading.keep_rejects.then(|| Collector::new(self.places_rejects)),
            taking: counting.requests.map(Taking::requests),
            keeps_heads: plan.is_by_day(),
            uv: counting.uv,
            memory: MemoryLimit::new(self.engine.memory_limit),
            batch_writer: columns.batch_writer(formats, &steps, plan.watched(steps.needs())),
            steps,
        }
    }

    /// Returns an empty tally with an account for each input.
    pub(super) fn empty_tally(&self, uv: UvMethod) -> Tally {
        let plan = &self.plan;
        let mut tally = Tally::new(plan.kept(), uv, self.columns.visitor(), self.seed);
        tally.ledger.inputs = vec![InputLedger::default(); self.paths.len()];
        tally.by_instant = self.question.reading.zone.is_some();
        if plan.is_by_day() {
            return tally.for_each_day();
        }
        let tally = tally.with_rankings(plan.rankings(), &plan.variable_columns);
        match self.question.counting.each {
            Some(each) => tally.with_each(each, &plan.variable_columns),
            None => tally,
        }
    }

    /// Returns what to do at the ends of rounds, if the question is counted in rounds.
    pub(super) fn round_ends(&self) -> Option<RoundEnds> {
        RoundEnds::new(self.question, &self.plan, self.seed)
    }
}
