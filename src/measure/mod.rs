//! Measures: the numbers kept for each group. A measure is an array by group id, updated in a loop over one batch.
//!
//! To add a measure, add a file here with a [`GroupMeasure`] and a row in the list below.

mod cache;
mod contained;
mod counts;
mod durations;
mod first_last;
mod group_measure;
mod hits;
mod latency;
mod per_group;
mod rare;
mod registers;
mod seconds;
mod size;
mod sketch;
mod times;
mod uv;
mod uv_method;
mod visitor_set;

pub(crate) use cache::Cache;
#[cfg(test)]
pub(crate) use cache::Cached;
pub(crate) use counts::{Counts, GroupCounts, Lacking};
pub(crate) use durations::Durations;
pub(crate) use first_last::FirstLast;
pub(crate) use group_measure::{GroupMeasure, SavedOrder, SavedSize};
pub(crate) use hits::Hits;
#[cfg(test)]
pub(crate) use latency::Histogram;
pub(crate) use latency::{Latency, Sorted};
pub(crate) use seconds::Seconds;
pub(crate) use size::SizeOf;
pub(crate) use times::{Timed, Times};
pub(crate) use uv::Uv;
pub use uv_method::{Precision, UvMethod};

use crate::batch::{Batch, Fields};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::{GroupId, IdMap, Seed, VisitorId};

/// The visitors of the hits of a batch.
#[derive(Clone, Copy)]
pub(crate) struct Visitors<'v> {
    pub(crate) as_counted: VisitorsAs<'v>,
    /// For each hit, true if its line logs its visitor. `None` if all lines do.
    pub(crate) are_logged: Option<&'v [bool]>,
}

/// Visitors in the form that the method of counting needs.
#[derive(Clone, Copy)]
pub(crate) enum VisitorsAs<'v> {
    /// Visitors are not counted.
    NotCounted,
    Ids(&'v [VisitorId]),
    /// Fixed hashes of the visitors' bytes, one per hit.
    Hashes(&'v [u64]),
}

/// The groups of the hits of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grouped<'g> {
    /// The group of each hit.
    groups: &'g [GroupId],
    /// Number of groups in the table.
    len: usize,
    /// The group of all hits, if they have the same one: always for the total, usually for a bucket of a timeline.
    only: Option<GroupId>,
}

impl<'g> Grouped<'g> {
    /// All group ids must be below `len`.
    pub(crate) fn new(groups: &'g [GroupId], len: usize) -> Grouped<'g> {
        let only = groups.first().copied().filter(|first| groups.iter().all(|group| group == first));
        Grouped { groups, len, only }
    }
}

/// Writes the enums of measures, and what a table does with each, without dynamic dispatch. Each measure is a type of
/// the same name that implements [`GroupMeasure`].
macro_rules! measures {
    ($($(#[$doc:meta])* $name:ident: $text:literal,)+) => {
        /// The kinds of measure.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum MeasureKind {
            $($(#[$doc])* $name,)+
        }

        impl MeasureKind {
            #[cfg(test)]
            pub(crate) fn all() -> impl Iterator<Item = MeasureKind> {
                [$(MeasureKind::$name),+].into_iter()
            }

            /// Name in state files. Names are stable.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(MeasureKind::$name => $text,)+
                }
            }

            pub(crate) fn named(name: &str) -> Option<MeasureKind> {
                match name {
                    $($text => Some(MeasureKind::$name),)+
                    _ => None,
                }
            }

            /// The fields that it reads. The tally adds those that identify visitors.
            pub(crate) fn needs(self) -> Fields {
                match self {
                    $(MeasureKind::$name => $name::NEEDS,)+
                }
            }

            /// Skips what [`Measure::save`] wrote.
            pub(crate) fn skip(
                self,
                (uv, seed): (UvMethod, Seed),
                size: SavedSize,
                input: &mut Decoder<'_>,
            ) -> Result<(), Damaged> {
                match self {
                    $(MeasureKind::$name => $name::skip((uv, seed), size, input),)+
                }
            }

            pub(crate) fn measure(self, uv: UvMethod, seed: Seed) -> Measure {
                match self {
                    $(MeasureKind::$name => Measure::$name(GroupMeasure::new(uv, seed)),)+
                }
            }
        }

        /// A measure of every group of a table.
        #[derive(Clone, Debug)]
        pub(crate) enum Measure {
            $($name($name),)+
        }

        impl Measure {
            pub(crate) fn kind(&self) -> MeasureKind {
                match self {
                    $(Measure::$name(_) => MeasureKind::$name,)+
                }
            }

            pub(crate) fn add(
                &mut self,
                batch: &Batch<'_>,
                hits: &[u16],
                grouped: Grouped<'_>,
                visitors: &Visitors<'_>,
            ) {
                match self {
                    $(Measure::$name(measure) => GroupMeasure::add(measure, batch, hits, grouped, visitors),)+
                }
            }

            pub(crate) fn bytes(&self, size: SizeOf) -> u64 {
                match self {
                    $(Measure::$name(measure) => measure.bytes(size),)+
                }
            }

            pub(crate) fn set_bytes(&mut self, size: SizeOf) -> u64 {
                match self {
                    $(Measure::$name(measure) => measure.set_bytes(size),)+
                }
            }

            pub(crate) fn set_bytes_of_hit(&self) -> u64 {
                match self {
                    $(Measure::$name(measure) => measure.set_bytes_of_hit(),)+
                }
            }

            pub(crate) fn keep(&mut self, groups: &[GroupId]) {
                match self {
                    $(Measure::$name(measure) => measure.keep(groups),)+
                }
            }

            pub(crate) fn take(&mut self, groups: &[GroupId]) -> Measure {
                match self {
                    $(Measure::$name(measure) => Measure::$name(measure.take(groups)),)+
                }
            }

            pub(crate) fn save(&self, order: SavedOrder<'_>, out: &mut Encoder) {
                match self {
                    $(Measure::$name(measure) => measure.save(order, out),)+
                }
            }

            pub(crate) fn load(&mut self, size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
                match self {
                    $(Measure::$name(measure) => measure.load(size, input),)+
                }
            }

            pub(crate) fn merge(&mut self, other: &Measure, ids: &IdMap<'_>, len: usize) {
                match (self, other) {
                    $((Measure::$name(mine), Measure::$name(theirs)) => mine.merge(theirs, ids, len),)+
                    (mine, theirs) => {
                        unreachable!("workers share one list of measures: {:?}, {:?}", mine.kind(), theirs.kind())
                    }
                }
            }
        }

        $(
            impl OfTable for $name {
                fn of(measure: &Measure) -> Option<&$name> {
                    if let Measure::$name(measure) = measure { Some(measure) } else { None }
                }
            }
        )+
    };
}

/// A type of measure that a table may have.
pub(crate) trait OfTable: Sized {
    /// Returns the measure, if it has this type.
    fn of(measure: &Measure) -> Option<&Self>;
}

measures! {
    /// Hits by status class, bytes, and static hits.
    Counts: "counts",
    /// Hits only: the one number of `Counts` that needs no field.
    Hits: "hits",
    /// Distinct visitors.
    Uv: "uv",
    /// All request times, for percentiles.
    Latency: "latency",
    /// The sum of request times, and the longest.
    Times: "times",
    /// The times of the first and the last hit.
    FirstLast: "first_last",
    /// Further durations, for percentiles: those that the question names after the first one.
    Durations: "durations",
    /// Hits of every second.
    Seconds: "seconds",
    /// Hits and bytes that a cache answered.
    Cache: "cache",
}
