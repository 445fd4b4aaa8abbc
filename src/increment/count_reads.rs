//! Counts the texts of an increment, each to a state of its own.

use std::io;

use super::Read;
use crate::engine::{Engine, StateOutcome, count_to_state, number_of_threads};
use crate::error::{Error, ErrorKind};
use crate::input::{Input, Probe};
use crate::question::Question;
use crate::state::{State, parallel};

/// A text that was read.
pub(super) struct Counted<'r> {
    pub(super) read: &'r Read,
    pub(super) outcome: StateOutcome,
}

impl Counted<'_> {
    /// True if the log was rotated meanwhile: the path led to another file than the one that was found, or to none, or
    /// the file was cut off.
    pub(super) fn was_rotated(&self) -> bool {
        self.outcome.problems.iter().any(|problem| match problem.kind() {
            ErrorKind::Replaced { .. } | ErrorKind::Shrunk { .. } | ErrorKind::Changed { .. } => true,
            ErrorKind::Io { source, .. } => source.kind() == io::ErrorKind::NotFound,
            _ => false,
        })
    }
}

/// Counts texts, each to a state of its own. Compressed files are decompressed in parallel.
pub(super) fn count_reads<'r>(
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
        let counted_before = read.known.filter(|_| read.from == 0).and_then(|known| state?.sources().nth(known));
        if counted_before.is_some() {
            input = input.place_rejects();
        }
        // Opened before it is counted, because it may be renamed meanwhile.
        let probe = Probe::open(&read.path);
        let mut outcome = count_to_state(question, vec![input], None, state, engine)?;
        if let (Some(before), Some(lines), Some(rejects)) = (counted_before, &outcome.state, &mut outcome.rejects)
            && lines.sources().all(|source| source.formats.keys().eq(before.formats.keys()))
        {
            rejects.forget_before(before.end());
        }
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
