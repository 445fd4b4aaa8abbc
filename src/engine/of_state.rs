//! The report of a state.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::{Engine, now, threads};
use crate::dimension::Dimension;
use crate::error::{Error, ErrorKind};
use crate::filter::Period;
use crate::question::{Plan, Question};
use crate::report::{Lines, MalformedSample, Report, SavedInput, SavedLog, of_state};
use crate::state::{State, parallel};
use crate::tally::TablePlan;

/// The error for reports for the keys of a dimension.
pub(super) fn no_parts(each: Dimension) -> Error {
    let detail = format!(
        "a report for each {} needs the logs: a state has the requests of all {} together",
        each.singular(),
        each.plural()
    );
    ErrorKind::NotInState { detail: detail.into() }.into()
}

impl State {
    /// Reads states, several at a time. Each has its name in messages. The states are in the order of the readers.
    ///
    /// ```
    /// use logstat::{Engine, Input, Question, State, count_to_state};
    /// let line = br#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#;
    /// let inputs = vec![Input::reader("a.log", &line[..])];
    /// let state = count_to_state(&Question::new(), inputs, None, None, &Engine::new())?.state.expect("a line was counted");
    /// let mut file = Vec::new();
    /// state.write(&mut file)?;
    /// let states = State::read_all(vec![("a.state".into(), &file[..]), ("b.state".into(), &file[..])], &Engine::new())?;
    /// assert_eq!(states[1].name(), "b.state");
    /// # Ok::<(), logstat::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`State::read`]. If several cannot be read, the error is that of the first.
    pub fn read_all<R: Read + Send>(readers: Vec<(PathBuf, R)>, engine: &Engine) -> Result<Vec<State>, Error> {
        let readers: Vec<_> = readers.into_iter().map(|reader| Mutex::new(Some(reader))).collect();
        let read = |reader: &Mutex<Option<(PathBuf, R)>>| {
            let reader = reader.lock().unwrap_or_else(PoisonError::into_inner).take();
            reader.map(|(name, reader)| State::from_reader(name, reader))
        };
        parallel::map(&readers, threads::number(engine.threads), read).into_iter().flatten().collect()
    }

    /// Makes the report of a state, without reading any log. The state takes the place of what the question leaves open,
    /// as in [`State::ask`].
    ///
    /// Limits of keys and memory have no effect: the state has all keys.
    ///
    /// # Errors
    /// [`ErrorKind::StateSettings`] if the question has another value for a setting; [`ErrorKind::NotInState`] if it
    /// needs a table or number that the state does not have, or has a period that begins or ends within a day;
    /// [`ErrorKind::StateDamaged`]; [`ErrorKind::TooManyBuckets`].
    pub fn report(&self, question: &Question, engine: &Engine) -> Result<Report, Error> {
        let mut question = question.clone().max_keys(None).max_memory(None);
        self.ask(&mut question)?;
        if let Some(each) = question.counting.each {
            return Err(no_parts(each));
        }
        let counting = &question.counting;
        let period = Period::new(counting.since, counting.until, counting.date, now::now(&question, || self.last_s())?);
        let days = self.days_in(period, &question.counting)?;
        let asked = self.asked_tables(&question)?;
        let mut tally = self.tally_of(&question, &asked, days, threads::number(engine.threads))?;
        tally.learn_routes(&mut [], &question.reading.key_rules.routes);
        let mut log = self.saved_log();
        log.notes.extend(self.outside_period(days));
        of_state(&question, log, &tally, period)
    }

    /// Adds up the lines of days that several merged states have. Only speed changes: call it if a state is both written
    /// and reported on.
    ///
    /// ```
    /// use logstat::{Engine, Input, Question, State, count_to_state};
    /// let (question, engine) = (Question::new(), Engine::new());
    /// let line = br#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#;
    /// let count = || count_to_state(&question, vec![Input::reader("a.log", &line[..])], None, None, &engine);
    /// let states = [count()?, count()?].into_iter().filter_map(|outcome| outcome.state).collect();
    /// let (mut all, _) = State::merge(states, false)?;
    /// all.settle(&engine)?;
    /// all.write(&mut Vec::new())?;
    /// assert_eq!(all.report(&question, &engine)?.lines.parsed, 2);
    /// # Ok::<(), logstat::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::StateDamaged`].
    pub fn settle(&mut self, engine: &Engine) -> Result<(), Error> {
        self.settle_in(threads::number(engine.threads))
    }

    /// The tables of a question. Those of highlights and people are left out if the state does not have them.
    fn asked_tables(&self, question: &Question) -> Result<Vec<TablePlan>, Error> {
        let mut asked = Plan::of(&question.clone().highlights(false).people(false))?.kept().to_vec();
        for (dimension, measures) in Plan::of(question)?.kept() {
            for measure in measures {
                let place = asked.iter().position(|(other, _)| other == dimension);
                let has = place.is_some_and(|place| asked[place].1.contains(measure));
                if has || !self.has_table(&(*dimension, vec![*measure])) {
                    continue;
                }
                match place {
                    Some(place) => asked[place].1.push(*measure),
                    None => asked.push((*dimension, vec![*measure])),
                }
            }
        }
        Ok(asked)
    }

    fn saved_log(&self) -> SavedLog {
        let mut log = SavedLog { notes: self.all_notes(), ..SavedLog::default() };
        let mut inputs: BTreeMap<&str, SavedInput> = BTreeMap::new();
        for source in self.sources() {
            let input = inputs.entry(&source.name).or_default();
            input.envelope = input.envelope.take().or_else(|| source.envelope.clone());
            input.bytes += source.bytes;
            input.lines += source.read;
            for (format, lines) in &source.formats {
                *input.formats.entry(format.clone()).or_default() += lines;
            }
            for (reason, lines) in &source.malformed {
                *log.malformed.entry(*reason).or_default() += lines;
            }
            log.samples.extend(source.samples.iter().map(|sample| MalformedSample {
                path: source.name.clone(),
                line: source.line_of(sample),
                byte: sample.offset,
                reason: sample.reason,
                text: sample.text.clone(),
            }));
            log.has_lists |= source.address_list;
            log.lines = Lines {
                read: log.lines.read + source.read,
                parsed: log.lines.parsed + source.parsed(),
                blank: log.lines.blank + source.blank,
                malformed: log.lines.malformed + source.malformed_lines(),
                lost_bytes: log.lines.lost_bytes + source.lost_bytes,
                ..log.lines
            };
        }
        log.inputs = inputs.into_iter().map(|(name, input)| SavedInput { name: name.to_owned(), ..input }).collect();
        log
    }
}
