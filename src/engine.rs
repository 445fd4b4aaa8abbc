//! Chunks × plan × filter → one merged tally. The only home of rayon.

mod enveloped;

use std::sync::OnceLock;

use bumpalo::Bump;

use crate::batch::{Batch, EXTRAS, Fields, Hits, ROWS, TextField};
use crate::classify::ByLocation;
use crate::envelope::{self, LinePlace, Runs, Worn, is_another_programs};
use crate::error::{Error, ErrorKind};
use crate::filter::Filter;
use crate::format::{Filler, FormatsOfFile, Line, LogFormat, Marks, Memory, Quotes, Room, Row};
use crate::input::{Access, Chunk, Cut, Input, Source, Taken, Wait, clean, is_blank};
use crate::nginx::{NginxConf, NginxFormat};
use crate::question::Question;
use crate::rejects::{Collector, Rejected, Rejects};
use crate::report::{self, Report, Unanswered};
use crate::table::{InputLedger, Reason, Sample, Seed, Tally, extras_of};

/// How to count: what changes the speed and never the answer.
#[derive(Clone, Debug)]
pub struct Engine {
    /// How many threads; 0 for as many as the machine gives us.
    pub threads: usize,
    /// How many bytes a worker takes at a time.
    pub chunk_bytes: usize,
    /// How files are read.
    pub access: Access,
    /// The seed of the tables' hashes; random unless given.
    pub seed: Option<u64>,
}

impl Default for Engine {
    fn default() -> Self {
        Engine { threads: 0, chunk_bytes: 1 << 20, access: Access::default(), seed: None }
    }
}

/// What was counted, and what went wrong on the way.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// `None` where no input could be read.
    pub report: Option<Report>,
    /// What of the report is not answered, because no input logs what it takes.
    pub unanswered: Vec<Unanswered>,
    /// The malformed lines of the inputs in the report, if the question keeps them.
    pub rejects: Option<Rejects>,
    /// Inputs that failed, wholly or in part; the others are in the report all the same.
    pub problems: Vec<Error>,
}

/// Counts the lines of `inputs`.
///
/// ```
/// use logstat::{Engine, Input, Question, count};
/// let line = r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5""#;
/// let outcome = count(&Question::default(), vec![Input::reader("a.log", line.as_bytes())], &Engine::default())?;
/// let summary = outcome.report.and_then(|r| r.summary).expect("one line was counted");
/// assert_eq!((summary.row.pv, summary.row.uv), (1, Some(1)));
/// # Ok::<(), logstat::Error>(())
/// ```
///
/// # Errors
/// What concerns an input is among the problems of the outcome, an input that fits no format too. An error is [`ErrorKind::NotLogged`] where the question asks by name for what no input logs.
pub fn count(question: &Question, inputs: Vec<Input>, engine: &Engine) -> Result<Outcome, Error> {
    let mut problems = Vec::new();
    let mut sources = Vec::new();
    let cut = Cut { chunk_bytes: engine.chunk_bytes.max(1), max_line: question.max_line };
    for input in inputs {
        match Source::open(input, engine.access, cut) {
            Ok(source) => sources.push(source),
            Err(error) => problems.push(error),
        }
    }
    if sources.is_empty() {
        return Ok(Outcome { report: None, unanswered: Vec::new(), rejects: None, problems });
    }
    let plan = report::tables(question);
    let extras = extras_of(&plan);
    if extras.are_too_many() {
        return Err(ErrorKind::TooManyVariables { most: EXTRAS }.into());
    }
    let (formats, own) = formats(question, &sources);
    let formats: Vec<_> = formats
        .into_iter()
        .map(|format| format.with_json_fields(&question.json_fields).ranking(&extras.names()))
        .collect();
    let of_files: Vec<_> = sources.iter().map(|_| OnceLock::new()).collect();
    let filter = Filter::new(question);
    let seed = engine.seed.map_or_else(Seed::random, Seed::fixed);
    let mut needs = Tally::needs(&plan).and(filter.needs());
    let by_location = question.nginx_conf.as_ref().filter(|_| needs.meets(Fields::REQUEST));
    if by_location.is_some() {
        needs = needs.and(Fields::text(TextField::Host)).and(Fields::text(TextField::Path));
    }
    let scan = Scan {
        sources: &sources,
        met: &of_files,
        own: &own,
        formats: &formats,
        max_line: question.max_line,
        filter,
        by_location: by_location.map(|conf| (conf, seed)),
        servers: &sources.iter().map(|source| by_location?.server_of_file(&source.path)).collect::<Vec<_>>(),
        rejects: question.keep_rejects.then(Collector::new),
        filler: Filler { formats: &formats, needs, query: question.query, rules: &question.static_rules },
    };
    let tally = scan.run(engine.threads, || Tally::new(&plan, question.uv, seed))?.settle();
    let mut rejects = scan.rejects.map(Collector::into_rejects);
    let met = of_files.into_iter().map(|met| met.into_inner().expect(MET));
    let (envelopes, of_files): (Vec<_>, Vec<_>) = met.map(|met| (met.envelope, met.formats)).unzip();
    // An input that fits no format is no part of the report, and its lines are none of the malformed ones.
    let left_out = tally.ledger.inputs.iter().enumerate().filter(|(_, ledger)| ledger.fits_nothing());
    left_out.for_each(|(input, _)| rejects.iter_mut().for_each(|rejects| rejects.forget(input)));
    let outcome = report::assemble(question, &formats, &of_files, &envelopes, sources, &tally, problems)?;
    Ok(Outcome { rejects, ..outcome })
}

const MET: &str = "a worker looks at the first lines of an input before any are counted";

/// The formats to try, and which of them are those of each input: as given, else the presets and those of the configuration.
fn formats(question: &Question, sources: &[Source]) -> (Vec<LogFormat>, Vec<Vec<usize>>) {
    let none = vec![Vec::new(); sources.len()];
    if !question.log_formats.is_empty() {
        return (question.log_formats.clone(), none);
    }
    let mut formats = LogFormat::all_presets();
    let Some(conf) = &question.nginx_conf else { return (formats, none) };
    let presets = formats.len();
    // Of one that no line could be read by, `NginxConf::skipped` tells.
    let read: Vec<_> =
        conf.formats().iter().filter_map(|format| Some((format.name(), format.log_format().ok()?))).collect();
    let place = |format: &NginxFormat| read.iter().position(|(name, _)| *name == format.name());
    let of = |source: &Source| conf.formats_of_file(&source.path).into_iter().filter_map(place).map(|at| presets + at);
    let own = sources.iter().map(|source| of(source).collect()).collect();
    formats.extend(read.iter().map(|(_, format)| format.clone()));
    (formats, own)
}

/// What the first lines of an input tell.
pub(crate) struct Met<'f> {
    /// What its lines are in.
    pub(crate) envelope: Option<Worn>,
    pub(crate) formats: FormatsOfFile<'f>,
}

impl<'f> Met<'f> {
    fn by(head: &[u8], formats: &'f [LogFormat], own: &[usize]) -> Met<'f> {
        let (envelope, formats) = envelope::find(formats, own, head);
        Met { envelope, formats }
    }
}

/// What every worker needs to know.
pub(crate) struct Scan<'s, 'f> {
    pub(crate) sources: &'s [Source],
    /// Found out by the worker that comes to an input first.
    pub(crate) met: &'s [OnceLock<Met<'f>>],
    /// The formats of each input of which a configuration says so.
    pub(crate) own: &'s [Vec<usize>],
    pub(crate) formats: &'f [LogFormat],
    /// A line of more bytes is malformed.
    pub(crate) max_line: usize,
    pub(crate) filter: Filter,
    pub(crate) by_location: Option<(&'s NginxConf, Seed)>,
    /// The server that writes each input, where the configuration says so.
    pub(crate) servers: &'s [Option<usize>],
    pub(crate) filler: Filler<'s>,
    pub(crate) rejects: Option<Collector>,
}

impl<'f> Scan<'_, 'f> {
    /// Lets workers take chunks until there are none, and merges what they counted.
    fn run(&self, threads: usize, tally: impl Fn() -> Tally + Sync) -> Result<Tally, Error> {
        let threads = if threads > 0 { threads } else { std::thread::available_parallelism().map_or(1, usize::from) };
        // More workers than chunks would have nothing to do, and for one a pool is not worth its start.
        let chunks = self.sources.iter().try_fold(0_usize, |sum, s| Some(sum + s.chunks_at_most()?));
        let workers = chunks.map_or(threads, |chunks| threads.min(chunks)).max(1);
        if workers == 1 {
            return Ok(self.end(self.work(tally())));
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(workers)
            .build()
            .map_err(|e| ErrorKind::Threads { detail: e.to_string() })?;
        let tallies = pool.broadcast(|_| self.work(tally()));
        let merge = || {
            tallies.into_iter().reduce(|mut all, next| {
                all.merge(next);
                all
            })
        };
        let (merged, ()) = pool.join(merge, || self.sources.iter().for_each(Source::release));
        Ok(self.end(merged.expect("a pool has a worker")))
    }

    /// Takes chunks, as long as there are, from the first input that nobody else is decompressing, and stays with it: so
    /// files are decompressed side by side, as many as there are workers and no more. Where all that is left is busy,
    /// what one worker decompresses the others count in turn.
    fn work(&self, mut tally: Tally) -> Tally {
        tally.ledger.inputs = vec![InputLedger::new(self.formats.len()); self.sources.len()];
        let mut worker = Worker::new(self, tally);
        let mut buffer = Vec::new();
        let mut left: Vec<usize> = (0..self.sources.len()).collect();
        let (mut at, mut busy) = (0, 0);
        while !left.is_empty() {
            at %= left.len();
            let wait = if busy < left.len() { Wait::No } else { Wait::Yes };
            match self.take(left[at], wait, &mut buffer) {
                Taken::Chunk(chunk) => {
                    busy = 0;
                    worker.count(left[at], chunk);
                }
                Taken::Busy => (at, busy) = (at + 1, busy + 1),
                Taken::End => {
                    busy = 0;
                    left.remove(at);
                }
            }
        }
        worker.tally
    }

    /// What the first lines of an input told, of which a chunk was taken.
    fn met(&self, input: usize) -> &Met<'f> {
        self.met[input].get().expect(MET)
    }

    /// The next chunk of an input, whose formats are found out before the first is taken.
    fn take<'b>(&'b self, input: usize, wait: Wait, buffer: &'b mut Vec<u8>) -> Taken<'b> {
        let (source, met) = (&self.sources[input], &self.met[input]);
        if met.get().is_none() {
            let looked = source.with_head(wait, |head| {
                met.get_or_init(|| Met::by(head, self.formats, &self.own[input]));
            });
            if looked.is_none() {
                return Taken::Busy;
            }
        }
        source.next(wait, buffer)
    }
}

/// One thread's share.
pub(crate) struct Worker<'s, 'f> {
    pub(crate) scan: &'s Scan<'s, 'f>,
    pub(crate) memory: Memory,
    pub(crate) hits: Hits,
    by_location: Option<ByLocation<'s>>,
    /// The malformed lines of a chunk, if they are kept.
    rejected: Rejected,
    pub(crate) tally: Tally,
}

impl<'s, 'f> Worker<'s, 'f> {
    pub(crate) fn new(scan: &'s Scan<'s, 'f>, tally: Tally) -> Worker<'s, 'f> {
        let by_location = scan.by_location.map(|(conf, seed)| ByLocation::new(conf, scan.filler.rules, seed));
        let (memory, hits, rejected) = (Memory::default(), Hits::with_capacity(ROWS), Rejected::default());
        Worker { scan, memory, hits, by_location, rejected, tally }
    }

    /// Counts a chunk, a batch at a time.
    fn count(&mut self, input: usize, chunk: Chunk<'_>) {
        let bump = Bump::new();
        let mut batch = Batch::new(self.scan.filler.needs);
        let mut place = Place::new(input, chunk);
        let mut worn = self.scan.met(input).envelope.as_ref().map(|worn| (worn, Runs::at(chunk.offset)));
        while place.start < place.bytes.len() {
            let (start, lines) = (place.start, place.lines);
            batch.clear();
            let mut account = InputLedger::new(self.scan.formats.len());
            let (before, rejected_before) = (worn.clone(), self.rejected.len());
            let parts = match &mut worn {
                None => {
                    self.fill(&mut place, &mut batch, &mut account, &bump);
                    0
                }
                Some((worn, runs)) => self.fill_from(worn, runs, &mut place, &mut batch, &mut account, &bump),
            };
            self.memory.move_keys_to(&mut account.keys);
            // Lines that were there are lines still, or they are scanned again up to where the file now ends.
            if let Some(len) = self.scan.sources[input].shrunk_to(chunk.offset + place.passed()) {
                place.go_back(start, lines, usize::try_from(len.saturating_sub(chunk.offset)).unwrap_or(usize::MAX));
                worn = before;
                self.rejected.truncate(rejected_before);
                continue;
            }
            account.filtered = self.add(input, &mut batch);
            account.bytes = place.passed() - start as u64;
            account.read = place.lines - lines - parts;
            self.tally.ledger.inputs[input].merge(account);
        }
        self.tally.ledger.inputs[input].chunk_lines.push((chunk.offset, place.lines));
        if worn.is_none() {
            self.rejected.are_in_order();
        }
        self.hand_over_rejected(input);
        if let Some((worn, runs)) = worn {
            let end = chunk.offset + chunk.bytes.len() as u64 + chunk.left_out;
            let ended = worn.seams.add(chunk.offset..end, runs);
            self.count_joined(input, worn, &ended);
        }
    }

    /// Keeps the malformed lines of an input that were found since this was last done.
    fn hand_over_rejected(&mut self, input: usize) {
        if let Some(collector) = &self.scan.rejects {
            collector.keep(input, &std::mem::take(&mut self.rejected));
        }
    }

    /// Counts the lines of a batch, and returns how many were not selected.
    fn add(&mut self, input: usize, batch: &mut Batch<'_>) -> u64 {
        if let Some(by_location) = &mut self.by_location {
            by_location.judge(self.scan.servers[input], batch);
        }
        self.scan.filter.select(batch, &mut self.hits);
        self.tally.add(batch, &self.hits);
        (batch.len() - self.hits.len()) as u64
    }

    /// Scans lines into the batch until it is full.
    ///
    /// The loop in enveloped.rs calls the same functions, and what has two callers the compiler does not inline: those on
    /// the way of every line say `inline(always)`.
    #[inline(never)]
    pub(crate) fn fill<'a>(
        &mut self,
        place: &mut Place<'a>,
        batch: &mut Batch<'a>,
        account: &mut InputLedger,
        bump: &'a Bump,
    ) {
        let formats = &self.scan.met(place.input).formats;
        let room = Room { bump, needs: self.scan.filler.needs };
        let mut row = Row::EMPTY;
        while place.start < place.bytes.len() && batch.len() < ROWS {
            let start = place.start;
            let extent = place.marks.line(start);
            let text = clean(&place.bytes[start..extent.text_end], place.offset == 0 && start == 0);
            // Where bytes were dropped in front, the quotes are elsewhere.
            let is_marked = text.as_ptr() == place.bytes[start..].as_ptr();
            let quotes = if is_marked { place.marks.quotes(extent) } else { Quotes::Unknown };
            let is_too_long = text.len() > self.scan.max_line;
            if !is_too_long && is_blank(text) {
                account.blank += 1;
            } else {
                let taken = if is_too_long {
                    Err(Reason::TooLong)
                } else {
                    formats.take(Line { text, quotes }, room, &mut self.memory, &mut row)
                };
                match taken {
                    Ok(taken) => {
                        account.taken[taken.0] += 1;
                        self.scan.filler.push(taken, &row, batch, bump);
                    }
                    Err(reason) => {
                        let is_other = reason == Reason::NoMatch && is_another_programs(text);
                        let reason = if is_other { Reason::OtherProgram } else { reason };
                        let at = place.at(start);
                        self.reject(at, text, &place.bytes[start..extent.text_end], reason);
                        self.refuse(place.input, at, text, reason, account);
                    }
                }
            }
            place.lines += 1;
            place.start = extent.next;
        }
    }

    /// Keeps a malformed line, if they are kept: as it was in its input, or of one that is too long as much as a line may be
    /// of the text, so that it is the same however much of it was read.
    fn reject(&mut self, at: LinePlace, text: &[u8], raw: &[u8], reason: Reason) {
        if self.scan.rejects.is_some() {
            let kept = if reason == Reason::TooLong { &text[..text.len().min(self.scan.max_line)] } else { raw };
            self.rejected.add(at.offset, kept);
        }
    }

    /// Accounts for a malformed line.
    #[cold]
    #[inline(never)]
    fn refuse(&self, input: usize, at: LinePlace, text: &[u8], reason: Reason, account: &mut InputLedger) {
        account.reject(reason);
        let LinePlace { offset, line_in_chunk, chunk } = at;
        // Where hostile logs have millions of such lines, few are worth a copy.
        if self.tally.ledger.inputs[input].wants_sample(offset) && account.wants_sample(offset) {
            account.sample(Sample { offset, line_in_chunk, chunk, reason, text: report::shown_of(text).to_vec() });
        }
    }
}

/// Where a worker is in a chunk.
pub(crate) struct Place<'c> {
    input: usize,
    /// Where the chunk starts in its input.
    offset: u64,
    pub(crate) bytes: &'c [u8],
    marks: Marks<'c>,
    /// Where the next line starts in the chunk.
    pub(crate) start: usize,
    /// How many lines of the chunk are done.
    lines: u64,
    /// How many bytes are left out of the last line.
    left_out: u64,
}

impl<'c> Place<'c> {
    pub(crate) fn new(input: usize, chunk: Chunk<'c>) -> Place<'c> {
        let bytes = chunk.bytes;
        Place {
            input,
            offset: chunk.offset,
            bytes,
            marks: Marks::from(bytes, 0),
            start: 0,
            lines: 0,
            left_out: chunk.left_out,
        }
    }

    /// How many bytes of the input the lines have that are done.
    fn passed(&self) -> u64 {
        let left_out = if self.start == self.bytes.len() { self.left_out } else { 0 };
        self.start as u64 + left_out
    }

    /// Where the next line is, which starts here in the chunk.
    fn at(&self, start: usize) -> LinePlace {
        LinePlace { offset: self.offset + start as u64, chunk: self.offset, line_in_chunk: self.lines }
    }

    /// Back to a line where the worker was before, in a chunk of which only `len` bytes are left.
    fn go_back(&mut self, start: usize, lines: u64, len: usize) {
        self.left_out = self.left_out.min(len.saturating_sub(self.bytes.len()) as u64);
        self.bytes = &self.bytes[..len.min(self.bytes.len())];
        self.marks = Marks::from(self.bytes, start.min(self.bytes.len()));
        (self.start, self.lines) = (start, lines);
    }
}
