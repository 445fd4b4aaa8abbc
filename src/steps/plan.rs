//! The steps that a question needs, and the columns that must be filled for them.

use super::{Asked, BatchStep, Lines, StepOptions, anonymize, derived, identity, location, real_ip, zone};
use crate::batch::{Batch, Fields, ROWS};
use crate::dimension::Extras;
use crate::keys::Seed;

/// THE LIST of steps, in the order in which they run; first those that all lines pass before the filter, then those that
/// only hits pass.
const STEPS: [(Pass, Make); 6] = [
    (Pass::AllLines, location::step),
    (Pass::AllLines, zone::step),
    (Pass::AllLines, real_ip::step),
    (Pass::AllLines, derived::step),
    (Pass::Hits, identity::step),
    (Pass::Hits, anonymize::step),
];

/// Makes a step, if the question asks for it.
type Make = for<'q, 'r> fn(&Asked<'q, 'r>) -> Option<Box<dyn BatchStep + 'q>>;

/// The lines that pass a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    /// All, before the filter.
    AllLines,
    /// Hits, after the filter.
    Hits,
}

/// The steps that a question needs.
#[derive(Clone, Debug)]
pub(crate) struct StepPlan<'q> {
    options: StepOptions<'q>,
    extras: Extras,
    seed: Seed,
    /// What the filter and the tables read.
    used: Fields,
    needs: Fields,
    classify: bool,
}

/// The steps of a worker.
pub(crate) struct Steps<'q> {
    all_lines: Vec<Box<dyn BatchStep + 'q>>,
    hits: Vec<Box<dyn BatchStep + 'q>>,
}

impl<'q> StepPlan<'q> {
    /// Plans the steps for a filter and tables that read `used`; columns of `others` are there, too.
    pub(crate) fn new(
        options: StepOptions<'q>,
        extras: &Extras,
        used: Fields,
        others: Fields,
        seed: Seed,
    ) -> StepPlan<'q> {
        let needs = used.and(others);
        let mut plan = StepPlan { options, extras: extras.clone(), seed, used, needs, classify: false };
        plan.clone().each_step(|_, step| {
            plan.needs = plan.needs.and(step.needs());
            plan.classify |= step.writes().holds(Fields::CLASS);
        });
        plan
    }

    /// The columns that must be there: those that the filter, tables and steps read.
    pub(crate) fn needs(&self) -> Fields {
        self.needs
    }

    /// True if a step decides which lines are static.
    pub(crate) fn classify(&self) -> bool {
        self.classify
    }

    /// True if a step puts all times on one clock, so that they are in the order of instants.
    pub(crate) fn has_zone(&self) -> bool {
        self.options.zone.is_some()
    }

    /// Makes the steps for a worker.
    pub(crate) fn steps(&self) -> Steps<'q> {
        let mut steps = Steps { all_lines: Vec::new(), hits: Vec::new() };
        self.each_step(|pass, step| match pass {
            Pass::AllLines => steps.all_lines.push(step),
            Pass::Hits => steps.hits.push(step),
        });
        steps.all_lines.reverse();
        steps.hits.reverse();
        steps
    }

    /// Visits the steps that write what is read after them, the last one first.
    fn each_step(&self, mut visit: impl FnMut(Pass, Box<dyn BatchStep + 'q>)) {
        // The tally reads the time of every hit; what reads the class is counted by path, too.
        let mut read = self.used.and(Fields::TIME);
        if self.used.meets(Fields::REQUEST) {
            read = read.and(Fields::CLASS);
        }
        for (pass, make) in STEPS.into_iter().rev() {
            let asked = Asked { options: &self.options, extras: &self.extras, read, seed: self.seed };
            if let Some(step) = make(&asked).filter(|step| step.writes().meets(read)) {
                read = read.and(step.needs());
                visit(pass, step);
            }
        }
    }
}

/// The rows of a full batch.
const ALL_ROWS: [u16; ROWS] = {
    let mut rows = [0; ROWS];
    let mut row = 0;
    while row < ROWS {
        rows[row] = row as u16;
        row += 1;
    }
    rows
};

impl Steps<'_> {
    /// Takes the steps before the filter, with all lines of a batch.
    pub(crate) fn before_filter<'a>(&mut self, batch: &mut Batch<'a>, lines: Lines<'a>) {
        for step in &mut self.all_lines {
            step.run(batch, &ALL_ROWS[..batch.len()], lines);
        }
    }

    /// Takes the steps after the filter, with the hits of a batch.
    pub(crate) fn after_filter<'a>(&mut self, batch: &mut Batch<'a>, hits: &[u16], lines: Lines<'a>) {
        for step in &mut self.hits {
            step.run(batch, hits, lines);
        }
    }
}
