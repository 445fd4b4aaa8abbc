//! Adds up the days of a state, for a report or before they are written.

use std::sync::Arc;

use super::day::{CountedDay, DayLines};
use super::day_reader::DayReader;
use super::layout::empty_tally;
use super::{State, parallel};
use crate::error::Error;
use crate::filter::{FilterReason, WholeDays};
use crate::question::Question;
use crate::tally::{Day, OfDays, TablePlan, Tally, Unescaped, needed};

/// A day of at least this many states is added up apart from other days: its visitors are looked up in a smaller table,
/// and nearly all sets are of all visitors, which are merged fastest.
const MANY: usize = 4;

impl State {
    /// Adds up the days of a period in the tables of a report. The days are read by up to this many threads.
    ///
    /// # Errors
    /// [`ErrorKind::NotInState`] if a table cannot be made; [`ErrorKind::StateDamaged`].
    pub(crate) fn tally_of(
        &self,
        question: &Question,
        asked: &[TablePlan],
        period: WholeDays,
        threads: usize,
    ) -> Result<Tally<Unescaped>, Error> {
        let reader = DayReader::new(self)?;
        let not_saved = |missing| self.not_saved(missing);
        let (mut inside, outside): (Vec<_>, Vec<_>) = self.all_days().partition(|(day, _)| period.contains(*day));
        inside.sort_by_key(|(day, _)| *day);
        let tables = &self.layout.tables;
        let needed = needed(asked, tables).map_err(not_saved)?;
        let empty = || {
            let empty = empty_tally(question, asked, reader.seed)?;
            OfDays::new(empty, asked, tables).map_err(not_saved)
        };
        let add = |of_days: &mut OfDays, (day, lines): (Day, &DayLines)| {
            let is_same = lines.layout().tables == *tables;
            reader.with_part(lines, is_same.then_some(&needed), |part| match is_same {
                true => of_days.add(day, part).map_err(not_saved),
                false => of_days.add(day, &reader.projected(day, part, lines.layout())?).map_err(not_saved),
            })
        };
        // Each thread adds up a share of the days, and the shares are merged.
        let threads = threads.clamp(1, inside.len().max(1));
        let shares: Vec<&[(Day, &DayLines)]> = inside.chunks(inside.len().div_ceil(threads).max(1)).collect();
        let sum = |share: &&[(Day, &DayLines)]| -> Result<Tally<Unescaped>, Error> {
            let mut all = empty()?;
            for lines in share.chunk_by(|(day, _), (other, _)| day == other) {
                if lines.len() < MANY {
                    lines.iter().try_for_each(|lines| add(&mut all, *lines))?;
                    continue;
                }
                let mut of_day = empty()?;
                lines.iter().try_for_each(|lines| add(&mut of_day, *lines))?;
                all.absorb(of_day);
            }
            Ok(all.finish())
        };
        let mut sums = parallel::map(&shares, threads, sum).into_iter();
        let mut tally = sums.next().unwrap_or_else(|| empty_tally(question, asked, reader.seed))?;
        for sum in sums {
            tally.absorb(sum?);
        }
        let filtered = &mut tally.ledger.filtered_by;
        filtered[FilterReason::Period as usize] += outside.iter().map(|(_, lines)| lines.facts().parsed).sum::<u64>();
        filtered[FilterReason::Dropped as usize] += self.dropped;
        Ok(tally)
    }

    /// The latest time of all hits, in seconds since 1970.
    pub(crate) fn last_s(&self) -> Result<Option<i64>, Error> {
        // The clocks of two offsets differ by less than two days.
        let Some(last_day) = self.all_days().filter_map(|(day, _)| day).max() else { return Ok(None) };
        let reader = DayReader::new(self)?;
        let late = self.all_days().filter(|(day, _)| day.is_some_and(|day| day >= last_day - 2));
        let last_of = |(_, lines): (Day, &DayLines)| {
            reader.with_part(lines, Some(&[]), |part| Ok(part.tally.period.map(|(_, last)| last.epoch_s())))
        };
        let times = late.map(last_of).collect::<Result<Vec<_>, Error>>()?;
        Ok(times.into_iter().flatten().max())
    }

    /// Adds up the lines of each day that has those of several states. Only speed changes: a state that is both written and
    /// reported on does this once.
    pub(crate) fn settle_in(&mut self, threads: usize) -> Result<(), Error> {
        let reader = DayReader::new(self)?;
        let is_unsettled = |lines: &[DayLines]| lines.len() > 1 || lines.iter().any(|one| one.layout() != &self.layout);
        let unsettled: Vec<_> = self.days_by_owner().filter(|(_, _, lines)| is_unsettled(lines)).collect();
        let combine = |(part, day, lines): &(Option<usize>, Day, &Vec<DayLines>)| {
            reader.combined(*day, lines).map(|combined| (*part, *day, combined))
        };
        let settled = parallel::map(&unsettled, threads, combine).into_iter().collect::<Result<Vec<_>, Error>>()?;
        for (part, day, combined) in settled {
            let counted = CountedDay { layout: Arc::clone(&self.layout), part: combined };
            let days = match part {
                Some(at) => self.parts[at].days.get_or_insert_default(),
                None => &mut self.days,
            };
            days.insert(day, vec![DayLines::Counted(Arc::new(counted))]);
        }
        Ok(())
    }
}
