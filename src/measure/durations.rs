//! Further durations: a histogram for each that the question names after the first one, which
//! [`Latency`] has.

use super::latency::Histogram;
use super::{GroupMeasure, Grouped, Latency, SavedOrder, SavedSize, SizeOf, UvMethod, Visitors};
use crate::batch::{Batch, Fields, NAMED};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::{GroupId, IdMap, Seed};

/// The further durations of every group, in the order of the question.
#[derive(Clone, Debug, Default)]
pub(crate) struct Durations {
    further: Vec<Latency>,
}

impl Durations {
    /// Times of a further duration; `at` counts from 0. `None` if none was logged.
    pub(crate) fn of(&self, at: usize, group: GroupId) -> Option<&Histogram> {
        self.further.get(at)?.get(group)
    }

    fn grow(&mut self, len: usize) {
        if len > self.further.len() {
            self.further.resize_with(len, Latency::default);
        }
    }
}

impl GroupMeasure for Durations {
    const NEEDS: Fields = Fields::REQUEST_TIME;

    fn new(_: UvMethod, _: Seed) -> Durations {
        Durations::default()
    }

    fn add(&mut self, batch: &Batch<'_>, hits: &[u16], Grouped { groups, len, .. }: Grouped<'_>, _: &Visitors<'_>) {
        self.grow(batch.further_ms().len());
        for (mine, times_ms) in self.further.iter_mut().zip(batch.further_ms()) {
            mine.add_times(times_ms, hits, groups, len);
        }
    }

    fn bytes(&self, size: SizeOf) -> u64 {
        self.further.iter().map(|times| times.bytes(size)).sum()
    }

    fn set_bytes(&mut self, size: SizeOf) -> u64 {
        self.further.iter_mut().map(|times| times.set_bytes(size)).sum()
    }

    fn set_bytes_of_hit(&self) -> u64 {
        self.further.iter().map(Latency::set_bytes_of_hit).sum()
    }

    fn keep(&mut self, groups: &[GroupId]) {
        self.further.iter_mut().for_each(|times| times.keep(groups));
    }

    fn take(&mut self, groups: &[GroupId]) -> Durations {
        Durations { further: self.further.iter_mut().map(|times| times.take(groups)).collect() }
    }

    fn merge(&mut self, other: &Durations, ids: &IdMap<'_>, len: usize) {
        self.grow(other.further.len());
        let none = Latency::default();
        for (at, mine) in self.further.iter_mut().enumerate() {
            mine.merge(other.further.get(at).unwrap_or(&none), ids, len);
        }
    }

    /// Durations without any time at the end are left out, so that equal numbers have equal bytes.
    fn save(&self, order: SavedOrder<'_>, out: &mut Encoder) {
        let len = self.further.iter().rposition(|times| !times.is_empty()).map_or(0, |last| last + 1);
        out.unsigned(len as u64);
        self.further[..len].iter().for_each(|times| times.save(order, out));
    }

    fn load(&mut self, size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        let len = input.at_most(NAMED as u64)?;
        for _ in 0..len {
            let mut times = Latency::default();
            times.load(size, input)?;
            self.further.push(times);
        }
        if self.further.last().is_some_and(Latency::is_empty) { Err(Damaged) } else { Ok(()) }
    }
}
