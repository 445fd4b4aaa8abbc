//! Properties of a file that change when it is written, replaced or moved.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::files::absolute;

/// A file as it was found once: where, and in which version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileStamp {
    /// Absolute path.
    pub(crate) path: PathBuf,
    /// Number of the device; 0 where the system has no such number.
    pub(crate) device: u64,
    /// Number of the file on its device; 0 where the system has no such number.
    pub(crate) inode: u64,
    /// Length in bytes, compressed if the file is.
    pub(crate) size: u64,
    /// Time of the last write, in nanoseconds since 1970; 0 if the system does not report it.
    pub(crate) modified_ns: u64,
}

impl FileStamp {
    pub(crate) fn of(path: &Path, metadata: &Metadata) -> FileStamp {
        let since_1970 = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let modified_ns = since_1970.and_then(|time| u64::try_from(time.as_nanos()).ok()).unwrap_or(0);
        let (device, inode) = numbers(metadata);
        FileStamp { path: absolute(path), device, inode, size: metadata.len(), modified_ns }
    }

    /// True if both are the same file on the same device, wherever it is and whatever it contains.
    pub(crate) fn is_same_file(&self, other: &FileStamp) -> bool {
        if self.inode == 0 {
            return self.path == other.path;
        }
        (self.device, self.inode) == (other.device, other.inode)
    }

    /// True if the file was probably not written in between. Device and inode do not matter, because network file
    /// systems change them.
    pub(crate) fn is_unchanged(&self, other: &FileStamp) -> bool {
        (self.size, self.modified_ns) == (other.size, other.modified_ns)
    }
}

#[cfg(unix)]
fn numbers(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn numbers(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_change_when_a_file_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.log");
        let stamp = || FileStamp::of(&path, &std::fs::metadata(&path).unwrap());
        std::fs::write(&path, "one\n").unwrap();
        let (first, again) = (stamp(), stamp());
        assert_eq!((&first, first.size), (&again, 4));
        std::fs::write(&path, "one\ntwo\n").unwrap();
        assert!(!first.is_unchanged(&stamp()) && first.is_same_file(&stamp()));
        assert!(first.is_unchanged(&FileStamp { device: 7, inode: 8, ..first.clone() }));
    }
}
