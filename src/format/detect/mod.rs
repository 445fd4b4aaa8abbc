//! Detects which formats the lines of a file have from its first lines, then tries them line by line.
//!
//! - `sample` keeps the first lines, but only one of those that are `alike`. `survey` summarises how a format reads
//!   them, with the request time that may follow (`trailing`) and the users that may be other fields (`users`).
//! - `choose` compares the surveys to find the file's main format; `detector` does so for many files.
//! - `take` reads a line with the main format or another `candidate`. `stops` reports where each format stops in a line
//!   that none reads.

mod alike;
mod candidate;
mod choose;
mod detector;
mod odd_duration;
mod parse_line;
#[cfg(test)]
mod reference;
mod sample;
mod stops;
mod survey;
mod trailing;
mod users;

use crate::format::LogFormat;
use crate::format::log_format::plan::FastPath;
use crate::format::mismatch::Mismatch;
use candidate::Candidate;
pub(crate) use detector::Detector;
use sample::Sample;
pub(crate) use stops::{Stop, stops};
pub(crate) use survey::RejectReason;
use survey::{Coverage, Survey};

/// The formats that the lines of one file are tried with.
#[derive(Debug)]
pub(crate) struct FormatsOfFile<'f> {
    formats: &'f [LogFormat],
    /// The file's format, tried first.
    main: Candidate,
    /// Formats with more fields than `main`: tried if a line continues after the last field of `main`.
    longer: Vec<Candidate>,
    /// Formats other than `main`: tried if a line does not fit it. Both lists are ordered by number of fields, most
    /// first.
    others: Vec<Candidate>,
    /// True if the users of `main` are really other fields, and are therefore not read.
    drops_users: bool,
    /// `common`, if it is not in use: malformed lines may look like complete lines of it.
    unused_common: Option<Candidate>,
    closest_format: Option<ClosestFormat>,
    findings: Vec<Finding>,
    /// How each format that reads some of the first lines fits them, best first; empty if not computed.
    considered: Vec<Considered>,
    /// True if a format that was not rejected reads some of the first lines.
    fits: bool,
    /// Number of sampled lines; 0 if not computed.
    sampled: usize,
    /// The formats configured for the file, if they read no line of the sample.
    unmatched: Vec<usize>,
}

/// The format that read a line, as its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FormatId(pub(crate) usize);

/// The first line that fits no format, in a file where none of the first lines fits one.
#[derive(Clone, Debug)]
pub(crate) struct ClosestFormat {
    /// Counted from 1.
    pub(crate) line: u64,
    pub(crate) text: Vec<u8>,
    pub(crate) format: usize,
    pub(crate) mismatch: Mismatch,
}

/// A guess about a file that could be wrong, or a value that is not read because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Most values of the address field are not addresses, such as this one.
    NotAddresses { example: Vec<u8> },
    /// The numbers after `main` are lists, as for several upstream servers.
    TimeIsList,
    /// The number after this format's last field is not read as a request time: some values, such as this one, have
    /// another form, or no preset has a time there. `has_more` is true if more follows the number.
    NumberIsNoTime { format: usize, example: Option<Vec<u8>>, has_more: bool },
    /// `main` reads quoted numbers, such as this one, as its last field; they follow this format.
    NumberIsQuoted { format: usize, example: Vec<u8> },
    /// The users of `main` are really these fields.
    UsersAreFields { fields: String },
    /// The users of `main` may be these fields, but all come from one address.
    UsersMayBeFields { fields: String },
}

/// A format that reads some of the first lines.
#[derive(Clone, Debug)]
pub(crate) struct Considered {
    pub(crate) format: usize,
    pub(crate) survey: Survey,
    pub(crate) rejected: Option<RejectReason>,
    /// How much it reads of each line, or of one line per kind.
    coverage: Vec<Coverage>,
}

impl<'f> FormatsOfFile<'f> {
    /// Detects the formats of a file from its first lines; `own` are those configured for it.
    #[cfg(test)]
    pub(crate) fn detect(formats: &'f [LogFormat], own: &[usize], head: &[u8]) -> Self {
        Self::of_sample(formats, own, &Detector::new(formats).sample(head))
    }

    /// The same, without everything that depends on the number of lines.
    fn without_counts(self) -> Self {
        FormatsOfFile { considered: Vec::new(), sampled: 0, ..self }
    }

    /// Detects the formats of a file from its sample. If formats are configured for the file, only these are tried; the
    /// others are tried only if the configured ones read no line of the sample.
    fn of_sample(formats: &'f [LogFormat], own: &[usize], sample: &Sample<'_>) -> Self {
        if !own.is_empty() {
            let configured = choose::choose(formats, own, own.iter().copied(), sample);
            if !configured.considered.is_empty() || sample.sampled() == 0 {
                return configured;
            }
        }
        let detected = choose::choose(formats, own, 0..formats.len(), sample);
        FormatsOfFile { unmatched: own.to_vec(), ..detected }
    }

    /// How all formats fit the first lines, ignoring what is configured: for `--explain`.
    pub(crate) fn of_all(formats: &'f [LogFormat], own: &[usize], head: &[u8]) -> Self {
        choose::choose(formats, own, 0..formats.len(), &Detector::new(formats).sample(head))
    }

    /// The formats configured for the file, if they read no line of the sample.
    pub(crate) fn unmatched(&self) -> impl Iterator<Item = &'f LogFormat> {
        self.unmatched.iter().map(|format| &self.formats[*format])
    }

    /// Guesses that could be wrong.
    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Index of the format that each line is tried with first.
    pub(crate) fn main(&self) -> usize {
        self.main.format
    }

    /// How each format that reads some of the first lines fits them, best first.
    pub(crate) fn considered(&self) -> &[Considered] {
        &self.considered
    }

    /// True if a format that was not rejected reads some of the first lines.
    pub(crate) fn fits(&self) -> bool {
        self.fits
    }

    /// Number of lines sampled to detect the format.
    pub(crate) fn sampled(&self) -> usize {
        self.sampled
    }

    /// True if the values in the user field are really other fields, and are not read.
    pub(crate) fn drops_users(&self) -> bool {
        self.drops_users
    }

    pub(crate) fn closest_format(&self) -> Option<&ClosestFormat> {
        self.closest_format.as_ref()
    }

    /// How the fast path reads the main format, if it can, and that format.
    pub(crate) fn fast_path(&self) -> Option<(FastPath, FormatId)> {
        let format = self.main.format;
        self.formats[format].plan.fast_path.map(|fast_path| (fast_path, FormatId(format)))
    }
}
