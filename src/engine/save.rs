//! Counts the lines of inputs to a state.

use std::path::PathBuf;

use super::conclude::{CountedLog, EndedInput};
use super::of_state::no_parts;
use super::prepared::PreparedQuestion;
use super::saved_source::Facts;
use super::threads::FewThreads;
use super::{Engine, counted_session, open};
use crate::error::Error;
use crate::input::{Input, host_name};
use crate::measure::UvMethod;
use crate::note::{Note, NoteCode};
use crate::phases::{Phases, Stopwatch};
use crate::question::{Plan, Question};
use crate::rejects::Rejects;
use crate::report::{CountedInput, assemble};
use crate::state::{CountedState, Source, State};
use crate::tally::TablePlan;
use crate::text::written;

/// The result of a count to a state, and what went wrong on the way.
#[derive(Debug)]
#[non_exhaustive]
pub struct StateOutcome {
    /// `None` if no input could be read.
    pub state: Option<State>,
    /// Notes about this count that the state does not keep: about its files and its filters.
    pub notes: Vec<Note>,
    /// The malformed lines of the inputs in the state, if the question keeps them.
    pub rejects: Option<Rejects>,
    /// Inputs that failed completely or in part. The state has the lines of the others, and those that could be read.
    pub problems: Vec<Error>,
    /// Set if fewer threads counted than the engine asked for.
    pub few_threads: Option<FewThreads>,
    /// Time spent in each phase.
    pub phases: Phases,
}

/// Counts the lines of inputs to a state, by day. `source` is the name of the text of all inputs that have none of
/// their own; see [`Input::source_name`]. With a state that lines are counted `like`, they are counted with its settings
/// and in its tables, so that both can be merged.
///
/// The period of the question is not applied: the state has all lines, and reports of it may have any period of whole
/// days. The state has what the question's report needs, and can answer all questions that need no more.
///
/// [`State`] has an example.
///
/// # Errors
/// As [`count`](crate::count), and [`ErrorKind::StateSettings`](crate::ErrorKind) if the question has other settings than
/// the state that lines are counted like, or lacks its nginx configuration.
pub fn count_to_state(
    question: &Question,
    inputs: Vec<Input>,
    source: Option<&str>,
    like: Option<&State>,
    engine: &Engine,
) -> Result<StateOutcome, Error> {
    let Some(state) = like else {
        return count_in_tables(question, saved_tables(question)?, (inputs, source), Lines::All, engine);
    };
    let mut question = question.clone();
    state.ask(&mut question)?;
    state.check_counting(&question)?;
    count_in_tables(&question, state.tables().to_vec(), (inputs, source), Lines::AddedTo(state), engine)
}

/// The tables that a state of this question has: those of its report. With exact visitors, also those of highlights, so
/// that a report for people has them. Classes of bots are saved only if the section of bots is asked for: they depend on
/// a table that changes with the version.
fn saved_tables(question: &Question) -> Result<Vec<TablePlan>, Error> {
    let is_exact = question.counting.uv == UvMethod::Exact;
    let saving = question.clone().max_keys(None).max_memory(None).highlights(is_exact).people(false);
    Ok(crate::state::in_order(Plan::of(&saving)?.kept().to_vec()))
}

/// The part that counted lines have in a state.
#[derive(Clone, Copy)]
enum Lines<'s> {
    /// They are all of its lines.
    All,
    /// They are added to this state.
    AddedTo(&'s State),
}

/// Counts inputs in these tables.
fn count_in_tables(
    question: &Question,
    tables: Vec<TablePlan>,
    (inputs, source): (Vec<Input>, Option<&str>),
    lines: Lines<'_>,
    engine: &Engine,
) -> Result<StateOutcome, Error> {
    let mut watch = Stopwatch::start();
    if let Some(each) = question.counting.each {
        return Err(no_parts(each));
    }
    let named = |input: Input| match source {
        Some(name) if input.source_name.is_none() => input.source_name(name),
        _ => input,
    };
    let (mut sources, mut problems) = open(question, inputs.into_iter().map(named).collect(), engine)?;
    if sources.is_empty() {
        let phases = Phases { opening: watch.lap(), ..Phases::default() };
        return Ok(StateOutcome { state: None, notes: Vec::new(), rejects: None, problems, few_threads: None, phases });
    }
    let paths = sources.iter().map(|source| source.path.clone()).collect();
    let mut prepared = PreparedQuestion::by_day(question, engine, tables.clone(), paths)?;
    let is_added = matches!(lines, Lines::AddedTo(_));
    prepared.plan.is_of_a_part = is_added || sources.iter().any(|source| source.range() != (0..u64::MAX));
    prepared.places_rejects = sources.iter().any(|source| source.places_rejects());
    let opening = watch.lap();
    let session = counted_session(&prepared, &mut sources)?;
    let (counted, inputs) = session.finish_counting(|| sources.into_iter().map(EndedInput::from).collect(), None);
    let CountedLog { mut tally, parts, sniffed, mut rejects, few_threads, mut phases, .. } = counted;
    phases.opening += opening;
    let host = host_name();
    let facts: Vec<Facts> =
        inputs.iter().zip(&sniffed).map(|(input, sniffed)| Facts::of(input, sniffed.head.clone(), &host)).collect();
    let inputs: Vec<CountedInput<'_>> =
        inputs.into_iter().zip(&sniffed).map(|(input, sniffed)| input.counted(sniffed)).collect();
    let mut saved = Vec::new();
    for (at, (input, (ledger, facts))) in inputs.iter().zip(tally.ledger.inputs.iter().zip(facts)).enumerate() {
        if input.is_refused(ledger) {
            rejects.iter_mut().for_each(|rejects| rejects.forget(at));
        } else {
            saved.push((
                written(input.path.as_os_str().as_encoded_bytes()),
                facts.source(question, &prepared.formats, input, ledger),
            ));
        }
    }
    let PreparedQuestion { plan, formats, period, .. } = &prepared;
    let assembled = assemble(question, plan, formats, inputs, (&tally, &parts), *period)?;
    problems.extend(assembled.problems);
    let Some(report) = assembled.report else {
        return Ok(StateOutcome { state: None, notes: Vec::new(), rejects, problems, few_threads, phases });
    };
    let (notes, kept): (Vec<Note>, Vec<Note>) =
        report.notes.into_iter().partition(|note| OF_A_RUN.contains(&note.code));
    let kept = kept.into_iter().map(|note| about_source(note, &saved)).collect();
    let name = PathBuf::from(if let [(name, _)] = &saved[..] { name } else { "the logs" });
    let days = tally.by_day.take().map(|by_day| by_day.into_parts().collect()).unwrap_or_default();
    let mut state = State::of(question, CountedState { name, tables, sources: saved, days, notes: kept })?;
    if let Lines::AddedTo(other) = lines {
        state.drop_days_like(other);
    }
    phases.assembling += watch.lap();
    Ok(StateOutcome { state: Some(state), notes, rejects, problems, few_threads, phases })
}

/// Notes about one run only: about its files, its period, or its filters. A report of the state finds its own.
const OF_A_RUN: [NoteCode; 5] =
    [NoteCode::MaybeCopies, NoteCode::NotAnAccessLog, NoteCode::OutsidePeriod, NoteCode::NothingEqual, NoteCode::Empty];

/// The note as the state keeps it: about a source in place of a path.
fn about_source(note: Note, saved: &[(String, Source)]) -> Note {
    let name = |path: &String| saved.iter().find(|(known, _)| known == path).map(|(_, source)| source.name.clone());
    Note { input: note.input.as_ref().and_then(name), ..note }
}
