//! Questions drawn by a seeded generator, asked of logstat and, in SQL over the same records, of DuckDB.
//!
//! It needs Python with DuckDB: `python3`, or what `LOGSTAT_PYTHON` names. Where that is not installed the test is skipped and
//! says so, but for where `LOGSTAT_CI` is set: there that is a failure.

use checks::program;
use checks::python::{has, python};
use checks::skip::is_skipped;

/// As many as take some seconds.
const COMBINATIONS: &str = "60";

#[test]
fn duckdb_has_the_same_answers() {
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
