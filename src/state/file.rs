//! State files: a magic line, a section of JSON, then a section for each day.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::day::{DayFacts, DayLines, Layout, StoredDay};
use super::day_reader::{DayReader, WrittenDay};
use super::layout::NamedTable;
use super::meta::{MadeBy, Meta, MetaDay, OneOrMore, VERSION};
use super::saved_note::SavedNote;
use super::section::{self, BadSection, not_compressed};
use super::settings::Settings;
use super::{Days, SourcePart, State, parallel};
use crate::by_name::Named;
use crate::error::{Error, ErrorKind};
use crate::note::Note;
use crate::report::Generator;
use crate::tally::Day;

/// The first bytes of every state file, before the version.
const MAGIC: &[u8] = b"logstat state ";

/// Bytes before the first section: the magic, the version, a line feed.
const FIRST_LINE: usize = 16;

impl State {
    /// True if these are the first bytes of a state file. 14 of them suffice.
    ///
    /// ```
    /// use logstat::State;
    /// assert!(State::is_state(b"logstat state 1\n"));
    /// assert!(!State::is_state(b"10.0.0.7 - - [05/Apr/2022"));
    /// ```
    pub fn is_state(first_bytes: &[u8]) -> bool {
        first_bytes.starts_with(MAGIC)
    }

    /// Reads a state file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`]; [`ErrorKind::StateDamaged`] if it is not a state or has changed since it was written;
    /// [`ErrorKind::StateVersion`]; [`ErrorKind::CompressionUnsupported`] without the feature `compressed`.
    pub fn read(path: impl AsRef<Path>) -> Result<State, Error> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|source| ErrorKind::Io { path: path.to_owned(), source })?;
        State::of_bytes(path.to_owned(), bytes)
    }

    /// Reads a state from a reader. `name` is its name in messages.
    ///
    /// # Errors
    /// As [`State::read`].
    pub fn from_reader(name: impl Into<PathBuf>, mut reader: impl Read) -> Result<State, Error> {
        let (name, mut bytes) = (name.into(), Vec::new());
        reader.read_to_end(&mut bytes).map_err(|source| ErrorKind::Io { path: name.clone(), source })?;
        State::of_bytes(name, bytes)
    }

    pub(super) fn of_bytes(name: PathBuf, bytes: Vec<u8>) -> Result<State, Error> {
        let (meta, first_day) = meta(&name, &bytes)?;
        let damaged = |detail: &str| damaged(&name, detail);
        let bad = |number: usize, bad: BadSection| bad_section(&name, number, bad);
        let file = Arc::new(bytes);
        let unknown = || damaged("it names a table, a number or a reason that this version of logstat does not know");
        let layout = Layout {
            tables: meta.tables.iter().map(NamedTable::table).collect::<Option<_>>().ok_or_else(unknown)?,
            reasons: meta.reasons.iter().map(|name| Named::named(name)).collect::<Option<_>>().ok_or_else(unknown)?,
        };
        let is_named_before = |at: usize| layout.tables[..at].iter().any(|(other, _)| *other == layout.tables[at].0);
        if (0..layout.tables.len()).any(is_named_before) {
            return Err(damaged("its description has a table twice"));
        }
        let (layout, origin) = (Arc::new(layout), Arc::new(name.clone()));
        let mut parts: Vec<SourcePart> = Vec::with_capacity(meta.sources.len());
        for source in meta.sources {
            let days = source.provisional.then(Days::new);
            parts.push(SourcePart { source, days });
        }
        let (mut days, mut at) = (Days::new(), first_day);
        for (number, MetaDay { day, source, parsed, pv, offsets, bytes }) in (2..).zip(meta.days) {
            let section = section::section(&file, at).map_err(|error| bad(number, error))?;
            at = section.end;
            let into = match source {
                None => Some(&mut days),
                Some(source) => parts.get_mut(source).and_then(|part| part.days.as_mut()),
            };
            if section.len != bytes {
                return Err(bad(number, BadSection::Compression));
            }
            let (file, layout, origin) = (Arc::clone(&file), Arc::clone(&layout), Arc::clone(&origin));
            let facts = DayFacts { parsed, pv, offsets };
            let lines = vec![DayLines::Stored(StoredDay { file, section, layout, facts, origin })];
            if into.is_none_or(|into| into.insert(day, lines).is_some()) {
                return Err(damaged("its description has a day twice, or of an unknown source"));
            }
        }
        if at != file.len() {
            return Err(damaged("something follows its last section"));
        }
        let state = State {
            name,
            settings: Settings::from_values(
                meta.settings.into_iter().map(|(name, texts)| (name, texts.into())).collect(),
            ),
            shown: meta.shown,
            layout,
            merged: Vec::new(),
            not_in_all: meta.not_in_all,
            parts,
            days,
            notes: meta.notes.into_iter().map(Note::from).collect(),
            kept_from: meta.kept_from,
            dropped: meta.dropped,
        };
        match state.inconsistency() {
            None => Ok(state.in_current_order()),
            Some(detail) => {
                Err(ErrorKind::StateDamaged { path: state.name, detail: format!("its description {detail}") }.into())
            }
        }
    }

    /// A contradiction in the description of a state; `None` if there is none.
    fn inconsistency(&self) -> Option<&'static str> {
        if !self.sources().all(super::Source::is_valid) {
            return Some("has a source whose numbers do not add up");
        }
        let counted = self.sources().try_fold(0_u64, |sum, source| sum.checked_add(source.parsed()));
        let of_days = self.all_days().try_fold(self.dropped, |sum, (_, lines)| sum.checked_add(lines.facts().parsed));
        let is_provisional = |part: &SourcePart| {
            part.days.as_ref().is_none_or(|days| {
                days.values().flatten().map(|lines| lines.facts().parsed).sum::<u64>() <= part.source.parsed()
            })
        };
        if of_days.is_none() || of_days != counted || !self.parts.iter().all(is_provisional) {
            return Some("has days and sources with different numbers of lines");
        }
        None
    }

    /// Uses the order of tables and reasons of this version, so that days need not be rewritten if it is the same.
    fn in_current_order(self) -> State {
        let layout = Layout { tables: super::in_order(self.layout.tables.clone()), reasons: super::layout::reasons() };
        if layout == *self.layout { self } else { State { layout: Arc::new(layout), ..self } }
    }

    /// Writes a state file. Equal states give equal bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Io`]; [`ErrorKind::StateDamaged`] if the numbers of a day that must be merged cannot be read;
    /// [`ErrorKind::CompressionUnsupported`] without the feature `compressed`.
    pub fn write(&self, out: &mut dyn Write) -> Result<(), Error> {
        let bytes = self.to_bytes()?;
        out.write_all(&bytes).map_err(|source| ErrorKind::Io { path: self.name.clone(), source }.into())
    }

    fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let reader = DayReader::new(self)?;
        let all: Vec<(Option<usize>, Day, _)> = self.days_by_owner().collect();
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let written = parallel::map(&all, threads, |(_, day, lines)| reader.write(*day, lines));
        let written = written.into_iter().collect::<Result<Vec<_>, Error>>()?;
        let day = |((source, day, _), written): (&(Option<usize>, Day, _), &WrittenDay)| {
            let DayFacts { parsed, pv, offsets } = written.facts.clone();
            MetaDay { day: *day, source: *source, parsed, pv, offsets, bytes: written.len }
        };
        let Generator { name, version } = Generator::this();
        let meta = Meta {
            version: VERSION,
            generator: MadeBy { name, version },
            settings: self
                .settings
                .values()
                .iter()
                .map(|(name, texts)| (name.clone(), OneOrMore::from(texts)))
                .collect(),
            shown: self.shown.clone(),
            reasons: self.layout.reasons.iter().map(|reason| reason.name().to_owned()).collect(),
            tables: self.layout.tables.iter().map(NamedTable::of).collect(),
            not_in_all: self.not_in_all.clone(),
            sources: self.sources().cloned().collect(),
            notes: self.notes.iter().map(SavedNote::from).collect(),
            kept_from: self.kept_from,
            dropped: self.dropped,
            days: all.iter().zip(&written).map(day).collect(),
        };
        let json = serde_json::to_vec(&meta)
            .map_err(|error| ErrorKind::Io { path: self.name.clone(), source: error.into() })?;
        let mut file = [MAGIC, VERSION.to_string().as_bytes(), b"\n"].concat();
        let compressed = section::compress(&json).ok_or_else(|| not_compressed(&self.name))?;
        section::append(&mut file, &compressed, json.len() as u64);
        written.iter().for_each(|day| section::append(&mut file, &day.compressed, day.len));
        Ok(file)
    }
}

/// Reads the description in a file, and returns the byte at which the first day begins.
pub(super) fn meta(name: &Path, bytes: &[u8]) -> Result<(Meta, usize), Error> {
    match version(bytes) {
        Some(VERSION) => {}
        Some(version) => return Err(ErrorKind::StateVersion { path: name.to_owned(), version }.into()),
        None if bytes.starts_with(MAGIC) => return Err(damaged(name, "its first line has no version")),
        None => return Err(damaged(name, "it does not begin like a state")),
    }
    if !cfg!(feature = "compressed") {
        return Err(not_compressed(name));
    }
    let first = section::section(bytes, FIRST_LINE).map_err(|bad| bad_section(name, 1, bad))?;
    let json = section::decompress(&bytes[first.compressed], first.len).map_err(|bad| bad_section(name, 1, bad))?;
    let meta = serde_json::from_slice(&json)
        .map_err(|error| damaged(name, &format!("its description cannot be read: {error}")))?;
    Ok((meta, first.end))
}

fn damaged(name: &Path, detail: &str) -> Error {
    ErrorKind::StateDamaged { path: name.to_owned(), detail: detail.to_owned() }.into()
}

fn bad_section(name: &Path, number: usize, bad: BadSection) -> Error {
    damaged(
        name,
        &match bad {
            BadSection::Short => format!("it ends within section {number}"),
            BadSection::Checksum => format!("section {number} does not have its checksum"),
            BadSection::Compression => format!("section {number} cannot be decompressed"),
        },
    )
}

/// The version that the first line states.
fn version(bytes: &[u8]) -> Option<u64> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let end = rest.iter().take(20).position(|byte| *byte == b'\n')?;
    let digits = str::from_utf8(&rest[..end]).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    digits.parse().ok()
}
