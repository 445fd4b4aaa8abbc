//! Reads one directory: its logs, its other files and its subdirectories.

use std::fs::{self, DirEntry, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::log_name::Kind;
use super::natural_order::natural_order;
use crate::files::{SkipReason, SkippedFile};

/// The contents of a directory, each in natural order.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// Entries that are named like access logs and are not directories: files, links, devices.
    pub(super) logs: Vec<PathBuf>,
    /// Ordered by reason first.
    pub(super) skipped: Vec<SkippedFile>,
    /// Subdirectories, without hidden ones.
    pub(super) directories: Vec<PathBuf>,
    /// True if there is nothing in it, not even a hidden file.
    pub(super) is_empty: bool,
}

impl Directory {
    pub(super) fn read(path: &Path) -> io::Result<Directory> {
        let mut directory = Directory { is_empty: true, ..Directory::default() };
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            directory.is_empty = false;
            let file_name = entry.file_name();
            let name = file_name.to_string_lossy();
            match (Kind::of(&name), is_directory(&entry)) {
                (_, true) if !name.starts_with('.') => directory.directories.push(path.join(&file_name)),
                (_, true) | (Kind::Hidden, false) => {}
                (Kind::AccessLog, false) => directory.logs.push(path.join(&file_name)),
                (Kind::Skipped(SkipReason::State), false) if is_state(&entry) => {
                    directory.skipped.push(SkippedFile { reason: SkipReason::SavedState, name: name.into_owned() });
                }
                (Kind::Skipped(reason), false) => {
                    directory.skipped.push(SkippedFile { reason, name: name.into_owned() });
                }
            }
        }
        for paths in [&mut directory.logs, &mut directory.directories] {
            paths.sort_by(|a, b| natural_order(a.as_os_str().as_encoded_bytes(), b.as_os_str().as_encoded_bytes()));
        }
        directory
            .skipped
            .sort_by(|a, b| a.reason.cmp(&b.reason).then_with(|| natural_order(a.name.as_bytes(), b.name.as_bytes())));
        Ok(directory)
    }
}

/// First bytes of a state.
const STATE: &[u8] = b"logstat state ";

/// True for a file that begins like a state.
fn is_state(entry: &DirEntry) -> bool {
    let mut first = [0; STATE.len()];
    let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
    is_file && File::open(entry.path()).and_then(|mut file| file.read_exact(&mut first)).is_ok() && first == STATE
}

/// True for a directory or a link to one. Only links need a look-up.
fn is_directory(entry: &DirEntry) -> bool {
    match entry.file_type() {
        Ok(kind) if !kind.is_symlink() => kind.is_dir(),
        _ => entry.path().is_dir(),
    }
}
