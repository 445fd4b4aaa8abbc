//! Counts one log with several strategies: the ledger must add up, and all output must be the same.

use std::io::{Cursor, Write};
use std::ops::Range;
use std::path::Path;

use tempfile::NamedTempFile;

use super::Header;
use super::messages::assert_safe;
use crate::engine::{Engine, Outcome, PreparedQuestion, Seek, Session, count};
use crate::error::Error;
use crate::files::Compression;
use crate::input::{Access, Input, guard_mappings};
use crate::question::{Question, Section};
use crate::render::write_json;
use crate::report::{Lines, Report};

/// Settings that change the speed of a count but never its result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strategy {
    pub(super) threads: usize,
    pub(super) chunk_bytes: usize,
    pub(super) way: Way,
    pub(super) seed: u64,
}

/// How the bytes of a log reach the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Stream,
    Read,
    Map,
}

impl Strategy {
    /// The strategy that all others are compared with: one worker, one chunk.
    pub(super) const PLAINEST: Strategy = Strategy { threads: 1, chunk_bytes: 1 << 20, way: Way::Stream, seed: 1 };

    /// Creates a strategy from three bytes.
    pub(super) fn of(header: &mut Header<'_>) -> Strategy {
        Strategy {
            threads: header.one_of(&[4, 1, 2]),
            chunk_bytes: header.one_of(&[64, 1, 2, 3, 7, 100, 1000, 4096]),
            way: header.one_of(&[Way::Map, Way::Read, Way::Stream]),
            seed: 7,
        }
    }

    /// Creates the engine of the strategy.
    pub(super) fn engine(self) -> Engine {
        let access = match self.way {
            Way::Map => guard_mappings().map_or(Access::Read, Access::Map),
            Way::Read | Way::Stream => Access::Read,
        };
        let Strategy { threads, chunk_bytes, seed, .. } = self;
        Engine::new().threads(threads).chunk_bytes(chunk_bytes).access(access).seed(seed).seek(Seek::never())
    }
}

/// A log in memory and in a file, so that it can be mapped.
pub(super) struct Log<'l> {
    pub(super) bytes: &'l [u8],
    file: NamedTempFile,
}

impl<'l> Log<'l> {
    pub(super) fn new(bytes: &'l [u8]) -> Log<'l> {
        let mut file = NamedTempFile::new().expect("a temporary file");
        file.write_all(bytes).expect("the file is written");
        Log { bytes, file }
    }

    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Returns the log as an input. It has the same name in every way.
    pub(super) fn input(&self, way: Way) -> Input {
        match way {
            Way::Stream => Input::reader(self.path(), Cursor::new(self.bytes.to_owned())),
            Way::Read | Way::Map => Input::path(self.path()),
        }
    }
}

/// Result of a count.
pub(super) struct Answer {
    pub(super) report: Option<Report>,
    /// The report, the malformed lines and the problems, as text.
    pub(super) said: String,
}

/// Counts a log. Panics if the ledger does not add up, or if a message could harm a terminal.
pub(super) fn answer(question: &Question, log: &Log<'_>, strategy: Strategy) -> Answer {
    said(question, count(question, vec![log.input(strategy.way)], &strategy.engine()))
}

/// Feeds a log to a session in pieces, and takes a snapshot after every third piece.
fn fed(question: &Question, log: &Log<'_>, piece_bytes: usize) -> Answer {
    let engine = Strategy { chunk_bytes: 50, ..Strategy::PLAINEST }.engine();
    let outcome = PreparedQuestion::new(question, &engine, [log.path()]).and_then(|prepared| {
        let mut session = Session::new(&prepared);
        for (number, piece) in log.bytes.chunks(piece_bytes).enumerate() {
            session.feed(0, piece)?;
            if number % 3 == 2 {
                said(question, session.snapshot());
            }
        }
        session.finish()
    });
    said(question, outcome)
}

/// Converts an outcome to an answer, and checks it.
fn said(question: &Question, outcome: Result<Outcome, Error>) -> Answer {
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            assert_safe("an error", &error.to_string());
            return Answer { report: None, said: error.to_string() };
        }
    };
    let mut said = Vec::new();
    if let Some(report) = &outcome.report {
        assert_closes(report, question);
        write_json(report, &mut said).expect("writing to memory cannot fail");
        report.notes.iter().for_each(|note| assert_safe("a note", &note.to_string()));
        for verdict in &report.verdicts {
            assert_safe("a condition", &verdict.condition);
            verdict.reason.iter().for_each(|reason| assert_safe("a verdict", reason));
        }
    }
    if let Some(rejects) = outcome.rejects {
        let mut lines = Vec::new();
        rejects.write(&mut lines).expect("writing to memory cannot fail");
        said.extend(lines.escape_ascii());
    }
    for problem in &outcome.problems {
        assert_safe("a problem", &problem.to_string());
        said.extend(problem.to_string().bytes());
    }
    Answer { report: outcome.report, said: String::from_utf8(said).expect("reports are UTF-8") }
}

/// Counts a log with several strategies, and returns the first answer. Panics if they disagree.
pub(super) fn agreed(question: &Question, log: &Log<'_>, others: &[Strategy]) -> Answer {
    let first = answer(question, log, Strategy::PLAINEST);
    for strategy in others {
        let other = answer(question, log, *strategy);
        assert!(first.said == other.said, "{strategy:?}\n{}\n{}", first.said, other.said);
    }
    // Sessions take only decompressed text.
    if Compression::of(log.bytes).is_none() {
        let other = fed(question, log, (log.bytes.len() / 7).max(100));
        assert!(first.said == other.said, "fed\n{}\n{}", first.said, other.said);
    }
    first
}

/// Counts the two ranges of a log on both sides of a cut. Panics if they do not have the lines of the whole log.
pub(super) fn assert_ranges_add_up(question: &Question, log: &Log<'_>, strategy: Strategy, cut: u64) {
    let lines = |input| {
        let report = count(question, vec![input], &strategy.engine()).ok()?.report?;
        let Lines { read, parsed, blank, malformed, filtered, .. } = report.lines;
        Some([read, parsed, blank, malformed, filtered])
    };
    let Some(whole) = lines(log.input(strategy.way)) else { return };
    let of = |range: Range<u64>| lines(log.input(strategy.way).range(range));
    // A range without a line in any format is refused if the first lines of the log fit none either.
    if let Some((first, second)) = of(0..cut).zip(of(cut..u64::MAX)) {
        let sum: Vec<u64> = first.iter().zip(second).map(|(first, second)| first + second).collect();
        assert_eq!(sum, whole, "{strategy:?}, cut at {cut}");
    }
}

/// Panics if the ledger of a report does not add up.
pub(super) fn assert_closes(report: &Report, question: &Question) {
    let lines = report.lines;
    assert_eq!(lines.read, lines.blank + lines.malformed + lines.parsed, "{lines:?}");
    assert_eq!(lines.read, report.inputs.iter().map(|input| input.lines).sum::<u64>(), "{lines:?}");
    let Some(summary) = &report.summary else { return };
    assert_eq!(lines.parsed, summary.row.pv + lines.filtered, "{lines:?}");
    if question.showing.shows(Section::Timeline)
        && let Some(timeline) = &report.timeline
    {
        assert_eq!(
            summary.row.pv,
            timeline.iter().map(|row| row.pv).sum::<u64>(),
            "the timeline has this number of hits"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    const LOG: &[u8] = b"10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"\nx\n\n";

    fn is_caught(report: &Report) -> bool {
        catch_unwind(AssertUnwindSafe(|| assert_closes(report, &Question::default()))).is_err()
    }

    #[test]
    fn broken_ledger_is_detected() {
        let log = Log::new(LOG);
        let report = || answer(&Question::default(), &log, Strategy::PLAINEST).report.expect("the line fits combined");
        assert!(!is_caught(&report()));
        let changes: [fn(&mut Report); 4] = [
            |report| report.lines.read += 1,
            |report| report.lines.blank -= 1,
            |report| report.lines.filtered += 1,
            |report| report.timeline = Some(Vec::new()),
        ];
        for change in changes {
            let mut report = report();
            change(&mut report);
            assert!(is_caught(&report), "{:?}", report.lines);
        }
    }
}
