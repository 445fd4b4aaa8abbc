//! The texts that a state has counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::forms;
use super::ranges::{self, CountedRange};
use crate::format::Reason;
use crate::input::{FileStamp, Head};
use crate::tally::SAMPLES;

/// Name of a text without identity: standard input, or a reader without a name.
pub(crate) const NO_NAME: &str = "-";

/// A text that was counted, wholly or in part.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(crate) struct Source {
    pub(crate) name: String,
    /// Hashes of its beginning, by which it is recognised. Empty for a text without identity.
    #[serde(with = "forms::hashes")]
    pub(crate) head: Head,
    /// Hash of the 4 KiB before the end of the last range; `None` if it is not known.
    #[serde(with = "forms::hex")]
    pub(crate) tail: Option<u64>,
    pub(crate) ranges: Vec<CountedRange>,
    /// The envelope of its lines.
    pub(crate) envelope: Option<String>,
    /// Number of lines in each format, by the format's name.
    #[serde(with = "forms::pairs")]
    pub(crate) formats: BTreeMap<String, u64>,
    pub(crate) bytes: u64,
    pub(crate) read: u64,
    pub(crate) blank: u64,
    /// Number of malformed lines, by the name of the reason.
    pub(crate) malformed: BTreeMap<Reason, u64>,
    /// The first malformed lines, in ascending order of offset.
    pub(crate) samples: Vec<SavedSample>,
    pub(crate) lost_bytes: u64,
    /// True if lines have a list of addresses in the place of `$remote_addr`.
    pub(crate) address_list: bool,
    /// The file that was read last.
    pub(crate) file: Option<StampOfFile>,
    /// True if no more text is expected: the file was read to its end and will not grow, or is lost.
    pub(crate) closed: bool,
    /// True if the rest of the text is lost: its file vanished before it was known to be complete.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) lost: bool,
    /// True if what was counted is kept apart, because the text is too short to detect its formats reliably.
    pub(crate) provisional: bool,
}

/// A malformed line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(crate) struct SavedSample {
    /// Byte at which the line starts in its text.
    pub(crate) offset: u64,
    /// Number of the line within its range, from 1; `None` if it is not known, because the text was cut off before it.
    pub(crate) line: Option<u64>,
    pub(crate) reason: Reason,
    /// The beginning of the line, as a report shows it.
    pub(crate) text: String,
}

/// A [`FileStamp`] as a state file has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(crate) struct StampOfFile {
    pub(crate) path: String,
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) size: u64,
    pub(crate) modified_ns: u64,
}

impl From<FileStamp> for StampOfFile {
    fn from(stamp: FileStamp) -> StampOfFile {
        let FileStamp { path, device, inode, size, modified_ns } = stamp;
        StampOfFile { path: path.to_string_lossy().into_owned(), device, inode, size, modified_ns }
    }
}

impl From<&StampOfFile> for FileStamp {
    fn from(stamp: &StampOfFile) -> FileStamp {
        let StampOfFile { path, device, inode, size, modified_ns } = stamp.clone();
        FileStamp { path: path.into(), device, inode, size, modified_ns }
    }
}

impl Source {
    /// End of what was counted, in bytes of text; 0 if nothing was.
    pub(crate) fn end(&self) -> u64 {
        self.ranges.last().map_or(0, |range| range.to)
    }

    /// Notes that the text was cut off. Lines that were counted stay counted, but how many of them are left is not known.
    pub(crate) fn cut_to(&mut self, end: u64) {
        self.ranges.retain_mut(|range| {
            if range.to > end {
                (range.to, range.lines) = (end, None);
            }
            range.from < range.to
        });
        self.samples.iter_mut().filter(|sample| sample.offset >= end).for_each(|sample| sample.line = None);
    }

    /// True if the text can be recognised.
    fn has_identity(&self) -> bool {
        self.name != NO_NAME
    }

    /// True if both are known to be the same text, which may have grown.
    pub(super) fn is_same(&self, other: &Source) -> bool {
        self.provisional == other.provisional && self.has_text_of(other)
    }

    /// True unless both are known to be different texts. A text that is too short to be recognised may be the other.
    fn may_be_same(&self, other: &Source) -> bool {
        self.has_identity() && self.name == other.name && self.head.agrees(&other.head) != Some(false)
    }

    /// True if both are known to be the same text, of which one may have grown, and which may be provisional.
    pub(super) fn has_text_of(&self, other: &Source) -> bool {
        self.may_be_same(other) && self.head.agrees(&other.head) == Some(true)
    }

    /// The first bytes that both have counted.
    pub(super) fn overlap(&self, other: &Source) -> Option<(u64, u64)> {
        if !self.may_be_same(other) {
            return None;
        }
        ranges::overlap(&self.ranges, &other.ranges)
    }

    /// Adds disjoint ranges of the same text.
    pub(super) fn add(&mut self, other: Source) {
        // Facts about the text's end are those of the part that reaches farther.
        let last = if (self.end(), &*self) < (other.end(), &other) { &other } else { &*self };
        let (tail, file, closed, lost) = (last.tail, last.file.clone(), last.closed, last.lost);
        let (samples, ranges) = (self.samples.iter().chain(&other.samples), self.ranges.iter().chain(&other.ranges));
        let (joined, before) = ranges::joined(ranges.copied().collect());
        let moved = |sample: &SavedSample| {
            let place = before.iter().find(|(range, _)| range.has(sample.offset));
            let before = place.map_or(Some(0), |(_, lines)| *lines);
            SavedSample { line: sample.line.zip(before).map(|(line, before)| line + before), ..sample.clone() }
        };
        let mut samples: Vec<SavedSample> = samples.map(moved).collect();
        samples.sort_unstable();
        samples.truncate(SAMPLES);
        let head = self.head.with(&other.head);
        let envelope = self.envelope.take().into_iter().chain(other.envelope).min();
        *self = Source { head, tail, ranges: joined, envelope, samples, file, closed, lost, ..std::mem::take(self) };
        for (format, lines) in other.formats {
            *self.formats.entry(format).or_default() += lines;
        }
        for (reason, lines) in other.malformed {
            *self.malformed.entry(reason).or_default() += lines;
        }
        self.bytes += other.bytes;
        self.read += other.read;
        self.blank += other.blank;
        self.lost_bytes += other.lost_bytes;
        self.address_list |= other.address_list;
    }

    /// Number of lines that fit a format.
    pub(crate) fn parsed(&self) -> u64 {
        self.formats.values().sum()
    }

    /// Number of lines that fit no format.
    pub(crate) fn malformed_lines(&self) -> u64 {
        self.malformed.values().sum()
    }

    /// Line number of a sample in its text, from 1; `None` if not all lines before it are counted.
    pub(crate) fn line_of(&self, sample: &SavedSample) -> Option<u64> {
        let is_first = self.ranges.first().is_some_and(|range| range.from == 0 && range.has(sample.offset));
        sample.line.filter(|_| is_first && self.lost_bytes == 0)
    }

    /// True if everything fits together, so that it can be relied on.
    pub(super) fn is_valid(&self) -> bool {
        let sums = [self.bytes, self.read, self.blank, self.lost_bytes];
        let sums = sums.iter().chain(self.formats.values()).chain(self.malformed.values()).copied();
        // Sums of all sources must not overflow.
        ranges::are_joined(&self.ranges)
            && self.samples.is_sorted()
            && self.samples.len() <= SAMPLES
            && sums.chain(self.samples.iter().filter_map(|sample| sample.line)).all(|number| number < MOST)
            && self.ranges.iter().all(|range| range.lines.is_none_or(|lines| lines < MOST))
            && self.blank.checked_add(self.malformed_lines()).and_then(|sum| sum.checked_add(self.parsed()))
                == Some(self.read)
    }
}

/// Numbers in a state are below this, so that the sums of a million states fit 64 bits.
const MOST: u64 = 1 << 44;
