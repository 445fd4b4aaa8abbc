//! What is read: what the arguments stand for, or standard input.

use std::io::{IsTerminal, stdin};
use std::path::PathBuf;

use logstat::{Found, find_logs};

/// Every input is open until the report is made. So many are allowed anywhere; more may take what the system grants.
const FEW: usize = 200;

/// The inputs that are given, or standard input; `None` where that is a terminal and nobody asked for it.
pub(crate) fn inputs(given: &[PathBuf]) -> Option<Found> {
    if given.is_empty() {
        return (!stdin().is_terminal()).then(|| find_logs(["-"]));
    }
    let found = find_logs(given);
    if found.inputs.len() > FEW {
        // Where it is refused, opening what is too much says so, and the rest is counted.
        let _ = rlimit::increase_nofile_limit(u64::MAX);
    }
    Some(found)
}
