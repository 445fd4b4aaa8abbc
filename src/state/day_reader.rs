//! Reads the days of a state, and writes them.

use super::day::{self, DayFacts, DayLines, Layout};
use super::layout::empty_tally;
use super::{State, section};
use crate::error::{Error, ErrorKind};
use crate::keys::Seed;
use crate::question::Question;
use crate::tally::{Day, DayPart, Ledger, OfDays, TablePlan, Tally, Unescaped};

/// A day ready to be written: its section's compressed bytes, and their uncompressed length.
pub(super) struct WrittenDay {
    pub(super) compressed: Vec<u8>,
    pub(super) len: u64,
    pub(super) facts: DayFacts,
}

/// Reads the days of a state.
pub(super) struct DayReader<'s> {
    state: &'s State,
    question: Question,
    /// The seed of all tables, so that they can be merged.
    pub(super) seed: Seed,
}

impl<'s> DayReader<'s> {
    pub(super) fn new(state: &'s State) -> Result<DayReader<'s>, Error> {
        Ok(DayReader { state, question: state.question()?, seed: Seed::random() })
    }

    fn empty(&self, tables: &[TablePlan]) -> Result<Tally<Unescaped>, Error> {
        empty_tally(&self.question, tables, self.seed)
    }

    /// Passes lines to `take`, in the tables that they were counted in. Those that are not `needed` may be missing; `None`
    /// if all are.
    pub(super) fn with_part<R>(
        &self,
        lines: &DayLines,
        needed: Option<&[TablePlan]>,
        take: impl FnOnce(&DayPart<Unescaped>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        match lines {
            DayLines::Counted(counted) => take(&counted.part),
            DayLines::Stored(stored) => {
                let mut empty = self.empty(&stored.layout.tables)?;
                needed.into_iter().for_each(|needed| empty.keep_tables(needed));
                let part = stored.read(empty).map_err(|_| {
                    let (path, detail) = ((*stored.origin).clone(), "the numbers of a day cannot be read".to_owned());
                    Error::from(ErrorKind::StateDamaged { path, detail })
                })?;
                take(&part)
            }
        }
    }

    /// Adds up lines of a day in the tables of the state.
    pub(super) fn combined(&self, day: Day, all: &[DayLines]) -> Result<DayPart<Unescaped>, Error> {
        let layout = &self.state.layout;
        let mut combined = DayPart::new(self.empty(&layout.tables)?);
        for lines in all {
            self.with_part(lines, None, |part| {
                if lines.layout().tables == layout.tables {
                    combined.merge(part);
                } else {
                    combined.merge(&self.projected(day, part, lines.layout())?);
                }
                Ok(())
            })?;
        }
        Ok(combined)
    }

    /// Leaves out what the tables of the state do not have.
    pub(super) fn projected(
        &self,
        day: Day,
        part: &DayPart<Unescaped>,
        layout: &Layout,
    ) -> Result<DayPart<Unescaped>, Error> {
        let tables = &self.state.layout.tables;
        let not_saved = |missing| self.state.not_saved(missing);
        let mut of_days = OfDays::new(self.empty(tables)?, tables, &layout.tables).map_err(not_saved)?;
        of_days.add(day, part).map_err(not_saved)?;
        let mut tally = of_days.finish();
        tally.ledger = Ledger::default();
        let (parsed, filtered_by, offsets) = (part.parsed, part.filtered_by, part.offsets.clone());
        Ok(DayPart { parsed, filtered_by, offsets, tally })
    }

    /// Encodes a day, unless it is stored as it should be.
    pub(super) fn write(&self, day: Day, all: &[DayLines]) -> Result<WrittenDay, Error> {
        if let [DayLines::Stored(stored)] = all
            && *stored.layout == *self.state.layout
        {
            let (compressed, len) = (stored.compressed().to_vec(), stored.section.len);
            return Ok(WrittenDay { compressed, len, facts: stored.facts.clone() });
        }
        let encoded = |part: &DayPart<Unescaped>| {
            let bytes = day::encode(part, &self.state.layout.reasons);
            let compressed = section::compress(&bytes).ok_or_else(|| section::not_compressed(&self.state.name))?;
            Ok(WrittenDay { compressed, len: bytes.len() as u64, facts: DayFacts::of(part) })
        };
        match all {
            [one] if one.layout().tables == self.state.layout.tables => self.with_part(one, None, encoded),
            several => encoded(&self.combined(day, several)?),
        }
    }
}
