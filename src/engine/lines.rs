//! Selects lines: writes those that pass the filters, as they are in the inputs and in their order.
//!
//! The lines are read and filtered as for a report, but no mapping is read: what was written cannot be taken back if a
//! mapping turns out to have lost pages. Workers take chunks strictly in the order of the inputs.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use super::borders::{read_around_input, split_envelope};
use super::conclude::{EndedInput, conclude};
use super::in_order::{Delivery, InOrder, Written};
use super::prepared::PreparedQuestion;
use super::run::{ReadLimit, Run};
use super::session::Session;
use super::taking::{LineForm, Taking};
use super::threads::{FewThreads, Threads};
use super::worker::Worker;
use super::{Engine, now, open, seek};
use crate::error::Error;
use crate::filter::Period;
use crate::input::{Chunk, Input, NextChunk, Source};
use crate::question::Question;
use crate::report::Report;
use crate::text::written;

/// The result of selecting lines.
#[derive(Debug)]
#[non_exhaustive]
pub struct SelectedLines {
    /// Number of lines that were written.
    pub lines: u64,
    /// What was read, and how: a report without sections. `None` if reading ended early, or if no input could be read.
    pub report: Option<Report>,
    /// Inputs that failed completely or in part, as far as they were read.
    pub problems: Vec<Error>,
    /// True if reading ended early, because there were enough lines or writing failed.
    pub has_ended_early: bool,
    /// The error of the output.
    pub failure: Option<io::Error>,
    /// Set if fewer threads read than the engine asked for.
    pub few_threads: Option<FewThreads>,
}

/// Writes the lines of `inputs` that a question selects to `out`, in the order of the inputs and their lines, at most
/// `at_most` of them. Reading ends when there are enough. What the question counts and shows does not matter.
///
/// A line that an envelope has split into parts is written with all its parts, up to 1 MiB of them, where the last one
/// is. Memory is bounded, however slow `out` is.
///
/// ```
/// use logstat::{Condition, Engine, Input, LineForm, Question, select_lines};
/// let log = br#"10.0.0.1 - - [14/Nov/2026:03:45:05 +0000] "GET /a HTTP/1.1" 200 1 "-" "-"
/// 10.0.0.2 - - [14/Nov/2026:03:45:06 +0000] "GET /b HTTP/1.1" 404 2 "-" "-"
/// "#;
/// let question = Question::new().filters([Condition::Status("404".parse()?)]);
/// let inputs = vec![Input::reader("access.log", std::io::Cursor::new(log))];
/// let mut out = Vec::new();
/// let selected = select_lines(&question, inputs, &Engine::default(), LineForm::Raw, None, &mut out)?;
/// assert_eq!((selected.lines, &out[..]), (1, &log[74..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of [`count`](crate::count) that concern reading and filters. Lines may have been written before an error.
pub fn select_lines(
    question: &Question,
    inputs: Vec<Input>,
    engine: &Engine,
    form: LineForm,
    at_most: Option<u64>,
    out: &mut (dyn Write + Send),
) -> Result<SelectedLines, Error> {
    let question = &question.clone().without_report();
    let counting = &question.counting;
    let now = now::now(question, || now::last_s(question, &inputs, engine))?;
    let period = Period::new(counting.since, counting.until, counting.date, now);
    let (mut sources, mut problems) = open(question, inputs, engine)?;
    let prepared = |sources: &[Source]| {
        let paths = sources.iter().map(|source| source.path.clone()).collect();
        PreparedQuestion::of(question, engine, period, paths)
    };
    let mut of_all = prepared(&sources)?;
    of_all.plan.taken = form.needs();
    let mut session = Session::new(&of_all);
    session.scan.taking = Some(Taking::Lines(form));
    let covers = seek::narrow(engine.seek, &question.reading, period, &mut sources, &session.scan);
    sources.iter_mut().for_each(Source::read_at_positions);
    let files: Vec<_> = sources.iter().map(|source| written(source.path.as_os_str().as_encoded_bytes())).collect();
    let in_order = InOrder::new(form, at_most, &files, out);
    session.select(&sources, &in_order);
    covers.into_iter().for_each(|(input, cover)| session.tally.ledger.inputs[input].cover(cover));
    let few_threads = session.few_threads.take();
    let Written { lines, input, has_ended, failure } = in_order.finish();
    let (report, found) = if sources.is_empty() {
        (None, problems)
    } else if has_ended {
        // Only inputs that were read completely have a result that does not depend on threads.
        sources.truncate(input);
        let mut of_part = prepared(&sources)?;
        of_part.plan.is_of_a_part = true;
        let inputs = || sources.into_iter().map(EndedInput::from).collect();
        let (counted, inputs) = session.finish_counting(inputs, None);
        problems.extend(if inputs.is_empty() {
            Vec::new()
        } else {
            conclude(&of_part, inputs, counted, Vec::new())?.problems
        });
        (None, problems)
    } else {
        let outcome = session.conclude(|| sources.into_iter().map(EndedInput::from).collect(), problems, None)?;
        (outcome.report, outcome.problems)
    };
    Ok(SelectedLines { lines, report, problems: found, has_ended_early: has_ended, failure, few_threads })
}

/// A piece of work for a worker.
enum Piece<'b> {
    Chunk {
        ticket: u64,
        input: usize,
        chunk: Chunk<'b>,
    },
    /// What is left of an input after its last chunk.
    End {
        ticket: u64,
        input: usize,
    },
    /// The end of an input that has nothing left.
    Nothing,
    /// There are no more inputs.
    Finished,
}

/// The next piece of work.
#[derive(Default)]
struct Position {
    input: usize,
    ticket: u64,
}

/// The inputs, and where they go.
struct Selection<'r, 'p, 'o> {
    run: Run<'r, 'p>,
    position: Mutex<Position>,
    in_order: &'r InOrder<'o>,
}

impl<'p> Session<'p> {
    /// Lets workers select lines until there are none left, or enough.
    fn select(&mut self, sources: &[Source], in_order: &InOrder<'_>) {
        let run = Run { scan: &self.scan, sources };
        let Threads { pool, few } = run.threads(self.prepared.engine.threads);
        let selection = Selection { run, position: Mutex::default(), in_order };
        let empty = || self.prepared.empty_tally(self.scan.uv);
        let work = || {
            let mut worker = Worker::new(&self.scan, empty());
            selection.work(&mut worker);
            worker
        };
        let workers = pool.as_ref().map_or_else(|| vec![work()], |pool| pool.broadcast(|_| work()));
        let (tally, phases) = run.merged(pool.as_ref(), workers);
        (self.tally, self.phases, self.few_threads) = (tally, phases, few);
        // What is left of each input was counted in its turn.
        self.ranges = Vec::new();
    }
}

impl Selection<'_, '_, '_> {
    fn work(&self, worker: &mut Worker<'_, '_>) {
        let mut buffer = Vec::new();
        while !self.in_order.has_ended() {
            let (ticket, input, range) = match self.next(&mut buffer) {
                Piece::Finished => return,
                Piece::Nothing => continue,
                Piece::Chunk { ticket, input, chunk } => {
                    let range = chunk.offset..chunk.offset + chunk.bytes.len() as u64 + chunk.left_out;
                    if self.run.sources[input].is_before_part(&chunk) {
                        worker.pass_over(input, chunk);
                    } else {
                        worker.count(input, chunk);
                    }
                    (ticket, input, range)
                }
                Piece::End { ticket, input } => {
                    if !self.in_order.wait_for(ticket) {
                        return;
                    }
                    read_around_input(self.run.scan, input, &self.run.sources[input]);
                    worker.count_open_lines(input, &self.run.sources[input].range());
                    (ticket, input, 0..u64::MAX)
                }
            };
            let counted = worker.tally.ledger.inputs[input].chunk_lines.last();
            let lines = counted.filter(|(start, _)| *start == range.start).map(|(_, lines)| *lines);
            let [own, crossing] = worker.take_lines();
            // Lines that were open at the end of the input are crossing lines, too.
            let (own, crossing) = if range.end == u64::MAX { (crossing, own) } else { (own, crossing) };
            self.in_order.deliver(Delivery { ticket, input, range, lines, own, crossing });
        }
    }

    /// Takes the next piece of work. Tickets are in the order of the inputs and their chunks.
    fn next<'b>(&'b self, buffer: &'b mut Vec<u8>) -> Piece<'b> {
        let mut position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        let Position { input, ticket } = *position;
        if input == self.run.sources.len() {
            return Piece::Finished;
        }
        match self.run.next_chunk_in_turn(ReadLimit { input, until: u64::MAX }, buffer) {
            NextChunk::Chunk(chunk) => {
                position.ticket += 1;
                Piece::Chunk { ticket, input, chunk }
            }
            NextChunk::Busy => Piece::Nothing,
            NextChunk::End => {
                position.input += 1;
                if split_envelope(self.run.scan, input).is_none() {
                    return Piece::Nothing;
                }
                position.ticket += 1;
                Piece::End { ticket, input }
            }
        }
    }
}
