//! Measures that are contained in others: tables of days may have only the larger one.

use super::counts::GroupCounts;
use super::latency::Histogram;
use super::{GroupMeasure, Measure, MeasureKind};
use crate::keys::IdMap;

impl MeasureKind {
    /// True if this is the same measure, or if the other one has all its numbers.
    pub(crate) fn is_in(self, other: MeasureKind) -> bool {
        self == other
            || matches!(
                (self, other),
                (MeasureKind::Hits, MeasureKind::Counts) | (MeasureKind::Times, MeasureKind::Latency)
            )
    }
}

impl Measure {
    /// Adds the numbers of a measure that this one [is in](MeasureKind::is_in). `ids` maps its groups and visitors to
    /// those here; several may become one. There are then `len` groups.
    pub(crate) fn merge_from(&mut self, other: &Measure, ids: &IdMap<'_>, len: usize) {
        match (self, other) {
            (Measure::Hits(mine), Measure::Counts(theirs)) => {
                mine.merge(&theirs.groups().map(GroupCounts::pv).collect(), ids, len);
            }
            (Measure::Times(mine), Measure::Latency(theirs)) => {
                mine.merge(&theirs.groups().map(Histogram::summed).collect(), ids, len);
            }
            (mine, theirs) => mine.merge(theirs, ids, len),
        }
    }
}
