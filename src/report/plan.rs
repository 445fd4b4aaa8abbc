//! From a question to the tables that answer it.

use crate::dimension::Dimension;
use crate::measure::MeasureKind::{self, Counts, Latency, Uv};
use crate::question::{Question, Section};
use crate::table::TablePlan;
use crate::time::Unit;

/// The tables that answer a question, each dimension once.
pub(crate) fn tables(question: &Question) -> Vec<TablePlan> {
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
    if question.shows(Section::Summary) {
        ask(Dimension::All, &[Counts, Uv]);
        // Visitor days are the sum of the days' UV.
        ask(Dimension::Time(Unit::Day), &[Uv]);
    }
    if question.shows(Section::Timeline) {
        ask(Dimension::Time(question.unit()), &[Counts, Uv]);
    }
    if question.shows(Section::Status) {
        ask(Dimension::Status, &[Counts]);
    }
    if question.shows(Section::Class) {
        ask(Dimension::Class, &[Counts, Uv]);
    }
    if question.shows(Section::Top) {
        question.rankings().into_iter().for_each(|dimension| ask(dimension, &[Counts]));
    }
    if question.shows(Section::Latency) {
        ask(Dimension::All, &[Latency]);
    }
    plan
}
