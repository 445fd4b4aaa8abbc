#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| logstat::fuzzing::run("state", data));
