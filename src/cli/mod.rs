//! The command line: turns arguments into a question to the library, prints the result to standard output and
//! everything else to standard error.

mod advice;
mod allocator;
mod answer;
mod args;
mod argument_error;
mod as_typed;
mod closest_match;
mod config;
mod explain;
mod filters;
mod generate;
mod help;
mod inputs;
mod interrupt;
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
mod severity;
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
use std::sync::Arc;
use std::time::Instant;

use clap::CommandFactory;
use logstat::{ErrorKind, NginxConf, NginxLog, NginxLogTarget, Note, NoteCode, Outcome, Progress, Report, Seek, count};

use args::Args;
use argument_error::argument_error;
#[cfg(fuzzing)]
pub(crate) use config::fuzzing;
use config::{Environment, ResolvedArgs};
pub(crate) use interrupt::exit_on_signals;
use messages::{Messages, shown_path};
use targets::Targets;

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

/// Counts hits and writes the report. Returns an error for a wrong combination of arguments.
fn answer_question(resolved: &ResolvedArgs, messages: &Messages) -> Result<ExitStatus, clap::Error> {
    let args = &resolved.args;
    if let Some(generated) = args.generate {
        return Ok(stdout::write(messages, |out| generated.write(Args::command(), &help::sections(), out)));
    }
    if args.print_config {
        return Ok(stdout::write(messages, |out| resolved.print(out)));
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
    let asked = |args: &Args| {
        let question = args.question(conf.as_ref())?;
        args.output_args.style(&question).map(|style| (question, style))
    };
    let (mut question, style) =
        asked(args).map_err(|error| resolved.with_origin(error, |args| asked(args).map(drop)))?;
    let mut assumed_logs = Vec::new();
    if let Some(conf) = conf {
        if args.explain && files.is_empty() {
            return Ok(stdout::write(messages, |out| out.write_all(conf.explain().as_bytes())));
        }
        if args.explain {
            conf.skipped().iter().for_each(|skipped| messages.warning(skipped));
        }
        if files.is_empty() {
            files = conf.files().into_iter().map(|(file, _)| file).collect();
            assumed_logs = conf.assumed_logs();
            let defaults = conf.logs().iter().filter_map(default_log);
            let is_left_out =
                |file: &Path| is_missing(file) && files.iter().any(|other| other != file && !is_missing(other));
            let left_out: Vec<_> = defaults.filter(|(_, file)| is_left_out(file)).collect();
            files.retain(|file| left_out.iter().all(|(_, other)| other != file));
            let name = shown_path(args.nginx_conf.as_deref().unwrap_or(standard_input));
            for (built, file) in left_out {
                let file = file.display().to_string();
                assumed_logs.retain(|note| note.input.as_ref() != Some(&file));
                messages.warning(format_args!(
                    "{name}: no access_log is configured for a server, and {file}, the default of {built}, does not \
                     exist; name the files if its log is elsewhere"
                ));
            }
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
    let outputs = args.output_args.outputs();
    let Some(found) = inputs::expand_inputs(&files) else { return Ok(answer::print_short_help()) };
    // Settings in a file or a variable are meant for other runs too: no warning if they have no effect here.
    let idle = args.warnings(&question).into_iter().filter(|warning| resolved.origin(warning).is_none());
    idle.for_each(|warning| messages.warning(warning));
    args.notes(&question).iter().for_each(|note| messages.note(note));
    found.notes.iter().for_each(|note| messages.not_read(note));
    if args.explain {
        add_notes(None, assumed_logs, messages);
        return Ok(explain::run(args, &question, style.terminal, found, messages));
    }
    let can_be_written = |args: &Args| {
        let rejects = args.rejects.as_deref();
        let refusal = rejects.and_then(|path| rejects::refusal(path, &found.inputs));
        let refusal = refusal.or_else(|| outputs::refusal(&args.output_args.outputs(), rejects, &found.inputs));
        refusal.map_or(Ok(()), |message| Err(argument_error(&message)))
    };
    can_be_written(args).map_err(|error| resolved.with_origin(error, can_be_written))?;
    let mut targets = match Targets::create(outputs, args.rejects.as_deref()) {
        Ok(targets) => targets,
        Err(failures) => {
            failures.iter().for_each(|failure| messages.error(failure));
            return Ok(ExitStatus::Failed);
        }
    };
    let progress = Arc::new(Progress::default());
    let engine = inputs::engine(&found.inputs, args.threads, !args.no_mmap)
        .seek(if args.no_seek { Seek::never() } else { Seek::default() })
        .progress(Arc::clone(&progress))
        .memory_limit(memory::limit());
    let bar = if args.quiet { None } else { progress::Bar::start(progress) };
    let start = Instant::now();
    let mut end = ExitStatus::Success;
    for problem in &found.problems {
        messages.error(wording::error(problem));
        end = ExitStatus::Failed;
    }
    let counted = count(&question, found.inputs, &engine);
    drop(bar);
    let Outcome { mut report, rejects, problems, few_threads, phases, .. } = match counted {
        Ok(outcome) => outcome,
        Err(error) => {
            add_notes(None, assumed_logs, messages);
            let message = wording::error(&error);
            messages.error(resolved.prefix_origin(&message, &message));
            return Ok(exit_status(error.kind(), false));
        }
    };
    few_threads.iter().for_each(|few| messages.few_threads(few));
    add_notes(report.as_mut(), assumed_logs, messages);
    report.iter_mut().for_each(|report| report.warn(&found.problems));
    problems::messages(&problems).iter().for_each(|message| messages.error(message));
    for problem in &problems {
        end = end.max(exit_status(problem.kind(), report.is_some()));
    }
    if let Some(rejects) = rejects
        && let Err(error) = targets.write_rejects(rejects)
    {
        messages.error(wording::error(&error));
        report.iter_mut().for_each(|report| report.warn([&error]));
    }
    if let Some(mut report) = report {
        wording::report(&mut report);
        // A report on empty logs says so itself; a cron job should stay quiet.
        let is_shown = |note: &&Note| !(note.code == NoteCode::Empty && report.is_empty());
        report.notes.iter().filter(is_shown).for_each(|note| messages.note_of_report(note));
        messages.details(&report, engine.threads, start.elapsed());
        let start = Instant::now();
        targets.write_report(&report, &style, messages, || {
            stdout::write(messages, |out| args.output_args.format().write(&report, &style, out))
        });
        for verdict in &report.verdicts {
            let Some(reason) = &verdict.reason else { continue };
            messages.verdict(&verdict.condition, reason);
            end = end.max(ExitStatus::CheckFailed);
        }
        messages.more_details(&phases::lines(&phases, start.elapsed()));
    }
    Ok(end.max(targets.persist(messages)))
}

/// Adds notes to the report if it has their input, and prints the others.
fn add_notes(mut report: Option<&mut Report>, notes: Vec<Note>, messages: &Messages) {
    for note in notes {
        let has_input =
            |report: &&mut Report| report.inputs.iter().any(|input| Some(&input.path) == note.input.as_ref());
        match report.as_deref_mut().filter(has_input) {
            Some(report) => report.notes.push(note),
            None => messages.note_of_report(&note),
        }
    }
}

/// Returns the path of a log that nginx writes by default, because none is configured, and the build of nginx that does
/// so.
fn default_log(log: &NginxLog) -> Option<(&'static str, &Path)> {
    match log.target() {
        NginxLogTarget::File(path) => log.default_of().map(|built| (built, path.as_path())),
        _ => None,
    }
}

/// True if nothing exists at this path; false if it is in a directory that the user may not read.
fn is_missing(path: &Path) -> bool {
    path.try_exists().is_ok_and(|exists| !exists)
}

/// The outcome of a run with this problem.
fn exit_status(problem: &ErrorKind, has_report: bool) -> ExitStatus {
    match problem {
        ErrorKind::NotLogged { .. }
        | ErrorKind::NotBounded { .. }
        | ErrorKind::PairNotAllowed { .. }
        | ErrorKind::TooManyVariables { .. }
        | ErrorKind::TooManyBuckets { .. }
        | ErrorKind::ReadOnce { .. } => ExitStatus::UsageError,
        // With several inputs, one may be another kind of file. If no input could be read, the question was wrong.
        ErrorKind::NoFormat { .. } | ErrorKind::NotAccessLog { .. } if !has_report => ExitStatus::UsageError,
        _ => ExitStatus::Failed,
    }
}
