//! What is read: what the arguments stand for, or standard input.

use std::io::{IsTerminal, stdin};
use std::path::PathBuf;

use logstat::{Access, Engine, Found, Input, find_logs, guard_mappings};

use super::memory;

/// The inputs that are given, or standard input; `None` where that is a terminal and nobody asked for it.
pub(crate) fn inputs(given: &[PathBuf]) -> Option<Found> {
    if given.is_empty() {
        return (!stdin().is_terminal()).then(|| find_logs(["-"]));
    }
    Some(find_logs(given))
}

/// How these inputs are read: by as many `threads` and open files as the system grants descriptors for. A quarter of the
/// descriptors is for files that wait to be read; the other files are opened to be read. Files are mapped if the user permits
/// it, it is safe, and the address space has no limit, which they would use up.
pub(crate) fn engine(inputs: &[Input], threads: usize, may_map: bool) -> Engine {
    let maps = if may_map && !memory::is_address_space_limited() { guard_mappings() } else { None };
    let access = maps.map_or(Access::Read, Access::Map);
    let engine = Engine::new().access(access).threads(threads);
    let Some(granted) = descriptors(inputs.len()) else { return engine };
    engine.kept_open(granted / 4).threads(readers(threads, granted))
}

/// Descriptors that the process may have. The limit is raised if a quarter of it is less than the number of inputs; `None` if
/// there is none, or the system does not say.
fn descriptors(inputs: usize) -> Option<usize> {
    let enough = soft_limit().filter(|granted| usize::try_from(granted / 4).is_ok_and(|quarter| inputs <= quarter));
    let granted = enough.or_else(|| rlimit::increase_nofile_limit(u64::MAX).ok())?;
    usize::try_from(granted).ok()
}

/// Descriptors that the process may have as it is; `None` if the system has no such limit.
#[cfg(unix)]
fn soft_limit() -> Option<u64> {
    rlimit::Resource::NOFILE.get_soft().ok()
}

#[cfg(not(unix))]
fn soft_limit() -> Option<u64> {
    None
}

/// Number of threads, each of which may have a file open: half of the descriptors, at least one. 0 is as many as the machine
/// has, which stays 0 if there are descriptors for them.
fn readers(threads: usize, descriptors: usize) -> usize {
    let wanted = if threads > 0 { threads } else { std::thread::available_parallelism().map_or(1, usize::from) };
    let most = (descriptors / 2).max(1);
    if wanted > most { most } else { threads }
}
