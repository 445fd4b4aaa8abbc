//! Planning: the steps that a question needs, and the columns that must be filled for them.

use super::{BatchStep, Lines, LoggedDuration, StepInput, StepOptions};
use super::{anonymize, cache, derived, durations, identity, location, real_ip, zone};
use crate::batch::{Batch, Fields, ROWS};
use crate::dimension::VariableColumns;
use crate::keys::Seed;

/// THE LIST of steps in running order: first those that run on all lines before the filter, then those that run only on
/// hits.
const STEPS: &[(Pass, Make)] = &[
    (Pass::AllLines, location::step),
    (Pass::AllLines, zone::step),
    (Pass::AllLines, real_ip::step),
    (Pass::AllLines, derived::step),
    (Pass::Hits, durations::step),
    (Pass::Hits, cache::step),
    (Pass::Hits, identity::step),
    (Pass::Hits, anonymize::step),
];

/// Builds a step, if the question needs it.
type Make = for<'q, 'r> fn(&StepInput<'q, 'r>) -> Option<Box<dyn BatchStep + 'q>>;

/// The lines that a step runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    /// All lines, before the filter.
    AllLines,
    /// Hits, after the filter.
    Hits,
}

/// The steps that a question needs.
#[derive(Clone, Debug)]
pub(crate) struct StepPlan<'q> {
    options: StepOptions<'q>,
    variable_columns: VariableColumns,
    seed: Seed,
    /// Fields that the filter and the tables read.
    used: Fields,
    /// Columns of computed keys whose texts nothing reads.
    only_ids: Fields,
    needs: Fields,
    classify: bool,
}

/// The steps of a worker.
pub(crate) struct Steps<'q> {
    all_lines: Vec<Box<dyn BatchStep + 'q>>,
    hits: Vec<Box<dyn BatchStep + 'q>>,
}

impl<'q> StepPlan<'q> {
    /// Plans the steps for a filter and tables that read `used`. `others` are further fields that must be filled.
    pub(crate) fn new(
        options: StepOptions<'q>,
        variable_columns: &VariableColumns,
        used: Fields,
        others: Fields,
        seed: Seed,
    ) -> StepPlan<'q> {
        let needs = used.union(others);
        let (only_ids, classify) = (Fields::NONE, false);
        let mut plan =
            StepPlan { options, variable_columns: variable_columns.clone(), seed, used, only_ids, needs, classify };
        plan.clone().each_step(|_, step| {
            plan.needs = plan.needs.union(step.needs());
            plan.classify |= step.writes().contains(Fields::CLASS);
        });
        plan
    }

    /// Fills the columns of derived dimensions with ids of keys only, except for those whose `texts` a filter reads.
    pub(crate) fn with_ids_only(self, texts: Fields) -> StepPlan<'q> {
        // Anonymizing changes texts.
        let only_ids = if self.options.visitor.anonymize { Fields::NONE } else { self.used.difference(texts) };
        StepPlan { only_ids, ..self }
    }

    /// Columns that must be filled: those that the filter, the tables and the steps read, and the `others`.
    pub(crate) fn needs(&self) -> Fields {
        self.needs
    }

    /// The durations that a step reads for the hits of a batch.
    pub(crate) fn durations(&self) -> &'q [LoggedDuration] {
        self.options.durations
    }

    /// True if a step decides which lines are static.
    pub(crate) fn classify(&self) -> bool {
        self.classify
    }

    /// Builds the steps for a worker.
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

    /// Visits the steps whose output is read after them, starting with the last.
    fn each_step(&self, mut visit: impl FnMut(Pass, Box<dyn BatchStep + 'q>)) {
        // The tally reads the time of every hit. Readers of the class declare fields of the request, because the path
        // decides the class.
        let mut read = self.used.union(Fields::TIME);
        if self.used.intersects(Fields::REQUEST) {
            read = read.union(Fields::CLASS);
        }
        for &(pass, make) in STEPS.iter().rev() {
            let texts = read.difference(self.only_ids);
            let StepPlan { options, variable_columns, seed, .. } = self;
            let asked = StepInput { options, variable_columns, read, texts, seed: *seed };
            if let Some(step) = make(&asked).filter(|step| step.writes().intersects(read)) {
                read = read.union(step.needs());
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
    /// Runs the steps before the filter on all lines of a batch.
    pub(crate) fn before_filter<'a>(&mut self, batch: &mut Batch<'a>, lines: Lines<'a>) {
        for step in &mut self.all_lines {
            step.run(batch, &ALL_ROWS[..batch.len()], lines);
        }
    }

    /// Runs the steps after the filter on the hits of a batch.
    pub(crate) fn after_filter<'a>(&mut self, batch: &mut Batch<'a>, hits: &[u16], lines: Lines<'a>) {
        for step in &mut self.hits {
            step.run(batch, hits, lines);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Column, Numbers, Status, TextField};
    use crate::dimension::{Dimension, KeyRules};
    use crate::nginx::NginxConf;
    use crate::static_rules::StaticRules;
    use crate::steps::{RealIp, Visitor, VisitorOptions};
    use crate::time::{Stamp, Zone};
    use bumpalo::Bump;

    const ADDR: Fields = Fields::text(TextField::Addr);
    const PATH: Fields = Fields::text(TextField::Path);
    const HOST: Fields = Fields::text(TextField::Host);
    const VISITOR: Fields = Fields::column(Column::VISITOR);

    fn written(plan: &StepPlan<'_>) -> Vec<Fields> {
        let Steps { all_lines, hits } = plan.steps();
        all_lines.iter().chain(&hits).map(|step| step.writes()).collect()
    }

    /// Options that need no step.
    fn nothing<'q>((rules, key_rules): &'q (StaticRules, KeyRules)) -> StepOptions<'q> {
        let visitor = VisitorOptions { visitor: Visitor::IP, ipv6_prefix: None, real_ip: None, anonymize: false };
        StepOptions { nginx_conf: None, static_rules: rules, key_rules, zone: None, durations: &[], visitor }
    }

    fn configuration() -> (tempfile::TempDir, NginxConf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nginx.conf");
        std::fs::write(&path, "events {} http { server { location / { proxy_pass http://app; } } }").unwrap();
        let conf = NginxConf::read(&path).unwrap();
        (dir, conf)
    }

    #[test]
    fn step_runs_only_if_its_output_is_read() {
        let (_dir, conf) = configuration();
        let rules = Default::default();
        let real_ip = RealIp::new(Dimension::named("http_x_forwarded_for").unwrap(), "10.0.0.0/8".parse().unwrap());
        let ext = Dimension::named("ext").unwrap();
        let variable_columns = VariableColumns::of([real_ip.as_ref().unwrap().dimension(), ext].into_iter());
        let (list, ext) = (Fields::column(Column::variable(0)), ext.needs(&variable_columns));
        let visitor = VisitorOptions {
            visitor: Visitor::IP_AND_AGENT,
            ipv6_prefix: None,
            real_ip: real_ip.as_ref(),
            anonymize: false,
        };
        let all = StepOptions { nginx_conf: Some(&conf), zone: Some(Zone::UTC), visitor, ..nothing(&rules) };
        let agent = Fields::text(TextField::Agent);
        let cut = StepOptions { visitor: VisitorOptions { anonymize: true, ..visitor }, ..all };
        let rows: [(StepOptions<'_>, Fields, &[Fields], Fields); 8] = [
            (nothing(&rules), PATH.union(ADDR), &[], PATH.union(ADDR)),
            (all, Fields::STATUS, &[Fields::TIME], Fields::STATUS),
            (all, PATH, &[Fields::CLASS, Fields::TIME], PATH.union(HOST)),
            (all, ADDR, &[Fields::TIME, ADDR], ADDR.union(list)),
            (all, ext, &[Fields::TIME, ext], ext.union(PATH)),
            (all, VISITOR, &[Fields::TIME, ADDR, VISITOR], VISITOR.union(ADDR).union(agent).union(list)),
            // Only the columns that the report shows are anonymized, not those that only other steps read.
            (cut, PATH, &[Fields::CLASS, Fields::TIME, PATH], PATH.union(HOST)),
            (cut, VISITOR, &[Fields::TIME, ADDR, VISITOR], VISITOR.union(ADDR).union(agent).union(list)),
        ];
        for (options, used, writes, needs) in rows {
            let plan = StepPlan::new(options, &variable_columns, used, Fields::NONE, Seed::fixed(1));
            assert_eq!((written(&plan), plan.needs()), (writes.to_vec(), needs), "{used:?}");
            assert_eq!(plan.classify(), writes.contains(&Fields::CLASS), "{used:?}");
            let more = StepPlan::new(options, &variable_columns, used, Fields::BYTES, Seed::fixed(1));
            assert_eq!(more.needs(), needs.union(Fields::BYTES));
        }
    }

    #[test]
    fn steps_run_on_all_lines_before_the_filter_and_on_hits_after_it() {
        let rules = Default::default();
        let real_ip = RealIp::in_place("10.0.0.0/8".parse().unwrap());
        let visitor =
            VisitorOptions { visitor: Visitor::IP, ipv6_prefix: None, real_ip: Some(&real_ip), anonymize: true };
        let options = StepOptions { visitor, ..nothing(&rules) };
        let plan =
            StepPlan::new(options, &VariableColumns::default(), ADDR.union(VISITOR), Fields::NONE, Seed::fixed(1));
        let bump = Bump::new();
        let mut batch = Batch::new(plan.needs());
        for list in ["203.0.113.7, 10.0.0.1", "203.0.113.8, 10.0.0.1"] {
            batch.set_text(TextField::Addr, list.as_bytes());
            let (stamp, status) = (Stamp::NONE, Status::MISSING);
            batch.add(Numbers { stamp, status, bytes: 0, time_ms: None, is_static: false });
        }
        let (mut steps, lines) = (plan.steps(), Lines { server: None, bump: &bump });
        steps.before_filter(&mut batch, lines);
        assert_eq!(batch.text(TextField::Addr), [b"203.0.113.7", b"203.0.113.8"]);
        steps.after_filter(&mut batch, &[1], lines);
        assert_eq!(batch.text(TextField::Addr), [b"203.0.113.7", b"203.0.113.0"]);
        assert_eq!(batch.text(Column::VISITOR)[1], b"203.0.113.8");
    }
}
