//! Checks whether an existing file is a state, before a state is written to it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use logstat::{ErrorKind, State};

use super::state_inputs::FIRST_BYTES;

/// True if a file with these first bytes is a state that only a later version of the program can read.
pub(crate) fn is_of_later_version(path: &Path, first: &[u8]) -> bool {
    State::from_reader(path, first).is_err_and(|error| matches!(error.kind(), ErrorKind::StateVersion { .. }))
}

/// True if a file exists that has something other than a state.
pub(crate) fn is_of_other_kind(path: &Path) -> bool {
    path.is_file() && first_bytes(path).is_some_and(|first| !first.is_empty() && !State::is_state(&first))
}

/// True if the file's name is that of an access log.
pub(crate) fn is_named_like_a_log(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name.contains("access") || name.split('.').skip(1).any(|part| part == "log")
}

/// A name for the state of a log: `access.state` for `access.log.1`.
pub(crate) fn own_name(log: &Path) -> PathBuf {
    let name = log.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("access");
    log.with_file_name(format!("{stem}.state"))
}

/// The first bytes of a file; `None` if it cannot be read.
pub(crate) fn first_bytes(path: &Path) -> Option<Vec<u8>> {
    let mut first = Vec::new();
    File::open(path).ok()?.take(FIRST_BYTES).read_to_end(&mut first).ok()?;
    Some(first)
}
