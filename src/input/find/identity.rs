//! Which names are of one file.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

/// Equal for all names of one file or directory.
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
    /// The identity of what is at a path, given its metadata if there is anything.
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
