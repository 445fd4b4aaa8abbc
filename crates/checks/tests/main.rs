//! The tests that need other programs, large crates or minutes. Where a program is not installed its tests are skipped, with the
//! reason, unless `LOGSTAT_CI` is set: then that is a failure.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests may")]

/// Every strategy and command line is tried.
const ONE_IN: usize = 1;

#[path = "../../../tests/agreement.rs"]
mod agreement;
#[path = "../../../tests/compressed.rs"]
mod compressed;
mod duckdb;
#[path = "../../../tests/envelopes.rs"]
mod envelopes;
#[path = "../../../tests/explain.rs"]
mod explain;
mod formats;
#[cfg(target_os = "linux")]
mod nginx;
mod phases;
#[path = "../../../tests/random_commands.rs"]
mod random_commands;
mod recipes;
mod schema;

use checks::{REPOSITORY, program};
