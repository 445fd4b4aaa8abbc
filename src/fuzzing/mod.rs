//! Bodies of the fuzz targets: functions that take any bytes and panic if an invariant of the program is broken.
//!
//! They are compiled for tests, which replay the corpora in testdata/fuzz, and for cargo-fuzz, which sets
//! `cfg(fuzzing)`. Each has a target of the same name in fuzz/fuzz_targets. DESIGN.md explains how to run a target and
//! how to add one. The target `config` is part of the binary: src/cli/config/fuzzing.rs.

mod compressed;
mod counting;
mod envelopes;
mod expressions;
mod header;
mod json_lines;
mod log_format;
mod messages;
mod nginx_conf;
mod program;
#[cfg(test)]
mod replay;
mod scanners;
mod state;
mod time;

use header::Header;

/// Function that takes any bytes, and panics if they break an invariant.
pub type Body = fn(&[u8]);

/// THE TABLE of targets: the name, which is also that of the corpus, and the body.
pub const TARGETS: [(&str, Body); 10] = [
    ("compressed", compressed::run),
    ("envelopes", envelopes::run),
    ("expressions", expressions::run),
    ("json_lines", json_lines::run),
    ("log_format", log_format::run),
    ("nginx_conf", nginx_conf::run),
    ("program", program::run),
    ("scanners", scanners::run),
    ("state", state::run),
    ("time", time::run),
];

/// Runs the body of the target with this name.
pub fn run(name: &str, data: &[u8]) {
    let (_, body) = TARGETS.iter().find(|(other, _)| *other == name).expect("the name is in the table");
    body(data);
}
