//! What the checks share: the program under test, Python, and skipping where a program is not installed.

mod program;
pub mod python;
pub mod skip;

pub use program::program;

/// The directory of the repository.
pub const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
