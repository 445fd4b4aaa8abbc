//! What is passed to whoever prints: plain typed data, no tables and no ink.
//!
//! Serialized, a report is the JSON of the contract; `report.schema.json` at the top of the repository describes it.

mod archive;
mod assemble;
mod bad_values;
mod copies;
mod counted_input;
mod degraded;
mod empty;
mod fill;
mod foreign;
mod format_notes;
mod groups;
mod highlights;
mod json_keys;
mod latency;
mod list_alone;
mod no_format;
mod not_followed;
mod not_logged;
mod part;
mod refused;
pub(crate) mod round_numbers;
mod row_split;
mod rows;
mod sample_text;
mod serial;
mod split;
mod unanswered;
mod unknown;
mod verdicts;
mod warning;

pub(crate) use assemble::{assemble, formats_of};
pub(crate) use counted_input::CountedInput;
pub(crate) use foreign::{refusal, set_aside};
pub(crate) use format_notes::{ReadFormats, assumed_utc, format_notes};
pub use highlights::Highlight;
pub use part::PartReport;
pub use row_split::Split;
pub use rows::{Approximate, Figure, Ranking, Row, Summary, UvCount};
pub(crate) use sample_text::{sample_text, sample_text_cut};
pub use warning::{Warning, WarningCode};

use serde::{Deserialize, Serialize};

use crate::by_name;
use crate::dimension::Dimension;
use crate::error::Error;
use crate::filter::Filtered;
use crate::format::Reason;
use crate::message::Setting;
pub(crate) use crate::note::{Note, NoteCode};
use crate::steps::{Ipv6Prefix, RealIp, Visitor, VisitorOptions};
use crate::time::Unit;

/// What happened, by the logs that were read.
///
/// Serialized, it is the JSON that the program writes; read back from that and written again, it is the same JSON.
///
/// ```
/// use logstat::{Engine, Input, Question, Report, count};
/// let outcome = count(&Question::default(), vec![Input::path("testdata/shop.log")], &Engine::default())?;
/// let written = serde_json::to_string(&outcome.report)?;
///
/// let read: Report = serde_json::from_str(&written)?;
/// assert_eq!(read.summary.as_ref().map(|summary| summary.row.pv), Some(60));
/// assert_eq!(serde_json::to_string(&read)?, written);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// JSON does not have everything. A report that was read back has no [`highlights`](Report::highlights) and no [`InputReport::keys`], and its
/// rankings say that they are in the order of hits ([`Ranking::sort`]) and have as many [`groups`](Ranking::groups) as rows.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The shape of the report: `logstat.report/2`.
    #[serde(deserialize_with = "serial::schema")]
    pub schema: String,
    /// Who made it.
    pub generator: Generator,
    /// What was read, in the order it was given.
    pub inputs: Vec<InputReport>,
    /// The account of every line read.
    pub lines: Lines,
    /// How many lines were filtered for which reason, those that there are; they add up to `lines.filtered`.
    #[serde(with = "by_name::entries")]
    pub filtered_reasons: Vec<(Filtered, u64)>,
    /// How many lines are malformed for which reason, those that there are.
    #[serde(with = "by_name::entries")]
    pub malformed_reasons: Vec<(Reason, u64)>,
    /// The first malformed lines, by file and line; five at most.
    pub malformed_samples: Vec<MalformedSample>,
    /// How visitors were counted.
    pub uv: UvReport,
    /// What visitors were told apart by, and what of addresses is shown; `None` where nothing else was asked for than
    /// `$remote_addr`, whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitor: Option<VisitorReport>,
    /// What a reader must know to understand the numbers: guesses, values that were not read, fields that are not logged.
    pub notes: Vec<Note>,
    /// Inputs that failed, wholly or in part: the numbers may lack lines.
    pub warnings: Vec<Warning>,
    /// From when to when.
    pub period: Period,
    /// All hits together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// What stands out, where [`Question::highlights`](crate::Question) asks for it. Not written: JSON is the same whatever is
    /// written beside it.
    #[serde(skip)]
    pub highlights: Option<Vec<Highlight>>,
    /// Hits by time, ascending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Vec<Row>>,
    /// Hits by status code, ascending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Vec<Row>>,
    /// Dynamic and static hits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Vec<Row>>,
    /// Rankings, in the order asked for.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "serial::rankings")]
    pub top: Option<Vec<Ranking>>,
    /// The rankings of which keys were dropped, because [`Question::max_keys`](crate::Question) allows no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "serial::approximate")]
    pub approximate: Vec<Approximate>,
    /// How long requests took; `None` where no time was logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<LatencyReport>,
    /// What is to be said of each condition under which the site is not well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Verdict>,
    /// A report for each key of [`Counting::each`](crate::Counting), in the order of a table of its keys. Not written.
    #[serde(skip)]
    pub parts: Vec<PartReport>,
    /// Number of inputs without a line that is not blank.
    #[serde(skip)]
    pub(crate) empty_inputs: usize,
    /// True if [`Section::Ledger`](crate::Section) is among the sections.
    #[serde(skip, default = "always")]
    pub(crate) has_ledger: bool,
}

/// The shape of reports.
const SCHEMA: &str = "logstat.report/2";

impl Report {
    /// Adds warnings about inputs that failed, such as [`Found::problems`](crate::Found), which [`count`](crate::count) does not
    /// see. [`Outcome::problems`](crate::Outcome) are in the report already.
    pub fn warn<'e>(&mut self, problems: impl IntoIterator<Item = &'e Error>) {
        self.warnings.extend(problems.into_iter().filter_map(Warning::of));
        // As with notes, the order of the inputs does not matter.
        self.warnings.sort();
    }

    /// Names settings in notes and warnings as `name` does, for an interface that has other names for them.
    pub fn reword(&mut self, name: &dyn Fn(Setting) -> String) {
        self.notes.iter_mut().for_each(|note| note.text.reword(name));
        self.warnings.iter_mut().for_each(|warning| warning.text.reword(name));
    }
}

/// Whether a condition holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Verdict {
    /// As it was given.
    pub condition: String,
    /// Whether the site is not well.
    pub holds: bool,
    /// Of how many keys it holds; 1 or 0 for one that is about all hits together.
    pub keys: u64,
    /// Why it holds: what each of its names comes to; of several keys, of that with the most hits.
    pub reason: Option<String>,
}

/// The program that made a report.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Generator {
    /// `logstat`
    pub name: String,
    /// The version of the crate.
    pub version: String,
}

impl Generator {
    pub(crate) fn this() -> Generator {
        Generator { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// One input that was read.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct InputReport {
    /// As it was given, in the written form of keys; `-` for standard input.
    pub path: String,
    /// The name or text of the format that took most lines; `-` where there were none.
    pub format: String,
    /// All formats that took lines, those that took most first.
    pub formats: Vec<FormatReport>,
    /// The envelopes that were taken off the lines, outermost first: `syslog`, `grep + grep -n`; `None` if there were none.
    pub envelope: Option<String>,
    /// How many bytes were read, envelopes included.
    pub bytes: u64,
    /// What of its lines is not read; `None` if they are read to their end.
    pub unread: Option<Unread>,
    /// How many lines that was; one that an envelope has cut into parts is one line.
    pub lines: u64,
    /// Where lines are JSON, the keys that they had and that mean something, those that have the say first. Not written.
    #[serde(skip)]
    pub keys: Vec<KeyReport>,
}

/// A part of lines that no field of their format reads.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Unread {
    /// The variable after which it begins; in most lines, if formats differ.
    pub after: String,
    /// How many lines have it.
    pub lines: u64,
}

/// A key of JSON or LTSV lines, and the variable that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyReport {
    /// As lines have it, nested ones with dots between them, in the written form of keys.
    pub key: String,
    /// The nginx variable whose value stands there.
    pub variable: String,
}

impl InputReport {
    /// One of its formats, and what the lines were in: `combined in docker compose`.
    #[must_use]
    pub fn wearing(&self, format: &str) -> String {
        match &self.envelope {
            Some(envelope) => format!("{format} in {envelope}"),
            None => format.to_owned(),
        }
    }
}

/// A format that took lines of an input.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct FormatReport {
    /// Its name or text.
    pub format: String,
    /// How many lines it took.
    pub lines: u64,
}

/// The account of every line: `read = blank + malformed + parsed`, `parsed = pv + filtered`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Lines {
    /// All lines.
    pub read: u64,
    /// Lines of a format in use.
    pub parsed: u64,
    /// Lines of white space.
    pub blank: u64,
    /// Lines of no format in use, or with a time or number that does not exist.
    pub malformed: u64,
    /// Parsed lines that the question does not select.
    pub filtered: u64,
    /// Bytes of the inputs that were not read, because no line there can be in the period that was asked for: what is
    /// told of lines is told of the others.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped_bytes: u64,
    /// Bytes that could not be read, and the rest of their lines: these lines are in no other number.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost_bytes: u64,
}

/// A malformed line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct MalformedSample {
    /// The input it is in.
    pub path: String,
    /// Its number there, from 1; `None` where what is before it was not read.
    pub line: Option<u64>,
    /// Where it starts there: so many bytes are before it.
    pub byte: u64,
    /// Why it is malformed.
    pub reason: Reason,
    /// Its beginning, safe on a terminal, 200 bytes at most.
    pub text: String,
}

/// How visitors were counted.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "method", rename_all = "lowercase")]
#[non_exhaustive]
pub enum UvReport {
    /// Every visitor was remembered.
    Exact,
    /// By HyperLogLog++.
    Hll {
        /// 2 to this power registers.
        precision: u8,
        /// Relative; numbers up to 2^(precision-1) are exact all the same.
        standard_error: f64,
    },
}

/// What visitors were told apart by, and what of addresses is shown.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct VisitorReport {
    /// `ip`, `ip+agent`, or the name of a variable.
    pub by: String,
    /// Of an address of IPv6 so many bits, where not all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_prefix: Option<u8>,
    /// The variable that addresses behind proxies were taken from; `address list` where a list stands in the place of
    /// `$remote_addr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub real_ip: Option<String>,
    /// Whether addresses in the report are cut.
    pub anonymized: bool,
}

/// Where addresses come from that are in a list in the place of `$remote_addr`.
pub(crate) const ADDRESS_LIST: &str = "address list";

impl VisitorReport {
    /// `has_lists`: addresses of some hits are from a list in the place of `$remote_addr`.
    fn of(options: &VisitorOptions<'_>, has_lists: bool) -> Option<VisitorReport> {
        let VisitorOptions { visitor, anonymize, .. } = *options;
        let prefix = options.ipv6_prefix.filter(|_| visitor.has_address());
        let variable = |real_ip: &RealIp| if real_ip.is_in_place() { ADDRESS_LIST } else { real_ip.dimension().name() };
        let real_ip = options.real_ip.map(variable).or(has_lists.then_some(ADDRESS_LIST));
        let is_usual = visitor == Visitor::IP && prefix.is_none() && real_ip.is_none() && !anonymize;
        let by = visitor.name().to_owned();
        (!is_usual).then(|| VisitorReport {
            by,
            ipv6_prefix: prefix.map(Ipv6Prefix::bits),
            real_ip: real_ip.map(str::to_owned),
            anonymized: anonymize,
        })
    }
}

/// From when to when.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Period {
    /// The first hit, by wall clock, then by offset: `2022-04-05T03:45:05+00:00`.
    pub first: Option<String>,
    /// The last hit.
    pub last: Option<String>,
    /// The unit of the timeline.
    #[serde(with = "by_name")]
    pub unit: Unit,
    /// What else the hits of the timeline are told by, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "by_name::option")]
    pub split: Option<Dimension>,
    /// Whose clock all times are told by, where that was asked for: `Europe/Berlin`, `+08:00`, `UTC`. Otherwise they are as
    /// they were logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// How long requests took, in whole milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct LatencyReport {
    /// Hits whose time was logged.
    pub count: u64,
    /// All times together; stops at the largest number.
    pub sum_ms: u64,
    /// The longest.
    pub max_ms: u64,
    /// The median, by nearest rank as all percentiles.
    pub p50_ms: u64,
    /// 90 of 100 took no longer.
    pub p90_ms: u64,
    /// 95 of 100 took no longer.
    pub p95_ms: u64,
    /// 99 of 100 took no longer.
    pub p99_ms: u64,
    /// What is longer is slow.
    pub slow_threshold_ms: u64,
    /// Slow hits.
    pub slow: u64,
    /// How many took how long: steps of 1, 2, 5, 10, 20 … up to that of the longest. They add up to `count`.
    pub histogram: Vec<LatencyStep>,
}

/// Hits that took so long, and longer than the step before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct LatencyStep {
    /// The longest of it.
    pub up_to_ms: u64,
    /// Hits.
    pub count: u64,
}

/// A report that was read back has its ledger: JSON always does.
fn always() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
