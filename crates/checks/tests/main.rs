//! Tests that need other programs, large crates or minutes. If a program is not installed, its tests are skipped with
//! the reason, or fail if `LOGSTAT_CI` is set.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests may")]

/// Try every strategy and every command line.
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
mod prose;
#[path = "../../../tests/random_commands.rs"]
mod random_commands;
mod recipes;
mod schema;

use checks::{REPOSITORY, program};
