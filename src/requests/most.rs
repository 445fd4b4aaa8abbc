//! The requests with the largest values, by any number of workers.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{RequestFields, RequestList, RequestOrder};
use crate::batch::Batch;
use crate::steps::LoggedDuration;

/// A request among those with the largest values, and the place of its line.
#[derive(Clone, Debug)]
pub(crate) struct FoundRequest {
    pub(crate) rank: Rank,
    /// Start of the chunk that has the line, and the index of the line in it.
    pub(crate) chunk: u64,
    pub(crate) line_in_chunk: u64,
    pub(crate) fields: RequestFields,
}

/// The rank of a request: the largest value first, then the order of the inputs, then that of their lines. No two
/// requests have the same rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    value: Reverse<u64>,
    pub(crate) input: usize,
    place: u64,
}

impl PartialEq for FoundRequest {
    fn eq(&self, other: &FoundRequest) -> bool {
        self.rank == other.rank
    }
}

impl Eq for FoundRequest {}

impl PartialOrd for FoundRequest {
    fn partial_cmp(&self, other: &FoundRequest) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for FoundRequest {
    fn cmp(&self, other: &FoundRequest) -> std::cmp::Ordering {
        self.rank.cmp(&other.rank)
    }
}

/// The first requests of a list, among those added so far. The result does not depend on the order in which they are
/// added.
#[derive(Clone, Debug)]
pub(crate) struct MostRequests {
    list: RequestList,
    /// The last in rank is on top.
    heap: BinaryHeap<FoundRequest>,
}

impl Default for MostRequests {
    /// A list that has no requests.
    fn default() -> MostRequests {
        MostRequests::new(RequestList { order: RequestOrder::Slowest, at_most: 0 })
    }
}

impl MostRequests {
    pub(crate) fn new(list: RequestList) -> MostRequests {
        MostRequests { list, heap: BinaryHeap::new() }
    }

    /// Adds the hits of a batch that has its lines and these durations. Hits with a value below `least` are known not to
    /// be in the list.
    pub(crate) fn add_hits(
        &mut self,
        input: usize,
        batch: &Batch<'_>,
        hits: &[u16],
        durations: &[LoggedDuration],
        least: u64,
    ) {
        for &row in hits {
            let row = usize::from(row);
            let Some(value) = self.list.order.value(batch, row).filter(|value| *value >= least) else { continue };
            let line = batch.logged()[row];
            let rank = Rank { value: Reverse(value), input, place: line.place };
            if self.takes(rank) {
                let (chunk, line_in_chunk) = (line.chunk, line.line_in_chunk);
                let fields = RequestFields::of(batch, row, durations);
                self.push(FoundRequest { rank, chunk, line_in_chunk, fields });
            }
        }
    }

    /// Moves the requests of another list with the same settings into this one.
    pub(crate) fn append(&mut self, other: &mut MostRequests) {
        for found in other.heap.drain() {
            if self.takes(found.rank) {
                self.push(found);
            }
        }
    }

    /// The least value that a further request needs to be in the list; 0 as long as it has room.
    pub(crate) fn least(&self) -> u64 {
        let is_full = self.heap.len() >= self.list.at_most;
        self.heap.peek().filter(|_| is_full).map_or(0, |last| last.rank.value.0)
    }

    /// The requests in the order of the list.
    pub(crate) fn into_sorted(self) -> Vec<FoundRequest> {
        self.heap.into_sorted_vec()
    }

    /// True if a request of this rank is among the first of those added so far.
    fn takes(&self, rank: Rank) -> bool {
        let has_room = self.heap.len() < self.list.at_most;
        has_room || self.heap.peek().is_some_and(|last| rank < last.rank)
    }

    fn push(&mut self, found: FoundRequest) {
        if self.heap.len() >= self.list.at_most {
            self.heap.pop();
        }
        self.heap.push(found);
    }
}
