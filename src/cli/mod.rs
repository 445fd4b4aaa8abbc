//! The command line: turns arguments into a question to the library, prints the result to standard output and
//! everything else to standard error.

mod advice;
mod allocator;
mod answer;
mod args;
mod argument_error;
mod as_typed;
mod closest_match;
mod conf_logs;
mod config;
mod counting;
mod each_args;
mod each_files;
mod explain;
mod filters;
mod generate;
mod help;
mod inputs;
mod inspect;
mod interrupt;
mod kept_days;
mod key_args;
mod line_args;
mod lines;
mod list_items;
mod memory;
mod messages;
mod names;
mod new_file;
mod no_logs;
mod output_args;
mod output_target;
mod outputs;
mod phases;
mod problems;
mod progress;
mod rejects;
mod reporting;
mod severity;
mod split_args;
mod splits;
mod state_file;
mod state_inputs;
mod state_run;
mod state_targets;
mod states;
mod static_rules;
mod stdout;
mod targets;
mod terminal;
mod times;
mod usage_error;
mod values;
mod visitors;
mod wording;
mod wrapped;

use std::path::Path;

use clap::CommandFactory;
use logstat::{ErrorKind, NginxConf, Question};

use args::Args;
use argument_error::argument_error;
#[cfg(fuzzing)]
pub(crate) use config::fuzzing;
use config::{Environment, ResolvedArgs};
use counting::Found;
pub(crate) use interrupt::exit_on_signals;
use messages::{Messages, shown_path};

/// The JSON Schema of reports.
const SCHEMA: &str = include_str!("../../report.schema.json");

/// Outcome of a run. If several apply, the greatest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ExitStatus {
    /// Success.
    Success,
    /// Success, and a condition of `--fail-if` is true.
    CheckFailed,
    /// An input or an output failed, entirely or in part.
    Failed,
    /// The command line or configuration is wrong, or the inputs cannot answer the question.
    UsageError,
}

impl ExitStatus {
    /// The exit code. Scripts rely on these numbers.
    pub(crate) const fn code(self) -> u8 {
        match self {
            ExitStatus::Success => 0,
            ExitStatus::Failed => 1,
            ExitStatus::UsageError => 2,
            ExitStatus::CheckFailed => 3,
        }
    }
}

/// Runs the program.
pub(crate) fn run() -> ExitStatus {
    let resolved = match ResolvedArgs::read(std::env::args_os().collect(), &Environment::of_process()) {
        Ok(resolved) => resolved,
        Err(answer) => return answer::print_answer(&answer),
    };
    let messages = Messages::new(resolved.args.quiet, resolved.args.verbose);
    resolved.warnings.iter().for_each(|warning| messages.warning(warning));
    if let Some(file) = resolved.file() {
        messages.configuration(file);
    }
    match answer_question(&resolved, &messages) {
        Ok(end) => end,
        Err(argument_error) => answer::print_answer(&argument_error),
    }
}

/// Answers the question of the command line. Returns an error for a wrong combination of arguments.
fn answer_question(resolved: &ResolvedArgs, messages: &Messages) -> Result<ExitStatus, clap::Error> {
    let args = &resolved.args;
    if let Some(generated) = args.generate {
        return Ok(stdout::write(messages, |out| generated.write(Args::command(), &help::sections(), out)));
    }
    if args.print_config {
        return Ok(stdout::write(messages, |out| resolved.print(out)));
    }
    if let Some(path) = &args.states.inspect {
        let refusal = inspect::refusal(resolved);
        let style = args.output_args.style(&Question::new())?;
        return match refusal {
            Some(refusal) => Err(argument_error(&refusal)),
            None => Ok(inspect::run(args, path, &style, messages)),
        };
    }
    let mut files = args.files.clone();
    let standard_input = Path::new("-");
    if args.nginx_conf.as_deref() == Some(standard_input) && files.iter().any(|file| file == standard_input) {
        let refusal = "standard input cannot be both the log and the configuration: give one of them as a file";
        return Err(argument_error(refusal));
    }
    let read = |path: &Path| match path == standard_input {
        true => NginxConf::from_reader(path, std::io::stdin()),
        false => NginxConf::read(path),
    };
    let conf = match args.nginx_conf.as_deref().map(read).transpose() {
        Ok(conf) => conf,
        Err(error) => {
            messages.error(resolved.prefix_origin("--nginx-conf", &error.to_string()));
            return Ok(ExitStatus::UsageError);
        }
    };
    if args.explain
        && let Some(refusal) = explain::refusal(resolved, conf.is_some())
    {
        return Err(argument_error(&refusal));
    }
    let (wanted, other) = args.lines.wanted();
    if let Some(wanted) = wanted
        && let Some(refusal) = lines::refusal(resolved, wanted, other)
    {
        return Err(argument_error(&refusal));
    }
    let asked = |args: &Args| {
        let question = args.question(conf.as_ref())?;
        args.output_args.style(&question).map(|style| (question, style))
    };
    let (mut question, style) =
        asked(args).map_err(|error| resolved.with_origin(error, |args| asked(args).map(drop)))?;
    question.reading.key_rules.geo = match args.keys.databases() {
        Ok(geo) => geo,
        Err(message) => {
            messages.error(resolved.prefix_origin("--geo", &message));
            return Ok(ExitStatus::UsageError);
        }
    };
    let mut assumed_logs = Vec::new();
    if let Some(conf) = conf {
        if args.explain && files.is_empty() {
            return Ok(stdout::write(messages, |out| out.write_all(conf.explain().as_bytes())));
        }
        if args.explain {
            conf.skipped().iter().for_each(|skipped| messages.warning(skipped));
        }
        if files.is_empty() {
            let name = shown_path(args.nginx_conf.as_deref().unwrap_or(standard_input));
            (files, assumed_logs) = conf_logs::logs(&conf, &name, messages);
            if files.is_empty() {
                messages.error(no_logs::message(&name, &conf));
                return Ok(ExitStatus::Failed);
            }
        }
        question.reading.nginx_conf = Some(conf);
    }
    if args.list_static {
        return Ok(stdout::write(messages, |out| static_rules::write(&question.reading.static_rules, out)));
    }
    if args.schema {
        return Ok(stdout::write(messages, |out| out.write_all(SCHEMA.as_bytes())));
    }
    if files.is_empty() {
        let has_log =
            |args: &Args| args.states.refusal_without_files().map_or(Ok(()), |text| Err(argument_error(&text)));
        has_log(args).map_err(|error| resolved.with_origin(error, has_log))?;
    }
    let Some(found) = inputs::expand_inputs(&files) else { return Ok(answer::print_short_help()) };
    // Settings in a file or a variable are meant for other runs too: no warning if they have no effect here.
    let idle = args.warnings(&question).into_iter().filter(|warning| resolved.origin(warning).is_none());
    idle.for_each(|warning| messages.warning(warning));
    args.notes(&question).iter().for_each(|note| messages.note(note));
    found.notes.iter().for_each(|note| messages.not_read(note));
    if let Some(refusal) = splits::range_refusal(args, &found.inputs) {
        return Err(argument_error(&refusal));
    }
    if let Some(bytes) = args.splits.list_splits {
        if let Some(refusal) = splits::list_refusal(resolved, &found.inputs) {
            return Err(argument_error(&refusal));
        }
        let listed = splits::list(bytes, &found.inputs, messages);
        let failed = found.problems.iter().inspect(|problem| messages.error(wording::error(problem)));
        return Ok(failed.fold(listed, |end, _| end.max(ExitStatus::Failed)));
    }
    if args.explain {
        messages.notes_of_report(&assumed_logs);
        let separated = state_inputs::separate(found.inputs);
        if let Some(state) = separated.states.first() {
            return Err(argument_error(&explain::state_refusal(&state.name)));
        }
        let found = Found { inputs: separated.logs, problems: found.problems, assumed_logs };
        return Ok(explain::run(args, &question, style.terminal, found, messages));
    }
    if let Some(wanted) = wanted {
        let found = Found { inputs: found.inputs, problems: found.problems, assumed_logs };
        return lines::run(args, wanted, question, &style, found, messages);
    }
    counting::run(
        resolved,
        question,
        &style,
        Found { inputs: found.inputs, problems: found.problems, assumed_logs },
        messages,
    )
}

/// The outcome of a run with this problem.
fn exit_status(problem: &ErrorKind, has_report: bool) -> ExitStatus {
    match problem {
        ErrorKind::NotLogged { .. }
        | ErrorKind::NoDatabase { .. }
        | ErrorKind::NotBounded { .. }
        | ErrorKind::PairNotAllowed { .. }
        | ErrorKind::MetricNotAllowed { .. }
        | ErrorKind::TooManyVariables { .. }
        | ErrorKind::TooManyBuckets { .. }
        | ErrorKind::StateSettings { .. }
        | ErrorKind::StateOverlap { .. }
        | ErrorKind::StateSource { .. }
        | ErrorKind::NotInState { .. }
        | ErrorKind::ReadOnce { .. } => ExitStatus::UsageError,
        // With several inputs, one may be another kind of file. If no input could be read, the question was wrong.
        ErrorKind::NoFormat { .. } | ErrorKind::NotAccessLog { .. } if !has_report => ExitStatus::UsageError,
        _ => ExitStatus::Failed,
    }
}
