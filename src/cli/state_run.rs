//! A run in which a state is read or written: the logs are counted into a state, which is merged with the states among
//! the inputs, written, and reported on.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use logstat::{
    Engine, Error, ErrorKind, FewThreads, IncrementOutcome, Input, Note, Phases, Question, Rejects, Report, State,
    StateOutcome, count_increment, count_to_state,
};

use super::allocator::keep_freed_memory;
use super::reporting::Counted;
use super::state_inputs::{Separated, StateInput};
use super::states::StateArgs;

/// The result of a count, and its state.
pub(crate) struct StateRun {
    /// The state to write; `None` if no input could be read.
    pub(crate) state: Option<State>,
    pub(crate) counted: Counted,
}

/// The merged lines of all inputs, before the report.
struct Merged {
    /// The state to write, and the one to report on, which also has the lines of inputs that failed.
    states: Option<(State, State)>,
    notes: Vec<Note>,
    rejects: Option<Rejects>,
    problems: Vec<Error>,
    few_threads: Option<FewThreads>,
    phases: Phases,
}

/// Counts, merges and reports. Settings that `question` leaves open are taken from the states.
pub(crate) fn count(
    args: &StateArgs,
    question: &mut Question,
    inputs: Separated,
    engine: &Engine,
) -> Result<StateRun, Error> {
    let merged = match &args.state {
        Some(path) => increment(path, args, question, &inputs.logs, engine)?,
        None => merge(args, question, inputs, engine)?,
    };
    let Merged { mut states, notes, rejects, problems, few_threads, phases } = merged;
    if let (Some(keep), Some((state, reported))) = (args.keep, &mut states) {
        state.keep_days(keep.days());
        reported.keep_days(keep.days());
    }
    let report =
        states.as_ref().map(|(_, reported)| report(reported, question, engine, notes, &problems)).transpose()?;
    let state = states.map(|(state, _)| state);
    Ok(StateRun { state, counted: Counted { report, rejects, problems, few_threads, phases } })
}

/// Reports on a state. The report has the notes of the merge, and the problems as warnings.
fn report(
    state: &State,
    question: &Question,
    engine: &Engine,
    notes: Vec<Note>,
    problems: &[Error],
) -> Result<Report, Error> {
    let mut report = state.report(question, engine)?;
    report.notes.extend(notes);
    report.notes.sort();
    report.warn(problems);
    Ok(report)
}

/// Counts the logs, and merges them with the states.
fn merge(args: &StateArgs, question: &mut Question, inputs: Separated, engine: &Engine) -> Result<Merged, Error> {
    if !inputs.states.is_empty() {
        keep_freed_memory();
    }
    let readers = inputs.states.into_iter().map(|StateInput { name, reader }| (name, reader)).collect();
    let mut states = State::read_all(readers, engine)?;
    let has_logs = !inputs.logs.is_empty();
    let mut merged = Merged {
        states: None,
        notes: Vec::new(),
        rejects: None,
        problems: Vec::new(),
        few_threads: None,
        phases: Phases::default(),
    };
    if has_logs {
        // Lines are counted as in the states together. Then all are merged, not the lines with the merged states, because
        // messages name each state.
        let before = match &states[..] {
            [] => None,
            _ => Some(State::merge(states.clone(), args.dedupe)?.0),
        };
        before.iter().try_for_each(|before| before.ask(question))?;
        let name = name(&inputs.logs);
        let source = args.source.as_deref();
        let StateOutcome { state, notes, rejects, problems, few_threads, phases, .. } =
            count_to_state(question, inputs.logs, source, before.as_ref(), engine)?;
        states.extend(state.map(|state| state.named(name)));
        merged = Merged { notes, rejects, problems, few_threads, phases, ..merged };
    }
    if !states.is_empty() {
        let (mut state, notes) = State::merge(states, args.dedupe)?;
        if !has_logs {
            state.ask(question)?;
        }
        if args.writes() {
            state.settle(engine)?;
        }
        merged.states = Some((state.clone(), state));
        merged.notes.extend(notes);
    }
    Ok(merged)
}

/// Counts what is new in the logs since the state was written. The caller holds the lock of the state.
fn increment(
    path: &Path,
    args: &StateArgs,
    question: &mut Question,
    logs: &[Input],
    engine: &Engine,
) -> Result<Merged, Error> {
    let old = old_state(path)?;
    old.iter().try_for_each(|old| old.ask(question))?;
    let paths: Vec<PathBuf> = logs.iter().map(|log| log.name().to_owned()).collect();
    let IncrementOutcome { state, reported, rejects, problems, few_threads, phases, .. } =
        count_increment(question, old, &paths, args.source.as_deref(), engine)?;
    Ok(Merged { states: state.zip(reported), notes: Vec::new(), rejects, problems, few_threads, phases })
}

/// The state of the runs before; `None` if this is the first one.
fn old_state(path: &Path) -> Result<Option<State>, Error> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.len() == 0 => Ok(None),
        Ok(_) => {
            keep_freed_memory();
            State::read(path).map(Some)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ErrorKind::Io { path: path.to_owned(), source }.into()),
    }
}

/// Name in messages for the lines that are counted from logs.
fn name(logs: &[Input]) -> PathBuf {
    match logs {
        [log] => log.name().to_owned(),
        _ => PathBuf::from("the logs"),
    }
}
