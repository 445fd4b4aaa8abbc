//! The tables that answer a question, one for each dimension.

use super::{Counting, Question, Section, Showing};
use crate::dimension::Dimension;
use crate::measure::MeasureKind::{self, Counts, Durations, Hits, Latency, Times, Uv};
use crate::measure::UvMethod;
use crate::metric::Metric;
use crate::steps::Visitor;
use crate::tally::TablePlan;
use crate::time::Unit;

/// All tables of a question.
pub(super) fn tables(question: &Question) -> Vec<TablePlan> {
    tables_of(question, |section| question.showing.shows(section))
}

/// Returns the number of tables that keep all keys, and all tables with these first. The others are used only for
/// rankings, so their keys may be dropped.
pub(super) fn rankings_last(question: &Question) -> (usize, Vec<TablePlan>) {
    let others = tables_of(question, |section| section != Section::Top && question.showing.shows(section));
    let is_other = |(dimension, _): &TablePlan| others.iter().any(|(other, _)| other == dimension);
    let (mut tables, rankings): (Vec<_>, Vec<_>) = tables(question).into_iter().partition(is_other);
    let kept = tables.len();
    tables.extend(rankings);
    (kept, tables)
}

fn tables_of(Question { counting, showing, .. }: &Question, shows: impl Fn(Section) -> bool) -> Vec<TablePlan> {
    let mut tables: Vec<TablePlan> = Vec::new();
    let mut ask = |dimension: Dimension, measures: &[MeasureKind]| {
        let at = tables.iter().position(|(d, _)| *d == dimension).unwrap_or_else(|| {
            tables.push((dimension, Vec::new()));
            tables.len() - 1
        });
        for measure in measures {
            if !tables[at].1.contains(measure) {
                tables[at].1.push(*measure);
            }
        }
    };
    let columns = with_counts(showing.columns.iter().copied());
    if shows(Section::Summary) {
        ask(Dimension::All, &[Counts, Uv]);
        ask(Dimension::All, &columns);
        // Visitor days are the sum of the days' UV.
        ask(Dimension::Time(Unit::Day), &[Uv]);
    }
    if shows(Section::Timeline) {
        ask(Dimension::Time(counting.unit()), &[Counts, Uv]);
        ask(Dimension::Time(counting.unit()), &columns);
        counting.timeline_pair().into_iter().for_each(|pair| ask(pair, &[Counts]));
    }
    if shows(Section::Status) {
        ask(Dimension::Status, &[Counts]);
    }
    if shows(Section::Class) {
        ask(Dimension::Class, &[Counts, Uv]);
    }
    if shows(Section::Bots) {
        ask(Dimension::bot_class(), &[Counts, Uv]);
        ask(Dimension::bot_and_class(), &[Counts]);
    }
    if shows(Section::Summary) && counting.people {
        ask(Dimension::bot_class(), &[Hits, Uv]);
    }
    if shows(Section::Top) {
        for dimension in counting.rankings() {
            ask(dimension, &with_counts(showing.metrics_of(dimension).into_iter()));
        }
    }
    if shows(Section::Latency) {
        ask(Dimension::All, &[Latency]);
        if counting.durations.len() > 1 {
            ask(Dimension::All, &[Durations]);
        }
    }
    if shows(Section::Summary) {
        of_highlights(counting, showing).into_iter().for_each(|(dimension, measure)| ask(dimension, &[measure]));
    }
    for fail_if in &showing.fail_if {
        ask(fail_if.dimension(), &with_counts(fail_if.metrics()));
    }
    tables
}

/// The measures that metrics are taken from, and counts.
fn with_counts(metrics: impl Iterator<Item = Metric>) -> Vec<MeasureKind> {
    [Counts].into_iter().chain(metrics.map(Metric::measure)).collect()
}

/// The tables that highlights need. Paths and addresses are used only if they are kept anyway: another ranking costs as
/// much as everything that is measured here.
fn of_highlights(counting: &Counting, showing: &Showing) -> Vec<(Dimension, MeasureKind)> {
    if !counting.highlights {
        return Vec::new();
    }
    let ranks = |dimension| showing.shows(Section::Top) && counting.rankings().contains(&dimension);
    let mut tables = vec![(Dimension::Time(Unit::Hour), Counts)];
    // A ranking that drops keys has only counts.
    if ranks(Dimension::Path) && counting.max_keys.is_none() && counting.max_memory.is_none() {
        tables.push((Dimension::Path, Times));
    }
    let visitors_are_addresses =
        counting.visitor == Visitor::IP && counting.ipv6_prefix.is_none() && !counting.anonymize;
    let keeps_visitors = counting.uv == UvMethod::Exact && counting.max_memory.is_none();
    if visitors_are_addresses && keeps_visitors && !ranks(Dimension::Ip) {
        tables.push((Dimension::Ip, Hits));
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_other_sections_keep_all_keys() {
        let top = [Dimension::Path, Dimension::Status, Dimension::Time(Unit::Day), Dimension::Time(Unit::Hour)];
        let rankings = |question: &Question| -> Vec<Dimension> {
            let (kept, all) = rankings_last(question);
            assert_eq!(all.len(), tables(question).len());
            assert!(all[kept..].iter().all(|(_, measures)| *measures == [Counts]));
            all[kept..].iter().map(|(dimension, _)| *dimension).collect()
        };
        let all = Question::new().top(top);
        assert_eq!(rankings(&all), [Dimension::Path, Dimension::Time(Unit::Hour)]);
        assert_eq!(rankings(&all.show([Section::Top])), top);
    }
}
