//! The laws of states through the program: `--save`, `--range`, merges and `--state`.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use logstat::{Dimension, Metric};
use serde_json::Value;

use super::FORMAT;

/// Options that change what is counted and saved. The first saves everything that there is.
fn options() -> Vec<Vec<String>> {
    // A state has only a hash of a database, so logs next to it would need the database again.
    let named = Dimension::all().map(Dimension::name).filter(|name| !["country", "city", "asn", "org"].contains(name));
    let dimensions: Vec<_> = named.chain(["upstream_addr", "path/ip"]).collect();
    let metrics: Vec<_> = super::of_all_rankings().map(Metric::name).collect();
    let everything =
        format!("-n 0 --by hour --split status --top {} --columns {}", dimensions.join(","), metrics.join(","));
    let rows = [
        &everything,
        "",
        "--uv hll --top ip,host/path --columns uv --by week",
        "--status 2xx,5xx --exclude-path /3 --columns p95",
        "--duration upstream_response_time,request_time --top hour,weekday --by month --columns p99,busy,peak,cache-bytes",
        "--tz +08:00 --by 15m --split kind --top weekday/hour-of-day",
        "--visitor ip+agent --query keep --sort -key --show top,timeline",
        "--uv hll --anonymize --top ip,agent --time 22-07",
    ];
    let words = |row: &str| row.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    rows.into_iter().map(words).collect()
}

/// Line `number` of a log: days pass, and everything else repeats. Every 17th is malformed.
fn line(number: usize) -> String {
    if number % 17 == 16 {
        return format!("rubbish {number}\n");
    }
    let (day, hour, minute, zone) =
        (10 + number / 60 % 9, number % 24, number * 7 % 60, ["+0000", "+0200"][number / 31 % 2]);
    let (address, path) = (number % 9, [format!("{}", number % 5), format!("static/{number}.css")][number % 2].clone());
    let (status, agent) = ([200, 200, 304, 404, 502][number % 5], ["curl", "Mozilla"][number / 7 % 2]);
    format!(
        "10.0.0.{address} - - [{day}/Nov/2026:{hour:02}:{minute:02}:00 {zone}] \"GET /{path}?q={number} HTTP/1.1\" {status} \
         {number} \"-\" \"{agent}\" 0.{:03} \"{}.example\" \"10.1.0.{}:80\" {} \"{}\"\n",
        number * 13 % 1000,
        number % 3,
        number % 2,
        ["HIT", "MISS", "-"][number % 3],
        ["0.012, 0.200", "-", "0.300"][number / 2 % 3]
    )
}

fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers.map(line).collect()
}

/// A folder in which the program runs with some options.
struct Folder {
    folder: tempfile::TempDir,
    options: Vec<String>,
}

impl Folder {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str], options: &[String]) -> Output {
        let mut command = Command::new(super::super::program());
        command.args(arguments).args(options).current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).output().unwrap()
    }

    /// Runs the program on logs, and returns what it prints.
    fn count(&self, arguments: &[&str]) -> Vec<u8> {
        let options = [&["--log-format".to_owned(), FORMAT.to_owned()][..], &self.options].concat();
        let output = self.run(arguments, &options);
        assert!(
            output.status.success(),
            "{arguments:?} {:?}: {}",
            self.options,
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    /// Merges states, with no option but these.
    fn merge(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.run(arguments, &[]);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn assert_same_files(&self, found: &str, expected: &str) {
        let read = |name: &str| fs::read(self.path(name)).unwrap();
        let inspected = |name: &str| String::from_utf8(self.merge(&["--inspect", name])).unwrap();
        let is_same = read(found) == read(expected);
        assert!(is_same, "{:?}\n{}\n{}", self.options, inspected(found), inspected(expected));
    }
}

/// A report without what may differ between a log and a state.
fn comparable(json: &[u8]) -> Value {
    let mut report: Value = serde_json::from_slice(json).unwrap();
    for key in ["inputs", "notes", "warnings"] {
        report.as_object_mut().unwrap().remove(key);
    }
    for sample in report["malformed_samples"].as_array_mut().unwrap() {
        sample.as_object_mut().unwrap().remove("path");
    }
    report
}

/// Numbers that are spread over all bytes of a log, but not evenly.
fn cuts(len: u64, number: usize) -> Vec<u64> {
    let mut cuts: Vec<u64> =
        (1..4_u64).map(|i| (i + 1).wrapping_mul(2_654_435_761 + 97 * number as u64) % len).collect();
    cuts.sort_unstable();
    cuts
}

#[test]
fn ranges_saved_by_the_program_merge_to_the_state_of_one_run() {
    for (number, options) in options().into_iter().enumerate().step_by(super::super::ONE_IN.min(3)) {
        let folder = Folder { folder: tempfile::tempdir().unwrap(), options };
        let (a, b) = (lines(0..300), lines(300..420));
        fs::write(folder.path("a.log"), &a).unwrap();
        fs::write(folder.path("b.log"), &b).unwrap();
        folder.count(&["a.log", "b.log", "--save", "one.state"]);
        let ends: Vec<u64> = cuts(a.len() as u64, number).into_iter().chain([u64::MAX]).collect();
        let mut from = 0;
        for (at, end) in ends.into_iter().enumerate() {
            let range = if end == u64::MAX { format!("{from}:") } else { format!("{from}:{}", end - from) };
            folder.count(&["a.log", "--range", &range, "--save", &format!("{at}.state")]);
            from = end;
        }
        folder.count(&["b.log", "--save", "b.state"]);
        folder.merge(&["3.state", "1.state", "--save", "odd.state"]);
        folder.merge(&["b.state", "odd.state", "2.state", "0.state", "--save", "all.state"]);
        folder.assert_same_files("all.state", "one.state");
        // A log next to states is counted like them.
        fs::remove_file(folder.path("all.state")).unwrap();
        folder.merge(&["odd.state", "b.log", "2.state", "0.state", "--save", "all.state"]);
        folder.assert_same_files("all.state", "one.state");
        let expected = comparable(&folder.count(&["a.log", "b.log", "--json"]));
        assert_eq!(comparable(&folder.count(&["all.state", "--json"])), expected, "{:?}", folder.options);
    }
}

/// The log grows, by parts of lines too. Up to 1 MiB, it is read from its start again; the last row is longer.
#[test]
fn increments_give_the_state_of_one_run() {
    let long = (1 << 20) / line(7).len() + 1_000;
    let rows = options().into_iter().map(|options| (options, 300)).chain([(options().remove(3), long)]);
    for (number, (options, len)) in rows.enumerate().skip(1).step_by(super::super::ONE_IN.min(3)) {
        let folder = Folder { folder: tempfile::tempdir().unwrap(), options };
        let text = lines(0..len);
        for cut in cuts(text.len() as u64, number).into_iter().chain([text.len() as u64]) {
            let text = &text[..cut as usize];
            let whole_lines = text.rfind('\n').map_or(0, |last| last + 1);
            fs::write(folder.path("whole.log"), &text[..whole_lines]).unwrap();
            let grown = fs::OpenOptions::new().create(true).append(true).open(folder.path("a.log")).unwrap();
            let before = grown.metadata().unwrap().len() as usize;
            std::io::Write::write_all(&mut &grown, &text.as_bytes()[before..]).unwrap();
            let found = comparable(&folder.count(&["a.log", "--state", "many.state", "--json"]));
            let expected = comparable(&folder.count(&["whole.log", "--json"]));
            assert_eq!(found, expected, "{:?} up to {cut}", folder.options);
        }
        folder.count(&["a.log", "--state", "one.state", "--json"]);
        folder.assert_same_files("many.state", "one.state");
    }
}
