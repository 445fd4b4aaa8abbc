//! States: what was counted, saved in files that can be merged.

mod inspection;

pub use inspection::{InspectedDay, InspectedRange, InspectedSource, InspectedTable, Inspection};
