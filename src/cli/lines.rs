//! `--lines`, `--slowest` and `--largest`: prints requests themselves to standard output.

use std::io::{IsTerminal, stdout};

use logstat::{
    LineForm, Note, Question, Report, ReportFormat, RequestList, Seek, SelectedLines, Style, count, select_lines,
    write_requests, write_requests_json, write_requests_ndjson,
};

use super::args::Args;
use super::argument_error::argument_error;
use super::config::ResolvedArgs;
use super::counting::Found;
use super::line_args::Wanted;
use super::messages::{Messages, counted, shown_path};
use super::state_inputs::{self, Separated};
use super::{ExitStatus, exit_status, inputs, memory, problems, stdout as standard_output, wording};

/// THE TABLE of options about reports and states, and of those that do something else.
const REFUSED: [&str; 22] = [
    "by",
    "split",
    "fill",
    "top",
    "limit",
    "columns",
    "sort",
    "show",
    "fail-if",
    "each",
    "each-limit",
    "max-keys",
    "max-memory",
    "prom-label",
    "output",
    "rejects",
    "save",
    "state",
    "keep",
    "wait",
    "explain",
    "list-splits",
];

/// Returns the error for options that cannot be combined with `wanted`. As defaults, options about reports are ignored.
pub(crate) fn refusal(resolved: &ResolvedArgs, wanted: Wanted, other: Option<Wanted>) -> Option<String> {
    let (args, option) = (&resolved.args, wanted.option());
    let is_given = |option: &str| resolved.origin(option).is_none();
    if let Some(other) = other {
        return Some(format!("{option} and {} print different things: omit one of them", other.option()));
    }
    let format = args.output_args.format();
    let is_lines = matches!(wanted, Wanted::Lines(_));
    let can_write = match format {
        ReportFormat::Table | ReportFormat::Ndjson => true,
        ReportFormat::Json => !is_lines,
        _ => false,
    };
    if !can_write && is_given("--format") && is_given("--json") {
        let name = format.name();
        return Some(if is_lines {
            format!("--lines prints lines as they are, not as {name}\n  for one JSON object per line:  --format ndjson")
        } else {
            format!("{option} writes a table or JSON, not {name}: omit --format {name}")
        });
    }
    if is_lines && args.anonymizes() {
        return Some("--lines prints lines as they are, with whole addresses: omit --anonymize".to_owned());
    }
    let other = resolved.typed_among(&REFUSED)?;
    Some(format!("{option} prints requests to standard output instead of a report: omit {other}"))
}

/// The reason why a state among the inputs cannot be read.
fn state_refusal(wanted: Wanted, separated: &Separated) -> Option<String> {
    let state = separated.states.first()?;
    let name = shown_path(&state.name);
    Some(format!("{} needs the lines of logs, but {name} is a state, which has only counts", wanted.option()))
}

/// Prints the requests. Returns an error for a wrong combination of arguments.
pub(crate) fn run(
    args: &Args,
    wanted: Wanted,
    question: Question,
    style: &Style,
    found: Found,
    messages: &Messages,
) -> Result<ExitStatus, clap::Error> {
    let Found { inputs, problems: not_found, assumed_logs } = found;
    let engine = inputs::engine(&inputs, args.threads, !args.no_mmap)
        .seek(if args.no_seek { Seek::never() } else { Seek::default() })
        .memory_limit(memory::limit());
    let mut separated = state_inputs::separate(inputs);
    if let Some(refusal) = state_refusal(wanted, &separated) {
        return Err(argument_error(&refusal));
    }
    if let Some(range) = &args.splits.range {
        separated.logs = separated.logs.into_iter().map(|log| log.range(range.clone())).collect();
    }
    not_found.iter().for_each(|problem| messages.error(wording::error(problem)));
    let question = question.without_report();
    let printed = match wanted {
        Wanted::Lines(at_most) => {
            let form = match args.output_args.format() {
                ReportFormat::Ndjson => LineForm::Json,
                _ if stdout().is_terminal() => LineForm::Escaped,
                _ => LineForm::Raw,
            };
            let selected = select_lines(&question, separated.logs, &engine, form, at_most, &mut stdout());
            selected.map(|selected| printed_lines(selected, messages))
        }
        Wanted::Requests(list) => count(&question.requests(list), separated.logs, &engine).map(|outcome| {
            let end = match &outcome.report {
                Some(_) => print_requests(args, list, &outcome.requests, style, messages),
                None => ExitStatus::Success,
            };
            let has_result = outcome.report.is_some();
            Printed { end, report: outcome.report, has_result, problems: outcome.problems }
        }),
    };
    let Printed { mut end, report, has_result, problems } = match printed {
        Ok(printed) => printed,
        Err(error) => {
            messages.notes_of_report(&assumed_logs);
            messages.error(wording::error(&error));
            return Ok(exit_status(error.kind(), false));
        }
    };
    problems::messages(&problems).iter().for_each(|message| messages.error(message));
    end = problems.iter().fold(end, |end, problem| end.max(exit_status(problem.kind(), has_result)));
    print_notes(report, &assumed_logs, messages);
    Ok(if not_found.is_empty() { end } else { end.max(ExitStatus::Failed) })
}

/// What was printed, and what is left to say.
struct Printed {
    end: ExitStatus,
    report: Option<Report>,
    /// True if any input could be read.
    has_result: bool,
    problems: Vec<logstat::Error>,
}

fn printed_lines(selected: SelectedLines, messages: &Messages) -> Printed {
    let SelectedLines { lines, report, problems, has_ended_early, failure, few_threads, .. } = selected;
    few_threads.iter().for_each(|few| messages.few_threads(few));
    let end = failure.map_or(ExitStatus::Success, |failure| standard_output::failed(messages, &failure));
    let has_result = report.is_some() || lines > 0 || has_ended_early;
    Printed { end, report, has_result, problems }
}

fn print_requests(
    args: &Args,
    list: RequestList,
    requests: &[logstat::Request],
    style: &Style,
    messages: &Messages,
) -> ExitStatus {
    standard_output::write(messages, |out| match args.output_args.format() {
        ReportFormat::Json => write_requests_json(list.order, requests, style.pretty, out),
        ReportFormat::Ndjson => write_requests_ndjson(requests, out),
        _ => write_requests(list.order, requests, style.terminal, out),
    })
}

/// Prints what a report would say about reading, and the number of lines that fit no format.
fn print_notes(report: Option<Report>, assumed_logs: &[Note], messages: &Messages) {
    messages.notes_of_report(assumed_logs);
    let Some(mut report) = report else { return };
    wording::report(&mut report);
    messages.notes_of_report(&report.notes);
    let (malformed, read) = (report.lines.malformed, report.lines.read);
    if malformed > 0 {
        let of = counted(read, "line");
        messages.note(format_args!("could not read {malformed} of {of}, and such lines are not printed"));
    }
}
