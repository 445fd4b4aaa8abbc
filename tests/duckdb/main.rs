//! Questions drawn by a seeded generator, asked of logstat and, in SQL over the same records, of DuckDB.
//!
//! It needs Python with DuckDB: `python3`, or what `LOGSTAT_PYTHON` names. Where that is not installed the test is skipped and
//! says so, but for where `LOGSTAT_CI` is set: there that is a failure.
#![cfg(feature = "cli")]

use std::io::{self, Write};
use std::process::{Command, Output};

/// As many as take some seconds.
const COMBINATIONS: &str = "60";

fn python(arguments: &[&str]) -> io::Result<Output> {
    let python = std::env::var_os("LOGSTAT_PYTHON").unwrap_or_else(|| "python3".into());
    Command::new(python).args(arguments).output()
}

#[test]
fn duckdb_has_the_same_answers() {
    if !python(&["-c", "import duckdb"]).is_ok_and(|output| output.status.success()) {
        let reason = "python3 has no DuckDB (pip install duckdb)";
        assert!(std::env::var_os("LOGSTAT_CI").is_none(), "{reason}, and LOGSTAT_CI forbids to skip a test");
        // Not by a macro: what those print is only shown of tests that fail.
        let _ = writeln!(io::stderr(), "skipped: {reason}");
        return;
    }
    for seed in ["1", "2"] {
        let compare = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/duckdb/compare.py");
        let output =
            python(&["-B", compare, env!("CARGO_BIN_EXE_logstat"), COMBINATIONS, seed]).expect("Python was there");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "seed {seed}: {said}{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(said.trim(), format!("{COMBINATIONS} combinations agree"));
    }
}
