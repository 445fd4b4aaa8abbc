//! Counts the inputs and writes the outputs.

use std::sync::Arc;
use std::time::Instant;

use logstat::{Error, Input, Note, Outcome, Progress, Question, Seek, Style, count};

use super::args::Args;
use super::argument_error::argument_error;
use super::config::ResolvedArgs;
use super::messages::Messages;
use super::reporting::{Counted, Reporting};
use super::targets::Targets;
use super::{ExitStatus, exit_status, inputs, memory, outputs, progress, rejects, wording};

/// The inputs of a run.
pub(crate) struct Found {
    pub(crate) inputs: Vec<Input>,
    /// Errors for names that do not lead to any log.
    pub(crate) problems: Vec<Error>,
    /// Notes about logs that an nginx configuration implies.
    pub(crate) assumed_logs: Vec<Note>,
}

/// Counts hits and writes the report. Returns an error for a wrong combination of arguments.
pub(crate) fn run(
    resolved: &ResolvedArgs,
    question: &Question,
    style: &Style,
    found: Found,
    messages: &Messages,
) -> Result<ExitStatus, clap::Error> {
    let args = &resolved.args;
    let can_be_written = |args: &Args| {
        let rejects = args.rejects.as_deref();
        let refusal = rejects.and_then(|path| rejects::refusal(path, &found.inputs));
        let refusal = refusal.or_else(|| outputs::refusal(&args.output_args.outputs(), rejects, &found.inputs));
        refusal.map_or(Ok(()), |message| Err(argument_error(&message)))
    };
    can_be_written(args).map_err(|error| resolved.with_origin(error, can_be_written))?;
    let targets = match Targets::create(args.output_args.outputs(), args.rejects.as_deref()) {
        Ok(targets) => targets,
        Err(failures) => {
            failures.iter().for_each(|failure| messages.error(failure));
            return Ok(ExitStatus::Failed);
        }
    };
    let Found { inputs, problems: not_found, assumed_logs } = found;
    let progress = Arc::new(Progress::default());
    let engine = inputs::engine(&inputs, args.threads, !args.no_mmap)
        .seek(if args.no_seek { Seek::never() } else { Seek::default() })
        .progress(Arc::clone(&progress))
        .memory_limit(memory::limit());
    let bar = if args.quiet { None } else { progress::Bar::start(progress) };
    let start = Instant::now();
    not_found.iter().for_each(|problem| messages.error(wording::error(problem)));
    let counted = count(question, inputs, &engine);
    drop(bar);
    let Outcome { report, rejects, problems, few_threads, phases, .. } = match counted {
        Ok(outcome) => outcome,
        Err(error) => {
            messages.notes_of_report(&assumed_logs);
            let message = wording::error(&error);
            messages.error(resolved.prefix_origin(&message, &message));
            return Ok(exit_status(error.kind(), false));
        }
    };
    let counted = Counted { report, rejects, problems, few_threads, phases };
    let reporting = Reporting { args, style, messages, targets, threads: engine.threads, start };
    Ok(reporting.finish(counted, &not_found, assumed_logs))
}
