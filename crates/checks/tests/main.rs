//! Tests that need other programs, large crates or minutes. If a program is not installed, its tests are skipped with
//! the reason, or fail if `LOGSTAT_CI` is set.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests may")]

/// Try every strategy, question, generated line and command line: in the files that the tests of `logstat` have too.
const ONE_IN: usize = 1;

#[path = "../../../tests/agreement.rs"]
mod agreement;
mod browsers;
#[path = "../../../tests/columns.rs"]
mod columns;
#[path = "../../../tests/compressed.rs"]
mod compressed;
#[cfg(target_os = "linux")]
mod crash;
#[path = "../../../tests/databases.rs"]
mod databases;
mod duckdb;
#[cfg(target_os = "linux")]
mod each;
#[path = "../../../tests/envelopes.rs"]
mod envelopes;
#[path = "../../../tests/explain.rs"]
mod explain;
mod formats;
mod geo;
#[path = "../../../tests/hostile.rs"]
mod hostile;
#[path = "../../../tests/json_logs.rs"]
mod json_logs;
#[cfg(target_os = "linux")]
#[path = "../../../tests/limits.rs"]
mod limits;
#[path = "../../../tests/lines.rs"]
mod lines;
#[path = "../../../tests/max_keys.rs"]
mod max_keys;
#[path = "../../../tests/max_memory.rs"]
mod max_memory;
#[cfg(target_os = "linux")]
mod nginx;
#[path = "../../../tests/parts.rs"]
mod parts;
mod phases;
mod prose;
#[path = "../../../tests/random_commands.rs"]
mod random_commands;
#[path = "../../../tests/ranges.rs"]
mod ranges;
mod read_state;
mod recipes;
#[path = "../../../tests/reference.rs"]
mod reference;
#[path = "../../../tests/rejects.rs"]
mod rejects;
mod schema;
#[path = "../../../tests/session.rs"]
mod session;
#[path = "../../../tests/shrinking.rs"]
mod shrinking;
#[cfg(target_os = "linux")]
mod spark;
#[path = "../../../tests/state_files.rs"]
mod state_files;
#[cfg(target_os = "linux")]
mod terminal;
#[path = "../../../tests/ways.rs"]
mod ways;

use checks::{REPOSITORY, program};
