//! Counts what is new in logs since a state was written.

use std::path::{Path, PathBuf};

use super::count_reads::{Counted, count_reads};
use super::join::{IncrementOutcome, join};
use super::{Increment, KnownText, find};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::input::{FileStamp, host_name, name_of_file};
use crate::question::Question;
use crate::rejects::Rejects;
use crate::state::{Source, State};

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
/// As [`count_to_state`](crate::count_to_state), [`ErrorKind::StateSettings`] if the question has another value for a
/// setting of the state, and [`ErrorKind::StateSource`] if the state knows a log by another name than `source`.
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
        check_names(&found, &known, source)?;
        let problems = found.take_problems();
        let counted = count_reads(question, state.as_ref(), &found.reads, engine)?;
        if attempt == ATTEMPTS || !counted.iter().any(Counted::was_rotated) {
            let rejects = question.reading.keep_rejects.then(Rejects::empty);
            return join(state, &found, counted, problems, rejects);
        }
        engine.progress.iter().for_each(|progress| progress.restart());
        attempt += 1;
    }
}

/// Checks that no named log has another name in the state than the one that was given.
fn check_names(found: &Increment, known: &[KnownText], source: Option<&str>) -> Result<(), Error> {
    let Some(source) = source else { return Ok(()) };
    match found.named.iter().find(|(_, text)| known[*text].name != source) {
        Some((path, text)) => {
            let (path, source, known) = (path.clone(), source.to_owned(), known[*text].name.clone());
            Err(ErrorKind::StateSource { path, source, known }.into())
        }
        None => Ok(()),
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
