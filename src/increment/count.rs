//! Counts what is new in logs since a state was written.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::{Change, Empty, Increment, KnownText, Read, find};
use crate::engine::{Engine, FewThreads, StateOutcome, count_to_state, number_of_threads};
use crate::error::{Error, ErrorKind};
use crate::input::{FileStamp, Head, Input, Probe, host_name, name_of_file};
use crate::phases::Phases;
use crate::question::Question;
use crate::rejects::Rejects;
use crate::state::{Source, StampOfFile, State, parallel};

/// The result of [`count_increment`], and what went wrong on the way.
#[derive(Debug)]
#[non_exhaustive]
pub struct IncrementOutcome {
    /// The state to write: the old one, with everything that is new. `None` if there is neither an old state nor
    /// anything to count.
    pub state: Option<State>,
    /// The state to report on. It also has the lines of inputs that failed, which the next run reads again.
    pub reported: Option<State>,
    /// The malformed lines that this run read, if the question keeps them.
    pub rejects: Option<Rejects>,
    /// Inputs that failed completely or in part, and [gaps](ErrorKind::Gap). The next run does not report a gap again,
    /// if the state is written.
    pub problems: Vec<Error>,
    /// Set if fewer threads counted than the engine asked for.
    pub few_threads: Option<FewThreads>,
    /// Time spent in each phase.
    pub phases: Phases,
}

/// A text that was read.
struct Counted<'r> {
    read: &'r Read,
    outcome: StateOutcome,
}

impl Counted<'_> {
    /// True if the log was rotated meanwhile: the path led to another file than the one that was found, or to none, or
    /// the file was cut off.
    fn was_rotated(&self) -> bool {
        self.outcome.problems.iter().any(|problem| match problem.kind() {
            ErrorKind::Replaced { .. } | ErrorKind::Shrunk { .. } | ErrorKind::Changed { .. } => true,
            ErrorKind::Io { source, .. } => source.kind() == io::ErrorKind::NotFound,
            _ => false,
        })
    }
}

/// How often everything is read if files are renamed or cut off meanwhile.
const ATTEMPTS: usize = 10;

/// Counts what is new in files since a state was written: the rest of each text that the state knows, also in files that
/// log rotation has renamed or compressed, and texts that it does not know.
///
/// Texts are recognised by their content. A last line without line end waits until its file is known to be complete. The
/// texts of the files are counted under the name `source`, or host and path. A state must be used by one run at a time:
/// see [`StateLock`](crate::StateLock).
///
/// ```
/// use logstat::{Engine, Question, count_increment};
/// # let directory = std::env::temp_dir().join(format!("logstat-increment-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// let log = directory.join("access.log");
/// let line = |hour| format!("10.0.0.7 - - [05/Apr/2022:{hour}:45:05 +0000] \"GET / HTTP/1.1\" 200 512 \"-\" \"-\"\n");
/// let (question, engine) = (Question::new(), Engine::default());
///
/// std::fs::write(&log, line("03"))?;
/// let first = count_increment(&question, None, &[log.clone()], None, &engine)?;
/// // Rotation renames the log, and nginx creates another.
/// std::fs::rename(&log, directory.join("access.log.1"))?;
/// std::fs::write(&log, line("04"))?;
/// let second = count_increment(&question, first.state, &[log], None, &engine)?;
///
/// let report = second.reported.expect("two lines were counted").report(&question, &engine)?;
/// assert_eq!(report.lines.read, 2);
/// # std::fs::remove_dir_all(&directory)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`count_to_state`], and [`ErrorKind::StateSettings`] if the question has another value for a setting of the state.
pub fn count_increment(
    question: &Question,
    state: Option<State>,
    paths: &[PathBuf],
    source: Option<&str>,
    engine: &Engine,
) -> Result<IncrementOutcome, Error> {
    let host = host_name();
    let name_of = |path: &Path| source.map_or_else(|| name_of_file(&host, path), str::to_owned);
    let known: Vec<KnownText> = state.iter().flat_map(State::sources).map(KnownText::from).collect();
    let mut attempt = 1;
    loop {
        let mut found = find(&known, paths, &name_of);
        if state.is_none() && found.reads.is_empty() {
            found.read_empty();
        }
        let problems = found.take_problems();
        let counted = count_reads(question, state.as_ref(), &found.reads, engine)?;
        if attempt == ATTEMPTS || !counted.iter().any(Counted::was_rotated) {
            return outcome(state, &found, counted, problems);
        }
        engine.progress.iter().for_each(|progress| progress.restart());
        attempt += 1;
    }
}

impl From<&Source> for KnownText {
    fn from(source: &Source) -> KnownText {
        KnownText {
            name: source.name.clone(),
            head: source.head.clone(),
            tail: source.tail,
            end: source.end(),
            file: source.file.as_ref().map(FileStamp::from),
            closed: source.closed,
            provisional: source.provisional,
        }
    }
}

/// Counts texts, each to a state of its own. Compressed files are decompressed in parallel.
fn count_reads<'r>(
    question: &Question,
    state: Option<&State>,
    reads: &'r [Read],
    engine: &Engine,
) -> Result<Vec<Counted<'r>>, Error> {
    let count = |read: &'r Read, engine: &Engine| {
        let mut input = Input::path(&read.path).source_name(&read.name).expect_file(read.file.clone());
        if read.from > 0 {
            input = input.range(read.from..);
        }
        if !read.closed {
            input = input.without_unfinished_line();
        }
        // Opened before it is counted, because it may be renamed meanwhile.
        let probe = Probe::open(&read.path);
        let mut outcome = count_to_state(question, vec![input], None, state, engine)?;
        if let Some(lines) = &mut outcome.state {
            match probe.and_then(|probe| complete(lines, read, probe.as_ref())) {
                Ok(true) => {}
                Ok(false) => outcome.problems.push(ErrorKind::Replaced { path: read.path.clone() }.into()),
                Err(source) => outcome.problems.push(ErrorKind::Io { path: read.path.clone(), source }.into()),
            }
        }
        Ok(Counted { read, outcome })
    };
    let (compressed, plain): (Vec<&Read>, Vec<&Read>) = reads.iter().partition(|read| read.is_compressed);
    let threads = number_of_threads(engine.threads);
    let alone = if compressed.len() > 1 { engine.clone().threads(1) } else { engine.clone() };
    let mut counted = parallel::map(&compressed, threads, |read| count(read, &alone));
    counted.extend(plain.into_iter().map(|read| count(read, engine)));
    counted.into_iter().collect()
}

/// Adds what the next run needs to know to a text that was counted. Returns false if the probe is of another file.
fn complete(lines: &mut State, read: &Read, probe: Option<&Probe>) -> io::Result<bool> {
    let Some(probe) = probe.filter(|probe| probe.stamp.is_same_file(&read.file)) else { return Ok(false) };
    // A count of one input has one source.
    let Some(source) = lines.source_mut(0) else { return Ok(true) };
    source.file = Some(read.file.clone().into());
    source.closed = read.closed;
    if !read.is_compressed && source.end() > 0 {
        source.tail = probe.tail(source.end())?;
        if source.tail.is_none() {
            return Ok(false);
        }
    }
    if read.provisional {
        lines.make_provisional();
    }
    Ok(true)
}

/// Joins what was counted with the old state.
fn outcome(
    old: Option<State>,
    found: &Increment,
    counted: Vec<Counted<'_>>,
    mut problems: Vec<Error>,
) -> Result<IncrementOutcome, Error> {
    let (mut rejects, mut few_threads, mut phases): (Option<Rejects>, _, _) = (None, None, Phases::default());
    let (mut good, mut failed): (Vec<(&Read, State)>, Vec<_>) = (Vec::new(), Vec::new());
    for Counted { read, outcome } in counted {
        let lines = outcome.state.map(|state| (read, state));
        let has_failed = !outcome.problems.is_empty();
        problems.extend(outcome.problems);
        few_threads = few_threads.or(outcome.few_threads);
        phases.add(outcome.phases);
        match (&mut rejects, outcome.rejects) {
            (Some(rejects), Some(later)) => rejects.append(later),
            (rejects, later) => *rejects = rejects.take().or(later),
        }
        if has_failed { failed.push((read, lines)) } else { good.extend(lines) }
    }
    let mut base = old;
    if let Some(base) = &mut base {
        let is_failed = |change: &&Change| failed.iter().any(|(read, _)| read.known == Some(change.known));
        change_sources(base, found.changes.iter().filter(|change| !is_failed(change)), &good);
    }
    let failed: Vec<(&Read, State)> = failed.into_iter().filter_map(|(_, lines)| lines).collect();
    let reported = match failed.is_empty() {
        true => None,
        false => joined(base.clone(), found, [&good[..], &failed].concat())?,
    };
    let state = joined(base, found, good)?;
    let reported = reported.or_else(|| state.clone());
    Ok(IncrementOutcome { state, reported, rejects, problems, few_threads, phases })
}

/// Changes facts about known texts. Those that were read on get the longer heads of their texts.
fn change_sources<'c>(state: &mut State, changes: impl Iterator<Item = &'c Change>, good: &[(&Read, State)]) {
    for Change { known, file, closed, cut_to } in changes {
        let Some(source) = state.source_mut(*known) else { continue };
        source.file = file.clone().map(StampOfFile::from);
        source.closed = *closed;
        if let (Some(end), Some(file)) = (cut_to, file) {
            let probe = Probe::open(&file.path).ok().flatten();
            source.cut_to(*end);
            source.tail = probe.as_ref().and_then(|probe| probe.tail(*end).ok().flatten());
            source.head = probe.map(|probe| Head::of(&probe.first)).unwrap_or_default();
            // Lines that were cut off cannot be read again.
            state.make_final(*known);
        }
    }
    for (read, lines) in good {
        let source = read.known.and_then(|known| state.source_mut(known));
        if let (Some(source), Some(read_on)) = (source, lines.sources().find(|source| source.end() > 0)) {
            source.head = read_on.head.clone();
        }
    }
}

/// Adds lines to a state, in place of those that were read again.
fn joined(mut state: Option<State>, found: &Increment, lines: Vec<(&Read, State)>) -> Result<Option<State>, Error> {
    let read_again = lines.iter().filter(|(read, _)| read.from == 0).filter_map(|(read, _)| read.known);
    let removed: BTreeSet<usize> = read_again.chain(found.forgotten.iter().copied()).collect();
    state.iter_mut().for_each(|state| state.remove_sources(&removed));
    for (_, lines) in lines {
        match &mut state {
            None => state = Some(lines),
            Some(state) if lines.sources().any(|source| source.end() > 0) => state.add_new_lines(lines)?,
            Some(_) => {}
        }
    }
    for Empty { name, file } in &found.empty {
        let source = Source { name: name.clone(), file: Some(file.clone().into()), ..Source::default() };
        state.iter_mut().for_each(|state| state.add_empty_source(source.clone()));
    }
    state.iter_mut().for_each(State::sort_sources);
    Ok(state)
}
