//! The contents of a state file as plain data, for people who want to know what it has.

use std::collections::BTreeMap;

use std::io::Read;
use std::path::Path;

use serde::Serialize;

use super::day::DayLines;
use super::layout::NamedTable;
use super::settings::STATIC_RULES;
use super::{CountedRange, Days, Source, State, file};
use crate::error::{Error, ErrorKind};
use crate::text::written;
use crate::time::day_name;

/// Schema of an inspection in JSON.
pub(super) const SCHEMA: &str = "logstat.state/1";

/// The contents of a state file.
///
/// ```
/// use logstat::{Engine, Input, Inspection, Question, count_to_state};
/// let line = r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET /a HTTP/1.1" 200 512 "-" "curl/8.5""#;
/// let inputs = vec![Input::reader("a.log", line.as_bytes())];
/// let state = count_to_state(&Question::new(), inputs, None, None, &Engine::default())?.state.expect("a line was counted");
/// let mut file = Vec::new();
/// state.write(&mut file)?;
/// let inspection = Inspection::from_reader("a.state", &file[..])?;
/// assert_eq!((inspection.bytes, inspection.pv()), (file.len() as u64, 1));
/// assert_eq!(inspection.days[0].day.as_deref(), Some("2022-04-05"));
/// # Ok::<(), logstat::Error>(())
/// ```
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
    /// The settings that are not the default, each with its values. Those of nginx configurations are hashes.
    pub settings: BTreeMap<String, Vec<String>>,
    /// Hash of the built-in rules for what is static.
    pub static_rules: String,
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
    /// The ranges of bytes that were counted, in ascending order; in JSON `[from, to, lines]`.
    pub ranges: Vec<CountedRange>,
    /// True if no more of it is expected: it was read to its end and will not grow, or its rest is lost.
    pub closed: bool,
    /// True if its rest is lost, because its file vanished before it was known to be complete.
    pub lost: bool,
    /// True if it will be read again from its start, because it is too short to detect its formats reliably.
    pub provisional: bool,
}

impl Inspection {
    /// Reads a state file. `path` is its name in messages.
    ///
    /// # Errors
    /// As [`State::read`].
    pub fn from_reader(path: impl AsRef<Path>, mut reader: impl Read) -> Result<Inspection, Error> {
        let (path, mut bytes) = (path.as_ref(), Vec::new());
        reader.read_to_end(&mut bytes).map_err(|source| ErrorKind::Io { path: path.to_owned(), source })?;
        let (meta, _) = file::meta(path, &bytes)?;
        let size = bytes.len() as u64;
        let state = State::of_bytes(path.to_owned(), bytes)?;
        let mut settings = state.settings.values().clone();
        let static_rules = settings.remove(STATIC_RULES).unwrap_or_default().concat();
        let tables = state
            .layout
            .tables
            .iter()
            .map(NamedTable::of)
            .map(|NamedTable { dimension, measures }| InspectedTable { dimension, measures });
        let mut days = days(&state.days, None);
        for part in &state.parts {
            let name = written(part.source.name.as_bytes());
            days.extend(part.days.iter().flat_map(|of_source| self::days(of_source, Some(&name))));
        }
        days.sort_by(|a, b| (a.day.is_none(), &a.day, &a.provisional).cmp(&(b.day.is_none(), &b.day, &b.provisional)));
        Ok(Inspection {
            schema: SCHEMA,
            path: written(path.as_os_str().as_encoded_bytes()),
            bytes: size,
            version: meta.version,
            generator: written(meta.generator.version.as_bytes()),
            settings,
            static_rules,
            tables: tables.collect(),
            not_in_all: state.left_out(),
            kept_from: state.kept_from.map(day_name),
            dropped: state.dropped,
            days,
            sources: state.sources().map(InspectedSource::of).collect(),
        })
    }

    /// Number of hits of all days.
    pub fn pv(&self) -> u64 {
        self.days.iter().map(|day| day.pv).sum()
    }
}

/// Describes the days of all sources, or of a provisional one.
fn days(days: &Days, provisional: Option<&str>) -> Vec<InspectedDay> {
    let stored = days.iter().flat_map(|(day, lines)| lines.iter().map(|lines| (*day, lines)));
    let inspected = stored.filter_map(|(day, lines)| match lines {
        DayLines::Stored(stored) => Some(InspectedDay {
            day: day.map(day_name),
            provisional: provisional.map(str::to_owned),
            parsed: stored.facts.parsed,
            pv: stored.facts.pv,
            bytes: stored.compressed().len() as u64,
        }),
        DayLines::Counted(_) => None,
    });
    inspected.collect()
}

impl InspectedSource {
    fn of(source: &Source) -> InspectedSource {
        let mut formats: Vec<(&String, u64)> = source.formats.iter().map(|(format, lines)| (format, *lines)).collect();
        formats.sort_by_key(|(_, lines)| std::cmp::Reverse(*lines));
        InspectedSource {
            name: written(source.name.as_bytes()),
            formats: formats.into_iter().map(|(format, _)| written(format.as_bytes())).collect(),
            envelope: source.envelope.clone(),
            bytes: source.bytes,
            lines: source.read,
            malformed: source.malformed_lines(),
            ranges: source.ranges.clone(),
            closed: source.closed,
            lost: source.lost,
            provisional: source.provisional,
        }
    }
}
