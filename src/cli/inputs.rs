//! What is read: what the arguments stand for, or standard input.

use std::io::{IsTerminal, stdin};
use std::path::PathBuf;

use logstat::{Access, Engine, Found, Input, find_logs, guard_mappings};

/// Any system grants a process descriptors for so many inputs.
const FEW: usize = 200;

/// The inputs that are given, or standard input; `None` where that is a terminal and nobody asked for it.
pub(crate) fn inputs(given: &[PathBuf]) -> Option<Found> {
    if given.is_empty() {
        return (!stdin().is_terminal()).then(|| find_logs(["-"]));
    }
    Some(find_logs(given))
}

/// How these inputs are read: mapped, if the user permits it and it is safe, and with as many descriptors as the system grants
/// if they are many. Small files need none of their own; if there are not enough for the others, opening one says so, and the
/// rest is counted.
pub(crate) fn engine(inputs: &[Input], may_map: bool) -> Engine {
    let guard = may_map.then(guard_mappings).flatten();
    let engine = Engine { access: guard.map_or(Access::Read, Access::Map), ..Engine::default() };
    let granted = (inputs.len() > FEW).then(|| rlimit::increase_nofile_limit(u64::MAX)).and_then(Result::ok);
    match granted.and_then(|granted| usize::try_from(granted / 2).ok()) {
        Some(kept_open) => Engine { kept_open, ..engine },
        None => engine,
    }
}
