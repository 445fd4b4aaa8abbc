//! The selected hits of a batch, which are counted.

use crate::batch::Batch;
use crate::measure::Visitors;

/// The selected hits of a batch, and their visitors.
#[derive(Clone, Copy)]
pub(super) struct Selected<'h> {
    pub(super) batch: &'h Batch<'h>,
    pub(super) hits: &'h [u16],
    pub(super) visitors: Visitors<'h>,
}
