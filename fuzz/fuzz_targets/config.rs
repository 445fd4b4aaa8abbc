#![no_main]

#[path = "../../src/cli/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the program uses the rest")]
mod cli;

libfuzzer_sys::fuzz_target!(|data: &[u8]| cli::fuzzing::run(data));
