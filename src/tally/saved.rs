//! Tallies in state files, in a form that depends only on what was counted: equal tallies have equal bytes.

use super::form::Unescaped;
use super::table::SavedVisitors;
use super::{TablePlan, Tally, Unknown};
use crate::dimension::{Grouping, places_of};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::AddressKeys;
use crate::measure::SavedSize;
use crate::time::Stamp;

/// Maximum number of hits of a tally: more than all logs of the world have, and few enough that sums of many tallies
/// do not overflow.
const MOST_HITS: u64 = 1 << 48;

impl Tally<Unescaped> {
    /// Appends the period, the visitors, the hits that lack a field, and all tables. The ledger, rankings that drop keys
    /// and the tallies by key are not saved.
    pub(crate) fn save(&self, out: &mut Encoder) {
        out.unsigned(u64::from(self.period.is_some()));
        for Stamp { wall_s, offset_min } in self.period.into_iter().flat_map(|(first, last)| [first, last]) {
            out.signed(wall_s);
            out.signed(offset_min.into());
        }
        out.column(self.unknown.numbers());
        let order = self.visitors.save(out);
        let places = places_of(&order);
        self.undated.save_one(&places, out);
        let visitors = SavedVisitors { order: &order, places: &places };
        self.tables.iter().for_each(|table| table.save(visitors, out));
    }

    /// Removes the tables and measures that are not among these, from a tally without hits.
    pub(crate) fn keep_tables(&mut self, kept: &[TablePlan]) {
        self.tables.retain_mut(|table| {
            let plan = kept.iter().find(|(dimension, _)| *dimension == table.dimension);
            plan.inspect(|(_, measures)| table.keep_measures(measures)).is_some()
        });
    }

    /// Reads what [`save`](Tally::save) wrote, into an empty tally. It has `hits` hits. Of the tables and measures that
    /// were saved, those that the empty tally lacks are skipped, and their numbers are not checked. The others must be
    /// in the same order.
    pub(crate) fn load(
        empty: Tally<Unescaped>,
        saved: &[TablePlan],
        hits: u64,
        input: &mut Decoder<'_>,
    ) -> Result<Tally<Unescaped>, Damaged> {
        let mut tally = empty;
        if hits > MOST_HITS {
            return Err(Damaged);
        }
        if input.flag()? {
            let (first, last) = (stamp(input)?, stamp(input)?);
            tally.period = Some((first, last));
            if tally.rank(last) < tally.rank(first) {
                return Err(Damaged);
            }
        }
        let mut number = || input.at_most(hits);
        let (visitor, status, bytes, path, time) = (number()?, number()?, number()?, number()?, number()?);
        tally.unknown = Unknown { visitor, status, bytes, path, time };
        tally.visitors = AddressKeys::load(tally.visitors.seed(), input)?;
        tally.undated.load_one(tally.visitors.len(), input)?;
        let (uv, seed, visitors) = (tally.uv, tally.visitors.seed(), tally.visitors.len());
        let mut tables = tally.tables.iter_mut().peekable();
        for (dimension, measures) in saved {
            if let Some(table) = tables.next_if(|table| table.dimension == *dimension) {
                table.load(measures, &tally.visitors, hits, input)?;
                continue;
            }
            let size = SavedSize { groups: Grouping::skip(*dimension, visitors, input)?, visitors, hits };
            measures.iter().try_for_each(|kind| kind.skip((uv, seed), size, input))?;
        }
        Ok(tally)
    }
}

/// Reads a wall clock and its offset.
fn stamp(input: &mut Decoder<'_>) -> Result<Stamp, Damaged> {
    let wall_s = input.signed()?;
    let offset_min = i16::try_from(input.signed()?).map_err(|_| Damaged)?;
    Stamp { wall_s, offset_min }.checked().ok_or(Damaged)
}
