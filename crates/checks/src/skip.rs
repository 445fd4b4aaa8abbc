//! Skips tests whose program is not installed, and prints the reason. With `LOGSTAT_CI` set, they fail instead.

use std::io::{self, Write};

/// True if a test must be skipped because a program that it needs is missing.
///
/// # Panics
/// Panics if it is missing and `LOGSTAT_CI` is set.
pub fn is_skipped(is_there: bool, reason: &str) -> bool {
    if !is_there {
        assert!(
            std::env::var_os("LOGSTAT_CI").is_none(),
            "{reason}, and no test may be skipped while LOGSTAT_CI is set"
        );
        // `eprintln!` output is captured and shown only for tests that fail.
        let _ = writeln!(io::stderr(), "skipped: {reason}");
    }
    !is_there
}
