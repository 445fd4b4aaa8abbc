//! Inputs: the files that the arguments name, or standard input.

use std::io::{IsTerminal, stdin};
use std::path::{Path, PathBuf};

use logstat::{Access, Engine, Input, ResolvedInputs, find_logs, guard_mappings};

use super::memory;

/// True if a path stands for standard input or output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Returns the given inputs, or standard input if none is given; `None` if that is a terminal.
pub(crate) fn expand_inputs(given: &[PathBuf]) -> Option<ResolvedInputs> {
    if given.is_empty() {
        return (!stdin().is_terminal()).then(|| find_logs(["-"]));
    }
    Some(find_logs(given))
}

/// Configures the engine. A quarter of the file descriptors is for files that are open but wait to be read; the number
/// of `threads` is limited by the rest. Files are mapped if the user permits it, mapping is safe, and the address space
/// is unlimited, because mapped files would use it up.
pub(crate) fn engine(inputs: &[Input], threads: usize, may_map: bool) -> Engine {
    let maps = if may_map && !memory::is_address_space_limited() { guard_mappings() } else { None };
    let access = maps.map_or(Access::Read, Access::Map);
    let engine = Engine::new().access(access).threads(threads);
    let Some(granted) = descriptors(inputs.len()) else { return engine };
    engine.kept_open(granted / 4).threads(readers(threads, granted))
}

/// File descriptors that the process may open. Raises the limit if a quarter of it is less than the number of inputs;
/// `None` if the limit is unknown.
fn descriptors(inputs: usize) -> Option<usize> {
    let enough = soft_limit().filter(|granted| usize::try_from(granted / 4).is_ok_and(|quarter| inputs <= quarter));
    let granted = enough.or_else(|| rlimit::increase_nofile_limit(u64::MAX).ok())?;
    usize::try_from(granted).ok()
}

/// Current limit on file descriptors; `None` if the system has none.
#[cfg(unix)]
fn soft_limit() -> Option<u64> {
    rlimit::Resource::NOFILE.get_soft().ok()
}

#[cfg(not(unix))]
fn soft_limit() -> Option<u64> {
    None
}

/// Number of threads, each of which may have a file open: at most half of the descriptors, at least one. 0 means one
/// per core, and stays 0 if the descriptors suffice.
fn readers(threads: usize, descriptors: usize) -> usize {
    let wanted = if threads > 0 { threads } else { std::thread::available_parallelism().map_or(1, usize::from) };
    let most = (descriptors / 2).max(1);
    if wanted > most { most } else { threads }
}
