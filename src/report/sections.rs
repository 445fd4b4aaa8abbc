//! The report of a tally: first what does not depend on its tables, then the sections.

use std::ops::Range;

use super::bots::{bots, people};
use super::fill_gaps::with_gaps_filled;
use super::groups::{Groups, WithShare, WithUv};
use super::highlights::highlights;
use super::short_names::name_agents;
use super::split::Splits;
use super::verdicts::verdicts;
use super::whole::Whole;
use super::{
    Approximate, DurationReport, Generator, InputReport, Lines, MalformedSample, Note, Period, Report, SCHEMA, Summary,
    UvReport, VisitorReport,
};
use crate::dimension::Dimension;
use crate::error::Error;
use crate::filter;
use crate::format::Reason;
use crate::measure::UvMethod;
use crate::metric::Metric;
use crate::question::{MaxKeys, Question, Section};
use crate::tally::{SAMPLES, Tally, Unescaped};
use crate::time::{FIRST_S, LAST_S, Stamp, Unit, Zone};

/// Facts about the inputs of a report.
pub(super) struct Facts {
    pub(super) inputs: Vec<InputReport>,
    pub(super) empty_inputs: usize,
    pub(super) lines: Lines,
    /// Without zeros.
    pub(super) malformed_reasons: Vec<(Reason, u64)>,
    /// In any order.
    pub(super) malformed_samples: Vec<MalformedSample>,
    /// True if lines have a list of addresses in the place of `$remote_addr`.
    pub(super) has_lists: bool,
    /// In any order.
    pub(super) notes: Vec<Note>,
}

/// Builds a report that has no sections yet.
pub(super) fn without_sections(question: &Question, facts: Facts, tally: &Tally<Unescaped>) -> Report {
    let Question { reading, counting, showing, .. } = question;
    let Facts { inputs, empty_inputs, lines, malformed_reasons, mut malformed_samples, has_lists, mut notes } = facts;
    // The order must not depend on the order of the inputs. Two inputs may have the same name, so texts are compared
    // too.
    notes.sort_by_cached_key(|note| (note.code, note.input.clone().map(|input| (input, note.text.clone()))));
    malformed_samples.sort_by(|a, b| (&a.path, a.byte).cmp(&(&b.path, b.byte)));
    malformed_samples.truncate(SAMPLES);
    Report {
        schema: SCHEMA.to_owned(),
        generator: Generator::this(),
        inputs,
        lines,
        filtered_reasons: tally.ledger.filtered_reasons(),
        malformed_reasons,
        malformed_samples,
        uv: match tally.degraded.and_then(|degraded| degraded.hll).map_or(counting.uv, UvMethod::Hll) {
            UvMethod::Exact => UvReport::Exact,
            UvMethod::Hll(precision) => {
                UvReport::Hll { precision: precision.bits(), standard_error: precision.standard_error() }
            }
        },
        visitor: VisitorReport::of(&question.visitor_options(), has_lists),
        notes,
        warnings: Vec::new(),
        period: Period {
            first: tally.period.map(|(first, _)| first.to_string()),
            last: tally.period.map(|(_, last)| last.to_string()),
            unit: counting.unit(),
            split: counting.split.filter(|_| showing.shows(Section::Timeline)),
            zone: reading.zone.map(Zone::name),
        },
        summary: None,
        highlights: None,
        people: None,
        timeline: None,
        status: None,
        class: None,
        bots: None,
        top: None,
        approximate: Vec::new(),
        latency: None,
        durations: Vec::new(),
        verdicts: Vec::new(),
        each: None,
        columns: showing.asked_columns(),
        empty_inputs,
        has_ledger: showing.shows(Section::Ledger),
        no_times: None,
    }
}

/// Adds the sections that the question shows.
pub(super) fn with_sections(
    mut report: Report,
    question: &Question,
    tally: &Tally<Unescaped>,
    selected: filter::Period,
) -> Result<Report, Error> {
    let Question { reading, counting, showing, .. } = question;
    let pv = report.lines.parsed - report.lines.filtered;
    let whole = &Whole { pv, wall_s: range(tally, selected) };
    let section = |section, dimension| showing.shows(section).then(|| Groups::of(tally, dimension, whole));
    let columns = showing.asked_columns();
    report.summary = section(Section::Summary, Dimension::All).map(|all| {
        let days = Groups::of(tally, Dimension::Time(Unit::Day), whole);
        Summary { row: all.only_row(&columns), visitor_days: days.visitor_days() }
    });
    let has_highlights = counting.highlights && showing.shows(Section::Summary);
    report.highlights = has_highlights.then(|| highlights(tally, whole, showing.slow_ms));
    let has_people = counting.people && showing.shows(Section::Summary);
    report.people = if has_people { people(tally, whole) } else { None };
    if let Some(groups) = section(Section::Timeline, Dimension::Time(counting.unit())) {
        let with_share = if columns.contains(&Metric::Share) { WithShare::Yes } else { WithShare::No };
        let rows = groups.in_order(WithUv::Yes, with_share, &columns);
        report.timeline = Some(if showing.fill {
            let exists = |bucket| reading.zone.is_none_or(|zone| zone.shows(bucket));
            let empty = || groups.empty_row(with_share, &columns);
            with_gaps_filled(rows, counting.unit(), whole.wall_s.clone(), exists, empty)?
        } else {
            rows
        });
        let split = counting.timeline_pair().map(|pair| Groups::of(tally, pair, whole));
        if let Some(mut splits) = split.and_then(|groups| Splits::of(&groups, showing.limit)) {
            let rows = report.timeline.iter_mut().flatten();
            rows.for_each(|row| row.split = row.key.as_deref().map(|key| splits.take(key)));
        }
    }
    report.status = section(Section::Status, Dimension::Status).map(|t| t.in_order(WithUv::No, WithShare::Yes, &[]));
    report.class = section(Section::Class, Dimension::Class).map(|t| t.in_order(WithUv::Yes, WithShare::Yes, &[]));
    report.bots = showing.shows(Section::Bots).then(|| bots(tally, showing.limit, whole));
    report.top = showing.shows(Section::Top).then(|| {
        let ranking = |dimension| {
            let columns = showing.metrics_of(dimension);
            Groups::of(tally, dimension, whole).ranking(showing.limit, showing.sort, &columns)
        };
        counting.rankings().into_iter().map(ranking).collect()
    });
    if counting.people {
        let of_agents = report.top.iter_mut().flatten().filter(|ranking| ranking.dimension == Dimension::Agent);
        of_agents.for_each(|ranking| name_agents(&mut ranking.rows, &reading.key_rules.bots));
    }
    let max_keys = tally.degraded.and_then(|degraded| MaxKeys::new(degraded.max_keys?)).or(counting.max_keys);
    report.approximate = max_keys.map_or_else(Vec::new, |max_keys| {
        let rankings = report.top.iter().flatten().map(|ranking| ranking.dimension);
        let max_error = |dimension| Groups::of(tally, dimension, whole).max_error();
        let approximate = |dimension| {
            let max_keys = max_keys.keys() as u64;
            max_error(dimension).map(|max_error| Approximate { dimension, max_keys, max_error })
        };
        rankings.filter_map(approximate).collect()
    });
    if let Some(all) = section(Section::Latency, Dimension::All) {
        let latency = |at| all.latency(at, showing.slow_ms);
        let durations = counting.durations.iter().enumerate();
        report.latency = latency(0);
        report.durations =
            durations.map(|(at, duration)| DurationReport { name: duration.name(), latency: latency(at) }).collect();
    }
    report.verdicts = verdicts(&showing.fail_if, tally, whole, &report.lines);
    Ok(report)
}

/// Wall-clock range of a filled timeline: the requested period, else from the first hit to the last.
fn range(tally: &Tally<Unescaped>, selected: filter::Period) -> Range<i64> {
    let (first, last) = tally.period.map_or((None, None), |(first, last)| (Some(first), Some(last)));
    let asked = |stamp: Option<Stamp>| selected.wall_s(stamp.map_or(0, |stamp| stamp.offset_min));
    let begin = selected.has_begin().then(|| asked(first).start.max(FIRST_S)).or(first.map(|first| first.wall_s));
    let end = selected.has_end().then(|| asked(last).end.min(LAST_S + 1)).or(last.map(|last| last.wall_s + 1));
    begin.zip(end).map_or(0..0, |(begin, end)| begin..end)
}
