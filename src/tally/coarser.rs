//! Which saved table an asked one is made from. A table of a day is also one of that day, and finer units of time are
//! part of coarser ones.

use std::borrow::Cow;

use super::by_day::Day;
use super::listed::listed_by;
use super::table_plan::TablePlan;
use crate::batch::{Fields, MISSING};
use crate::dimension::{Dimension, Key, time_key, time_number};
use crate::measure::MeasureKind;
use crate::time::{DAY_S, Unit};

/// A table that a report needs, but that cannot be made from the saved tables of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotSaved {
    pub(crate) dimension: Dimension,
    /// The measure that is missing. `None` if no saved table has the keys.
    pub(crate) measure: Option<MeasureKind>,
}

/// The saved table that an asked one is made from, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MadeFrom {
    /// Index of the saved table.
    pub(super) saved: usize,
    /// How the key is made, or each key of a pair.
    pub(super) keys: Vec<KeyFrom>,
    /// Fields that every hit must have, because hits without them are in one of the two tables only.
    pub(super) requires: Fields,
}

/// How a key of an asked table is made from a saved table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyFrom {
    /// The key of all hits.
    All,
    /// The key itself; of a pair, the one at this place.
    Part(usize),
    /// The bucket of `to` with the bucket of `from` at this place.
    Coarser { part: usize, from: Unit, to: Unit },
    /// The bucket with the day.
    Day(Unit),
}

impl KeyFrom {
    /// How keys of a single dimension are made from a table of another; `None` if they cannot be.
    fn of(asked: Dimension, saved: Dimension) -> Option<KeyFrom> {
        if let Some(part) = saved.parts().position(|part| part == asked) {
            return Some(KeyFrom::Part(part));
        }
        let Dimension::Time(to) = asked else { return (asked == Dimension::All).then_some(KeyFrom::All) };
        if Unit::Day.is_within(to) {
            return Some(KeyFrom::Day(to));
        }
        saved.parts().enumerate().find_map(|(part, dimension)| match dimension {
            Dimension::Time(from) if from.is_within(to) => Some(KeyFrom::Coarser { part, from, to }),
            _ => None,
        })
    }

    /// Makes the key from that of a group of the saved table, on this day.
    pub(super) fn key<'k>(self, saved: &'k Key<'_>, day: Day) -> Cow<'k, [u8]> {
        let part = |part| saved.parts().nth(part).map_or(MISSING, |(_, key)| key);
        match self {
            KeyFrom::All => Cow::Borrowed(b"all"),
            KeyFrom::Part(at) => Cow::Borrowed(part(at)),
            KeyFrom::Coarser { part: at, from, to } => match part(at) {
                MISSING => Cow::Borrowed(MISSING),
                key => Cow::Owned(time_key(from.number_in(to, time_number(key))).to_vec()),
            },
            KeyFrom::Day(to) => match day {
                None => Cow::Borrowed(MISSING),
                Some(day) => Cow::Owned(time_key(Unit::Day.number_in(to, day * DAY_S)).to_vec()),
            },
        }
    }
}

/// Checks that each of the `asked` tables can be made from the saved ones.
///
/// # Errors
/// The first table that cannot be.
pub(crate) fn check_saved(asked: &[TablePlan], saved: &[TablePlan]) -> Result<(), NotSaved> {
    asked.iter().try_for_each(|asked| MadeFrom::of(asked, saved).map(|_| ()))
}

impl MadeFrom {
    /// Chooses the saved table to make an asked table from: the same one, else the one with the fewest keys.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn of((asked, measures): &TablePlan, saved: &[TablePlan]) -> Result<MadeFrom, NotSaved> {
        let made = |(at, (dimension, _)): (usize, &TablePlan)| {
            let keys: Vec<KeyFrom> = asked.parts().map(|part| KeyFrom::of(part, *dimension)).collect::<Option<_>>()?;
            let requires = if asked == dimension {
                Fields::NONE
            } else {
                [*asked, *dimension].into_iter().filter_map(listed_by).fold(Fields::NONE, Fields::union)
            };
            Some(MadeFrom { saved: at, keys, requires })
        };
        let mut made: Vec<MadeFrom> = saved.iter().enumerate().filter_map(made).collect();
        made.sort_by_key(|made| {
            let dimension = saved[made.saved].0;
            let keys = dimension.parts().count();
            (dimension != *asked, made.requires != Fields::NONE, keys, dimension != Dimension::All)
        });
        let missing = |made: &MadeFrom| {
            let has = |measure: &MeasureKind| saved[made.saved].1.iter().any(|saved| measure.is_in(*saved));
            measures.iter().copied().find(|measure| !has(measure))
        };
        let not_saved = NotSaved { dimension: *asked, measure: made.first().and_then(missing) };
        made.into_iter().find(|made| missing(made).is_none()).ok_or(not_saved)
    }
}
