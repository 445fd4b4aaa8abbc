//! What happens to a batch between scanning and counting.

mod derived;
mod location;

pub(crate) use derived::Derive;
pub(crate) use location::ByLocation;
