//! States: the saved result of a count, which can be merged with others and reported on.
//!
//! A state has *days* (a tally for each), *sources* (the texts that were counted, with the ranges of their bytes) and
//! *settings* (what changes the meaning of a count). One law holds: the merge of two states is the state of counting
//! the lines of both. Equal states are equal files.

mod ask;
mod conditions;
mod copies;
mod day;
mod day_reader;
mod dedupe;
mod edit;
mod file;
mod forms;
mod inspection;
mod layout;
mod merge;
mod meta;
pub(crate) mod parallel;
mod period;
mod ranges;
mod saved_note;
mod section;
mod select;
mod setting_rows;
mod settings;
mod source;
#[cfg(any(test, fuzzing))]
mod unpacked;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use day::{DayLines, Layout};
pub use inspection::{InspectedDay, InspectedSource, InspectedTable, Inspection};
pub(crate) use layout::in_order;
pub(crate) use meta::Shown;
pub use ranges::CountedRange;
pub(crate) use settings::Settings;
pub(crate) use source::{NO_NAME, SavedSample, Source, StampOfFile};
#[cfg(any(test, fuzzing))]
pub(crate) use unpacked::packed;

use crate::by_name::Named;
use crate::dimension::Dimension;
use crate::error::{Error, ErrorKind};
use crate::measure::MeasureKind;
use crate::message::{Setting, message};
use crate::note::{Note, NoteCode};
use crate::question::Question;
use crate::tally::{Day, DayPart, TablePlan, Unescaped, check_saved};
use crate::text::Grouped;
use crate::time::day_name;

/// The saved result of a count.
///
/// A state can be written to a file, merged with other states, and reported on, without the logs. The report of a
/// merged state has the numbers of a run over all logs.
///
/// ```
/// use logstat::{Engine, Input, Question, State, Unit, count_to_state};
/// let question = Question::new().by(Unit::Hour);
/// let lines = [
///     r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET /a HTTP/1.1" 200 512 "-" "curl/8.5""#,
///     r#"10.0.0.7 - - [06/Apr/2022:11:00:00 +0000] "GET /b HTTP/1.1" 200 512 "-" "curl/8.5""#,
/// ];
/// let mut states = Vec::new();
/// for line in lines {
///     let inputs = vec![Input::reader("a.log", line.as_bytes())];
///     let state = count_to_state(&question, inputs, None, None, &Engine::default())?.state.expect("a line was counted");
///     let mut file = Vec::new();
///     state.write(&mut file)?;
///     states.push(State::from_reader("a.state", &file[..])?);
/// }
/// let (all, _) = State::merge(states, false)?;
/// let report = all.report(&Question::new().by(Unit::Month), &Engine::default())?;
/// let summary = report.summary.expect("the report has all sections");
/// assert_eq!((summary.row.pv, summary.row.uv.known(), summary.visitor_days), (2, Some(1), Some(2)));
/// # Ok::<(), logstat::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct State {
    /// Its name in messages: the path of its file.
    name: PathBuf,
    settings: Settings,
    shown: Shown,
    layout: Arc<Layout>,
    /// The states that it was merged from, each with its tables; empty for a single state.
    merged: Vec<(PathBuf, Arc<Layout>)>,
    /// Names of tables and measures that some of the merged states lacked.
    not_in_all: BTreeSet<String>,
    /// In ascending order.
    parts: Vec<SourcePart>,
    /// The lines of all sources that are not provisional.
    days: Days,
    /// In ascending order.
    notes: Vec<Note>,
    /// The first day that was not dropped; `None` if none was.
    kept_from: Option<i64>,
    /// Number of lines of days that were dropped.
    dropped: u64,
}

/// A source. If it is provisional, it has the days of its lines.
#[derive(Clone, Debug, Default)]
struct SourcePart {
    source: Source,
    days: Option<Days>,
}

/// Lines by day. A day of a merged state has those of each state, until they are needed together.
type Days = BTreeMap<Day, Vec<DayLines>>;

/// Lines that were counted, to make a state of.
pub(crate) struct CountedState {
    /// Its name in messages.
    pub(crate) name: PathBuf,
    pub(crate) tables: Vec<TablePlan>,
    /// The texts, each with the name of its log in messages.
    pub(crate) sources: Vec<(String, Source)>,
    pub(crate) days: Vec<(Day, DayPart<Unescaped>)>,
    pub(crate) notes: Vec<Note>,
}

impl State {
    /// Makes a state of what was counted for a question.
    ///
    /// # Errors
    /// [`ErrorKind::StateOverlap`] if a text was read twice.
    pub(crate) fn of(question: &Question, counted: CountedState) -> Result<State, Error> {
        let CountedState { name, tables, sources, days, mut notes } = counted;
        let layout = Arc::new(Layout { tables: in_order(tables), reasons: layout::reasons() });
        let lines = |mut part: DayPart<Unescaped>| {
            if question.counting.anonymize {
                part.tally.use_registers();
            }
            DayLines::Counted(Arc::new(day::CountedDay { layout: Arc::clone(&layout), part }))
        };
        let days = days.into_iter().map(|(day, part)| (day, vec![lines(part)])).collect();
        notes.sort();
        notes.dedup();
        let counting = &question.counting;
        let mut state = State {
            name,
            settings: Settings::of_tables(question, layout.tables.iter().map(|(dimension, _)| *dimension)),
            shown: Shown { by: counting.unit(), top: counting.rankings(), split: counting.split },
            layout: Arc::clone(&layout),
            merged: Vec::new(),
            not_in_all: BTreeSet::new(),
            parts: Vec::new(),
            days,
            notes,
            kept_from: None,
            dropped: 0,
        };
        check_overlap(&sources)?;
        for (_, source) in sources {
            state.add_source(SourcePart { source, days: None });
        }
        state.sort_sources();
        Ok(state)
    }

    pub(crate) fn sort_sources(&mut self) {
        self.parts.sort_by(|a, b| a.source.cmp(&b.source));
    }

    /// Its name in messages: the path of its file.
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// Sets its name in messages.
    #[must_use]
    pub fn named(self, name: impl Into<PathBuf>) -> State {
        State { name: name.into(), ..self }
    }

    /// A question with the settings of the state, and defaults for everything else.
    ///
    /// # Errors
    /// If this version of the program does not know a setting.
    fn question(&self) -> Result<Question, Error> {
        let mut question = Question::new();
        self.put_settings(&mut question)?;
        Ok(question)
    }

    /// The tables of each day.
    pub(crate) fn tables(&self) -> &[TablePlan] {
        &self.layout.tables
    }

    /// True if a table can be made from those of the state.
    pub(crate) fn has_table(&self, table: &TablePlan) -> bool {
        check_saved(std::slice::from_ref(table), &self.layout.tables).is_ok()
    }

    /// The notes of all counts, about tables and numbers that not all merged states had, about sources that may be copies,
    /// and about days that may be incomplete.
    pub(crate) fn all_notes(&self) -> Vec<Note> {
        let names = self.left_out();
        let not_in_all = (!names.is_empty()).then(|| {
            let text = format!("left out, because not all of the merged states have them: {}", names.join(", "));
            Note::new(NoteCode::NotInAllStates, text)
        });
        let of_others = not_in_all.into_iter().chain(copies::copies(self.sources())).chain(self.days_incomplete());
        self.notes.iter().cloned().chain(of_others).collect()
    }

    /// The tables and numbers that not all merged states had, in words: `visitors by hour`. What can be made from the
    /// others, such as days, is not named.
    fn left_out(&self) -> Vec<String> {
        let in_words = |text: &String| {
            let (measure, name) = match text.split_once(" by ") {
                Some((measure, name)) => (MeasureKind::named(measure), name),
                None => (None, text.as_str()),
            };
            if let Some(dimension) = <Dimension as Named>::named(name) {
                let table = (dimension, vec![measure.unwrap_or(MeasureKind::Counts)]);
                if self.has_table(&table) {
                    return None;
                }
            }
            Some(match measure {
                Some(measure) => format!("{} by {name}", ask::measured(measure)),
                None => text.clone(),
            })
        };
        let mut names: Vec<String> = self.not_in_all.iter().filter_map(in_words).collect();
        names.dedup();
        names
    }

    /// The note about days of which other merged states have dropped lines.
    fn days_incomplete(&self) -> Option<Note> {
        let day = self.kept_from.filter(|day| self.dropped > 0 && self.has_days_before(*day))?;
        let lines = if self.dropped == 1 { "line was" } else { "lines were" };
        let text = message![
            format!("days before {} may be incomplete: {} {lines} dropped by ", day_name(day), Grouped(self.dropped)),
            Setting::Keep
        ];
        Some(Note::new(NoteCode::DaysIncomplete, text))
    }

    fn has_days_before(&self, day: i64) -> bool {
        self.all_days().any(|(of, _)| of.is_some_and(|of| of < day))
    }

    /// The sources.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.parts.iter().map(|part| &part.source)
    }

    /// All lines of all days: those of provisional sources, too.
    fn all_days(&self) -> impl Iterator<Item = (Day, &DayLines)> {
        self.days_by_owner().flat_map(|(_, day, lines)| lines.iter().map(move |lines| (day, lines)))
    }

    /// All days, each with the index of the provisional source whose lines they are; `None` for those of all other
    /// sources.
    fn days_by_owner(&self) -> impl Iterator<Item = (Option<usize>, Day, &Vec<DayLines>)> {
        let days = self.days.iter().map(|(day, lines)| (None, *day, lines));
        let of_sources = self.parts.iter().enumerate();
        days.chain(
            of_sources
                .flat_map(|(at, part)| part.days.iter().flatten().map(move |(day, lines)| (Some(at), *day, lines))),
        )
    }
}

/// Checks that no two logs have the same lines.
fn check_overlap(sources: &[(String, Source)]) -> Result<(), Error> {
    for (at, (path, source)) in sources.iter().enumerate() {
        let mut before = sources[..at].iter();
        if let Some((other, (from, to))) = before.find_map(|(other, ours)| Some((other, ours.overlap(source)?))) {
            let (path, other, source) = (path.into(), other.into(), source.name.clone());
            return Err(ErrorKind::StateOverlap { path, other, in_one_run: true, source, from, to }.into());
        }
    }
    Ok(())
}
