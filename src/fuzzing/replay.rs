//! Replays the corpora: each file of testdata/fuzz/NAME runs through the body of that name.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use super::{Body, TARGETS};

/// The target that is part of the binary; src/cli/config/fuzzing.rs replays its corpus.
const OF_THE_BINARY: &str = "config";

fn names_in(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// Returns the files of a corpus.
fn corpus(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fuzz").join(name);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Returns the files for which a body panics.
fn faults(name: &str, body: Body) -> Vec<String> {
    let files = corpus(name).into_iter();
    let is_fault = |file: &PathBuf| {
        let data = fs::read(file).unwrap();
        catch_unwind(|| body(&data)).is_err()
    };
    files.filter(is_fault).map(|file| file.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn corpora_break_no_invariant() {
    let faults = |(name, body): &(&str, Body)| {
        faults(name, *body).into_iter().map(|file| format!("{name}/{file}")).collect::<Vec<_>>()
    };
    let found: Vec<_> = std::thread::scope(|scope| {
        let replays: Vec<_> = TARGETS.iter().map(|target| scope.spawn(move || faults(target))).collect();
        replays.into_iter().flat_map(|replay| replay.join().unwrap()).collect()
    });
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn broken_invariant_is_reported_with_its_file() {
    let has_combined: Body = |data| assert!(!data.starts_with(b"\x0c") || !data.ends_with(b"\n"), "a wrong law");
    let found = faults("scanners", has_combined);
    let files = corpus("scanners").len();
    assert!((1..files).contains(&found.len()), "{found:?} of {files}");
}

#[test]
fn every_target_has_a_corpus_and_a_fuzz_file() {
    let names: BTreeSet<String> =
        TARGETS.iter().map(|(name, _)| (*name).to_owned()).chain([OF_THE_BINARY.to_owned()]).collect();
    assert_eq!(names_in("testdata/fuzz"), names);
    // The published package does not include this folder.
    if Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").exists() {
        assert_eq!(names_in("fuzz/fuzz_targets"), names);
    }
    for name in &names {
        assert!(corpus(name).len() >= 5, "{name}");
    }
}
