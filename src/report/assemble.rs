//! Builds the report from the tally and the inputs that were counted.

use std::cmp::Reverse;
use std::ops::Range;

use super::bad_values::bad_values;
use super::copies::{Original, copies};
use super::counted_input::CountedInput;
use super::degraded::degraded;
use super::empty::empty_note;
use super::fill_gaps::with_gaps_filled;
use super::foreign::{set_aside, set_aside_note};
use super::format_notes::{ReadFormats, assumed_utc, format_notes, unread};
use super::groups::{Groups, WithShare, WithUv};
use super::highlights::highlights;
use super::key_notes::{databases, own_site};
use super::list_alone::{list_alone, with_address};
use super::missing_field::missing_fields;
use super::near_misses::near_misses;
use super::no_times::no_times;
use super::not_followed::not_followed;
use super::not_logged::{NotLogged, key_not_logged, not_logged};
use super::outside_period::outside_period;
use super::part::{PartReport, parts};
use super::refused::refused;
use super::sample_text::{sample_text, sample_text_cut};
use super::split::Splits;
use super::unknown::unknown;
use super::verdicts::verdicts;
use super::{
    Approximate, FormatReport, Generator, InputReport, KeyReport, Lines, MalformedSample, NoteCode, Period, Report,
    SCHEMA, Summary, UvReport, VisitorReport,
};
use crate::batch::{Fields, TextField};
use crate::dimension::Dimension;
use crate::error::{Error, ErrorKind};
use crate::filter::{self, FilterReason, literals};
use crate::format::Reason;
use crate::format::{FormatsOfFile, LogFormat};
use crate::measure::UvMethod;
use crate::message::{Message, Setting, message};
use crate::metric::Metric;
use crate::question::{MaxKeys, Plan, Question, Section};
use crate::steps::RealIp;
use crate::tally::{InputLedger, SAMPLES, Tally, Unescaped};
use crate::text::{printable, written};
use crate::time::{FIRST_S, LAST_S, Stamp, Unit, Zone};

/// The report, and the inputs that failed.
#[derive(Default)]
pub(crate) struct Assembled {
    /// The report; `None` if no input fits a format.
    pub(crate) report: Option<Report>,
    /// Errors of inputs that fit no format, are not access logs, or were read in part.
    pub(crate) problems: Vec<Error>,
}

/// Builds the report of the inputs that were counted. If they were counted by day, it has no sections: these are made
/// from the state.
pub(crate) fn assemble(
    question: &Question,
    plan: &Plan,
    formats: &[LogFormat],
    inputs: Vec<CountedInput<'_>>,
    tally: &Tally<Unescaped>,
    selected: filter::Period,
) -> Result<Assembled, Error> {
    let Question { reading, counting, showing, .. } = question;
    let (real_ip, anonymize) = (reading.real_ip.as_ref(), counting.anonymize);
    let mut problems = Vec::new();
    let mut read = Vec::new();
    let mut notes = copies(&originals(&inputs, tally));
    let ledgers = || tally.ledger.inputs.iter();
    let refusals: Vec<_> = inputs
        .iter()
        .zip(ledgers())
        .map(|(input, ledger)| refused(reading, anonymize, formats, input, ledger))
        .collect();
    let is_any_read = refusals.iter().any(Option::is_none);
    let mut others = Vec::new();
    for ((input, ledger), refused) in inputs.into_iter().zip(ledgers()).zip(refusals) {
        let (has_line_numbers, lost_bytes) = (input.has_line_numbers(), input.lost_bytes());
        let CountedInput { envelope, formats: of_file, skipped_bytes, part, .. } = input;
        let path = written(input.path.as_os_str().as_encoded_bytes());
        let kind = refused.as_ref().filter(|_| is_any_read).and_then(|refusal| set_aside(input.is_found, refusal));
        // Damage to a file that is not a log is not reported here: the command in the advice will report it.
        let is_foreign = refused.as_ref().is_some_and(|error| matches!(error.kind(), ErrorKind::NotAccessLog { .. }));
        let failure = input.failure.filter(|_| !is_foreign);
        if let Some(kind) = kind {
            others.push((path, kind));
        } else if refused.is_some() {
            problems.extend(refused);
        } else {
            let is_read_whole = skipped_bytes == (0, 0) && part.is_none() && failure.is_none();
            let is_empty = ledger.read == ledger.blank && is_read_whole;
            read.push(ReadInput {
                path,
                envelope,
                of_file,
                ledger,
                skipped_bytes,
                lost_bytes,
                has_line_numbers,
                is_empty,
            });
        }
        problems.extend(failure);
    }
    notes.extend(set_aside_note(others));
    if read.is_empty() {
        return Ok(Assembled { problems, ..Assembled::default() });
    }
    let mut logged = Fields::NONE;
    let mut all_log_hosts = true;
    for ReadInput { path, ledger, .. } in &read {
        let fields = fields_of(formats, ledger);
        all_log_hosts &= ledger.parsed() == 0 || fields.contains(Fields::text(TextField::Host));
        let with_address = with_address(real_ip, &plan.variable_columns, fields);
        notes.extend(list_alone(real_ip, path, fields, with_address));
        logged = logged.union(plan.variable_columns.with_derived(with_address));
    }
    if read.iter().any(|input| input.ledger.parsed() > 0) {
        let ledgers: Vec<_> = read.iter().map(|input| input.ledger).collect();
        let missing = not_logged(question, &plan.variable_columns, logged);
        let missing = missing.or_else(|| key_not_logged(&reading.fields, formats, &ledgers));
        if let Some(missing) = missing.filter(|_| !plan.is_of_a_part) {
            let why = why_not_logged(&missing, real_ip, anonymize, formats, &read);
            return Err(ErrorKind::NotLogged { detail: missing.message() + why }.into());
        }
        if real_ip.is_some_and(RealIp::is_in_place) && !has_lists(formats, &read) && !plan.is_of_a_part {
            let detail = message![
                Setting::Trust,
                " needs a list of addresses in place of $remote_addr, but no input has one; name the variable that \
                 holds one with ",
                Setting::RealIp,
                ", such as ",
                Setting::RealIp,
                " http_x_forwarded_for"
            ];
            return Err(ErrorKind::NotLogged { detail }.into());
        }
        notes.extend(missing_fields(plan.fields_of_tables(plan.visitor), logged));
        let pv = read.iter().map(|ReadInput { ledger, .. }| ledger.parsed() - ledger.filtered).sum();
        let variables: Vec<_> = counting.visitor.dimensions().map(Dimension::variable).collect();
        notes.extend(unknown(&tally.unknown, pv, (plan.visitor, &variables.join(" and ")), logged));
    }
    let parsed: u64 = read.iter().map(|input| input.ledger.parsed()).sum();
    let outside = [FilterReason::Dropped, FilterReason::Period].map(|reason| tally.ledger.filtered_for(reason));
    let in_period = parsed - outside.iter().sum::<u64>();
    if in_period > 0 {
        let literals = literals(&counting.filters, &plan.variable_columns);
        notes.extend(near_misses(&literals, &tally.ledger.near_misses, !selected.is_all()));
    } else if parsed > 0 {
        notes.extend(outside_period(
            counting,
            selected,
            read.iter().filter_map(|input| input.ledger.cover),
            read.len(),
        ));
    }
    notes.extend(read.iter().flat_map(|ReadInput { path, ledger, .. }| bad_values(formats, path, ledger, anonymize)));
    for ReadInput { path, of_file, ledger, .. } in &read {
        notes.extend(format_notes(real_ip, anonymize, formats, &ReadFormats { path, of_file, ledger }));
    }
    let empty: Vec<_> = read.iter().filter(|input| input.is_empty).collect();
    notes.extend(empty_note(empty.iter().map(|input| (&input.path[..], input.ledger.blank))));
    notes.extend(reading.nginx_conf.iter().flat_map(not_followed));
    notes.extend(databases(reading, &plan.variable_columns));
    notes.extend(own_site(reading, &plan.variable_columns, all_log_hosts));
    notes.extend(degraded(tally));
    notes.extend(assumed_utc(read.iter().map(|input| input.ledger)));
    // The order must not depend on the order of the inputs. Two inputs may have the same name, so texts are compared
    // too.
    notes.sort_by_cached_key(|note| (note.code, note.input.clone().map(|input| (input, note.text.clone()))));
    let main = main_format(formats, &read).filter(|_| showing.shows(Section::Latency));
    let no_times = no_times(main, logged, &notes);
    let report = Report {
        schema: SCHEMA.to_owned(),
        generator: Generator::this(),
        inputs: read.iter().map(|input| input.report(formats)).collect(),
        lines: read.iter().fold(Lines::default(), |sum, ReadInput { ledger, skipped_bytes, lost_bytes, .. }| Lines {
            read: sum.read + ledger.read,
            parsed: sum.parsed + ledger.parsed(),
            blank: sum.blank + ledger.blank,
            malformed: sum.malformed + ledger.malformed(),
            filtered: sum.filtered + ledger.filtered,
            skipped_bytes: sum.skipped_bytes + skipped_bytes.0 + skipped_bytes.1,
            lost_bytes: sum.lost_bytes + lost_bytes,
        }),
        filtered_reasons: tally.ledger.filtered_reasons(),
        malformed_reasons: reasons(&read),
        malformed_samples: samples(&read, anonymize),
        uv: match tally.degraded.and_then(|degraded| degraded.hll).map_or(counting.uv, UvMethod::Hll) {
            UvMethod::Exact => UvReport::Exact,
            UvMethod::Hll(precision) => {
                UvReport::Hll { precision: precision.bits(), standard_error: precision.standard_error() }
            }
        },
        visitor: VisitorReport::of(&question.visitor_options(), has_lists(formats, &read)),
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
        timeline: None,
        status: None,
        class: None,
        top: None,
        approximate: Vec::new(),
        latency: None,
        verdicts: Vec::new(),
        parts: Vec::new(),
        columns: showing.asked_columns(),
        empty_inputs: empty.len(),
        has_ledger: showing.shows(Section::Ledger),
        no_times,
    };
    if plan.is_by_day() {
        return Ok(Assembled { report: Some(report), problems });
    }
    let of_key = |(part, tally): (PartReport, &Tally<Unescaped>)| {
        let report = with_sections(part.report, question, tally, selected)?;
        Ok(PartReport { report, ..part })
    };
    let parts = parts(&report, tally).into_iter().map(of_key).collect::<Result<_, Error>>()?;
    let report = with_sections(report, question, tally, selected)?;
    Ok(Assembled { report: Some(Report { parts, ..report }), problems })
}

/// The inputs of the report, as the search for copies needs them.
fn originals<'a>(inputs: &'a [CountedInput<'_>], tally: &Tally<Unescaped>) -> Vec<Original<'a>> {
    let is_left_out = |(input, ledger): &(&CountedInput<'_>, &InputLedger)| {
        input.part.is_some() || ledger.fits_nothing() || input.foreign.is_some_and(|foreign| foreign.is_certain)
    };
    let of_report = inputs.iter().zip(&tally.ledger.inputs).filter(|input| !is_left_out(input));
    let original = |(input, ledger): (&'a CountedInput<'_>, &InputLedger)| {
        let (before, after) = input.skipped_bytes;
        Original { path: &input.path, bytes: ledger.bytes + before + after, beginning: input.beginning }
    };
    of_report.map(original).collect()
}

/// An input that is part of the report.
struct ReadInput<'t> {
    path: String,
    envelope: Option<String>,
    of_file: &'t FormatsOfFile<'t>,
    ledger: &'t InputLedger,
    /// Bytes before the part that was read, and after it.
    skipped_bytes: (u64, u64),
    /// Bytes that could not be read, and the rest of their lines.
    lost_bytes: u64,
    /// True if all lines before its malformed ones were read.
    has_line_numbers: bool,
    /// True if it was read to its end and has no lines, or only blank ones.
    is_empty: bool,
}

/// Returns why a field is missing: the note about the end of lines that is not read, or how to log a variable.
fn why_not_logged(
    missing: &NotLogged,
    real_ip: Option<&RealIp>,
    anonymize: bool,
    formats: &[LogFormat],
    read: &[ReadInput<'_>],
) -> Message {
    let Some(variable) = missing.variable() else { return Message::default() };
    let notes = read.iter().flat_map(|ReadInput { path, of_file, ledger, .. }| {
        format_notes(real_ip, anonymize, formats, &ReadFormats { path, of_file, ledger })
    });
    let explains = |code| code == NoteCode::Unread || code == NoteCode::TimeNotRead && missing.needs_times();
    if let Some(note) = notes.filter(|note| explains(note.code)).min_by_key(|note| note.code) {
        return message!["\n  ", note.text];
    }
    let has_keys = main_format(formats, read).is_some_and(LogFormat::has_keys);
    if has_keys && !missing.needs_times() {
        return Message::default();
    }
    format!("\n  to log it, add {variable} to the log_format in nginx.conf").into()
}

/// True if a format of some lines has a list of addresses in the place of `$remote_addr`.
fn has_lists(formats: &[LogFormat], read: &[ReadInput<'_>]) -> bool {
    let took = |(format, lines): (&LogFormat, &u64)| *lines > 0 && format.has_address_list();
    read.iter().any(|input| formats.iter().zip(&input.ledger.format_lines).any(took))
}

impl ReadInput<'_> {
    fn report(&self, formats: &[LogFormat]) -> InputReport {
        let ReadInput { path, envelope, ledger, skipped_bytes, .. } = self;
        let took = formats_of(formats, ledger);
        InputReport {
            path: path.clone(),
            format: took.first().map_or_else(|| "-".to_owned(), |first| first.format.clone()),
            formats: took,
            envelope: envelope.clone(),
            bytes: ledger.bytes,
            unread: unread(formats, ledger),
            lines: ledger.read,
            skipped_bytes: skipped_bytes.0 + skipped_bytes.1,
            keys: keys_of(formats, ledger),
        }
    }
}

pub(super) fn with_sections(
    mut report: Report,
    question: &Question,
    tally: &Tally<Unescaped>,
    selected: filter::Period,
) -> Result<Report, Error> {
    let Question { reading, counting, showing, .. } = question;
    let pv = report.lines.parsed - report.lines.filtered;
    let section = |section, dimension| showing.shows(section).then(|| Groups::of(tally, dimension, pv));
    let columns = showing.asked_columns();
    report.summary = section(Section::Summary, Dimension::All).map(|all| {
        let days = Groups::of(tally, Dimension::Time(Unit::Day), pv);
        Summary { row: all.only_row(&columns), visitor_days: days.visitor_days() }
    });
    let has_highlights = counting.highlights && showing.shows(Section::Summary);
    report.highlights = has_highlights.then(|| highlights(tally, pv, showing.slow_ms));
    if let Some(groups) = section(Section::Timeline, Dimension::Time(counting.unit())) {
        let with_share = if columns.contains(&Metric::Share) { WithShare::Yes } else { WithShare::No };
        let rows = groups.in_order(WithUv::Yes, with_share, &columns);
        report.timeline = Some(if showing.fill {
            let wall_s = range(tally, selected);
            let exists = |bucket| reading.zone.is_none_or(|zone| zone.shows(bucket));
            with_gaps_filled(rows, counting.unit(), wall_s, exists, || groups.empty_row(with_share, &columns))?
        } else {
            rows
        });
        let split = counting.timeline_pair().map(|pair| Groups::of(tally, pair, pv));
        if let Some(mut splits) = split.and_then(|groups| Splits::of(&groups, showing.limit)) {
            let rows = report.timeline.iter_mut().flatten();
            rows.for_each(|row| row.split = row.key.as_deref().map(|key| splits.take(key)));
        }
    }
    report.status = section(Section::Status, Dimension::Status).map(|t| t.in_order(WithUv::No, WithShare::Yes, &[]));
    report.class = section(Section::Class, Dimension::Class).map(|t| t.in_order(WithUv::Yes, WithShare::Yes, &[]));
    report.top = showing.shows(Section::Top).then(|| {
        let (rankings, metrics) = (counting.rankings().into_iter(), showing.metrics());
        rankings
            .map(|dimension| Groups::of(tally, dimension, pv).ranking(showing.limit, showing.sort, &metrics))
            .collect()
    });
    let max_keys = tally.degraded.and_then(|degraded| MaxKeys::new(degraded.max_keys?)).or(counting.max_keys);
    report.approximate = max_keys.map_or_else(Vec::new, |max_keys| {
        let rankings = report.top.iter().flatten().map(|ranking| ranking.dimension);
        let max_error = |dimension| Groups::of(tally, dimension, pv).max_error();
        let approximate = |dimension| {
            let max_keys = max_keys.keys() as u64;
            max_error(dimension).map(|max_error| Approximate { dimension, max_keys, max_error })
        };
        rankings.filter_map(approximate).collect()
    });
    report.latency = section(Section::Latency, Dimension::All).and_then(|all| all.latency(showing.slow_ms));
    report.verdicts = verdicts(&showing.fail_if, tally, &report.lines);
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

/// The fields that lines of an input log.
fn fields_of(formats: &[LogFormat], ledger: &InputLedger) -> Fields {
    let took = formats.iter().zip(&ledger.format_lines).zip(&ledger.keys).filter(|((_, lines), _)| **lines > 0);
    took.fold(Fields::NONE, |fields, ((format, _), keys)| fields.union(format.fields(keys)))
}

/// The formats that lines of an input are in, the most frequent first. Equally frequent formats are sorted by their
/// number of variables, the most first.
pub(crate) fn formats_of(formats: &[LogFormat], ledger: &InputLedger) -> Vec<FormatReport> {
    let mut took: Vec<_> = formats.iter().zip(&ledger.format_lines).filter(|(_, lines)| **lines > 0).collect();
    took.sort_by_key(|(format, lines)| Reverse((**lines, format.variables())));
    took.iter().map(|(format, lines)| FormatReport { format: format.name().to_owned(), lines: **lines }).collect()
}

/// The format that most lines of all inputs are in.
fn main_format<'f>(formats: &'f [LogFormat], read: &[ReadInput<'_>]) -> Option<&'f LogFormat> {
    let lines = |at: usize| read.iter().filter_map(|input| input.ledger.format_lines.get(at)).sum::<u64>();
    let used = (0..formats.len()).map(|at| (lines(at), at)).filter(|(lines, _)| *lines > 0);
    used.max_by_key(|(lines, at)| (*lines, Reverse(*at))).map(|(_, at)| &formats[at])
}

/// Number of malformed lines by reason, without zeros.
fn reasons(read: &[ReadInput<'_>]) -> Vec<(Reason, u64)> {
    let lines = |reason| read.iter().map(|input| input.ledger.malformed_by(reason)).sum();
    Reason::all().map(|reason| (reason, lines(reason))).filter(|(_, lines)| *lines > 0).collect()
}

/// The recognised keys in the lines of an input.
fn keys_of(formats: &[LogFormat], ledger: &InputLedger) -> Vec<KeyReport> {
    let keys = formats.iter().zip(&ledger.keys).flat_map(|(format, seen)| format.keys(seen));
    keys.map(|(key, variable)| KeyReport { key: printable(key.as_bytes()), variable: variable.to_owned() }).collect()
}

/// The first malformed lines, sorted by path and position, so that the order in which files are given does not matter.
fn samples(read: &[ReadInput<'_>], anonymize: bool) -> Vec<MalformedSample> {
    let text = if anonymize { sample_text_cut } else { sample_text };
    let mut samples: Vec<_> = read
        .iter()
        .flat_map(|ReadInput { path, ledger, has_line_numbers, .. }| {
            ledger.samples.iter().map(|sample| MalformedSample {
                path: path.clone(),
                line: has_line_numbers.then(|| ledger.line_of(sample)),
                byte: sample.offset,
                reason: sample.reason,
                text: text(&sample.text),
            })
        })
        .collect();
    samples.sort_by(|a, b| (&a.path, a.byte).cmp(&(&b.path, b.byte)));
    samples.truncate(SAMPLES);
    samples
}
