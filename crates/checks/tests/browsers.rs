//! Compares the browsers that logstat names with those of ua-parser, on real and on generated logs.
//!
//! `browsers/families.rs` has a reason for each difference.

mod families;
mod reference;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use checks::{REPOSITORY, program};
use ua_parser::user_agent::Extractor;

use families::{DIFFERENT, SAME};

/// Minimum share of requests of people whose browser is the same.
const MIN_SHARE: f64 = 0.98;

/// Requests of people by user agent and browser, as logstat counts them.
fn counted(log: &Path) -> Vec<(String, String, u64)> {
    let output = Command::new(program())
        .arg(log)
        .args(["--top", "agent/browser", "-n", "0", "--show", "top", "--json", "--quiet"])
        .env("LOGSTAT_CONFIG", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}: {}", log.display(), String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = report["top"]["agent/browser"].as_array().unwrap().iter();
    let rows = rows.map(|row| {
        let key = |i: usize| row["keys"][i].as_str().unwrap().to_owned();
        (key(0), key(1), row["pv"].as_u64().unwrap())
    });
    // Bots have no browser.
    rows.filter(|(_, browser, _)| browser != "-").collect()
}

/// The directory with the sources of the crate ua-parser.
fn crate_of_ua_parser() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .current_dir(REPOSITORY)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "ua-parser").unwrap();
    Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("")
}

/// The family of an agent by ua-parser, by logstat's name for it.
fn expected<'a>(rules: &'a Extractor<'a>, agent: &'a str) -> String {
    let family = rules.extract(agent).map_or_else(|| "Other".to_owned(), |found| found.family.into_owned());
    SAME.iter().find(|(theirs, _)| *theirs == family).map_or(family, |(_, ours)| (*ours).to_owned())
}

/// Compares the browsers of agents with a number of requests each. Returns the requests, and those whose browser is the
/// same.
fn compare(rules: &Extractor<'_>, counted: &[(String, String, u64)]) -> (u64, u64) {
    let (mut requests, mut same) = (0, 0);
    let mut unexplained = BTreeMap::new();
    for (agent, browser, pv) in counted {
        let expected = expected(rules, agent);
        requests += pv;
        if expected == *browser {
            same += pv;
        } else if !DIFFERENT.iter().any(|(theirs, ours, _)| (*theirs == "*" || *theirs == expected) && ours == browser)
        {
            unexplained.insert((expected, browser), (pv, agent));
        }
    }
    let mut rows = String::new();
    for ((expected, browser), (pv, agent)) in &unexplained {
        writeln!(rows, "{pv:>5} ua-parser {expected}, logstat {browser}: {agent}").unwrap();
    }
    assert!(unexplained.is_empty(), "differences without a reason:\n{rows}");
    (requests, same)
}

/// Logs in this repository, and those next to it if they are there.
fn logs() -> Vec<PathBuf> {
    let directories = ["testdata", "../shared/data"].map(|directory| Path::new(REPOSITORY).join(directory));
    let entries = directories.iter().filter_map(|directory| fs::read_dir(directory).ok()).flatten();
    let files = entries.map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|extension| extension == "log")).collect()
}

#[test]
fn browsers_of_logs_are_those_of_ua_parser() {
    let root = crate_of_ua_parser();
    let rules = reference::rules(&root);
    let logs = logs();
    assert!(logs.len() >= 4, "{logs:?}");
    let (mut requests, mut same) = (0, 0);
    for log in logs {
        let (requests_of_log, same_of_log) = compare(&rules, &counted(&log));
        requests += requests_of_log;
        same += same_of_log;
    }
    let share = same as f64 / requests as f64;
    assert!(requests > 100 && share >= MIN_SHARE, "{same} of {requests} requests");
}

#[test]
fn browsers_of_test_agents_are_those_of_ua_parser_or_have_a_reason() {
    let root = crate_of_ua_parser();
    let rules = reference::rules(&root);
    let people = fs::read_to_string(Path::new(REPOSITORY).join("testdata/agents/people.txt")).unwrap();
    let rows = people.lines().filter(|line| !line.starts_with('#'));
    let agents: Vec<_> = rows
        .map(|line| {
            let cells: Vec<_> = line.split('\t').collect();
            (cells[4].to_owned(), cells[0].to_owned(), 1)
        })
        .collect();
    let (count, same) = compare(&rules, &agents);
    assert!(count >= 200 && same > 0, "{same} of {count} agents");
}
