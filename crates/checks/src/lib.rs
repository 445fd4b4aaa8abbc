//! Shared by the checks: the program under test, Python, and skipping if another program is not installed.

mod program;
pub mod python;
pub mod skip;

pub use program::program;

/// The directory of the repository.
pub const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
