//! Tests that need a program of others': where that is not installed they are skipped and say so, but for where `LOGSTAT_CI` is
//! set, where that is a failure.

use std::io::{self, Write};

/// Whether a test cannot be, for what it needs is not there.
pub(crate) fn is_skipped(is_there: bool, reason: &str) -> bool {
    if !is_there {
        assert!(std::env::var_os("LOGSTAT_CI").is_none(), "{reason}, and LOGSTAT_CI forbids to skip a test");
        // Not by a macro: what those print is only shown of tests that fail.
        let _ = writeln!(io::stderr(), "skipped: {reason}");
    }
    !is_there
}
