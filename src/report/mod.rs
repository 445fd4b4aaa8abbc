//! The report as plain data. Nothing is counted or formatted here.
//!
//! Serialized, a report is the JSON that `report.schema.json` at the top of the repository describes.

mod archive;
mod assemble;
mod bad_values;
mod bots;
mod copies;
mod counted_input;
mod degraded;
mod duration_report;
mod empty;
mod file_name;
mod fill_gaps;
mod foreign;
mod format_notes;
mod groups;
mod highlights;
mod input_report;
mod json_keys;
mod key_notes;
mod latency;
mod lines;
mod list_alone;
mod missing_field;
mod near_misses;
mod no_format;
mod no_times;
mod not_followed;
mod not_learned;
mod not_logged;
mod of_state;
mod outside_period;
mod part;
mod read_back;
mod read_input;
mod refused;
pub(crate) mod round_numbers;
mod row_split;
mod rows;
mod sample_text;
mod sections;
mod serial;
mod short_names;
mod split;
mod timeline_columns;
mod unknown;
mod unused_routes;
mod verdicts;
mod visitor_report;
mod warning;
mod whole;

pub(crate) use assemble::assemble;
pub use bots::{BotReport, People};
pub(crate) use counted_input::CountedInput;
pub use duration_report::DurationReport;
pub(crate) use foreign::{refusal, set_aside};
pub(crate) use format_notes::{ReadFormats, assumed_utc, format_notes};
pub use highlights::Highlight;
pub use input_report::{FormatReport, InputReport, KeyReport, Unread};
pub use latency::{LatencyReport, LatencyStep};
pub use lines::{Lines, MalformedSample};
pub(crate) use no_times::NoTimes;
#[cfg(any(feature = "html", feature = "table"))]
pub(crate) use no_times::TimedFormat;
pub(crate) use of_state::{SavedInput, SavedLog, of_state};
pub(crate) use part::OTHER;
pub use part::{Each, PartName};
pub(crate) use read_input::formats_of;
pub use row_split::Split;
pub use rows::{Approximate, Figure, Ranking, Row, Summary, UvCount};
pub(crate) use sample_text::{sample_text, sample_text_cut};
#[cfg(any(feature = "html", feature = "table"))]
pub(crate) use visitor_report::ADDRESS_LIST;
pub use visitor_report::{UvReport, VisitorReport};
pub use warning::{Warning, WarningCode};

use serde::{Deserialize, Serialize};

use crate::by_name;
use crate::dimension::Dimension;
use crate::error::Error;
use crate::filter::FilterReason;
use crate::format::Reason;
use crate::message::Setting;
use crate::metric::Metric;
pub(crate) use crate::note::{Note, NoteCode};
use crate::time::Unit;

/// The answer to a [`Question`](crate::Question): its numbers, and a summary of the logs that were read.
///
/// Serialized, it is the JSON that the program writes. Reading that JSON and writing it again gives the same JSON.
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
/// JSON does not contain everything. A report that was read back has no [`highlights`](Report::highlights), no
/// [`people`](Report::people), no [`InputReport::keys`] and no [`InputReport::skipped_bytes`]. Its rankings claim to be
/// sorted by hits ([`Ranking::sort`]) and to have as many [`groups`](Ranking::groups) as rows.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Name and version of the report's format: `logstat.report/2`.
    pub schema: String,
    /// The program that made it.
    pub generator: Generator,
    /// Inputs that were read, in the order they were given.
    pub inputs: Vec<InputReport>,
    /// Number of lines by outcome: every line that was read is counted once.
    pub lines: Lines,
    /// Number of filtered lines by reason, without zeros. The numbers add up to `lines.filtered`.
    #[serde(with = "by_name::entries")]
    pub filtered_reasons: Vec<(FilterReason, u64)>,
    /// Number of malformed lines by reason, without zeros.
    #[serde(with = "by_name::entries")]
    pub malformed_reasons: Vec<(Reason, u64)>,
    /// The first malformed lines, sorted by path and position; at most five.
    pub malformed_samples: Vec<MalformedSample>,
    /// How visitors were counted.
    pub uv: UvReport,
    /// How visitors were identified, and how addresses are shown. `None` if visitors are whole `$remote_addr` values,
    /// which is the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitor: Option<VisitorReport>,
    /// Facts that a reader needs to understand the numbers: guesses, values that were not read, fields that are not
    /// logged.
    pub notes: Vec<Note>,
    /// Inputs that failed, wholly or in part. Their lines may be missing from the numbers.
    pub warnings: Vec<Warning>,
    /// The time from the first hit to the last.
    pub period: Period,
    /// All hits together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// Notable findings, if [`Question::highlights`](crate::Question) asks for them. Not serialized: JSON is the same
    /// with and without highlights.
    #[serde(skip)]
    pub highlights: Option<Vec<Highlight>>,
    /// The hits without declared bots, if [`Question::people`](crate::Question) asks for them. `None` also if a line does
    /// not log its user agent, or if a state did not save them. Not serialized.
    #[serde(skip)]
    pub people: Option<People>,
    /// Hits by time, ascending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Vec<Row>>,
    /// Hits by status code, ascending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Vec<Row>>,
    /// Dynamic and static hits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Vec<Row>>,
    /// People and bots.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bots: Option<BotReport>,
    /// Rankings, in the order in which they were requested.
    #[serde(skip_serializing_if = "Option::is_none", with = "serial::rankings")]
    pub top: Option<Vec<Ranking>>,
    /// Rankings that dropped keys, because of [`Question::max_keys`](crate::Question) or
    /// [`Question::max_memory`](crate::Question).
    #[serde(skip_serializing_if = "Vec::is_empty", with = "serial::approximate")]
    pub approximate: Vec<Approximate>,
    /// Request times, or those of the first of `durations`; `None` if none was logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<LatencyReport>,
    /// The durations of [`Question::durations`](crate::Question), in their order. The first is also in `latency`.
    #[serde(skip_serializing_if = "Vec::is_empty", with = "duration_report")]
    pub durations: Vec<DurationReport>,
    /// The outcome of each [`Question::fail_if`](crate::Question) condition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Verdict>,
    /// Reports for the keys of a dimension, if [`Counting::each`](crate::Counting) asks for them. In the report of such a
    /// key, the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub each: Option<Each>,
    /// Columns that the user asked for. After a report is read back, they are those of the timeline's rows.
    #[serde(skip)]
    #[cfg_attr(not(feature = "table"), expect(dead_code, reason = "only formats for people show it"))]
    pub(crate) columns: Vec<Metric>,
    /// Number of inputs that have no lines, or only blank ones.
    #[serde(skip)]
    pub(crate) empty_inputs: usize,
    /// True if [`Section::Ledger`](crate::Section) is among the sections.
    #[serde(skip)]
    pub(crate) has_ledger: bool,
    /// Advice about request times, if no input logs them and their section was requested.
    #[serde(skip)]
    #[cfg_attr(
        not(any(feature = "html", feature = "table")),
        expect(dead_code, reason = "only formats for people show it")
    )]
    pub(crate) no_times: Option<NoTimes>,
}

/// Name and version of the report's format.
const SCHEMA: &str = "logstat.report/2";

impl Report {
    /// Adds warnings about inputs that failed, such as [`ResolvedInputs::problems`](crate::ResolvedInputs), which [`count`](crate::count)
    /// does not see. [`Outcome::problems`](crate::Outcome) are already in the report.
    pub fn warn<'e>(&mut self, problems: impl IntoIterator<Item = &'e Error>) {
        self.warnings.extend(problems.into_iter().filter_map(Warning::of));
        // Sorted like notes, so that the result does not depend on the order of the inputs.
        self.warnings.sort();
    }

    /// Renames the settings in notes and warnings, for an interface with other names, such as the options of a command
    /// line.
    pub fn reword(&mut self, name: &dyn Fn(Setting) -> String) {
        self.notes.iter_mut().for_each(|note| note.text.reword(name));
        self.warnings.iter_mut().for_each(|warning| warning.text.reword(name));
    }
}

/// The outcome of a condition.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Verdict {
    /// The condition, as the user wrote it.
    pub condition: String,
    /// True if the condition holds, which means that the check failed.
    pub holds: bool,
    /// Number of keys that meet the condition; 0 or 1 for a condition on all hits.
    pub keys: u64,
    /// Why it holds: the value of each name in the condition. If several keys meet it, the values are those of the key
    /// with the most hits.
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

/// The first and the last hit, and the unit and time zone of the timeline.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Period {
    /// Time of the first hit: `2022-04-05T03:45:05+00:00`. Times are compared by wall clock, then by offset.
    pub first: Option<String>,
    /// Time of the last hit.
    pub last: Option<String>,
    /// The unit of the timeline.
    #[serde(with = "by_name")]
    pub unit: Unit,
    /// The dimension that the timeline is split by, if any.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "by_name::option")]
    pub split: Option<Dimension>,
    /// Time zone of all times: `Europe/Berlin`, `+08:00`, `UTC`. `None` if times are shown as they were logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}
