//! The work of one thread: chunk by chunk, batch by batch, line by line.

use bumpalo::Bump;

use super::borders::{open_lines, split_envelope};
use super::scan::Scan;
use super::taking::{TakenLines, Taking};
use crate::batch::{Batch, Hits, LoggedLine, ROWS};
use crate::envelope::{LinePosition, OpenLines, is_other_program_line};
use crate::filter::{Filter, FilterReason, Rows};
use crate::format::Reason;
use crate::format::{Line, Marks, Quotes, Row, ScanCache, ScanContext, try_fast_path};
use crate::input::Chunk;
use crate::phases::WorkerStats;
use crate::rejects::Rejected;
use crate::requests::MostRequests;
use crate::steps::{Lines, Steps};
use crate::tally::{Bytes, Cover, InputLedger, Sample, Tally, beginning_kept, days_of};
use crate::text::{clean, is_blank};

/// The tally of one thread, and its scratch space.
pub(crate) struct Worker<'s, 'f> {
    pub(crate) scan: &'s Scan<'f>,
    pub(crate) cache: ScanCache,
    pub(crate) hits: Hits,
    steps: Steps<'s>,
    /// A copy per worker, because a filter caches answers.
    pub(crate) filter: Filter,
    /// True while no line is in the period that was asked for. Then the times of the log are noted.
    is_before_period: bool,
    /// The malformed lines of the current chunk, if they are kept.
    rejected: Rejected,
    /// The requests of the current chunk that may be among those asked for.
    requests: MostRequests,
    /// The selected lines of the current chunk, and of the lines that cross borders of chunks and are now complete.
    lines: TakenLines,
    crossing_lines: TakenLines,
    pub(crate) tally: Tally,
    /// Bytes of the tally that are already included in the scan's sums.
    pub(super) memory_counted: Bytes,
    /// Statistics of this worker.
    pub(super) stats: WorkerStats,
}

impl<'s, 'f> Worker<'s, 'f> {
    pub(crate) fn new(scan: &'s Scan<'f>, tally: Tally) -> Worker<'s, 'f> {
        let (cache, hits, rejected) = (ScanCache::default(), Hits::with_capacity(ROWS), Rejected::default());
        let (steps, filter, stats) = (scan.steps.steps(), scan.filter.clone(), WorkerStats::default());
        let memory_counted = Bytes::default();
        let is_before_period = filter.has_period();
        let (lines, crossing_lines) = (TakenLines::default(), TakenLines::default());
        let requests = scan.taking.as_ref().and_then(Taking::empty_requests).unwrap_or_default();
        Worker {
            scan,
            cache,
            hits,
            steps,
            filter,
            is_before_period,
            rejected,
            requests,
            lines,
            crossing_lines,
            tally,
            memory_counted,
            stats,
        }
    }

    /// Returns the tally, and the statistics of this worker.
    pub(super) fn into_stats(self) -> (Tally, WorkerStats) {
        let inputs = &self.tally.ledger.inputs;
        let (lines, bytes) = inputs.iter().fold((0, 0), |(l, b), input| (l + input.read, b + input.bytes));
        (self.tally, WorkerStats { lines, bytes, ..self.stats })
    }

    /// Updates the sums that all workers share with the size of this worker's tally.
    pub(super) fn check_memory(&mut self) {
        self.scan.memory.check(&mut self.tally, &mut self.memory_counted);
    }

    /// Returns the tally without its ledger, and continues with an empty tally that has the ledger.
    pub(super) fn take_tally(&mut self, mut empty: Tally) -> Tally {
        empty.ledger = std::mem::take(&mut self.tally.ledger);
        empty.by_instant = self.tally.by_instant;
        std::mem::replace(&mut self.tally, empty)
    }

    /// Counts a chunk, one batch at a time.
    pub(super) fn count(&mut self, input: usize, chunk: Chunk<'_>) {
        let bump = Bump::new();
        let mut batch = Batch::new(self.scan.batch_writer.needs);
        let mut position = ChunkPosition::new(input, chunk);
        let mut detected =
            self.scan.sniffed(input).envelope.as_ref().map(|detected| (detected, OpenLines::at(chunk.offset)));
        while position.start < position.bytes.len() {
            let (start, lines) = (position.start, position.lines);
            batch.clear();
            let mut account = InputLedger::new(self.scan.formats.len());
            let parts = match &mut detected {
                None => {
                    match self.scan.taking {
                        None => self.fill::<false>(&mut position, &mut batch, &mut account, &bump),
                        Some(_) => self.fill::<true>(&mut position, &mut batch, &mut account, &bump),
                    }
                    0
                }
                Some((detected, open_lines)) => {
                    self.fill_from(detected, open_lines, &mut position, &mut batch, &mut account, &bump)
                }
            };
            self.cache.move_keys_to(&mut account.keys);
            let at = detected.is_none().then_some(chunk.offset + start as u64);
            account.filtered = self.add(input, at, &mut batch, &bump);
            account.bytes = position.passed() - start as u64;
            account.read = position.lines - lines - parts;
            self.tally.ledger.inputs[input].merge(&account);
        }
        self.tally.ledger.inputs[input].chunk_lines.push((chunk.offset, position.lines));
        if detected.is_none() && self.scan.rejects.as_ref().is_some_and(|rejects| !rejects.places_lines) {
            self.rejected.are_in_order();
        }
        self.hand_over_kept(input);
        if let Some((detected, open_lines)) = detected {
            let end = chunk.offset + chunk.bytes.len() as u64 + chunk.left_out;
            let ended = detected.reassembly.add(chunk.offset..end, open_lines);
            std::mem::swap(&mut self.lines, &mut self.crossing_lines);
            self.count_joined(input, detected, &ended);
            std::mem::swap(&mut self.lines, &mut self.crossing_lines);
        }
    }

    /// Takes the selected lines of the last chunk, and those that cross borders of chunks.
    pub(super) fn take_lines(&mut self) -> [TakenLines; 2] {
        [std::mem::take(&mut self.lines), std::mem::take(&mut self.crossing_lines)]
    }

    /// Notes the lines that are open at the ends of a chunk before the range that is counted.
    pub(super) fn pass_over(&self, input: usize, chunk: Chunk<'_>) {
        if let Some(detected) = split_envelope(self.scan, input) {
            let end = chunk.offset + chunk.bytes.len() as u64 + chunk.left_out;
            let open_lines = open_lines(detected, chunk, self.scan.keeps_raw_parts());
            detected.reassembly.add_outside(chunk.offset..end, open_lines);
        }
    }

    /// Hands the malformed lines of an input to the collector, and its requests to those of all workers: those found
    /// since the last call.
    pub(super) fn hand_over_kept(&mut self, input: usize) {
        if let Some(Taking::Requests(all)) = &self.scan.taking {
            all.add(&mut self.requests);
        }
        if let Some(collector) = &self.scan.rejects {
            collector.keep(input, &std::mem::take(&mut self.rejected));
        }
    }

    /// Counts the lines of a batch, which begins at the byte `at` of its input unless that is in an envelope. Returns
    /// the number of lines that the filter did not select.
    pub(super) fn add<'a>(&mut self, input: usize, at: Option<u64>, batch: &mut Batch<'a>, bump: &'a Bump) -> u64 {
        let lines = Lines { server: self.scan.servers[input], bump };
        self.steps.before_filter(batch, lines);
        if self.tally.by_day.is_some() {
            return self.add_by_day(batch, lines);
        }
        let ledger = &mut self.tally.ledger;
        let outside = ledger.filtered_by[FilterReason::Period as usize];
        self.filter.select(
            batch,
            Rows::first(batch.len()),
            &mut self.hits,
            &mut ledger.filtered_by,
            &mut ledger.near_misses,
        );
        if self.is_before_period {
            let outside = ledger.filtered_by[FilterReason::Period as usize] - outside;
            self.is_before_period = outside == batch.len() as u64;
            let cover = Cover::of(at, (0..batch.len()).map(|row| batch.stamp(row)));
            cover.into_iter().for_each(|cover| ledger.inputs[input].cover(cover));
        }
        self.steps.after_filter(batch, &self.hits, lines);
        self.tally.add(batch, &self.hits);
        match &self.scan.taking {
            None => {}
            Some(Taking::Requests(all)) => {
                self.requests.add_hits(input, batch, &self.hits, self.scan.steps.durations(), all.least());
            }
            Some(Taking::Lines(form)) => self.lines.add(*form, batch, &self.hits, self.scan.steps.durations()),
        }
        (batch.len() - self.hits.len()) as u64
    }

    /// Counts the lines of a batch by day. Returns the number of lines that the filter did not select.
    ///
    /// The lines are divided before they are filtered, so that filtered lines are counted in their day. A day's tally
    /// gets no empty batches: it then has the same groups however lines are distributed to batches.
    fn add_by_day<'a>(&mut self, batch: &mut Batch<'a>, lines: Lines<'a>) -> u64 {
        let Tally { ledger, by_day, .. } = &mut self.tally;
        let Some(by_day) = by_day else { return 0 };
        let mut filtered = 0;
        for (day, rows) in days_of(batch) {
            let part = by_day.part(day);
            part.count_lines(batch, rows);
            self.filter.select(batch, rows, &mut self.hits, &mut part.filtered_by, &mut ledger.near_misses);
            filtered += rows.count() - self.hits.len() as u64;
            if !self.hits.is_empty() {
                self.steps.after_filter(batch, &self.hits, lines);
                part.tally.add(batch, &self.hits);
            }
        }
        filtered
    }

    /// Scans lines into the batch until it is full.
    ///
    /// enveloped.rs calls the same functions, and rustc does not inline a function with two callers. So those that run
    /// for every line are `inline(always)`.
    ///
    /// With `KEEPS_LINES`, the batch has the lines themselves too. This is a parameter so that counting does not pay.
    #[inline(never)]
    pub(crate) fn fill<'a, const KEEPS_LINES: bool>(
        &mut self,
        position: &mut ChunkPosition<'a>,
        batch: &mut Batch<'a>,
        account: &mut InputLedger,
        bump: &'a Bump,
    ) {
        let formats = &self.scan.sniffed(position.input).formats;
        let context = ScanContext { bump, needs: self.scan.batch_writer.needs };
        let fast_path = formats.fast_path().filter(|_| self.scan.batch_writer.allows_fast_path());
        let mut row = Row::EMPTY;
        while position.start < position.bytes.len() && batch.len() < ROWS {
            let start = position.start;
            let starts_file = position.offset == 0 && start == 0;
            if let Some((fast_path, format)) = fast_path
                && !starts_file
                && let ScanCache { timestamp, clock, .. } = &mut self.cache
                && let Some(line) =
                    try_fast_path(fast_path, &mut position.marks, start, self.scan.max_line, timestamp, clock)
            {
                account.format_lines[format.0] += 1;
                self.scan.batch_writer.push_fast_line(&line, batch, bump);
                if KEEPS_LINES {
                    batch.keep_line(position.logged(start, line.text_end));
                }
                position.lines += 1;
                position.start = line.text_end + 1;
                continue;
            }
            let extent = position.marks.line(start);
            let text = clean(&position.bytes[start..extent.text_end], starts_file);
            // If `clean` dropped bytes at the start, the positions of quotes are off.
            let is_marked = text.as_ptr() == position.bytes[start..].as_ptr();
            let quotes = if is_marked { position.marks.quotes(extent) } else { Quotes::Unknown };
            let is_too_long = text.len() > self.scan.max_line;
            if !is_too_long && is_blank(text) {
                account.blank += 1;
            } else {
                let format_id = if is_too_long {
                    Err(Reason::TooLong)
                } else {
                    formats.parse(Line { text, quotes }, context, &mut self.cache, &mut row)
                };
                match format_id {
                    Ok(format_id) => {
                        account.count_line(format_id.0, &row);
                        self.scan.batch_writer.push(format_id, &row, batch, bump);
                        if KEEPS_LINES {
                            batch.keep_line(position.logged(start, extent.text_end));
                        }
                    }
                    Err(reason) => {
                        let is_other = reason == Reason::NoMatch && is_other_program_line(text);
                        account.like_common += u64::from(reason == Reason::NoMatch && formats.looks_like_common(text));
                        let reason = if is_other { Reason::OtherProgram } else { reason };
                        let raw = &position.bytes[start..extent.text_end];
                        let kept = if is_too_long { self.scan.cut_to_max_line(text) } else { raw };
                        let refused = RefusedLine { at: position.at(start), shown: text, kept };
                        self.refuse(position.input, &refused, reason, account);
                    }
                }
            }
            position.lines += 1;
            position.start = extent.next;
        }
    }

    /// Counts a malformed line, and keeps it if rejects are kept.
    #[cold]
    #[inline(never)]
    pub(super) fn refuse(
        &mut self,
        input: usize,
        refused: &RefusedLine<'_>,
        reason: Reason,
        account: &mut InputLedger,
    ) {
        let RefusedLine { at: LinePosition { offset, line_in_chunk, chunk }, shown, kept } = *refused;
        if self.scan.rejects.is_some() {
            self.rejected.add(offset, kept);
        }
        account.reject(reason);
        let bad_value = self.cache.take_bad_value();
        // A hostile log can have millions of malformed lines: copy only those that will be shown.
        if self.tally.ledger.inputs[input].wants_sample(offset) && account.wants_sample(offset) {
            let text = beginning_kept(shown).to_vec();
            account.sample(Sample { offset, line_in_chunk, chunk, reason, text, bad_value });
        }
    }
}

/// A line that no format matches.
#[derive(Clone, Copy)]
pub(super) struct RefusedLine<'r> {
    pub(super) at: LinePosition,
    /// The line without dropped bytes (CR, byte order mark, NULs). A sample shows its beginning.
    pub(super) shown: &'r [u8],
    /// The unchanged line from its input; if it is too long, its first [`Scan::cut_to_max_line`] bytes.
    pub(super) kept: &'r [u8],
}

/// Position of a worker in a chunk.
pub(crate) struct ChunkPosition<'c> {
    pub(super) input: usize,
    /// Byte at which the chunk starts in its input.
    offset: u64,
    pub(crate) bytes: &'c [u8],
    pub(super) marks: Marks<'c>,
    /// Byte at which the next line starts in the chunk.
    pub(crate) start: usize,
    /// Number of lines of the chunk that are done.
    pub(super) lines: u64,
    /// Bytes of the last line that are not in the chunk, because the line is too long or begins with many NULs.
    left_out: u64,
}

impl<'c> ChunkPosition<'c> {
    pub(crate) fn new(input: usize, chunk: Chunk<'c>) -> ChunkPosition<'c> {
        let bytes = chunk.bytes;
        ChunkPosition {
            input,
            offset: chunk.offset,
            bytes,
            marks: Marks::from(bytes, 0),
            start: 0,
            lines: 0,
            left_out: chunk.left_out,
        }
    }

    /// Bytes of the input consumed so far in this chunk.
    fn passed(&self) -> u64 {
        let left_out = if self.start == self.bytes.len() { self.left_out } else { 0 };
        self.start as u64 + left_out
    }

    /// The line of these bytes of the chunk, which is the next.
    #[inline]
    fn logged(&self, start: usize, end: usize) -> LoggedLine<'c> {
        let LinePosition { offset, chunk, line_in_chunk } = self.at(start);
        LoggedLine { raw: &self.bytes[start..end], place: offset, chunk, line_in_chunk }
    }

    /// Position of the next line, which starts at `start` in the chunk.
    pub(super) fn at(&self, start: usize) -> LinePosition {
        LinePosition { offset: self.offset + start as u64, chunk: self.offset, line_in_chunk: self.lines }
    }
}
