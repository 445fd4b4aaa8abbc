//! Runs the program, and compares its reports.

use checks::program;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Report of the program for these arguments and a file; anything on standard error is a failure.
pub(crate) fn report(arguments: &[&str], file: Option<&Path>) -> Result<Value, String> {
    let mut command = Command::new(program());
    command.env_clear().stdin(Stdio::null()).arg("--quiet").args(arguments).args(file);
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() || !said.is_empty() {
        return Err(format!("{}: {said}", output.status));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

/// A report without some of its keys.
pub(crate) fn without(mut report: Value, keys: &[&str]) -> Value {
    if let Some(map) = report.as_object_mut() {
        map.retain(|key, _| !keys.contains(&key.as_str()));
    }
    report
}

/// Names the sections in which two reports differ.
pub(crate) fn same(one: &Value, other: &Value) -> Vec<String> {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else { return vec!["no report".to_owned()] };
    let keys = one.keys().chain(other.keys().filter(|key| !one.contains_key(*key)));
    let differ = keys.filter(|key| one.get(*key) != other.get(*key));
    differ.map(|key| format!("{key} is not as in combined.log")).collect()
}

/// Request times in milliseconds, ascending, read from the last word of each line.
pub(crate) struct Latency(Vec<u64>);

pub(crate) fn latency_of(timed_log: &Path) -> Latency {
    let log = std::fs::read(timed_log).unwrap();
    let of_line = |line: &[u8]| {
        let word = line.rsplit(|b| *b == b' ').next().unwrap();
        let digits: Vec<u8> = word.iter().copied().filter(u8::is_ascii_digit).collect();
        assert_eq!(word.len(), digits.len() + 1, "seconds with three decimals: {}", word.escape_ascii());
        String::from_utf8(digits).unwrap().parse().unwrap()
    };
    let mut times: Vec<u64> = log.split(|b| *b == b'\n').filter(|line| !line.is_empty()).map(of_line).collect();
    times.sort_unstable();
    Latency(times)
}

impl Latency {
    /// Differences between a report's latency and these times, for `--slow 0.3`.
    pub(crate) fn differences(&self, report: &Value) -> Vec<String> {
        let times = &self.0;
        let nearest_rank = |percent: usize| times[(percent * times.len()).div_ceil(100) - 1];
        let numbers = [
            ("count", times.len() as u64),
            ("sum_ms", times.iter().sum()),
            ("max_ms", times[times.len() - 1]),
            ("p50_ms", nearest_rank(50)),
            ("p90_ms", nearest_rank(90)),
            ("p95_ms", nearest_rank(95)),
            ("p99_ms", nearest_rank(99)),
            ("slow", times.iter().filter(|time| **time > 300).count() as u64),
        ];
        let differs = numbers.iter().filter(|(name, number)| report["latency"][name].as_u64() != Some(*number));
        differs.map(|(name, number)| format!("latency {name} is {}, not {number}", report["latency"][name])).collect()
    }
}
