//! Which names are of one file.

use std::fs;
use std::path::{Path, PathBuf};

/// Equal for all names of one file or directory. Standard input is the file that it comes from.
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
    pub(super) fn of(path: &Path) -> Identity {
        let name = if super::is_stdin(path) { Path::new("/dev/stdin") } else { path };
        #[cfg(unix)]
        if let Ok(metadata) = fs::metadata(name) {
            use std::os::unix::fs::MetadataExt;
            return Identity::Inode { device: metadata.dev(), inode: metadata.ino() };
        }
        Identity::Path(fs::canonicalize(name).unwrap_or_else(|_| name.to_owned()))
    }
}
