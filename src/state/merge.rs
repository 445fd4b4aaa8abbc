//! Merges states. The result does not depend on their order or grouping.

use std::cmp::Reverse;
use std::path::PathBuf;
use std::sync::Arc;

use super::day::Layout;
use super::{Source, SourcePart, State, dedupe, layout};
use crate::error::{Error, ErrorKind};
use crate::message::message;
use crate::note::{Note, NoteCode};

impl State {
    /// Merges states. The result is the state of counting all their lines, in the tables and numbers that all of them
    /// have. No day is removed, even if another state has dropped it. With `dedupe`, a state is left out if the others
    /// have all its lines, and a note is returned.
    ///
    /// # Errors
    /// [`ErrorKind::StateSettings`] if two were counted with different settings, [`ErrorKind::StateOverlap`] if two have
    /// the same lines, [`ErrorKind::NotInState`] if there is no state.
    pub fn merge(states: Vec<State>, dedupe: bool) -> Result<(State, Vec<Note>), Error> {
        if let Some((first, others)) = states.split_first() {
            others.iter().try_for_each(|other| first.check_settings(other))?;
        }
        let (states, notes) = if dedupe { dedupe::without_contained(states) } else { (states, Vec::new()) };
        let mut merged: Option<State> = None;
        let mut names: Vec<(PathBuf, Vec<Source>)> = Vec::new();
        for state in states {
            if let Some(((source, (from, to)), other)) =
                names.iter().find_map(|(name, sources)| Some((overlap(sources, &state)?, name)))
            {
                let (path, other) = (state.name, other.clone());
                return Err(ErrorKind::StateOverlap { path, other, in_one_run: false, source, from, to }.into());
            }
            names.push((state.name.clone(), state.sources().cloned().collect()));
            match &mut merged {
                Some(merged) => merged.add(state),
                None => merged = Some(state),
            }
        }
        let mut merged = merged.ok_or_else(|| ErrorKind::NotInState { detail: "there is no state to merge".into() })?;
        merged.sort_sources();
        Ok((merged, notes))
    }

    pub(super) fn check_settings(&self, other: &State) -> Result<(), Error> {
        let Some(difference) = self.settings.difference(&other.settings) else { return Ok(()) };
        let detail = message![
            "the state was counted ",
            difference.theirs(),
            format!(", but {} ", Error::name_of(&self.name)),
            difference.ours(),
            "; states can be merged only if their settings are the same"
        ];
        Err(ErrorKind::StateSettings { path: other.name.clone(), detail }.into())
    }

    /// Adds a state with the same settings and other lines.
    pub(super) fn add(&mut self, other: State) {
        let members = |state: &State| match &state.merged[..] {
            [] => vec![(state.name.clone(), Arc::clone(&state.layout))],
            merged => merged.to_vec(),
        };
        self.merged = [members(self), members(&other)].concat();
        if self.layout != other.layout {
            let tables = layout::common(&self.layout.tables, &other.layout.tables);
            for tables_of_one in [&self.layout.tables, &other.layout.tables] {
                self.not_in_all.extend(layout::missing(tables_of_one, &tables));
            }
            self.layout = Arc::new(Layout { tables: layout::in_order(tables), reasons: layout::reasons() });
        }
        self.not_in_all.extend(other.not_in_all);
        self.shown = self.shown.with(&other.shown);
        self.settings.keep_common_keys(&other.settings);
        other.parts.into_iter().for_each(|part| self.add_source(part));
        for (day, lines) in other.days {
            self.days.entry(day).or_default().extend(lines);
        }
        self.add_notes(other.notes);
        self.dropped += other.dropped;
        self.kept_from = self.kept_from.max(other.kept_from);
    }

    /// Adds a source, to the one that has other ranges of the same text if there is one.
    pub(super) fn add_source(&mut self, part: SourcePart) {
        let SourcePart { source, days } = part;
        match self.parts.iter_mut().find(|ours| ours.source.is_same(&source)) {
            Some(ours) => {
                ours.source.add(source);
                for (day, lines) in days.into_iter().flatten() {
                    ours.days.get_or_insert_default().entry(day).or_default().extend(lines);
                }
            }
            None => self.parts.push(SourcePart { source, days }),
        }
    }

    /// Adds notes. One that no input logs a field stays only if both states have it. Of notes that differ in their
    /// numbers only, such as the number of lines, the one with the largest stays.
    fn add_notes(&mut self, notes: Vec<Note>) {
        let is_about_all = |note: &Note| note.code == NoteCode::NotLogged && note.input.is_none();
        self.notes.retain(|note| !is_about_all(note) || notes.contains(note));
        self.notes.extend(notes.into_iter().filter(|note| !is_about_all(note)));
        self.notes
            .sort_by_cached_key(|note| (note.code, note.input.clone(), without_numbers(note), largest_first(note)));
        self.notes.dedup_by(|next, kept| {
            (next.code, &next.input) == (kept.code, &kept.input) && without_numbers(next) == without_numbers(kept)
        });
        self.notes.sort();
    }

    /// Keeps this number of days, counted back from the last one, and drops those before. Lines without a time are kept.
    /// Lines of dropped days that are counted later, [like](crate::count_to_state) this state or in an
    /// [increment](crate::count_increment), are dropped, too. Days that another state has are kept when both are merged.
    ///
    /// ```
    /// use logstat::{Engine, Input, Question, count_to_state};
    /// let line = |day: u8| format!(r#"10.0.0.7 - - [{day:02}/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#);
    /// let log = [5, 6, 9].map(line).join("\n");
    /// let inputs = vec![Input::reader("a.log", std::io::Cursor::new(log))];
    /// let mut state = count_to_state(&Question::new(), inputs, None, None, &Engine::default())?.state.expect("it was read");
    /// state.keep_days(4);
    /// let report = state.report(&Question::new(), &Engine::default())?;
    /// assert_eq!((report.lines.parsed, report.lines.filtered), (3, 1));
    /// # Ok::<(), logstat::Error>(())
    /// ```
    pub fn keep_days(&mut self, days: u32) {
        if let Some(last) = self.all_days().filter_map(|(day, _)| day).max() {
            self.drop_before(last.saturating_add(1).saturating_sub(days.into()));
        }
    }

    /// Drops the days before the first one that another state keeps. Lines that are added to a state are counted so.
    pub(crate) fn drop_days_like(&mut self, other: &State) {
        if let Some(day) = other.kept_from {
            self.drop_before(day);
        }
    }

    /// Drops days before this one. Their lines are counted as filtered.
    fn drop_before(&mut self, day: i64) {
        self.kept_from = self.kept_from.max(Some(day));
        let of_sources = self.parts.iter_mut().filter_map(|part| part.days.as_mut());
        for days in [&mut self.days].into_iter().chain(of_sources) {
            days.retain(|of, lines| {
                let is_kept = of.is_none_or(|of| of >= day);
                if !is_kept {
                    self.dropped += lines.iter().map(|lines| lines.facts().parsed).sum::<u64>();
                }
                is_kept
            });
        }
    }
}

/// The first bytes of a source that both have counted.
fn overlap(ours: &[Source], theirs: &State) -> Option<(String, (u64, u64))> {
    let pairs = ours.iter().flat_map(|our| theirs.sources().map(move |their| (our, their)));
    pairs.filter_map(|(our, their)| Some((our.name.clone(), our.overlap(their)?))).min()
}

/// The text of a note without digits, and without the commas between them.
fn without_numbers(note: &Note) -> String {
    note.text.chars().filter(|sign| !sign.is_ascii_digit() && *sign != ',').collect()
}

/// Sorts notes that differ in their numbers only: those with more digits first, then those with larger digits.
fn largest_first(note: &Note) -> Reverse<(usize, String)> {
    Reverse((note.text.len(), note.text.to_string()))
}
