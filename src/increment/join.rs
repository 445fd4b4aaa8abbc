//! Joins what an increment has counted with the old state.

use std::collections::BTreeSet;

use super::count_reads::Counted;
use super::{Change, Empty, Increment, Read};
use crate::engine::FewThreads;
use crate::error::Error;
use crate::input::{Head, Probe};
use crate::phases::Phases;
use crate::rejects::Rejects;
use crate::state::{Source, StampOfFile, State};

/// The result of [`count_increment`](crate::count_increment), and what went wrong on the way.
#[derive(Debug)]
#[non_exhaustive]
pub struct IncrementOutcome {
    /// The state to write: the old one, with everything that is new. `None` if there is neither an old state nor
    /// anything to count.
    pub state: Option<State>,
    /// The state to report on. It also has the lines of inputs that failed, which the next run reads again.
    pub reported: Option<State>,
    /// The malformed lines that are new, if the question keeps them. A short text is read again from its start until its
    /// formats are certain. Its lines that an earlier run has read are left out, unless other formats are detected now.
    /// Inputs that failed are read again, so the next run has their malformed lines again.
    pub rejects: Option<Rejects>,
    /// Inputs that failed completely or in part, and [gaps](crate::ErrorKind::Gap). The next run does not report a gap
    /// again, if the state is written.
    pub problems: Vec<Error>,
    /// Set if fewer threads counted than the engine asked for.
    pub few_threads: Option<FewThreads>,
    /// Time spent in each phase.
    pub phases: Phases,
}

/// Joins what was counted with the old state, and adds its errors and malformed lines to these.
pub(super) fn join(
    old: Option<State>,
    found: &Increment,
    counted: Vec<Counted<'_>>,
    mut problems: Vec<Error>,
    mut rejects: Option<Rejects>,
) -> Result<IncrementOutcome, Error> {
    let (mut few_threads, mut phases) = (None, Phases::default());
    let (mut good, mut failed): (Vec<(&Read, State)>, Vec<_>) = (Vec::new(), Vec::new());
    for Counted { read, outcome } in counted {
        let lines = outcome.state.map(|state| (read, state));
        let has_failed = !outcome.problems.is_empty();
        problems.extend(outcome.problems);
        few_threads = few_threads.or(outcome.few_threads);
        phases.add(outcome.phases);
        if let (Some(rejects), Some(later)) = (&mut rejects, outcome.rejects) {
            rejects.append(later);
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
    for Change { known, file, closed, lost, cut_to } in changes {
        let Some(source) = state.source_mut(*known) else { continue };
        source.file = file.clone().map(StampOfFile::from);
        (source.closed, source.lost) = (*closed, *lost);
        if *lost {
            // Lines that are lost cannot be read again.
            state.make_final(*known);
            continue;
        }
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
