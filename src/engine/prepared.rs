//! A question that was made ready for its inputs, and the scan of all of them.

use std::sync::OnceLock;

use super::columns::Columns;
use super::degrading::Degrading;
use super::formats::formats;
use super::memory_limit::MemoryLimit;
use super::met::Met;
use super::options::Engine;
use super::run::Run;
use super::scan::Scan;
use super::seek;
use super::threads::FewThreads;
use crate::error::Error;
use crate::filter::{Filter, Period};
use crate::format::{Detector, LogFormat};
use crate::input::Source;
use crate::keys::Seed;
use crate::phases::{Phases, Stopwatch};
use crate::question::{MaxKeys, MaxMemory, Plan, Question};
use crate::rejects::{Collector, Rejects};
use crate::tally::{Bounded, Tally, Unescaped};

/// A question that was made ready for its inputs.
pub(super) struct Prepared<'q> {
    pub(super) question: &'q Question,
    engine: &'q Engine,
    pub(super) period: Period,
    pub(super) plan: Plan,
    columns: Columns<'q>,
    pub(super) formats: Vec<LogFormat>,
    /// The formats that are configured for each input.
    own: Vec<Vec<usize>>,
}

/// Everything that was counted of the inputs, settled.
pub(super) struct Counted<'f> {
    pub(super) tally: Tally<Unescaped>,
    pub(super) met: Vec<Met<'f>>,
    pub(super) rejects: Option<Rejects>,
    pub(super) few_threads: Option<FewThreads>,
    pub(super) phases: Phases,
}

impl<'q> Prepared<'q> {
    pub(super) fn new(
        question: &'q Question,
        engine: &'q Engine,
        period: Period,
        sources: &[Source],
    ) -> Result<Prepared<'q>, Error> {
        let plan = Plan::of(question)?;
        let columns = Columns::new(question, plan.extras.clone());
        let (formats, own) = formats(&question.reading, &plan.extras, sources);
        Ok(Prepared { question, engine, period, plan, columns, formats, own })
    }

    /// Counts the lines of all inputs, from their start.
    pub(super) fn scan(&self, sources: &mut [Source]) -> Result<Counted<'_>, Error> {
        let Prepared { question, engine, period, plan, columns, formats, .. } = self;
        let Question { reading, counting, .. } = *question;
        let mut watch = Stopwatch::start();
        let seed = engine.seed.map_or_else(Seed::random, Seed::fixed);
        let visitor = columns.visitor();
        let steps = columns.steps(plan.fields(columns.visitor_fields()), seed);
        let server = |source: &Source| reading.nginx_conf.as_ref()?.conf.server_of_file(&source.path);
        let scan = Scan {
            met: sources.iter().map(|_| OnceLock::new()).collect(),
            own: &self.own,
            formats,
            detector: Detector::new(formats),
            max_line: reading.max_line,
            filter: Filter::new(*period, &counting.filters, &plan.extras, seed),
            servers: sources.iter().map(server).collect(),
            rejects: reading.keep_rejects.then(Collector::new),
            uv: counting.uv,
            memory: MemoryLimit::new(engine.memory_limit),
            filler: columns.filler(formats, &steps, plan.watched(steps.needs())),
            steps,
        };
        seek::narrow(engine.seek, reading, *period, sources, &scan);
        let run = Run { scan: &scan, sources };
        let opening = watch.lap();
        let tally = |uv| {
            let tally = Tally::new(plan.kept(), uv, visitor, seed).with_rankings(plan.rankings(), &plan.extras);
            match counting.each {
                Some(each) => tally.with_each(each, &plan.extras),
                None => tally,
            }
        };
        let keys_rounds = counting.max_keys.map(MaxKeys::round_bytes);
        let round_bytes = keys_rounds.into_iter().chain(counting.max_memory.map(MaxMemory::round_bytes)).min();
        let (mut tally, mut phases, few_threads, bounded, degraded) = match round_bytes {
            None => {
                let (tally, phases, few) = run.at_once(engine.threads, || tally(counting.uv))?;
                (tally, phases, few, None, None)
            }
            Some(round_bytes) => {
                let most = counting.max_keys.map_or(usize::MAX, MaxKeys::keys);
                let mut bounded = Bounded::new(plan.rankings(), &plan.extras, most, seed);
                let mut degrading = counting.max_memory.map(|limit| Degrading::new(limit, counting.uv));
                let (tally, phases, few) =
                    run.in_rounds(engine.threads, round_bytes, &mut bounded, degrading.as_mut(), &tally)?;
                (tally, phases, few, Some(bounded), degrading.and_then(|degrading| degrading.degraded))
            }
        };
        watch.lap();
        let rankings = std::mem::take(&mut tally.rankings);
        let mut tally = tally.unescape();
        tally.degraded = degraded;
        tally.tables.extend(bounded.map_or_else(Vec::new, |bounded| bounded.finish(rankings)));
        (phases.opening, phases.settling) = (opening, watch.lap());
        let met: Vec<_> = scan.met.into_iter().filter_map(OnceLock::into_inner).collect();
        Ok(Counted { tally, met, rejects: scan.rejects.map(Collector::into_rejects), few_threads, phases })
    }
}
