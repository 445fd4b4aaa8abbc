//! `--explain`: prints how inputs are read to standard output.

use std::path::Path;

use logstat::{InputExplanation, Question, ReportFormat, TerminalStyle, explain, write_explanation};

use super::args::Args;
use super::config::ResolvedArgs;
use super::counting::Found;
use super::messages::{Messages, shown_path};
use super::{ExitStatus, exit_status, inputs, stdout, wording};

/// Returns the error for options that `--explain` cannot be combined with. As defaults they are ignored, because they
/// are about reports.
pub(crate) fn refusal(resolved: &ResolvedArgs, has_conf: bool) -> Option<String> {
    let args = &resolved.args;
    let is_given = |option: &str| resolved.origin(option).is_none();
    let format = args.output_args.format();
    if !matches!(format, ReportFormat::Table | ReportFormat::Json) && is_given("--format") {
        let name = format.name();
        return Some(format!("--explain writes a table or JSON, not {name}: omit --format {name}"));
    }
    if format == ReportFormat::Json && has_conf && args.files.is_empty() && is_given("--json") && is_given("--format") {
        return Some(
            "--explain without FILE prints the configuration, which cannot be written as JSON: name the \
             files"
                .to_owned(),
        );
    }
    let others = [
        ("--output", !args.output_args.outputs().is_empty()),
        ("--rejects", args.rejects.is_some()),
        ("--save", args.states.save.is_some()),
        ("--state", args.states.state.is_some()),
    ];
    if let Some((option, _)) = others.into_iter().find(|(option, is_set)| *is_set && is_given(option)) {
        return Some(format!("--explain writes to standard output only: omit {option}"));
    }
    let of_states = [
        ("--dedupe", args.states.dedupe),
        ("--keep", args.states.keep.is_some()),
        ("--source", args.states.source.is_some()),
        ("--wait", args.states.wait),
    ];
    let (option, _) = of_states.into_iter().find(|(option, is_set)| *is_set && is_given(option))?;
    Some(format!("--explain shows how logs are read, and uses no state: omit {option}"))
}

/// The reason why a state among the inputs is not explained.
pub(crate) fn state_refusal(name: &Path) -> String {
    let name = shown_path(name);
    format!(
        "--explain shows how logs are read, but {name} is a state\n  to show what it contains:  logstat --inspect {name}"
    )
}

/// Explains how the inputs are read.
pub(crate) fn run(
    args: &Args,
    question: &Question,
    terminal: TerminalStyle,
    found: Found,
    messages: &Messages,
) -> ExitStatus {
    let engine = inputs::engine(&found.inputs, 1, !args.no_mmap);
    let mut explained = match explain(question, found.inputs, &engine) {
        Ok(explained) => explained,
        Err(error) => {
            messages.error(wording::error(&error));
            return exit_status(error.kind(), false);
        }
    };
    wording::explanation(&mut explained.explanation);
    let explanation = &explained.explanation;
    let end = stdout::write(messages, |out| match args.output_args.format() {
        ReportFormat::Json => logstat::write_explanation_json(explanation, args.output_args.is_pretty(), out),
        _ => write_explanation(explanation, terminal, out),
    });
    // An empty log is fine, as in a report.
    let is_read = |input: &InputExplanation| input.kind.is_none() && (input.parsed > 0 || input.malformed == 0);
    let fits = explanation.inputs.iter().any(is_read);
    let found =
        found.problems.iter().inspect(|problem| messages.error(wording::error(problem))).map(|_| ExitStatus::Failed);
    let failed = explained.problems.iter().inspect(|problem| messages.error(wording::error(problem)));
    found.chain(failed.map(|problem| exit_status(problem.kind(), fits))).fold(end, ExitStatus::max)
}
