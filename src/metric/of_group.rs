//! The numbers of one group, which metrics are read from.

use super::counted::KnownCounts;
use crate::keys::GroupId;
use crate::measure::{Cache, Counts, FirstLast, Hits, Latency, Measure, OfTable, Seconds, Timed, Times, Uv};
use crate::time::Stamp;

/// A group of a table.
#[derive(Clone, Copy)]
pub(crate) struct OfGroup<'t> {
    /// The measures of its table.
    pub(crate) measures: &'t [Measure],
    pub(crate) group: GroupId,
    /// Number of hits of all groups.
    pub(crate) pv_of_all: u64,
    /// Length in seconds of the time that the group is about, not 0; `None` if it is not known.
    pub(crate) length_s: Option<u64>,
}

/// The value of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantity {
    Count(u64),
    /// A part and its whole; the whole is not 0.
    Share(u64, u64),
    Ms(u64),
    /// A sum of milliseconds, and the number of its terms.
    MeanMs(u64, u64),
    /// A mean number: a sum, and what it is divided by, which is not 0.
    Mean(u64, u64),
    Moment(Stamp),
}

impl Quantity {
    /// Returns the number as numerator and denominator, in milliseconds for a time; `None` for a moment.
    pub(crate) fn quotient(self) -> Option<(u64, u64)> {
        match self {
            Quantity::Count(number) | Quantity::Ms(number) => Some((number, 1)),
            Quantity::Share(part, whole) | Quantity::MeanMs(part, whole) | Quantity::Mean(part, whole) => {
                Some((part, whole))
            }
            Quantity::Moment(_) => None,
        }
    }
}

impl<'t> OfGroup<'t> {
    /// Returns the measure of this type, if the table has it.
    pub(crate) fn measure<M: OfTable>(&self) -> Option<&'t M> {
        self.measures.iter().find_map(M::of)
    }

    /// Number of hits; 0 if the table does not count them.
    pub(crate) fn pv(&self) -> u64 {
        self.known_pv().unwrap_or(0)
    }

    fn known_pv(&self) -> Option<u64> {
        let counted = self.measure().map(|counts: &Counts| counts.of(self.group).pv());
        counted.or_else(|| self.measure().map(|hits: &Hits| hits.of(self.group)))
    }

    /// Number of known visitors, if they are counted; `None` if the group has hits and no line of them logs its
    /// visitor.
    pub(crate) fn uv(&self) -> Option<u64> {
        let uv: &Uv = self.measure()?;
        let known = uv.of(self.group);
        (known > 0 || uv.unknown(self.group) == 0).then_some(known)
    }

    pub(crate) fn counted(&self) -> KnownCounts {
        let counts: Option<&Counts> = self.measure();
        counts.map(|counts| KnownCounts::new(counts.of(self.group), counts.lacking(self.group))).unwrap_or_default()
    }

    /// Returns the sums of request times, if any were logged.
    pub(super) fn timed(&self) -> Option<Timed> {
        self.measure().map(|times: &Times| times.of(self.group)).filter(|timed| timed.count > 0)
    }

    pub(super) fn percentile_ms(&self, percent: u64) -> Option<u64> {
        let times = self.measure::<Latency>()?.of(self.group).sorted();
        (times.count() > 0).then(|| times.percentile_ms(percent))
    }

    /// Returns the mean number of hits in flight: the sum of their times divided by the length of the group's time.
    pub(super) fn busy(&self) -> Option<Quantity> {
        if self.known_pv() == Some(0) {
            return Some(Quantity::Mean(0, 1));
        }
        let length_ms = self.length_s?.checked_mul(1000)?;
        self.timed().map(|timed| Quantity::Mean(timed.sum_ms, length_ms))
    }

    /// Returns the most hits in one second, if any hit has a time.
    pub(super) fn peak(&self) -> Option<u64> {
        let peak = self.measure::<Seconds>()?.of(self.group).peak();
        peak.or_else(|| self.known_pv().filter(|pv| *pv == 0))
    }

    /// Returns the share of hits, among those with a cache status, that the cache answered.
    pub(super) fn cache_hits(&self) -> Option<Quantity> {
        let cached = self.measure::<Cache>()?.of(self.group);
        (cached.asked > 0).then_some(Quantity::Share(cached.answered, cached.asked))
    }

    /// Returns the share of bytes, among those of hits with a cache status, that the cache answered.
    pub(super) fn cache_bytes(&self) -> Option<Quantity> {
        let cached = self.measure::<Cache>()?.of(self.group);
        (cached.asked_bytes > 0).then_some(Quantity::Share(cached.answered_bytes, cached.asked_bytes))
    }

    /// Returns the times of the first and the last hit.
    pub(super) fn seen(&self) -> Option<(Stamp, Stamp)> {
        self.measure::<FirstLast>()?.of(self.group)
    }
}
