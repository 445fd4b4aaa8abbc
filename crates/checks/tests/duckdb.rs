//! Compares logstat with DuckDB: random questions from a seeded generator, answered in SQL over the same records.
//!
//! Needs Python with DuckDB: `python3`, or the interpreter in `LOGSTAT_PYTHON`. If it is not installed, the test is
//! skipped, or fails if `LOGSTAT_CI` is set.

use checks::program;
use checks::python::{has, python};
use checks::skip::is_skipped;

/// Number of questions; takes some seconds.
const COMBINATIONS: &str = "60";

#[test]
fn duckdb_gives_the_same_answers() {
    if is_skipped(has("duckdb"), "python3 has no DuckDB (pip install duckdb)") {
        return;
    }
    for seed in ["1", "2"] {
        let compare = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/duckdb/compare.py");
        let output = python(&["-B", compare, program(), COMBINATIONS, seed]).expect("Python was there");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "seed {seed}: {said}{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(said.trim(), format!("{COMBINATIONS} combinations agree"));
    }
}
