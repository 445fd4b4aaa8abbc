//! From a tally to a report: what is cut, sorted and selected is cut, sorted and selected here, after the last merge.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};

use super::written::{printable, sample_text, written};
use super::{
    FormatReport, Generator, InputReport, KeyReport, LatencyReport, Lines, MalformedSample, Period, Ranking, Report,
    Row, Summary, UvReport,
};
use crate::batch::{Fields, TextField};
use crate::dimension::{Dimension, time_number, written_time};
use crate::engine::Outcome;
use crate::envelope::Worn;
use crate::error::{Error, ErrorKind};
use crate::format::{FormatsOfFile, LogFormat, Nearest};
use crate::input::Source;
use crate::measure::MeasureKind::{self, Counts, Latency, Uv};
use crate::question::{NotLogged, Question, Section, UvMethod};
use crate::table::{GroupId, InputLedger, Reason, SAMPLES, Table, TablePlan, Tally, extras_of};
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

/// What was counted and read, as a report.
pub(crate) fn assemble(
    question: &Question,
    formats: &[LogFormat],
    of_files: &[FormatsOfFile<'_>],
    envelopes: &[Option<Worn>],
    sources: Vec<Source>,
    tally: &Tally,
    mut problems: Vec<Error>,
) -> Result<Outcome, Error> {
    let mut read = Vec::new();
    let read_all = sources.into_iter().zip(of_files).zip(envelopes).zip(&tally.ledger.inputs);
    for (((source, of_file), worn), ledger) in read_all {
        let path = source.path.clone();
        if ledger.fits_nothing() {
            let detail = no_format(question, formats, of_file, worn.as_ref(), ledger, &path);
            problems.push(ErrorKind::NoFormat { path, detail }.into());
        } else {
            let envelope = worn.as_ref().map(|worn| worn.envelope.name);
            read.push(ReadInput { path: written(path.as_os_str().as_encoded_bytes()), envelope, ledger });
        }
        problems.extend(source.into_failure());
    }
    if read.is_empty() {
        return Ok(Outcome { report: None, unanswered: Vec::new(), rejects: None, problems });
    }
    let logged = read.iter().fold(Fields::NONE, |logged, ReadInput { ledger, .. }| {
        let took = formats.iter().zip(&ledger.taken).zip(&ledger.keys).filter(|((_, lines), _)| **lines > 0);
        took.fold(logged, |logged, ((format, _), keys)| logged.and(format.fields(keys)))
    });
    let mut unanswered = Vec::new();
    if read.iter().any(|input| input.ledger.parsed() > 0) {
        if let Some(not_logged) = not_logged(question, logged).or_else(|| key_not_logged(question, formats, &read)) {
            return Err(ErrorKind::NotLogged { detail: not_logged.to_string() }.into());
        }
        unanswered = super::unanswered::unanswered(Tally::needs(&tables(question)), logged);
    }
    let report = Report {
        schema: "logstat.report/1",
        generator: Generator { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        inputs: read
            .iter()
            .map(|ReadInput { path, envelope, ledger }| InputReport {
                path: path.clone(),
                format: formats_of(formats, ledger)
                    .first()
                    .map_or_else(|| "-".to_owned(), |first| first.format.clone()),
                formats: formats_of(formats, ledger),
                envelope: *envelope,
                bytes: ledger.bytes,
                lines: ledger.read,
                keys: keys_of(formats, ledger),
            })
            .collect(),
        lines: read.iter().fold(Lines::default(), |sum, ReadInput { ledger, .. }| Lines {
            read: sum.read + ledger.read,
            parsed: sum.parsed + ledger.parsed(),
            blank: sum.blank + ledger.blank,
            malformed: sum.malformed + ledger.malformed(),
            filtered: sum.filtered + ledger.filtered,
        }),
        malformed_reasons: reasons(&read),
        malformed_samples: samples(&read),
        uv: match question.uv {
            UvMethod::Exact => UvReport::Exact,
            UvMethod::Hll(precision) => {
                UvReport::Hll { precision: precision.bits(), standard_error: precision.standard_error() }
            }
        },
        period: Period {
            first: tally.period.map(|(first, _)| first.to_string()),
            last: tally.period.map(|(_, last)| last.to_string()),
            unit: question.unit(),
        },
        summary: None,
        timeline: None,
        status: None,
        class: None,
        top: None,
        latency: None,
    };
    Ok(Outcome { report: Some(with_sections(report, question, tally)), unanswered, rejects: None, problems })
}

/// An input of which there is something to report.
struct ReadInput<'t> {
    path: String,
    envelope: Option<&'static str>,
    ledger: &'t InputLedger,
}

fn with_sections(mut report: Report, question: &Question, tally: &Tally) -> Report {
    let pv = report.lines.parsed - report.lines.filtered;
    let section = |section, dimension| question.shows(section).then(|| Groups::of(tally, dimension, pv));
    report.summary = section(Section::Summary, Dimension::All).map(|all| {
        let days = Groups::of(tally, Dimension::Time(Unit::Day), pv);
        Summary { row: all.only_row(), visitor_days: days.uv_sum() }
    });
    report.timeline =
        section(Section::Timeline, Dimension::Time(question.unit())).map(|t| t.in_order(WithUv::Yes, WithShare::No));
    report.status = section(Section::Status, Dimension::Status).map(|t| t.in_order(WithUv::No, WithShare::Yes));
    report.class = section(Section::Class, Dimension::Class).map(|t| t.in_order(WithUv::Yes, WithShare::Yes));
    report.top = question.shows(Section::Top).then(|| {
        let rankings = question.rankings().into_iter();
        rankings.map(|dimension| Groups::of(tally, dimension, pv).ranking(question.limit)).collect()
    });
    report.latency = section(Section::Latency, Dimension::All).and_then(|all| all.latency(question.slow_ms));
    report
}

#[derive(Clone, Copy, PartialEq)]
enum WithUv {
    Yes,
    No,
}

#[derive(Clone, Copy, PartialEq)]
enum WithShare {
    Yes,
    No,
}

/// The groups of a table, ready to be put in order.
struct Groups<'t> {
    tally: &'t Tally,
    table: &'t Table,
    /// Of all hits.
    pv: u64,
}

impl<'t> Groups<'t> {
    fn of(tally: &'t Tally, dimension: Dimension, pv: u64) -> Self {
        let table =
            tally.tables.iter().find(|t| t.dimension == dimension).expect("the plan has a table for each section");
        Groups { tally, table, pv }
    }

    fn ids(&self) -> impl Iterator<Item = GroupId> + use<> {
        (0..self.table.keys(&self.tally.visitors).len() as u32).map(GroupId)
    }

    fn key(&self, group: GroupId) -> Cow<'t, [u8]> {
        self.table.keys(&self.tally.visitors).key(group)
    }

    fn pv_of(&self, group: GroupId) -> u64 {
        self.table.counts().map_or(0, |counts| counts.of(group).pv())
    }

    fn uv_sum(&self) -> u64 {
        self.table.uv().map_or(0, |uv| self.ids().map(|group| uv.of(group)).sum())
    }

    fn row(&self, group: GroupId, with_uv: WithUv, with_share: WithShare) -> Row {
        let key = self.key(group);
        let key = match self.table.dimension {
            Dimension::Time(unit) => written_time(unit, &key),
            _ => written(&key),
        };
        let mut row = self.numbers(Some(group));
        row.key = Some(key);
        if with_uv == WithUv::No {
            row.uv = None;
        }
        row.share = (with_share == WithShare::Yes).then(|| row.pv as f64 / self.pv.max(1) as f64);
        row
    }

    /// The numbers of a group; zeros for none.
    fn numbers(&self, group: Option<GroupId>) -> Row {
        let tallied = self.table.counts().zip(group).map(|(counts, group)| counts.of(group)).unwrap_or_default();
        let [status_other, status_1xx, status_2xx, status_3xx, status_4xx, status_5xx] = tallied.class;
        Row {
            key: None,
            pv: tallied.pv(),
            uv: self.table.uv().map(|uv| group.map_or(0, |group| uv.of(group))),
            bytes: tallied.bytes,
            statics: tallied.statics,
            dynamic: tallied.pv() - tallied.statics,
            status_1xx,
            status_2xx,
            status_3xx,
            status_4xx,
            status_5xx,
            status_other,
            share: None,
        }
    }

    /// The row of a table that has one group, or none yet.
    fn only_row(&self) -> Row {
        self.numbers(self.ids().next())
    }

    /// Time and codes ascend, weekdays from Monday.
    fn in_order(&self, with_uv: WithUv, with_share: WithShare) -> Vec<Row> {
        let mut groups: Vec<GroupId> = self.ids().collect();
        match self.table.dimension {
            Dimension::Time(_) => groups.sort_by_key(|group| time_number(&self.key(*group))),
            _ => groups.sort_by_key(|group| self.key(*group)),
        }
        groups.into_iter().map(|group| self.row(group, with_uv, with_share)).collect()
    }

    fn ranking(&self, limit: usize) -> Ranking {
        let dimension = self.table.dimension;
        let mut groups: Vec<GroupId> = self.ids().collect();
        let count = groups.len();
        // Keys decide between equals alone: writing one costs more than comparing two numbers.
        let by_rank = |a: &GroupId, b: &GroupId| match self.pv_of(*b).cmp(&self.pv_of(*a)) {
            Ordering::Equal => dimension.bytes_of(&self.key(*a)).cmp(&dimension.bytes_of(&self.key(*b))),
            decided => decided,
        };
        if limit > 0 && limit < count {
            // Millions of paths for ten rows: only what is kept is sorted.
            groups.select_nth_unstable_by(limit - 1, by_rank);
            groups.truncate(limit);
        }
        groups.sort_unstable_by(by_rank);
        let rows = groups.into_iter().map(|group| self.row(group, WithUv::No, WithShare::Yes)).collect();
        Ranking { dimension, rows, groups: count as u64 }
    }

    fn latency(&self, slow_ms: u64) -> Option<LatencyReport> {
        let times = self.table.latency()?.of(self.ids().next()?).sorted();
        (times.count() > 0).then(|| LatencyReport {
            count: times.count(),
            sum_ms: times.sum_ms(),
            max_ms: times.max_ms(),
            p50_ms: times.percentile_ms(50),
            p90_ms: times.percentile_ms(90),
            p95_ms: times.percentile_ms(95),
            p99_ms: times.percentile_ms(99),
            slow_threshold_ms: slow_ms,
            slow: times.slower_than(slow_ms),
        })
    }
}

/// The formats that took lines of an input: those that took the most first, of equals those with the most fields.
fn formats_of(formats: &[LogFormat], ledger: &InputLedger) -> Vec<FormatReport> {
    let mut took: Vec<_> = formats.iter().zip(&ledger.taken).filter(|(_, lines)| **lines > 0).collect();
    took.sort_by_key(|(format, lines)| Reverse((**lines, format.variables())));
    took.iter().map(|(format, lines)| FormatReport { format: format.name().to_owned(), lines: **lines }).collect()
}

/// How many lines are malformed for which reason.
fn reasons(read: &[ReadInput<'_>]) -> Vec<(Reason, u64)> {
    let lines = |reason| read.iter().map(|input| input.ledger.malformed_by(reason)).sum();
    Reason::all().map(|reason| (reason, lines(reason))).filter(|(_, lines)| *lines > 0).collect()
}

/// The keys that lines of JSON had.
fn keys_of(formats: &[LogFormat], ledger: &InputLedger) -> Vec<KeyReport> {
    let keys = formats.iter().zip(&ledger.keys).flat_map(|(format, seen)| format.keys(seen));
    keys.map(|(key, variable)| KeyReport { key: printable(key.as_bytes()), variable: variable.to_owned() }).collect()
}

/// A field that was given with a key that no line has.
fn key_not_logged(question: &Question, formats: &[LogFormat], read: &[ReadInput<'_>]) -> Option<NotLogged> {
    let missing: Vec<_> = formats
        .iter()
        .enumerate()
        .filter(|(_, format)| format.is_json())
        .map(|(at, format)| format.never_seen(&read.iter().map(|input| &input.ledger.keys[at]).collect::<Vec<_>>()))
        .collect();
    // Where there are several formats of JSON, lines of one are enough.
    let is_missing = |key: &str| !missing.is_empty() && missing.iter().all(|keys| keys.contains(&key));
    let field = question.json_fields.iter().find(|field| is_missing(field.key()))?;
    let (name, key) = (field.name(), printable(field.key().as_bytes()));
    Some(NotLogged { asked: format!("--field {name}={key}"), needs: format!("the key {key}") })
}

/// The first malformed lines by path and line: of the paths, so that the order in which files are given is no matter.
fn samples(read: &[ReadInput<'_>]) -> Vec<MalformedSample> {
    let mut samples: Vec<_> = read
        .iter()
        .flat_map(|ReadInput { path, ledger, .. }| {
            ledger.samples.iter().map(|sample| MalformedSample {
                path: path.clone(),
                line: ledger.line_of(sample),
                reason: sample.reason,
                text: sample_text(&sample.text),
            })
        })
        .collect();
    samples.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    samples.truncate(SAMPLES);
    samples
}

/// What was asked for by name and is logged by none of the formats that took lines.
fn not_logged(question: &Question, logged: Fields) -> Option<NotLogged> {
    let extras = extras_of(&tables(question));
    let mut asked: Vec<(String, Fields, String)> = Vec::new();
    for dimension in question.top.iter().flatten() {
        asked.push((format!("--top {}", dimension.name()), dimension.needs(&extras), dimension.variable()));
    }
    if let Some(unit) = question.by {
        asked.push((format!("--by {}", unit.name()), Fields::TIME, "$time_local".to_owned()));
    }
    if question.since.or(question.until).is_some() {
        let option = if question.since.is_some() { "--since" } else { "--until" };
        asked.push((option.to_owned(), Fields::TIME, "$time_local".to_owned()));
    }
    for section in question.show.iter().flatten() {
        let (needs, variable) = match section {
            Section::Timeline => (Fields::TIME, "$time_local"),
            Section::Status => (Fields::STATUS, "$status"),
            Section::Class => (Fields::text(TextField::Path), "$request"),
            Section::Latency => (Fields::REQUEST_TIME, "$request_time"),
            Section::Summary | Section::Top => continue,
        };
        asked.push((format!("--show {}", section.name()), needs, variable.to_owned()));
    }
    let missing = asked.into_iter().find(|(_, needs, _)| !logged.holds(*needs));
    missing.map(|(asked, _, variable)| NotLogged { asked, needs: variable })
}

/// Why a file is refused, and the way out.
fn no_format(
    question: &Question,
    formats: &[LogFormat],
    of_file: &FormatsOfFile<'_>,
    worn: Option<&Worn>,
    ledger: &InputLedger,
    path: &std::path::Path,
) -> String {
    let given = question.log_formats.as_slice();
    let lines = match ledger.malformed() {
        1 => "its one line".to_owned(),
        n => format!("0 of its {n} lines"),
    };
    let mut detail = match given {
        [] => format!("no known log format fits ({lines})"),
        [format] => format!("the log format '{}' does not fit ({lines})", printable(format.name().as_bytes())),
        several => format!("none of the {} log formats fits ({lines})", several.len()),
    };
    if let Some(nearest) = of_file.nearest() {
        let format = &formats[nearest.format];
        let found = sample_text(&nearest.text[nearest.misfit.at.min(nearest.text.len())..]);
        let found: String = found.chars().take(24).collect();
        let found = if found.is_empty() { "the end of the line".to_owned() } else { format!("\"{found}…\"") };
        let inside = worn.map(|worn| format!(" in {}", worn.envelope.name)).unwrap_or_default();
        detail += &format!("\n  line {}{inside}: {}", nearest.line, sample_text(&nearest.text));
        let expectation = format.expectation(nearest.misfit);
        detail += &match given {
            [_] => format!("\n  expected {expectation}, found {found}"),
            _ => {
                let name = printable(format.name().as_bytes());
                format!("\n  nearest: {name}, which expects {expectation} and found {found}")
            }
        };
    }
    if let Some(sample) = ledger.samples.first().filter(|sample| sample.reason == Reason::TooLong) {
        let line = ledger.line_of(sample);
        detail += &format!("\n  line {line} is longer than {} bytes: --max-line has them longer", question.max_line);
    }
    let path = printable(path.as_os_str().as_encoded_bytes());
    let has_other_keys = |nearest: &Nearest| {
        formats[nearest.format].is_json() && nearest.misfit.reason == Reason::NoMatch && nearest.misfit.at > 0
    };
    detail += &match given {
        _ if of_file.nearest().is_some_and(has_other_keys) => {
            format!("\n  say which keys hold what:  logstat --field status=KEY --field path=KEY {path}")
        }
        [_, ..] => format!("\n  leave --log-format out to have the format found:  logstat {path}"),
        [] => format!("\n  give it as nginx has it:  logstat --log-format '$remote_addr …' {path}"),
    };
    detail
}
