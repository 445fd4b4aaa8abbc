//! The tally of a report, made from the tallies of days.

use super::Tally;
use super::by_day::DayLines;
use super::coarser::{MadeFrom, NotSaved};
use super::day::Day;
use super::form::{Escaped, ReadAs, Unescaped};
use super::table_plan::TablePlan;

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
    /// How each table is made.
    made_from: Vec<MadeFrom>,
}

impl OfDays {
    /// Prepares for days with the tables `saved`. `empty` is the report's tally before the first hit, with the tables
    /// `asked`.
    ///
    /// # Errors
    /// If an asked table cannot be made from the saved ones.
    pub(crate) fn new(empty: Tally<Unescaped>, asked: &[TablePlan], saved: &[TablePlan]) -> Result<OfDays, NotSaved> {
        let made_from = asked.iter().map(|asked| MadeFrom::of(asked, saved)).collect::<Result<_, _>>()?;
        Ok(OfDays { tally: empty, made_from })
    }

    /// Adds the lines of a day that is in the report's period.
    ///
    /// # Errors
    /// If its hits lack a field, so that an asked table cannot be made from the saved ones.
    pub(crate) fn add(&mut self, day: Day, part: &DayPart<Unescaped>) -> Result<(), NotSaved> {
        let OfDays { tally, made_from } = self;
        let lacking = part.tally.unknown.fields();
        for (table, made_from) in tally.tables.iter().zip(&*made_from) {
            if made_from.requires.intersects(lacking) {
                return Err(NotSaved { dimension: table.dimension, measure: None });
            }
        }
        for (all, lines) in tally.ledger.filtered_by.iter_mut().zip(part.filtered_by) {
            *all += lines;
        }
        let (ids, _) = tally.merge_sums(&part.tally);
        let Tally { tables, visitors, .. } = tally;
        for (table, MadeFrom { saved, keys, .. }) in tables.iter_mut().zip(&*made_from) {
            table.add_day(&part.tally.tables[*saved], keys, day, (visitors, &part.tally.visitors), &ids);
        }
        Ok(())
    }

    /// Returns the tally. Its ledger has the filtered lines of these days by reason, and nothing else.
    pub(crate) fn finish(self) -> Tally<Unescaped> {
        self.tally
    }
}
