//! The account of every line read: `read = blank + malformed + parsed`, `parsed = pv + filtered`.

use super::cover::Cover;
use crate::filter::{FilterReason, FilterReasonCounts, NearMisses, merge_near_misses};
use crate::format::{BadValue, KeysSeen, Reason, Row};
use crate::steps::AHEAD;

/// A malformed line that is shown in the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Byte at which the line starts in its input.
    pub(crate) offset: u64,
    /// Index of the line in its chunk, from 0, and the byte at which that chunk starts.
    pub(crate) line_in_chunk: u64,
    pub(crate) chunk: u64,
    pub(crate) reason: Reason,
    /// The beginning of the line, at most [`KEPT_BYTES`].
    pub(crate) text: Vec<u8>,
    /// The value that makes the line malformed, if it is a single one.
    pub(crate) bad_value: Option<BadValue>,
}

/// Maximum number of malformed lines shown in the report, and kept per input.
pub(crate) const SAMPLES: usize = 5;
/// Maximum bytes shown of a malformed line.
pub(crate) const SAMPLE_BYTES: usize = 200;
/// Maximum bytes kept of a malformed line: enough after the part that is shown that no address is cut in two.
pub(crate) const KEPT_BYTES: usize = SAMPLE_BYTES + AHEAD;

/// Returns the beginning of a malformed line, as much as a sample keeps.
pub(crate) fn beginning_kept(line: &[u8]) -> &[u8] {
    &line[..line.len().min(KEPT_BYTES)]
}

/// The account of one input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct InputLedger {
    pub(crate) bytes: u64,
    pub(crate) read: u64,
    pub(crate) blank: u64,
    /// Number of malformed lines by reason, in the order of reasons.
    by_reason: [u64; Reason::COUNT],
    pub(crate) filtered: u64,
    /// Number of lines that each format matched, by the format's index. Empty before the first batch, as are `unread`
    /// and `keys`: a worker has an account of every input, but may read only a few inputs.
    pub(crate) format_lines: Vec<u64>,
    /// Number of those lines that continue after the last field of their format, by the format's index.
    pub(crate) unread: Vec<u64>,
    /// Number of malformed lines that look like complete lines of `common`, if that format is not in use.
    pub(crate) like_common: u64,
    /// True if a time had no offset and UTC was assumed.
    pub(crate) has_assumed_utc: bool,
    /// The JSON keys that each format found in its lines, by the format's index.
    pub(crate) keys: Vec<KeysSeen>,
    /// The first malformed lines, in ascending order of offset.
    pub(crate) samples: Vec<Sample>,
    /// The first and the last time, while no line is in the period that was asked for.
    pub(crate) cover: Option<Cover>,
    /// The start of each chunk and its number of lines, in no order. Line numbers are computed from them.
    pub(crate) chunk_lines: Vec<(u64, u64)>,
}

impl InputLedger {
    pub(crate) fn new(formats: usize) -> InputLedger {
        let counts = vec![0; formats];
        InputLedger {
            format_lines: counts.clone(),
            unread: counts,
            keys: vec![KeysSeen::default(); formats],
            ..InputLedger::default()
        }
    }

    pub(crate) fn parsed(&self) -> u64 {
        self.format_lines.iter().sum()
    }

    /// Counts a line that a format matched.
    #[inline]
    pub(crate) fn count_line(&mut self, format: usize, row: &Row<'_>) {
        self.format_lines[format] += 1;
        self.unread[format] += u64::from(row.has_unread);
        self.has_assumed_utc |= row.has_assumed_utc;
    }

    /// Counts a malformed line.
    pub(crate) fn reject(&mut self, reason: Reason) {
        self.by_reason[reason as usize] += 1;
    }

    pub(crate) fn malformed(&self) -> u64 {
        self.by_reason.iter().sum()
    }

    /// Number of lines that are malformed for this reason.
    pub(crate) fn malformed_by(&self, reason: Reason) -> u64 {
        self.by_reason[reason as usize]
    }

    /// True if there are malformed lines and no format matched any line.
    pub(crate) fn fits_nothing(&self) -> bool {
        self.malformed() > 0 && self.parsed() == 0
    }

    /// Keeps a sample if it is among the first malformed lines.
    pub(crate) fn sample(&mut self, sample: Sample) {
        let place = self.samples.partition_point(|s| s.offset < sample.offset);
        if place < SAMPLES {
            self.samples.insert(place, sample);
            self.samples.truncate(SAMPLES);
        }
    }

    /// True if a malformed line at `offset` would be kept.
    pub(crate) fn wants_sample(&self, offset: u64) -> bool {
        self.samples.len() < SAMPLES || self.samples.last().is_some_and(|s| offset < s.offset)
    }

    pub(crate) fn merge(&mut self, other: &InputLedger) {
        self.bytes += other.bytes;
        self.read += other.read;
        self.blank += other.blank;
        for (mine, theirs) in self.by_reason.iter_mut().zip(&other.by_reason) {
            *mine += theirs;
        }
        self.filtered += other.filtered;
        self.like_common += other.like_common;
        self.has_assumed_utc |= other.has_assumed_utc;
        // This runs once per batch: two plain loops are several times as fast as one over both.
        if self.format_lines.is_empty() {
            self.format_lines.clone_from(&other.format_lines);
            self.unread.clone_from(&other.unread);
            self.keys.clone_from(&other.keys);
        } else {
            self.format_lines.iter_mut().zip(&other.format_lines).for_each(|(mine, theirs)| *mine += theirs);
            self.unread.iter_mut().zip(&other.unread).for_each(|(mine, theirs)| *mine += theirs);
            self.keys.iter_mut().zip(&other.keys).for_each(|(mine, theirs)| mine.merge(theirs));
        }
        for sample in &other.samples {
            if self.wants_sample(sample.offset) {
                self.sample(sample.clone());
            }
        }
        self.chunk_lines.extend(&other.chunk_lines);
        other.cover.into_iter().for_each(|cover| self.cover(cover));
    }

    /// Extends the first and the last time.
    pub(crate) fn cover(&mut self, more: Cover) {
        self.cover = Some(self.cover.map_or(more, |cover| cover.with(more)));
    }

    /// Returns the line number of a sample, from 1.
    pub(crate) fn line_of(&self, sample: &Sample) -> u64 {
        self.line_number(sample.chunk, sample.line_in_chunk)
    }

    /// Returns the number of a line, from 1: that of the line with this index in the chunk that starts at byte `chunk`.
    pub(crate) fn line_number(&self, chunk: u64, line_in_chunk: u64) -> u64 {
        let before: u64 = self.chunk_lines.iter().filter(|(at, _)| *at < chunk).map(|(_, lines)| lines).sum();
        before + line_in_chunk + 1
    }
}

/// The accounts of all inputs of a tally.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) inputs: Vec<InputLedger>,
    /// Number of filtered lines of all inputs, by reason.
    pub(crate) filtered_by: FilterReasonCounts,
    /// Values that patterns without wildcards miss, one entry for each of [`literals`](crate::filter::literals); empty
    /// before the first batch.
    pub(crate) near_misses: Vec<NearMisses>,
}

impl Ledger {
    pub(crate) fn merge(&mut self, other: &Ledger) {
        for (mine, theirs) in self.inputs.iter_mut().zip(&other.inputs) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.filtered_by.iter_mut().zip(&other.filtered_by) {
            *mine += theirs;
        }
        merge_near_misses(&mut self.near_misses, &other.near_misses);
    }

    /// Number of lines that were filtered for this reason.
    pub(crate) fn filtered_for(&self, reason: FilterReason) -> u64 {
        self.filtered_by[reason as usize]
    }

    /// Returns the reasons with filtered lines, and their numbers.
    pub(crate) fn filtered_reasons(&self) -> Vec<(FilterReason, u64)> {
        FilterReason::all().zip(self.filtered_by).filter(|(_, lines)| *lines > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(offset: u64) -> Sample {
        Sample { offset, line_in_chunk: 0, chunk: 0, reason: Reason::NoMatch, text: Vec::new(), bad_value: None }
    }

    fn row(has_unread: bool, has_assumed_utc: bool) -> Row<'static> {
        let mut row = Row::EMPTY;
        (row.has_unread, row.has_assumed_utc) = (has_unread, has_assumed_utc);
        row
    }

    /// Returns the account of `n` lines of each kind. The first of two formats matches `n` lines, the second `2 * n`.
    fn account(n: u64) -> InputLedger {
        let mut ledger = InputLedger::new(2);
        (ledger.bytes, ledger.read, ledger.blank) = (100 * n, 7 * n, n);
        (ledger.filtered, ledger.like_common) = (n, n);
        for _ in 0..n {
            ledger.count_line(0, &row(true, false));
            ledger.count_line(1, &row(false, false));
            ledger.count_line(1, &row(true, false));
            ledger.reject(Reason::Glued);
            ledger.reject(Reason::NoMatch);
            ledger.reject(Reason::NoMatch);
        }
        ledger
    }

    #[test]
    fn merging_accounts_equals_counting_all_lines() {
        let all = account(5);
        assert_eq!((&all.format_lines, &all.unread), (&vec![5, 10], &vec![5, 5]));
        assert_eq!((all.malformed(), all.malformed_by(Reason::Glued)), (15, 5));
        assert_eq!(all.read, all.blank + all.malformed() + all.parsed());
        for parts in [&[5][..], &[2, 3], &[3, 2], &[1, 1, 3], &[0, 5, 0]] {
            let mut merged = InputLedger::default();
            parts.iter().for_each(|n| merged.merge(&account(*n)));
            assert_eq!(merged, all, "{parts:?}");
        }
    }

    #[test]
    fn filtered_lines_add_up_by_reason() {
        let mut all = Ledger::default();
        for step in 1..=3 {
            let mut filtered_by = FilterReasonCounts::default();
            filtered_by.iter_mut().zip(0..).for_each(|(lines, n)| *lines = n * step);
            all.merge(&Ledger { filtered_by, ..Ledger::default() });
        }
        assert_eq!(all.filtered_reasons(), FilterReason::all().zip((0..).map(|n| n * 6)).skip(1).collect::<Vec<_>>());
    }

    #[test]
    fn one_assumed_offset_sets_the_flag() {
        let assumed = |is_assumed: &[bool]| {
            let mut ledger = InputLedger::new(1);
            for has_assumed_utc in is_assumed {
                ledger.count_line(0, &row(false, *has_assumed_utc));
            }
            ledger
        };
        for (left, right) in
            [([false, false], [false, false]), ([true, false], [false, false]), ([false, true], [true, true])]
        {
            let mut both = assumed(&left);
            assert_eq!(both.has_assumed_utc, left.contains(&true));
            both.merge(&assumed(&right));
            assert_eq!(both.has_assumed_utc, left.contains(&true) || right.contains(&true));
            let mut other = assumed(&right);
            other.merge(&assumed(&left));
            assert_eq!(other, both);
        }
    }

    #[test]
    fn reasons_serialize_as_their_names_and_add_up() {
        let mut ledger = InputLedger::default();
        for (i, reason) in Reason::all().enumerate() {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
            assert_eq!(reason.to_string(), reason.name());
            (0..=i).for_each(|_| ledger.reject(reason));
        }
        let mut both = ledger.clone();
        both.merge(&ledger);
        assert_eq!((both.malformed(), both.malformed_by(Reason::OtherProgram)), (72, 16));
    }

    #[test]
    fn first_samples_are_kept_in_any_order() {
        let mut ledger = InputLedger::default();
        for offset in [9, 3, 7, 1, 8, 2, 6] {
            let wanted = ledger.samples.len() < 5 || ledger.samples.iter().any(|s| offset < s.offset);
            assert_eq!(ledger.wants_sample(offset), wanted);
            ledger.sample(sample(offset));
        }
        assert_eq!(ledger.samples.iter().map(|s| s.offset).collect::<Vec<_>>(), [1, 2, 3, 6, 7]);
    }

    #[test]
    fn line_number_includes_lines_of_earlier_chunks() {
        let ledger = InputLedger { chunk_lines: vec![(20, 7), (0, 3), (10, 4)], ..InputLedger::default() };
        assert_eq!(ledger.line_of(&Sample { chunk: 20, line_in_chunk: 1, ..sample(25) }), 9);
        assert_eq!(ledger.line_of(&sample(0)), 1);
    }
}
