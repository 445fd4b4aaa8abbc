//! Which saved table an asked one is made from. A table of a day is also one of that day, and finer units of time are
//! part of coarser ones.

use super::key_from::KeyFrom;
use super::listed::listed_by;
use super::table_plan::TablePlan;
use crate::batch::Fields;
use crate::dimension::Dimension;
use crate::measure::MeasureKind;

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

/// Checks that each of the `asked` tables can be made from the saved ones.
///
/// # Errors
/// The first table that cannot be.
pub(crate) fn check_saved(asked: &[TablePlan], saved: &[TablePlan]) -> Result<(), NotSaved> {
    asked.iter().try_for_each(|asked| MadeFrom::of(asked, saved).map(|_| ()))
}

/// The saved tables and measures that the `asked` tables are made from, in their order.
///
/// # Errors
/// The first table that cannot be made.
pub(crate) fn needed(asked: &[TablePlan], saved: &[TablePlan]) -> Result<Vec<TablePlan>, NotSaved> {
    let from: Vec<usize> = asked.iter().map(|asked| Ok(MadeFrom::of(asked, saved)?.saved)).collect::<Result<_, _>>()?;
    let needed = |(at, (dimension, measures)): (usize, &TablePlan)| {
        let asked = || asked.iter().zip(&from).filter(|(_, from)| **from == at).flat_map(|((_, asked), _)| asked);
        let is_needed = |measure: &&MeasureKind| asked().any(|asked| asked.is_in(**measure));
        let measures: Vec<MeasureKind> = measures.iter().filter(is_needed).copied().collect();
        (!measures.is_empty()).then_some((*dimension, measures))
    };
    Ok(saved.iter().enumerate().filter_map(needed).collect())
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
