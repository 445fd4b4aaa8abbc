//! The trait of measures: numbers kept for each group of a table.

use super::{Grouped, SizeOf, UvMethod, Visitors};
use crate::batch::{Batch, Fields};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::{GroupId, IdMap, Seed};

/// The order of groups and visitors in a state file.
#[derive(Clone, Copy)]
pub(crate) struct SavedOrder<'o> {
    /// The groups in the order of the file.
    pub(crate) groups: &'o [GroupId],
    /// The place of each visitor in the file, by visitor id.
    pub(crate) visitors: &'o [u32],
}

/// Limits of the numbers in a state file. Beyond them, it is damaged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SavedSize {
    pub(crate) groups: usize,
    pub(crate) visitors: usize,
    /// Number of hits. Each is in at most one group.
    pub(crate) hits: u64,
}

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

    /// Moves the numbers of these groups out, in any order, and numbers the groups from 0. They have no numbers here then.
    fn take(&mut self, groups: &[GroupId]) -> Self;

    /// Adds the measure of another worker. `ids` maps its groups and visitors to those here; there are then `len`
    /// groups.
    fn merge(&mut self, other: &Self, ids: &IdMap<'_>, len: usize);

    /// Appends the numbers of all groups.
    fn save(&self, order: SavedOrder<'_>, out: &mut Encoder);

    /// Reads what [`save`](GroupMeasure::save) wrote, into a measure without groups. Groups and visitors then have the
    /// ids 0, 1, 2 … in the order of the file.
    fn load(&mut self, size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged>;

    /// Skips what [`save`](GroupMeasure::save) wrote. Not every number is checked.
    fn skip((uv, seed): (UvMethod, Seed), size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        Self::new(uv, seed).load(size, input)
    }
}
