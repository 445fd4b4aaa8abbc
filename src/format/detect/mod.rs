//! Which formats the lines of a file have: detected from its first lines, and tried line by line.
//!
//! - `sample` keeps the first lines, one of those that are `alike`; `survey` says what they tell about a format, with the
//!   request time that may follow (`trailing`) and the users that may be other fields (`users`).
//! - `choose` decides by the surveys which format is the file's own; `detector` does so for many files.
//! - `take` reads a line by the file's format, or by another `candidate`. `stops` says where formats stop in a line that none takes.

mod alike;
mod candidate;
mod choose;
mod detector;
mod odd_duration;
mod sample;
mod stops;
mod survey;
mod take;
mod trailing;
#[cfg(test)]
mod twin;
mod users;

use crate::format::LogFormat;
use crate::format::log_format::plan::Usual;
use crate::format::misfit::Misfit;
use candidate::Candidate;
pub(crate) use detector::Detector;
use sample::Sample;
pub(crate) use stops::{Stop, stops};
pub(crate) use survey::Rejected;
use survey::{Survey, Take};

/// The formats that the lines of one file are tried with.
#[derive(Debug)]
pub(crate) struct FormatsOfFile<'f> {
    formats: &'f [LogFormat],
    /// The file's format, tried first.
    main: Candidate,
    /// Formats with more fields than `main`: tried where a line goes on after the last field of `main`.
    longer: Vec<Candidate>,
    /// All but `main`: tried where a line does not fit it. Both ordered by fields, most first.
    others: Vec<Candidate>,
    /// Whether users of `main` are other fields, and not read.
    drops_users: bool,
    /// `common`, where it is not in use: malformed lines may look like whole lines of it.
    unused_common: Option<Candidate>,
    nearest: Option<Nearest>,
    findings: Vec<Finding>,
    /// What the first lines say about each format that takes some of them, best first; empty if that was left out.
    considered: Vec<Considered>,
    /// True if a format that was not rejected takes some of the first lines.
    fits: bool,
    /// Number of lines that were looked at; 0 if that was left out.
    sampled: usize,
    /// The formats that are configured for the file, if they take no line of the sample.
    unmatched: Vec<usize>,
}

/// The format that took a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken(pub(crate) usize);

/// The first line that fits nothing, in a file of whose first lines none did.
#[derive(Clone, Debug)]
pub(crate) struct Nearest {
    /// Counted from 1.
    pub(crate) line: u64,
    pub(crate) text: Vec<u8>,
    pub(crate) format: usize,
    pub(crate) misfit: Misfit,
}

/// A guess about a file that could be wrong, or a value that is not read because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Most values of the address are no addresses, as this one.
    NotAddresses { example: Vec<u8> },
    /// The numbers after `main` are lists, as of upstream servers.
    TimeIsList,
    /// The number after this format's last field is not read as a request time: some values, such as this one, have another
    /// form, or no preset has a time there. `has_more` is true if more follows the number.
    NumberIsNoTime { format: usize, example: Option<Vec<u8>>, has_more: bool },
    /// What `main` reads as its last field are numbers in quotes, as this one; they follow this format.
    NumberIsQuoted { format: usize, example: Vec<u8> },
    /// The users of `main` are other fields: these.
    UsersAreFields { fields: String },
    /// They may be, but all come from one address.
    UsersMayBeFields { fields: String },
}

/// A format that takes some of the first lines.
#[derive(Clone, Debug)]
pub(crate) struct Considered {
    pub(crate) format: usize,
    pub(crate) survey: Survey,
    pub(crate) rejected: Option<Rejected>,
    /// What it takes of each line, or of one of those that are alike.
    takes: Vec<Take>,
}

impl<'f> FormatsOfFile<'f> {
    /// Detects the formats of a file from its first lines; `own` are those that are configured for it.
    #[cfg(test)]
    pub(crate) fn detect(formats: &'f [LogFormat], own: &[usize], head: &[u8]) -> Self {
        Self::of_sample(formats, own, &Detector::new(formats).sample(head))
    }

    /// The same without what depends on the number of lines.
    fn without_counts(self) -> Self {
        FormatsOfFile { considered: Vec::new(), sampled: 0, ..self }
    }

    /// Detects the formats of a file from its sample. If formats are configured for the file, only these are tried, and all
    /// others only if they take no line of the sample.
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

    /// What the first lines say about all formats, whatever is configured: for an explanation.
    pub(crate) fn of_all(formats: &'f [LogFormat], own: &[usize], head: &[u8]) -> Self {
        choose::choose(formats, own, 0..formats.len(), &Detector::new(formats).sample(head))
    }

    /// The formats that are configured for the file, if they take no line of the sample.
    pub(crate) fn unmatched(&self) -> impl Iterator<Item = &'f LogFormat> {
        self.unmatched.iter().map(|format| &self.formats[*format])
    }

    /// The guesses that could be wrong.
    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The format that lines are tried with first.
    pub(crate) fn main(&self) -> usize {
        self.main.format
    }

    /// What the first lines say about each format that takes some of them, best first.
    pub(crate) fn considered(&self) -> &[Considered] {
        &self.considered
    }

    /// True if a format that was not rejected takes some of the first lines.
    pub(crate) fn fits(&self) -> bool {
        self.fits
    }

    /// Number of lines that were looked at to find the format.
    pub(crate) fn sampled(&self) -> usize {
        self.sampled
    }

    /// True if users are other fields, and not read.
    pub(crate) fn drops_users(&self) -> bool {
        self.drops_users
    }

    pub(crate) fn nearest(&self) -> Option<&Nearest> {
        self.nearest.as_ref()
    }

    /// What a line of the file's format mostly looks like, and that format.
    pub(crate) fn usual(&self) -> Option<(Usual, Taken)> {
        let format = self.main.format;
        self.formats[format].plan.usual.map(|usual| (usual, Taken(format)))
    }
}
