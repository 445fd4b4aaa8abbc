//! Compares places with those of databases that Python's mmdb-writer makes: the ones in testdata, and random ones.
//!
//! Needs Python with mmdb-writer. If it is not installed, the tests are skipped, or fail if `LOGSTAT_CI` is set.

use std::fs;
use std::path::Path;

use checks::python::{has, python};
use checks::skip::is_skipped;
use checks::{REPOSITORY, program};

/// True if mmdb-writer is missing.
fn is_without_writer() -> bool {
    is_skipped(has("mmdb_writer, netaddr"), "python3 has no mmdb-writer (pip install mmdb-writer)")
}

#[test]
fn databases_in_testdata_are_those_of_the_script() {
    if is_without_writer() {
        return;
    }
    let committed = Path::new(REPOSITORY).join("testdata/geo");
    let made = tempfile::tempdir().unwrap();
    let script = committed.join("make.py");
    let output = python(&["-B", script.to_str().unwrap(), made.path().to_str().unwrap()]).expect("Python was there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names: Vec<_> = fs::read_dir(made.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 5);
    for name in names {
        let is_same = fs::read(made.path().join(&name)).unwrap() == fs::read(committed.join(&name)).unwrap();
        assert!(is_same, "{}: run testdata/geo/make.py", name.display());
    }
}

#[test]
fn random_databases_give_the_places_that_were_put_into_them() {
    if is_without_writer() {
        return;
    }
    for seed in ["1", "2", "3"] {
        let compare = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/geo/compare.py");
        let output = python(&["-B", compare, program(), seed]).expect("Python was there");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "seed {seed}: {said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.trim().ends_with("addresses agree"), "{said}");
    }
}
