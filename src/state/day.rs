//! The lines of a day: as they were counted, or as a state file has them, compressed until they are needed.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::section::{self, Section};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::filter::{FilterReason, FilterReasonCounts};
use crate::tally::{DayPart, TablePlan, Tally, Unescaped};

/// The form of days in a state file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) tables: Vec<TablePlan>,
    pub(super) reasons: Vec<FilterReason>,
}

/// Facts about a day that are known without reading it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DayFacts {
    /// Number of lines that fit a format.
    pub(crate) parsed: u64,
    /// Number of hits.
    pub(crate) pv: u64,
    /// The offsets from UTC of its lines, in minutes.
    pub(crate) offsets: BTreeSet<i16>,
}

impl DayFacts {
    pub(crate) fn of<F>(part: &DayPart<F>) -> DayFacts {
        let pv = part.parsed - part.filtered_by.iter().sum::<u64>();
        DayFacts { parsed: part.parsed, pv, offsets: part.offsets.clone() }
    }
}

/// Lines of a day.
#[derive(Clone, Debug)]
pub(super) enum DayLines {
    Stored(StoredDay),
    Counted(Arc<CountedDay>),
}

/// Lines that were counted in these tables.
#[derive(Debug)]
pub(super) struct CountedDay {
    pub(super) layout: Arc<Layout>,
    pub(super) part: DayPart<Unescaped>,
}

/// Lines in a state file.
#[derive(Clone, Debug)]
pub(super) struct StoredDay {
    pub(super) file: Arc<Vec<u8>>,
    pub(super) section: Section,
    pub(super) layout: Arc<Layout>,
    pub(super) facts: DayFacts,
    /// Name of the file, for messages.
    pub(super) origin: Arc<PathBuf>,
}

impl StoredDay {
    pub(super) fn compressed(&self) -> &[u8] {
        &self.file[self.section.compressed.clone()]
    }

    /// Reads the day into an empty tally. Tables and measures of the layout that it lacks are skipped.
    pub(super) fn read(&self, empty: Tally<Unescaped>) -> Result<DayPart<Unescaped>, Damaged> {
        let bytes = section::decompress(self.compressed(), self.section.len).map_err(|_| Damaged)?;
        let part = decode(&bytes, &self.layout, empty)?;
        if DayFacts::of(&part) == self.facts { Ok(part) } else { Err(Damaged) }
    }
}

impl DayLines {
    pub(super) fn facts(&self) -> DayFacts {
        match self {
            DayLines::Stored(stored) => stored.facts.clone(),
            DayLines::Counted(counted) => DayFacts::of(&counted.part),
        }
    }

    pub(super) fn layout(&self) -> &Arc<Layout> {
        match self {
            DayLines::Stored(stored) => &stored.layout,
            DayLines::Counted(counted) => &counted.layout,
        }
    }
}

/// Writes a day.
pub(super) fn encode(part: &DayPart<Unescaped>, reasons: &[FilterReason]) -> Vec<u8> {
    let mut out = Encoder::default();
    out.unsigned(part.parsed);
    reasons.iter().for_each(|reason| out.unsigned(part.filtered_by[*reason as usize]));
    out.unsigned(part.offsets.len() as u64);
    part.offsets.iter().for_each(|offset_min| out.signed((*offset_min).into()));
    part.tally.save(&mut out);
    out.into_bytes()
}

fn decode(bytes: &[u8], layout: &Layout, empty: Tally<Unescaped>) -> Result<DayPart<Unescaped>, Damaged> {
    let mut input = Decoder::new(bytes);
    let parsed = input.unsigned()?;
    let mut filtered_by = FilterReasonCounts::default();
    let mut hits = parsed;
    for reason in &layout.reasons {
        let lines = input.unsigned()?;
        hits = hits.checked_sub(lines).ok_or(Damaged)?;
        filtered_by[*reason as usize] = lines;
    }
    let mut offsets = BTreeSet::new();
    for _ in 0..input.len(1)? {
        let offset_min = i16::try_from(input.signed()?).map_err(|_| Damaged)?;
        if offset_min.unsigned_abs() >= 24 * 60 || offsets.last().is_some_and(|last| *last >= offset_min) {
            return Err(Damaged);
        }
        offsets.insert(offset_min);
    }
    let tally = Tally::load(empty, &layout.tables, hits, &mut input)?;
    input.end()?;
    Ok(DayPart { parsed, filtered_by, offsets, tally })
}
