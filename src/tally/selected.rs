//! The selected hits of a batch, which are counted.

use crate::batch::Batch;
use crate::keys::PartId;
use crate::measure::Visitors;

/// The selected hits of a batch, their visitors, and their parts.
#[derive(Clone, Copy)]
pub(super) struct Selected<'h> {
    pub(super) batch: &'h Batch<'h>,
    pub(super) hits: &'h [u16],
    pub(super) visitors: Visitors<'h>,
    /// The part of each hit; empty if hits are not divided into parts.
    pub(super) parts: &'h [PartId],
}
