//! Properties of files: their kinds, compressions, and reasons why files in a directory are not read.

mod compression;
mod kind;
mod skipped;

use std::path::{Path, PathBuf};

pub use compression::Compression;
pub(crate) use compression::{MAGIC_BYTES, decompressed_by};
pub use kind::FileKind;
pub(crate) use kind::Remedy;
pub use skipped::{LogDirectory, LogsWithin, SkipReason, SkippedFile};
pub(crate) use skipped::{counted, error_logs, list, shown};

/// The absolute path of a file; the path as it is if the current directory is not known.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
