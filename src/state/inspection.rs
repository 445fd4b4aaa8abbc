//! The contents of a state file as plain data, for people who want to know what it has.

use std::collections::BTreeMap;

use serde::Serialize;

/// Schema of an inspection in JSON.
pub(super) const SCHEMA: &str = "logstat.state/1";

/// What a state file contains: [`State::inspect`](super::State::inspect) returns it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Inspection {
    /// Name and version of this structure: `logstat.state/1`.
    pub schema: &'static str,
    /// Path of the file as it was given, printable; `-` for standard input.
    pub path: String,
    /// Size of the file, in bytes.
    pub bytes: u64,
    /// Version of the file's format.
    pub version: u64,
    /// Version of the logstat that wrote the file.
    pub generator: String,
    /// The settings that are not the default, each with its values.
    pub settings: BTreeMap<String, Vec<String>>,
    /// The tables that each day has.
    pub tables: Vec<InspectedTable>,
    /// Tables and measures that some of the merged states had, but not all.
    pub not_in_all: Vec<String>,
    /// The first day that the state keeps; `None` if no day was dropped.
    pub kept_from: Option<String>,
    /// Number of lines of dropped days.
    pub dropped: u64,
    /// The days, in ascending order; lines without a time are last.
    pub days: Vec<InspectedDay>,
    /// The texts that were counted.
    pub sources: Vec<InspectedSource>,
}

/// A table that each day has.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct InspectedTable {
    /// Name of its dimension; `all` for the table of all hits together.
    pub dimension: String,
    /// Names of its measures.
    pub measures: Vec<String>,
}

/// A day.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct InspectedDay {
    /// The date; `None` for lines without a time.
    pub day: Option<String>,
    /// Name of the source whose provisional lines these are; `None` for those of all other sources.
    pub provisional: Option<String>,
    /// Number of lines that fit a format.
    pub parsed: u64,
    /// Number of hits.
    pub pv: u64,
    /// Size of the day in the file, in bytes: compressed.
    pub bytes: u64,
}

/// A text that was counted, wholly or in part.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct InspectedSource {
    /// Its name; `-` for a text without identity.
    pub name: String,
    /// Names of the formats of its lines, the most frequent first.
    pub formats: Vec<String>,
    /// The envelopes that were removed from its lines.
    pub envelope: Option<String>,
    /// Number of bytes that were read.
    pub bytes: u64,
    /// Number of lines that were read.
    pub lines: u64,
    /// Number of malformed lines.
    pub malformed: u64,
    /// The ranges of bytes that were counted, in ascending order.
    pub ranges: Vec<InspectedRange>,
    /// True if it was read to its end, and will not grow.
    pub closed: bool,
    /// True if it will be read again from its start, because it is too short to detect its formats reliably.
    pub provisional: bool,
}

/// A range of bytes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct InspectedRange {
    /// Its first byte.
    pub from: u64,
    /// The byte after its last one.
    pub to: u64,
    /// Number of its lines.
    pub lines: u64,
}

impl Inspection {
    /// Number of hits of all days.
    pub fn pv(&self) -> u64 {
        self.days.iter().map(|day| day.pv).sum()
    }
}
