//! Finds the part of a large file that a period is in, by reading a few lines. The rest is never read.
//!
//! Assumes that times ascend, except that a line may be up to [`SLACK_S`] late. The assumption is checked on [`PROBES`]
//! evenly spread lines and on each line that the search visits. If one of them contradicts it, has another format or
//! cannot be found, the whole file is read. The search skips the lines before one that is more than the slack before
//! the period, and the lines after one that is more than the slack after it. So a skipped line is outside the period,
//! although lines may be late.

use std::ops::Range;

use bumpalo::Bump;

use super::scan::Scan;
use crate::batch::Fields;
use crate::filter::Period;
use crate::format::{FormatsOfFile, Line, Row, ScanCache, ScanContext};
use crate::input::{Blocking, Source};
use crate::question::Reading;
use crate::tally::Cover;
use crate::text::{FirstLines, clean};
use crate::time::{Stamp, ZoneClock};

/// Seconds that a line may be late. If nginx buffers its log (`access_log … buffer=`), each nginx process writes when
/// its buffer is full or `flush=` has passed.
const SLACK_S: i64 = 3600;
/// Number of lines that are checked before any part of a file is skipped.
const PROBES: usize = 64;
/// If this many bytes hold no line with a time, the search gives up.
const PROBE_BYTES: usize = 64 << 10;
const DAY_S: i64 = 86_400;

/// Which files are searched for a period instead of being read from end to end. They must be mapped
/// ([`Access::Map`](crate::Access::Map)), in no envelope, and of a minimum size.
///
/// The report is the same except for what it says about the lines read: [`Lines`](crate::Lines), `inputs`, and samples
/// of malformed lines. Samples are taken from what was read, and have no line numbers if text before them was skipped.
/// Files are read from end to end if the question keeps rejected lines or names the keys of JSON logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seek {
    from_bytes: Option<u64>,
    wanted: Wanted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Period,
    /// The largest time, whatever period the question has.
    Last,
}

impl Seek {
    /// Searches files of at least this many bytes.
    pub fn from_bytes(bytes: u64) -> Seek {
        Seek { from_bytes: Some(bytes), wanted: Wanted::Period }
    }

    /// Reads all files from end to end.
    pub fn never() -> Seek {
        Seek { from_bytes: None, wanted: Wanted::Period }
    }

    /// Minimum size in bytes of a file that is searched.
    pub(super) fn least_bytes(self) -> u64 {
        self.from_bytes.unwrap_or(u64::MAX)
    }

    /// Searches the same files, but only for the largest time.
    pub(super) fn to_the_last(self) -> Seek {
        Seek { wanted: Wanted::Last, ..self }
    }
}

impl Default for Seek {
    /// Searches files of 64 MiB or more: smaller files are read quickly anyway.
    fn default() -> Self {
        Seek::from_bytes(64 << 20)
    }
}

/// Narrows each input to the part that may be in the period. Returns the times of the first and the last line of the
/// narrowed inputs, as far as these lines are skipped.
pub(super) fn narrow(
    seek: Seek,
    reading: &Reading,
    period: Period,
    sources: &mut [Source],
    scan: &Scan<'_>,
) -> Vec<(usize, Cover)> {
    let mut covers = Vec::new();
    let Some(from_bytes) = seek.from_bytes else { return covers };
    let is_asked = seek.wanted == Wanted::Last || !period.is_all();
    if !is_asked || reading.keep_rejects || !reading.fields.is_empty() {
        return covers;
    }
    for (input, source) in sources.iter_mut().enumerate() {
        let Some(bytes) = source.mapped().filter(|bytes| bytes.len() as u64 >= from_bytes.max(1)) else { continue };
        let sniff = |head: FirstLines<'_>| scan.sniff(input, head, Some(source));
        let Some(sniffed) = source.with_head(Blocking::Lock, &mut Vec::new(), sniff) else { continue };
        if sniffed.envelope.is_some() || sniffed.is_refused() {
            continue;
        }
        let mut search = Search {
            bytes,
            formats: &sniffed.formats,
            max_line: reading.max_line,
            cache: ScanCache::default(),
            zone: reading.zone.map(ZoneClock::new),
        };
        if let Some(ToRead { range, ends }) = search.range(seek.wanted, period) {
            source.narrow(range);
            let cover = |probe: &Probe| Cover::of(Some(probe.start as u64), std::iter::once(probe.stamp));
            covers.extend(ends.iter().filter_map(cover).map(|cover| (input, cover)));
        }
    }
    covers
}

/// The part of a file that may be in the period.
struct ToRead {
    range: Range<usize>,
    /// The first and the last line of the file with a time, if they are not in that part.
    ends: Vec<Probe>,
}

/// A line that the search has parsed.
#[derive(Clone, Copy, Debug)]
struct Probe {
    /// Byte at which the line starts in the file.
    start: usize,
    format: usize,
    /// Time of the line, in the question's time zone if it has one.
    stamp: Stamp,
}

struct Search<'s, 'f> {
    bytes: &'s [u8],
    formats: &'s FormatsOfFile<'f>,
    max_line: usize,
    cache: ScanCache,
    zone: Option<ZoneClock>,
}

impl Search<'_, '_> {
    /// Returns the lines that may be in the period; `None` if the whole file must be read.
    fn range(&mut self, wanted: Wanted, period: Period) -> Option<ToRead> {
        let places = (0..PROBES).map(|i| self.bytes.len() / PROBES * i);
        let probes: Vec<Probe> = places.map(|at| self.probe(at)).collect::<Option<_>>()?;
        let (first, last) = (probes.first()?, probes.last()?);
        if probes.iter().any(|probe| probe.format != first.format) || !ascend(&probes) {
            return None;
        }
        let period = if wanted == Wanted::Last { Period::since_instant(last.stamp.epoch_s()) } else { period };
        // With several offsets, wall-clock times are out of order by up to the difference of the offsets. Bounds such
        // as `today` may then also be the midnights of two days.
        let offsets = || probes.iter().map(|probe| i64::from(probe.stamp.offset_min) * 60);
        let spread = offsets().max()? - offsets().min()?;
        let slack = SLACK_S + if spread > 0 { spread + DAY_S } else { 0 };
        let wall_s = |probe: &Probe| period.wall_s(probe.stamp.offset_min);
        let is_before = |probe: &Probe| probe.stamp.wall_s < wall_s(probe).start - slack;
        let is_behind = |probe: &Probe| probe.stamp.wall_s - slack >= wall_s(probe).end;
        let from = if period.has_begin() { self.last(&probes, is_before)? } else { 0 };
        let to = if period.has_end() { self.first(&probes, is_behind)? } else { self.bytes.len() };
        // Read at least one line even if the period ends before it begins: it shows which fields the file logs.
        let range = from..to.max(self.line_end(from));
        let mut ends = Vec::from_iter((from > 0).then_some(*first));
        if range.end < self.bytes.len() {
            ends.push(self.final_line()?);
        }
        Some(ToRead { range, ends })
    }

    /// Returns the start of the last line for which `holds` is known to be true, or 0 if there is none. `None` if the
    /// whole file must be read.
    fn last(&mut self, probes: &[Probe], holds: impl Fn(&Probe) -> bool) -> Option<usize> {
        let Some(at) = probes.iter().rposition(&holds) else { return Some(0) };
        let (mut low, next) = (probes[at], probes.get(at + 1));
        let mut high = next.map_or(self.bytes.len(), |probe| probe.start);
        while high.saturating_sub(low.start) > self.grain() {
            let middle = low.start + (high - low.start) / 2;
            let probe = self.probe(middle)?;
            if !ascend(&[&[low, probe][..], next.map_or(&[][..], std::slice::from_ref)].concat()) {
                return None;
            }
            if probe.start < high && holds(&probe) { low = probe } else { high = middle }
        }
        Some(low.start)
    }

    /// Returns the end of the first line for which `holds` is known to be true, or the end of the file if there is
    /// none. `None` if the whole file must be read.
    fn first(&mut self, probes: &[Probe], holds: impl Fn(&Probe) -> bool) -> Option<usize> {
        let Some(at) = probes.iter().position(&holds) else { return Some(self.bytes.len()) };
        let mut found = probes[at];
        let (mut low, mut high) = (if at == 0 { found } else { probes[at - 1] }, found.start);
        while high.saturating_sub(low.start) > self.grain() {
            let middle = low.start + (high - low.start) / 2;
            let probe = self.probe(middle)?;
            if !ascend(&[low, probe, found]) && probe.start < found.start {
                return None;
            }
            if !holds(&probe) {
                low = probe;
            } else {
                found = if probe.start < found.start { probe } else { found };
                high = middle;
            }
        }
        Some(self.line_end(found.start))
    }

    /// Returns the first line with a time that starts at `at` or later, if one ends within [`PROBE_BYTES`].
    fn probe(&mut self, at: usize) -> Option<Probe> {
        let end = (at + PROBE_BYTES).min(self.bytes.len());
        let mut start = if at == 0 { 0 } else { at + memchr::memchr(b'\n', &self.bytes[at - 1..end])? };
        while start < end {
            let line_end = start + memchr::memchr(b'\n', &self.bytes[start..end])?;
            if let Some(probe) = self.parse(start..line_end) {
                return Some(probe);
            }
            start = line_end + 1;
        }
        None
    }

    /// Returns the last line with a time, if it starts in the last [`PROBE_BYTES`]. It may lack its line feed.
    fn final_line(&mut self) -> Option<Probe> {
        let at = self.bytes.len().saturating_sub(PROBE_BYTES);
        let mut start = if at == 0 { 0 } else { self.line_end(at - 1) };
        let mut last = None;
        while start < self.bytes.len() {
            let end = self.line_end(start);
            let text_end = if self.bytes[end - 1] == b'\n' { end - 1 } else { end };
            last = self.parse(start..text_end).or(last);
            start = end;
        }
        last
    }

    /// Parses a line; `None` if no format fits or it has no time.
    fn parse(&mut self, line: Range<usize>) -> Option<Probe> {
        let start = line.start;
        let text = clean(&self.bytes[line], start == 0);
        if text.len() > self.max_line {
            return None;
        }
        let (bump, mut row) = (Bump::new(), Row::EMPTY);
        let context = ScanContext { bump: &bump, needs: Fields::NONE };
        let format_id = self.formats.parse(Line::unmarked(text), context, &mut self.cache, &mut row).ok()?;
        let stamp = self.zone.as_mut().map_or(row.stamp, |clock| clock.convert(row.stamp));
        (row.stamp != Stamp::NONE).then_some(Probe { start, format: format_id.0, stamp })
    }

    /// Distance in bytes at which the search stops: the lines in between are read.
    fn grain(&self) -> usize {
        (self.bytes.len() / 4096).max(512)
    }

    fn line_end(&self, start: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[start..]).map_or(self.bytes.len(), |lf| start + lf + 1)
    }
}

/// True if times ascend, except for lines that are late by at most the slack.
fn ascend(probes: &[Probe]) -> bool {
    let mut latest = i64::MIN;
    probes.iter().all(|probe| {
        let is_in_order = probe.stamp.epoch_s() >= latest.saturating_sub(SLACK_S);
        latest = latest.max(probe.stamp.epoch_s());
        is_in_order
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::engine::{Engine, Outcome, count};
    use crate::input::{Access, Input, guard_mappings};
    use crate::question::Question;
    use crate::time::{Now, Unit};

    /// 2022-11-03T00:00:00Z.
    const START_S: i64 = 1_667_433_600;

    fn line(epoch_s: i64, offset_min: i64, path: u32) -> String {
        let zone = chrono::FixedOffset::east_opt(offset_min as i32 * 60).unwrap();
        let time = chrono::DateTime::from_timestamp(epoch_s, 0).unwrap().with_timezone(&zone);
        let time = time.format("%d/%b/%Y:%H:%M:%S %z");
        format!("192.0.2.{} - - [{time}] \"GET /{path} HTTP/1.1\" 200 5 \"-\" \"curl\"\n", path % 9)
    }

    fn counted(log: &str, question: &Question, seek: Seek) -> Outcome {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(log.as_bytes()).unwrap();
        let access = Access::Map(guard_mappings().unwrap());
        let engine = Engine::new().access(access).seek(seek).chunk_bytes(1000).threads(2);
        count(question, vec![Input::path(file.path())], &engine).unwrap()
    }

    /// Returns the parts of the report that must not depend on what was read, and the number of skipped bytes.
    fn reported(outcome: &Outcome) -> (Value, u64) {
        let report = outcome.report.as_ref().unwrap();
        let mut value = serde_json::to_value(report).unwrap();
        let map = value.as_object_mut().unwrap();
        for of_the_lines_read in ["inputs", "lines", "filtered_reasons", "malformed_reasons", "malformed_samples"] {
            map.remove(of_the_lines_read);
        }
        map.insert("pv".to_owned(), (report.lines.parsed - report.lines.filtered).into());
        (value, report.lines.skipped_bytes)
    }

    fn question(since: &str, until: &str, zone: &str) -> Question {
        let moment = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        let mut question = Question::new().by(Unit::Minute).now(Now::Last);
        (question.counting.since, question.counting.until) = (moment(since), moment(until));
        question.reading.zone = (!zone.is_empty()).then(|| zone.parse().unwrap());
        question
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]
        /// Lines are late by up to the slack, some are malformed, and the clock is put back halfway.
        #[test]
        fn skipping_bytes_does_not_change_the_report(
            gaps in prop::collection::vec((0_i64..200, 0_i64..SLACK_S, 0_u32..50), 700..1200),
            offsets in prop::sample::select(vec![(0, 0), (120, 60), (-300, 480)]),
            since in prop::sample::select(vec!["", "1h", "8h", "today", "2022-11-03T12", "2022-11-03T14:00:01+00:00", "2023"]),
            until in prop::sample::select(vec!["", "2h", "now", "2022-11-03T15", "2022-11-03T01", "2021"]),
            zone in prop::sample::select(vec!["", "-08:00"]),
        ) {
            let (mut log, mut now_s) = (String::new(), START_S);
            for (i, (gap, late, path)) in gaps.iter().enumerate() {
                now_s += gap;
                let offset = if i < gaps.len() / 2 { offsets.0 } else { offsets.1 };
                // One in ten is late.
                let late = if path % 10 == 0 { *late } else { 0 };
                log += &if path % 17 == 1 { format!("malformed {i}\n") } else { line(now_s - late, offset, *path) };
            }
            let question = question(since, until, zone);
            let (whole, sought) = (counted(&log, &question, Seek::never()), counted(&log, &question, Seek::from_bytes(0)));
            prop_assert_eq!(reported(&whole).1, 0);
            prop_assert_eq!(reported(&whole).0, reported(&sought).0);
            let lines = sought.report.unwrap().lines;
            prop_assert_eq!(lines.read, lines.blank + lines.malformed + lines.parsed);
        }
    }

    /// `n` lines, one per minute.
    fn ascending(n: i64) -> Vec<String> {
        (0..n).map(|i| line(START_S + i * 60, 0, i as u32)).collect()
    }

    #[test]
    fn most_of_an_ascending_file_is_skipped() {
        let log = ascending(14_400).concat();
        for (since, until, read) in [
            // Two hours, one hour of slack, and a few more lines.
            ("2h", "", 180..200),
            ("", "2022-11-03T02", 120..250),
            ("2022-11-08", "2022-11-08T02", 240..400),
            ("2030", "", 1..120),
            ("", "2000", 1..2),
            ("2022-11-08T02", "2022-11-07", 1..200),
        ] {
            let question = question(since, until, "");
            let (whole, sought) =
                (counted(&log, &question, Seek::never()), counted(&log, &question, Seek::from_bytes(1)));
            assert_eq!(reported(&whole).0, reported(&sought).0, "{since} to {until}");
            let lines = sought.report.unwrap().lines;
            assert!(read.contains(&lines.read), "{since} to {until}: {lines:?}");
            assert!(lines.skipped_bytes > log.len() as u64 * 9 / 10, "{since} to {until}");
        }
        let skipped = |question: &Question, seek| reported(&counted(&log, question, seek)).1;
        assert_eq!(skipped(&question("2h", "", ""), Seek::default()), 0, "a small file");
        assert_eq!(skipped(&question("", "", ""), Seek::from_bytes(1)), 0, "the period is the whole file");
        assert_eq!(skipped(&question("2h", "", "").keep_rejects(true), Seek::from_bytes(1)), 0);
    }

    #[test]
    fn unordered_file_is_read_from_end_to_end() {
        let skipped = |lines: &[String]| {
            let question = question("2022-11-12", "", "");
            let (whole, sought) = (
                counted(&lines.concat(), &question, Seek::never()),
                counted(&lines.concat(), &question, Seek::from_bytes(1)),
            );
            assert_eq!(reported(&whole).0, reported(&sought).0);
            reported(&sought).1
        };
        let lines = ascending(14_400);
        assert!(skipped(&lines) > 0);
        let mut turned = lines.clone();
        turned.reverse();
        assert_eq!(skipped(&turned), 0, "descending");
        assert_eq!(skipped(&[&lines[7000..], &lines[..7000]].concat()), 0, "two logs, the later one first");
        let mut odd = lines;
        odd[7000..7600].fill("nothing that has a time\n".to_owned());
        odd[6990] = "x".repeat(2 * PROBE_BYTES) + "\n";
        assert_eq!(skipped(&odd), 0, "a period without lines");
    }
}
