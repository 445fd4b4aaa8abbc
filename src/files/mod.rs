//! What files are, by what was found out about them: kinds, compressions, and names in a directory.

mod compression;
mod kind;
mod skipped;

pub use compression::Compression;
pub(crate) use compression::{MAGIC_BYTES, decompressed_by};
pub use kind::FileKind;
pub(crate) use kind::Remedy;
pub use skipped::{LogDirectory, LogsWithin, SkipReason, SkippedFile};
pub(crate) use skipped::{counted, error_logs, list, shown};
