//! The trait of measures: what is counted for each group of a table.

use super::{Grouped, SizeOf, UvMethod, Visitors};
use crate::batch::{Batch, Fields};
use crate::keys::{GroupId, IdMap, Seed};

/// A measure of every group of a table. The order in which hits and parts come makes no difference to it.
pub(crate) trait GroupMeasure: Sized {
    /// The fields that it takes; what tells visitors apart, the tally knows.
    const NEEDS: Fields;

    /// The measure of no groups.
    fn new(uv: UvMethod, seed: Seed) -> Self;

    /// Adds the hits of a batch.
    fn add(&mut self, batch: &Batch<'_>, hits: &[u16], grouped: Grouped<'_>, visitors: &Visitors<'_>);

    /// Bytes by the formula, but for those of sets and histograms, which each group has one of.
    fn bytes(&self, size: SizeOf) -> u64;

    /// Bytes by the formula of the sets and histograms of all groups. This looks at every group.
    fn set_bytes(&mut self, _: SizeOf) -> u64 {
        0
    }

    /// Bytes that a hit adds to sets and histograms at most.
    fn set_bytes_of_hit(&self) -> u64 {
        0
    }

    /// Keeps what was measured of these groups, which ascend and are then the first ones, and the memory of the others.
    fn keep(&mut self, groups: &[GroupId]);

    /// Adds what another worker measured, its groups and visitors being where `ids` says; there are `len` groups.
    fn merge(&mut self, other: &Self, ids: &IdMap<'_>, len: usize);
}
