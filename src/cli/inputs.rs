//! What is read: what the arguments stand for, or standard input.

use std::io::{IsTerminal, stdin};
use std::path::PathBuf;

use logstat::{Found, find_logs};

/// The inputs that are given, or standard input; `None` where that is a terminal and nobody asked for it.
pub(crate) fn inputs(given: &[PathBuf]) -> Option<Found> {
    if given.is_empty() {
        return (!stdin().is_terminal()).then(|| find_logs(["-"]));
    }
    Some(find_logs(given))
}
