//! The report expected from the client's counts, and its differences from the actual report.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use super::request::Logged;

/// Maximum number of differences shown per section.
const TOLD: usize = 4;

/// Source of the static/dynamic decision.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Classes {
    /// The program's rules for paths, reimplemented here.
    ByRules,
    /// Another source: static and dynamic are not compared.
    Otherwise,
}

/// A request that nginx has logged.
#[derive(Debug)]
pub(crate) struct Hit {
    pub(crate) address: String,
    pub(crate) logged: Logged,
    pub(crate) status: u16,
    pub(crate) bytes: u64,
}

/// Extensions of static files that occur in the traffic.
const EXTENSIONS: [&[u8]; 6] = [b"css", b"js", b"png", b"jpg", b"txt", b"exe"];

impl Hit {
    fn is_static(&self) -> bool {
        let path = &self.logged.path;
        let segment = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
        let extension = segment.iter().rposition(|b| *b == b'.').map(|dot| segment[dot + 1..].to_ascii_lowercase());
        path.starts_with(b"/static/")
            || path.starts_with(b"/media/")
            || extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_slice()))
    }

    fn key(&self, dimension: &str) -> Vec<u8> {
        match dimension {
            "path" => self.logged.path.clone(),
            "ip" => self.address.clone().into_bytes(),
            "status" => format!("{:03}", self.status).into_bytes(),
            "method" => self.logged.method.clone(),
            "protocol" => self.logged.protocol.clone(),
            "referer" => self.logged.referer.clone(),
            "agent" => self.logged.agent.clone(),
            "user" => self.logged.user.clone(),
            "class" => if self.is_static() { &b"static"[..] } else { b"dynamic" }.to_vec(),
            other => panic!("the test does not count {other}"),
        }
    }
}

/// Numbers of a group of hits.
fn numbers(hits: &[&Hit], classes: Classes) -> Row {
    let count = |is: &dyn Fn(&Hit) -> bool| hits.iter().filter(|hit| is(hit)).count();
    let mut row = Map::new();
    row.insert("pv".to_owned(), json!(hits.len()));
    row.insert("uv".to_owned(), json!(visitors(hits)));
    row.insert("bytes".to_owned(), json!(hits.iter().map(|hit| hit.bytes).sum::<u64>()));
    if classes == Classes::ByRules {
        row.insert("static".to_owned(), json!(count(&Hit::is_static)));
        row.insert("dynamic".to_owned(), json!(count(&|hit| !hit.is_static())));
    }
    for class in 1..=5 {
        row.insert(format!("status_{class}xx"), json!(count(&|hit| hit.status / 100 == class)));
    }
    row.insert("status_other".to_owned(), json!(count(&|hit| !(100..600).contains(&hit.status))));
    row
}

fn visitors(hits: &[&Hit]) -> usize {
    hits.iter().map(|hit| hit.address.as_str()).collect::<HashSet<_>>().len()
}

/// Differences between a report and the client's counts.
pub(crate) fn differences(report: &Value, hits: &[Hit], rankings: &str, classes: Classes) -> Vec<String> {
    let mut found = Vec::new();
    let all: Vec<_> = hits.iter().collect();
    let lines = json!({"read": all.len(), "parsed": all.len(), "blank": 0, "malformed": 0, "filtered": 0});
    if report["lines"] != lines {
        found.push(format!("lines {} where {lines} were sent; {}", report["lines"], report["malformed_samples"]));
    }
    let mut summary = numbers(&all, classes);
    if report["timeline"].as_array().is_some_and(|days| is_one_day(days)) {
        summary.insert("visitor_days".to_owned(), json!(visitors(&all)));
    }
    found.extend(row_differs(&report["summary"], &summary).map(|what| format!("summary: {what}")));
    if report["timeline"].as_array().is_none_or(|rows| sum_of(rows, "pv") != all.len() as u64) {
        found.push(format!("the timeline is not of {} hits", all.len()));
    }
    found.extend(ranking_differs("status", &report["status"], &rows(hits, "status", classes)));
    if classes == Classes::ByRules {
        found.extend(ranking_differs("class", &report["class"], &rows(hits, "class", classes)));
    }
    for dimension in rankings.split(',') {
        let mut expected = rows(hits, dimension, classes);
        expected.sort_by_key(|row| Reverse(row["pv"].as_u64()));
        found.extend(ranking_differs(&format!("top {dimension}"), &report["top"][dimension], &expected));
    }
    found
}

/// True if all rows of the timeline are on one day.
fn is_one_day(timeline: &[Value]) -> bool {
    let days: HashSet<_> = timeline.iter().filter_map(|row| row["key"].as_str()?.get(..10)).collect();
    days.len() == 1
}

fn sum_of(rows: &[Value], key: &str) -> u64 {
    rows.iter().filter_map(|row| row[key].as_u64()).sum()
}

type Row = Map<String, Value>;

/// One row per key, ordered by the bytes of the key.
fn rows(hits: &[Hit], dimension: &str, classes: Classes) -> Vec<Row> {
    let mut groups: BTreeMap<Vec<u8>, Vec<&Hit>> = BTreeMap::new();
    for hit in hits {
        groups.entry(hit.key(dimension)).or_default().push(hit);
    }
    let row = |(key, group): (Vec<u8>, Vec<&Hit>)| {
        let mut row = numbers(&group, classes);
        row.insert("key".to_owned(), json!(written(&key)));
        row.insert("share".to_owned(), json!(group.len() as f64 / hits.len() as f64));
        row
    };
    groups.into_iter().map(row).collect()
}

fn ranking_differs(name: &str, actual: &Value, expected: &[Row]) -> Vec<String> {
    let Some(actual) = actual.as_array() else { return vec![format!("{name}: not there")] };
    let keys: HashSet<_> = expected.iter().map(|row| row["key"].as_str().unwrap()).collect();
    let found: HashSet<_> = actual.iter().filter_map(|row| row["key"].as_str()).collect();
    let mut wrong: Vec<_> = keys.difference(&found).map(|key| format!("{name}: no {}", short(key))).collect();
    wrong.extend(found.difference(&keys).map(|key| format!("{name}: {} was not sent", short(key))));
    if actual.len() != expected.len() {
        wrong.push(format!("{name}: {} rows, not {}", actual.len(), expected.len()));
    }
    if wrong.is_empty() {
        // The keys are the same, so compare numbers and order.
        for (actual, expected) in actual.iter().zip(expected) {
            let key = short(expected["key"].as_str().unwrap());
            wrong.extend(row_differs(actual, expected).map(|what| format!("{name}: {key}: {what}")));
        }
    }
    wrong.sort();
    if wrong.len() > TOLD {
        let more = wrong.len() - TOLD;
        wrong.truncate(TOLD);
        wrong.push(format!("{name}: and {more} more"));
    }
    wrong
}

/// Differences between the numbers of two rows. Sections with shares may omit `uv`.
fn row_differs(actual: &Value, expected: &Row) -> Option<String> {
    let differs = |(name, value): &(&String, &Value)| match actual.get(name.as_str()) {
        None => *name != "uv" || !expected.contains_key("share"),
        Some(number) => number != *value,
    };
    let wrong: Vec<_> = expected.iter().filter(differs).collect();
    let said = wrong.iter().map(|(name, value)| {
        format!("{name} {}, not {}", short(&actual[name.as_str()].to_string()), short(&value.to_string()))
    });
    (!wrong.is_empty()).then(|| said.collect::<Vec<_>>().join(", "))
}

fn short(text: &str) -> String {
    if text.chars().count() > 120 { text.chars().take(120).chain(['…']).collect() } else { text.to_owned() }
}

/// A key as the report writes it, for the characters in the traffic.
pub(crate) fn written(key: &[u8]) -> String {
    let mut out = String::new();
    let escaped = |bytes: &[u8]| bytes.iter().map(|byte| format!("\\x{byte:02X}")).collect::<String>();
    for chunk in key.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\u{ad}' | '\u{200b}' | '\u{2028}' | '\u{202e}' | '\u{feff}' | '\\' => {
                    out += &escaped(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                c if c.is_control() => out += &escaped(c.encode_utf8(&mut [0; 4]).as_bytes()),
                c => out.push(c),
            }
        }
        out += &escaped(chunk.invalid());
    }
    out
}
