//! Counts the inputs and writes the outputs.

use std::sync::Arc;
use std::time::Instant;

use logstat::{Counting, Engine, Error, Input, Note, Outcome, Progress, Question, Seek, Style, count};

use super::args::Args;
use super::argument_error::argument_error;
use super::config::ResolvedArgs;
use super::messages::Messages;
use super::outputs::Output;
use super::reporting::{Counted, Reporting};
use super::state_inputs::{self, Separated};
use super::state_run::{self, StateRun};
use super::state_targets::{self, StateTargets};
use super::targets::Targets;
use super::{ExitStatus, each_files, exit_status, inputs, memory, outputs, progress, rejects, splits, wording};

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
    mut question: Question,
    style: &Style,
    found: Found,
    messages: &Messages,
) -> Result<ExitStatus, clap::Error> {
    let args = &resolved.args;
    let reports = resolved.reports(args);
    let can_be_written = |args: &Args| {
        let refusal = refusal(args, resolved.reports(args), &found.inputs);
        refusal.map_or(Ok(()), |text| Err(argument_error(&text)))
    };
    can_be_written(args).map_err(|error| resolved.with_origin(error, can_be_written))?;
    if !reports && let Some(option) = args.period_option() {
        messages
            .warning(format_args!("{option} has no effect, because a state has all days, and no report is written"));
        let Counting { since, until, date, .. } = &mut question.counting;
        (*since, *until, *date) = (None, None, None);
    }
    let targets = match Targets::create(args.output_args.outputs(), args.rejects.as_deref(), &found.inputs) {
        Ok(targets) => targets,
        Err(failures) => {
            failures.iter().for_each(|failure| messages.error(failure));
            return Ok(ExitStatus::Failed);
        }
    };
    let state_targets = match StateTargets::create(&args.states, messages) {
        Ok(targets) => targets,
        Err(error) => {
            messages.error(wording::error(&error));
            return Ok(ExitStatus::Failed);
        }
    };
    let Found { inputs, problems: not_found, assumed_logs } = found;
    let progress = Arc::new(Progress::default());
    let engine = inputs::engine(&inputs, args.threads, !args.no_mmap)
        .seek(if args.no_seek { Seek::never() } else { Seek::default() })
        .progress(Arc::clone(&progress))
        .memory_limit(memory::limit());
    let mut separated = state_inputs::separate(inputs);
    let has_states = args.states.writes() || !separated.states.is_empty();
    let context = args.state_context(&[], reports);
    let refusal = splits::state_refusal(args, &separated.states);
    if let Some(refusal) = args.states.refusal_of_inputs(context, &separated).or(refusal) {
        return Err(argument_error(&refusal));
    }
    if let Some(range) = &args.splits.range {
        separated.logs = separated.logs.into_iter().map(|log| log.range(range.clone())).collect();
    }
    if args.states.dedupe && separated.states.is_empty() && resolved.origin("--dedupe").is_none() {
        messages.warning("--dedupe has no effect, because no input is a state");
    }
    let bar = if args.quiet { None } else { progress::Bar::start(progress) };
    let start = Instant::now();
    not_found.iter().for_each(|problem| messages.error(wording::error(problem)));
    let counted = if has_states {
        state_run::count(&args.states, &mut question, separated, &engine)
    } else {
        count_logs(&question, separated, &engine)
    };
    drop(bar);
    let StateRun { state, counted } = match counted {
        Ok(counted) => counted,
        Err(error) => {
            messages.notes_of_report(&assumed_logs);
            let message = wording::error(&error) + &state_inputs::advice(&error).unwrap_or_default();
            messages.error(resolved.prefix_origin(&message, &message));
            return Ok(exit_status(error.kind(), false));
        }
    };
    if let Some(state) = state
        && state_targets.write(&state, messages) != ExitStatus::Success
    {
        return Ok(ExitStatus::Failed);
    }
    let reporting = Reporting { args, style, messages, targets, reports, threads: engine.threads, start };
    Ok(reporting.finish(counted, &not_found, assumed_logs))
}

/// Counts logs without a state.
fn count_logs(question: &Question, separated: Separated, engine: &Engine) -> Result<StateRun, Error> {
    let Outcome { report, rejects, problems, few_threads, phases, .. } = count(question, separated.logs, engine)?;
    Ok(StateRun { state: None, counted: Counted { report, rejects, problems, few_threads, phases } })
}

/// The reason why the outputs cannot be written, as far as is known before anything is counted.
fn refusal(args: &Args, reports: bool, inputs: &[Input]) -> Option<String> {
    let rejects = args.rejects.as_deref();
    let outputs = args.output_args.outputs();
    let each = args.each.each.as_deref();
    let prints = reports && (outputs.is_empty() || outputs.iter().any(Output::is_standard));
    let refusal = args.states.refusal(args.state_context(inputs, prints));
    let refusal = refusal.or_else(|| rejects.and_then(|path| rejects::refusal(path, inputs)));
    let refusal = refusal.or_else(|| outputs::refusal(&outputs, rejects, inputs, each));
    let refusal = refusal.or_else(|| {
        let is_standard = reports && outputs.is_empty();
        is_standard.then(|| each_files::standard_refusal(args.output_args.format(), each)).flatten()
    });
    refusal.or_else(|| {
        let files: Vec<_> = outputs.iter().filter(|output| !output.is_standard()).map(Output::file).collect();
        let outputs = files.iter().map(|file| ("-o", file.as_path()));
        let others: Vec<_> = outputs.chain(rejects.map(|path| ("--rejects", path))).collect();
        args.states.refusal_of_streams(inputs).or_else(|| state_targets::refusal(&args.states, &others, inputs))
    })
}
