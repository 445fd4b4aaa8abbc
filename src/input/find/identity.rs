//! Detects whether two names are of the same file.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

/// Identity of a file or directory: equal for all of its names.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Identity {
    #[cfg(unix)]
    Inode {
        device: u64,
        inode: u64,
    },
    Path(PathBuf),
}

impl Identity {
    /// The identity of the file at a path; `metadata` is `None` if no file exists there.
    pub(super) fn new(path: &Path, metadata: Option<&Metadata>) -> Identity {
        #[cfg(unix)]
        if let Some(metadata) = metadata {
            use std::os::unix::fs::MetadataExt;
            return Identity::Inode { device: metadata.dev(), inode: metadata.ino() };
        }
        #[cfg(not(unix))]
        let _ = metadata;
        Identity::Path(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
    }

    pub(super) fn of(path: &Path) -> Identity {
        Identity::new(path, fs::metadata(path).ok().as_ref())
    }
}
