//! What is measured of each group: arrays by group id, updated in a loop over one batch.
//!
//! A new measure is a file here and its line in the enum below.

mod counts;
mod hits;
mod latency;
mod per_group;
mod rare;
mod registers;
mod seen;
mod size;
mod sketch;
mod times;
mod uv;
mod uv_method;
mod visitor_set;

pub(crate) use counts::{Counts, Lacking, Tallied};
pub(crate) use hits::Hits;
#[cfg(test)]
pub(crate) use latency::Histogram;
pub(crate) use latency::{Latency, Sorted};
pub(crate) use seen::Seen;
pub(crate) use size::SizeOf;
pub(crate) use times::Times;
pub(crate) use uv::Uv;
pub use uv_method::{Precision, UvMethod};

use crate::batch::{Batch, Fields};
use crate::keys::{GroupId, IdMap, Seed, VisitorId};

/// The visitors of the hits of a batch.
#[derive(Clone, Copy)]
pub(crate) struct Visitors<'v> {
    pub(crate) as_counted: VisitorsAs<'v>,
    /// For each hit, whether its line logs its visitor; `None` where all do.
    pub(crate) are_logged: Option<&'v [bool]>,
}

/// Visitors as the method of counting wants them.
#[derive(Clone, Copy)]
pub(crate) enum VisitorsAs<'v> {
    /// Nobody asks.
    NotCounted,
    Ids(&'v [VisitorId]),
    /// Fixed hashes of the visitors' bytes.
    Hashes(&'v [u64]),
}

/// The groups of the hits of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grouped<'g> {
    /// One for each hit.
    groups: &'g [GroupId],
    /// How many groups the table has.
    len: usize,
    /// The one group of all, if it is one, as it is for all hits together and mostly for a stretch of time.
    only: Option<GroupId>,
}

impl<'g> Grouped<'g> {
    /// Every group is below `len`.
    pub(crate) fn new(groups: &'g [GroupId], len: usize) -> Grouped<'g> {
        let only = groups.first().copied().filter(|first| groups.iter().all(|group| group == first));
        Grouped { groups, len, only }
    }
}

/// The kinds of measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MeasureKind {
    Counts,
    /// The one number of the counts that takes no field.
    Hits,
    Uv,
    /// All times, for percentiles.
    Latency,
    Times,
    Seen,
}

impl MeasureKind {
    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = MeasureKind> {
        use MeasureKind::{Counts, Hits, Latency, Seen, Times, Uv};
        [Counts, Hits, Uv, Latency, Times, Seen].into_iter()
    }

    /// The fields that it takes; what tells visitors apart, the tally knows.
    pub(crate) fn needs(self) -> Fields {
        use crate::batch::TextField;
        match self {
            // The class of a request is in its path.
            MeasureKind::Counts => Fields::STATUS.and(Fields::BYTES).and(Fields::text(TextField::Path)),
            MeasureKind::Uv | MeasureKind::Hits => Fields::NONE,
            MeasureKind::Latency | MeasureKind::Times => Fields::REQUEST_TIME,
            MeasureKind::Seen => Fields::TIME,
        }
    }

    pub(crate) fn measure(self, uv: UvMethod, seed: Seed) -> Measure {
        match self {
            MeasureKind::Counts => Measure::Counts(Counts::default()),
            MeasureKind::Hits => Measure::Hits(Hits::default()),
            MeasureKind::Uv => Measure::Uv(Uv::new(uv, seed)),
            MeasureKind::Latency => Measure::Latency(Latency::default()),
            MeasureKind::Times => Measure::Times(Times::default()),
            MeasureKind::Seen => Measure::Seen(Seen::default()),
        }
    }
}

/// A measure of every group of a table.
#[derive(Clone, Debug)]
pub(crate) enum Measure {
    Counts(Counts),
    Hits(Hits),
    Uv(Uv),
    Latency(Latency),
    Times(Times),
    Seen(Seen),
}

impl Measure {
    pub(crate) fn kind(&self) -> MeasureKind {
        match self {
            Measure::Counts(_) => MeasureKind::Counts,
            Measure::Hits(_) => MeasureKind::Hits,
            Measure::Uv(_) => MeasureKind::Uv,
            Measure::Latency(_) => MeasureKind::Latency,
            Measure::Times(_) => MeasureKind::Times,
            Measure::Seen(_) => MeasureKind::Seen,
        }
    }

    /// Adds the hits of a batch.
    pub(crate) fn add(&mut self, batch: &Batch<'_>, hits: &[u16], grouped: Grouped<'_>, visitors: &Visitors<'_>) {
        match self {
            Measure::Counts(counts) => counts.add(batch, hits, grouped),
            Measure::Hits(hits_of) => hits_of.count(grouped),
            Measure::Uv(uv) => uv.add(grouped, visitors),
            Measure::Latency(latency) => latency.add(batch, hits, grouped),
            Measure::Times(times) => times.measure(batch, hits, grouped),
            Measure::Seen(seen) => seen.see(batch, hits, grouped),
        }
    }

    /// Bytes by the formula, but for those of sets and histograms, which each group has one of.
    pub(crate) fn bytes(&self, size: SizeOf) -> u64 {
        match self {
            Measure::Counts(counts) => counts.size_bytes(size),
            Measure::Hits(hits) => hits.size_bytes(),
            Measure::Uv(uv) => uv.size_bytes(size),
            Measure::Latency(latency) => latency.size_bytes(),
            Measure::Times(times) => times.size_bytes(),
            Measure::Seen(seen) => seen.size_bytes(),
        }
    }

    /// Bytes by the formula of the sets and histograms of all groups. This looks at every group.
    pub(crate) fn set_bytes(&mut self, size: SizeOf) -> u64 {
        match self {
            Measure::Uv(uv) => uv.set_bytes(size),
            Measure::Latency(latency) => latency.set_bytes(),
            Measure::Counts(_) | Measure::Hits(_) | Measure::Times(_) | Measure::Seen(_) => 0,
        }
    }

    /// Bytes that a hit adds to sets and histograms at most.
    pub(crate) fn set_bytes_of_hit(&self) -> u64 {
        match self {
            Measure::Uv(uv) => uv.set_bytes_of_hit(),
            Measure::Latency(_) => size::TIME + size::LOW_TIME,
            Measure::Counts(_) | Measure::Hits(_) | Measure::Times(_) | Measure::Seen(_) => 0,
        }
    }

    /// Keeps what was measured of these groups, which ascend and are then the first ones, and the memory of the others.
    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        match self {
            Measure::Counts(counts) => counts.keep(groups),
            Measure::Hits(hits) => hits.keep(groups),
            Measure::Uv(uv) => uv.keep(groups),
            Measure::Latency(latency) => latency.keep(groups),
            Measure::Times(times) => times.keep(groups),
            Measure::Seen(seen) => seen.keep(groups),
        }
    }

    /// Adds what another worker measured, its groups and visitors being where `ids` says.
    pub(crate) fn merge(&mut self, other: &Measure, ids: &IdMap<'_>, len: usize) {
        match (self, other) {
            (Measure::Counts(mine), Measure::Counts(theirs)) => mine.merge(theirs, ids, len),
            (Measure::Hits(mine), Measure::Hits(theirs)) => mine.merge(theirs, ids, len),
            (Measure::Uv(mine), Measure::Uv(theirs)) => mine.merge(theirs, ids, len),
            (Measure::Latency(mine), Measure::Latency(theirs)) => mine.merge(theirs, ids, len),
            (Measure::Times(mine), Measure::Times(theirs)) => mine.merge(theirs, ids, len),
            (Measure::Seen(mine), Measure::Seen(theirs)) => mine.merge(theirs, ids, len),
            (mine, theirs) => {
                unreachable!("workers share one list of measures: {:?}, {:?}", mine.kind(), theirs.kind())
            }
        }
    }
}
