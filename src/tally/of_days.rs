//! The tally of a report, made from the tallies of days.

use super::Tally;
use super::by_day::DayLines;
use super::coarser::{MadeFrom, NotSaved};
use super::day::Day;
use super::form::{Escaped, ReadAs, Unescaped};
use super::table_plan::TablePlan;
use crate::dimension::Dimension;

/// The lines of a day. `F` is the form of its tally's texts.
pub(crate) type DayPart<F = Escaped> = DayLines<Tally<F>>;

impl<F: Clone> DayPart<F> {
    /// Adds the lines of another part of the same day.
    pub(crate) fn merge<G: ReadAs<F>>(&mut self, other: &DayPart<G>) {
        self.merge_sums(other);
        self.tally.merge(&other.tally);
    }
}

/// Adds up the tallies of days, in the tables of a report.
pub(crate) struct OfDays {
    tally: Tally<Unescaped>,
    /// How each table is made, and the dimension of the one that it is made from.
    made_from: Vec<(MadeFrom, Dimension)>,
}

impl OfDays {
    /// Prepares for days with the tables `saved`, of which those that are not [`needed`](super::needed) may be missing. `empty` is the report's tally before the first hit, with the tables
    /// `asked`.
    ///
    /// # Errors
    /// If an asked table cannot be made from the saved ones.
    pub(crate) fn new(empty: Tally<Unescaped>, asked: &[TablePlan], saved: &[TablePlan]) -> Result<OfDays, NotSaved> {
        let made_from = |asked| {
            let made_from = MadeFrom::of(asked, saved)?;
            let dimension = saved[made_from.saved].0;
            Ok((made_from, dimension))
        };
        let made_from = asked.iter().map(made_from).collect::<Result<_, _>>()?;
        Ok(OfDays { tally: empty, made_from })
    }

    /// Adds the lines of a day that is in the report's period.
    ///
    /// # Errors
    /// If its hits lack a field, so that an asked table cannot be made from the saved ones.
    pub(crate) fn add(&mut self, day: Day, part: &DayPart<Unescaped>) -> Result<(), NotSaved> {
        let OfDays { tally, made_from } = self;
        let lacking = part.tally.unknown.fields();
        for (table, (made_from, _)) in tally.tables.iter().zip(&*made_from) {
            if made_from.requires.intersects(lacking) {
                return Err(NotSaved { dimension: table.dimension, measure: None });
            }
        }
        for (all, lines) in tally.ledger.filtered_by.iter_mut().zip(part.filtered_by) {
            *all += lines;
        }
        let (ids, _) = tally.merge_sums(&part.tally);
        let Tally { tables, visitors, .. } = tally;
        for (table, (MadeFrom { keys, .. }, from)) in tables.iter_mut().zip(&*made_from) {
            let saved = part.tally.tables.iter().find(|saved| saved.dimension == *from);
            let not_saved = NotSaved { dimension: table.dimension, measure: None };
            table.add_day(saved.ok_or(not_saved)?, keys, day, (visitors, &part.tally.visitors), &ids);
        }
        Ok(())
    }

    /// Adds the lines of other days.
    pub(crate) fn absorb(&mut self, other: OfDays) {
        self.tally.absorb(other.tally);
    }

    /// Returns the tally. Its ledger has the filtered lines of these days by reason, and nothing else.
    pub(crate) fn finish(self) -> Tally<Unescaped> {
        self.tally
    }
}
