//! packaging/third-party-licences.txt lists every third-party crate that is linked into the program.

use std::process::Command;

#[test]
fn every_linked_crate_is_listed_with_its_version() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let listed = include_str!("../packaging/third-party-licences.txt");
    let crates: Vec<_> = tree
        .lines()
        .filter_map(|line| line.split_once(" v"))
        // A crate of this workspace is followed by its directory.
        .filter(|(_, rest)| !rest.contains(env!("CARGO_MANIFEST_DIR")))
        .map(|(name, rest)| (name, rest.split(' ').next().unwrap_or(rest)))
        .collect();
    assert!(
        crates.iter().any(|(name, _)| *name == "clap") && crates.iter().all(|(name, _)| *name != "logstat"),
        "{tree}"
    );
    for (name, version) in crates {
        let entry = format!("\n{name} {version}: ");
        assert!(listed.contains(&entry), "{name} {version} is not listed: run packaging/licences");
    }
}

#[test]
fn table_of_bots_is_listed_with_its_version() {
    let table = include_str!("../src/agent/bots.txt");
    let source = table.lines().find_map(|line| line.strip_prefix("# Source: ")).unwrap();
    let package = source.split(" of ").next().unwrap();
    let listed = include_str!("../packaging/third-party-licences.txt");
    assert!(package.starts_with("crawler-user-agents "), "{package}");
    assert!(listed.contains(&format!("\n{package}, the table of bots: MIT [")), "run packaging/licences");
    assert!(listed.contains("Copyright (c) 2017 Martin Monperrus"));
}
