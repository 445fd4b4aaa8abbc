//! What happens to a batch between scanning and counting.

mod location;

pub(crate) use location::ByLocation;
