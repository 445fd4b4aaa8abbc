//! The trait of measures: numbers kept for each group of a table.

use super::{Grouped, SizeOf, UvMethod, Visitors};
use crate::batch::{Batch, Fields};
use crate::keys::{GroupId, IdMap, Seed};

/// A measure of every group of a table. Its result does not depend on the order of hits or parts.
pub(crate) trait GroupMeasure: Sized {
    /// The fields that it reads. The tally adds those that identify visitors.
    const NEEDS: Fields;

    /// Creates the measure without groups.
    fn new(uv: UvMethod, seed: Seed) -> Self;

    /// Adds the hits of a batch.
    fn add(&mut self, batch: &Batch<'_>, hits: &[u16], grouped: Grouped<'_>, visitors: &Visitors<'_>);

    /// Bytes by the formula, without the contents of sets and histograms.
    fn bytes(&self, size: SizeOf) -> u64;

    /// Bytes of the sets and histograms of all groups, by the formula. Looks at every group.
    fn set_bytes(&mut self, _: SizeOf) -> u64 {
        0
    }

    /// Maximum bytes that a hit adds to sets and histograms.
    fn set_bytes_of_hit(&self) -> u64 {
        0
    }

    /// Keeps only these groups, given in ascending order, and numbers them from 0. The memory of the others is kept for
    /// reuse.
    fn keep(&mut self, groups: &[GroupId]);

    /// Adds the measure of another worker. `ids` maps its groups and visitors to those here; there are then `len`
    /// groups.
    fn merge(&mut self, other: &Self, ids: &IdMap<'_>, len: usize);
}
