//! Tests that need another program are skipped, with the reason, where that is not installed. With `LOGSTAT_CI` set this is a
//! failure.

use std::io::{self, Write};

/// Whether to skip a test, because what it needs is missing.
///
/// # Panics
/// If it is missing and `LOGSTAT_CI` is set.
pub fn is_skipped(is_there: bool, reason: &str) -> bool {
    if !is_there {
        assert!(std::env::var_os("LOGSTAT_CI").is_none(), "{reason}, and LOGSTAT_CI allows no skipped test");
        // Macros would print this only for tests that fail.
        let _ = writeln!(io::stderr(), "skipped: {reason}");
    }
    !is_there
}
