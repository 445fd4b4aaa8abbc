//! From a question to the tables that answer it.

use super::highlights;
use crate::dimension::{Dimension, Extras};
use crate::measure::MeasureKind::{self, Counts, Latency, Uv};
use crate::question::{Metric, Question, Section};
use crate::tally::{TablePlan, extras_of};
use crate::time::Unit;

/// The tables that answer a question, each dimension once.
pub(crate) fn tables(question: &Question) -> Vec<TablePlan> {
    tables_of(question, |section| question.shows(section))
}

/// The same in two parts: those that may have no more than so many keys, for nothing but a ranking is made of them, and
/// before them all others.
pub(crate) fn tables_and_rankings(question: &Question) -> (Vec<TablePlan>, Vec<TablePlan>) {
    let others = tables_of(question, |section| section != Section::Top && question.shows(section));
    tables(question).into_iter().partition(|(dimension, _)| others.iter().any(|(other, _)| other == dimension))
}

/// What is asked for that needs all keys of a ranking, so that none may be dropped.
pub(crate) fn unbounded(question: &Question) -> Option<String> {
    let is_order = |metric: Metric| matches!(metric, Metric::Pv | Metric::Share);
    let fail_if = question
        .fail_if
        .iter()
        .find(|fail_if| fail_if.is_of_any())
        .map(|fail_if| format!("--fail-if 'any {}: …'", fail_if.dimension().name()));
    let sort = Some(question.sort).filter(|sort| !is_order(*sort)).map(|sort| format!("--sort {}", sort.name()));
    let column = question.columns.iter().find(|metric| metric.measure() != Counts);
    fail_if.or(sort).or_else(|| column.map(|metric| format!("--columns {}", metric.name())))
}

fn tables_of(question: &Question, shows: impl Fn(Section) -> bool) -> Vec<TablePlan> {
    let mut plan: Vec<TablePlan> = Vec::new();
    let mut ask = |dimension: Dimension, measures: &[MeasureKind]| {
        let at = plan.iter().position(|(d, _)| *d == dimension).unwrap_or_else(|| {
            plan.push((dimension, Vec::new()));
            plan.len() - 1
        });
        for measure in measures {
            if !plan[at].1.contains(measure) {
                plan[at].1.push(*measure);
            }
        }
    };
    if shows(Section::Summary) {
        ask(Dimension::All, &[Counts, Uv]);
        // Visitor days are the sum of the days' UV.
        ask(Dimension::Time(Unit::Day), &[Uv]);
    }
    if shows(Section::Timeline) {
        ask(Dimension::Time(question.unit()), &[Counts, Uv]);
        question.timeline_pair().into_iter().for_each(|pair| ask(pair, &[Counts]));
    }
    if shows(Section::Status) {
        ask(Dimension::Status, &[Counts]);
    }
    if shows(Section::Class) {
        ask(Dimension::Class, &[Counts, Uv]);
    }
    if shows(Section::Top) {
        let measures: Vec<_> = [Counts].into_iter().chain(question.told().into_iter().map(Metric::measure)).collect();
        question.rankings().into_iter().for_each(|dimension| ask(dimension, &measures));
    }
    if shows(Section::Latency) {
        ask(Dimension::All, &[Latency]);
    }
    if shows(Section::Summary) {
        highlights::tables(question).into_iter().for_each(|(dimension, measures)| ask(dimension, &measures));
    }
    for fail_if in &question.fail_if {
        let measures: Vec<_> = [Counts].into_iter().chain(fail_if.metrics().map(Metric::measure)).collect();
        ask(fail_if.dimension(), &measures);
    }
    plan
}

/// The variables that a question names: those that the plan ranks, as the plan alone has them, and behind them those of
/// its filters and those that say who is who.
pub(crate) fn extras(question: &Question, plan: &[TablePlan]) -> Extras {
    let filters = question.filters.iter().flat_map(|condition| condition.dimensions());
    extras_of(plan).with(filters.chain(question.visitor_options().dimensions()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_section_has_too_is_no_ranking_alone() {
        let top = [Dimension::Path, Dimension::Status, Dimension::Time(Unit::Day), Dimension::Time(Unit::Hour)];
        let rankings = |question: &Question| -> Vec<Dimension> {
            let (others, rankings) = tables_and_rankings(question);
            assert_eq!(others.len() + rankings.len(), tables(question).len());
            assert!(rankings.iter().all(|(_, measures)| *measures == [Counts]));
            rankings.into_iter().map(|(dimension, _)| dimension).collect()
        };
        let all = Question::new().top(top);
        assert_eq!(rankings(&all), [Dimension::Path, Dimension::Time(Unit::Hour)]);
        let alone = Question::new().top(top).show([Section::Top]);
        assert_eq!(rankings(&alone), top);
    }
}
