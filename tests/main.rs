//! Tests of the program and of the library as their users see them, in one binary. Tests that need other programs,
//! large crates or minutes are in `crates/checks`.
#![allow(clippy::unwrap_used, reason = "tests may")]

/// These tests try one in this many of the strategies, questions, generated lines and command lines, so that they are
/// quick; `crates/checks` compiles the same files and tries all.
const ONE_IN: usize = 16;

/// The directory of the repository.
const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

mod agreement;
mod cases;
mod columns;
mod command_line;
#[cfg(feature = "compressed")]
mod compressed;
#[cfg(all(unix, feature = "cli"))]
mod config;
mod databases;
#[cfg(all(unix, feature = "cli"))]
mod docs;
#[cfg(all(unix, feature = "cli"))]
mod each_files;
mod envelopes;
#[cfg(feature = "cli")]
mod explain;
mod highlights;
#[cfg(feature = "cli")]
mod hostile;
#[cfg(all(unix, feature = "cli", feature = "compressed"))]
mod increments;
#[cfg(all(unix, feature = "cli"))]
mod inputs;
mod json_logs;
mod layers;
mod library;
mod licences;
#[cfg(all(target_os = "linux", feature = "cli", feature = "compressed"))]
mod limits;
#[cfg(feature = "compressed")]
mod lines;
#[cfg(all(unix, feature = "cli"))]
mod many_files;
mod max_keys;
mod max_memory;
mod messages;
#[cfg(all(target_os = "linux", feature = "cli"))]
mod no_mmap;
#[cfg(feature = "cli")]
mod options_in_messages;
#[cfg(unix)]
mod outputs;
mod pairs;
mod parts;
mod places;
mod random_commands;
#[cfg(feature = "compressed")]
mod ranges;
mod reference;
#[cfg(all(unix, feature = "cli"))]
mod refusals;
#[cfg(feature = "cli")]
mod rejects;
mod report_read_back;
#[cfg(all(unix, feature = "cli"))]
mod seeking;
mod session;
#[cfg(all(unix, feature = "cli"))]
mod shrinking;
#[cfg(feature = "cli")]
mod spellings;
#[cfg(all(feature = "cli", feature = "compressed"))]
mod splits;
#[cfg(feature = "compressed")]
mod state_files;
#[cfg(all(unix, feature = "compressed"))]
mod states;
#[cfg(all(unix, feature = "cli"))]
mod states_cli;
mod unknown;
mod ways;
#[cfg(feature = "zones")]
mod zones;

/// The path of the program.
#[cfg(feature = "cli")]
fn program() -> &'static str {
    env!("CARGO_BIN_EXE_logstat")
}
