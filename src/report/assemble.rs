//! Builds the report from the tally and the inputs that were counted.

use super::bad_values::bad_values;
use super::copies::{Original, copies};
use super::counted_input::CountedInput;
use super::degraded::degraded;
use super::empty::empty_note;
use super::foreign::{set_aside, set_aside_note};
use super::format_notes::{ReadFormats, assumed_utc, format_notes};
use super::key_notes::{databases, own_site};
use super::list_alone::{list_alone, with_address};
use super::missing_field::missing_fields;
use super::near_misses::near_misses;
use super::no_times::no_times;
use super::not_followed::not_followed;
use super::not_learned::{none_served, not_learned};
use super::not_logged::{key_not_logged, not_logged};
use super::outside_period::outside_period;
use super::part::of_part;
use super::read_input::{ReadInput, fields_of, has_lists, main_format, reasons, samples, why_not_logged};
use super::refused::refused;
use super::sections::{Facts, with_sections, without_sections};
use super::unknown::unknown;
use super::unused_routes::unused_routes;
use super::{Each, Lines, Report};
use crate::batch::{Fields, TextField};
use crate::dimension::Dimension;
use crate::error::{Error, ErrorKind};
use crate::filter::{self, FilterReason, literals};
use crate::format::LogFormat;
use crate::message::{Setting, message};
use crate::question::{Plan, Question, Section};
use crate::steps::RealIp;
use crate::tally::{InputLedger, Part, Tally, Unescaped};
use crate::text::written;

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
    (tally, parts): (&Tally<Unescaped>, &[Part]),
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
    let limit = if counting.max_keys.is_some() { Setting::MaxKeys } else { Setting::MaxMemory };
    notes.extend(not_learned(tally, limit));
    notes.extend(unused_routes(tally, &reading.key_rules.routes));
    notes.extend(none_served(tally, !counting.filters.is_empty(), logged));
    notes.extend(degraded(tally, counting.each));
    notes.extend(assumed_utc(read.iter().map(|input| input.ledger)));
    let facts = Facts {
        inputs: read.iter().map(|input| input.report(formats)).collect(),
        empty_inputs: empty.len(),
        lines: read.iter().fold(Lines::default(), |sum, ReadInput { ledger, skipped_bytes, lost_bytes, .. }| Lines {
            read: sum.read + ledger.read,
            parsed: sum.parsed + ledger.parsed(),
            blank: sum.blank + ledger.blank,
            malformed: sum.malformed + ledger.malformed(),
            filtered: sum.filtered + ledger.filtered,
            skipped_bytes: sum.skipped_bytes + skipped_bytes.0 + skipped_bytes.1,
            lost_bytes: sum.lost_bytes + lost_bytes,
        }),
        malformed_reasons: reasons(&read),
        malformed_samples: samples(&read, anonymize),
        has_lists: has_lists(formats, &read),
        notes,
    };
    let report = without_sections(question, facts, tally);
    let asks_times = showing.shows(Section::Latency) && counting.durations.is_empty();
    let main = main_format(formats, &read).filter(|_| asks_times);
    let no_times = no_times(main, logged, &report.notes);
    let report = Report { no_times, ..report };
    if plan.is_by_day() {
        return Ok(Assembled { report: Some(report), problems });
    }
    let of_part = |part: &Part| {
        let of_part = with_sections(of_part(&report, part), question, &part.tally, selected)?;
        Ok(Report { verdicts: Vec::new(), ..of_part })
    };
    let parts = parts.iter().map(of_part).collect::<Result<Vec<_>, Error>>()?;
    let each = counting.each.map(|dimension| Each { dimension, part: None, parts });
    let report = with_sections(report, question, tally, selected)?;
    Ok(Assembled { report: Some(Report { each, ..report }), problems })
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
