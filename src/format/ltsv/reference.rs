//! Slow reference for scan.rs: splits a line at tabs and colons, and picks the values with simple code.

use bumpalo::Bump;
use proptest::prelude::*;

use super::labels::LABELS;
use super::scan::scan;
use crate::batch::{Fields, Status};
use crate::format::Reason;
use crate::format::json::field_values::ScanContext;
use crate::format::json::key_lookup::JsonKeys;
use crate::format::json::scan::JsonScratch;
use crate::format::json::values;
use crate::format::row::Row;
use crate::format::slot::Slot;
use crate::format::time_unit::TimeUnit;
use crate::format::variables::Destination;
use crate::time::{Clock, Rfc3339, Stamp};

/// The values of a line; texts are indexed by slot.
#[derive(Debug, PartialEq)]
struct Plain {
    texts: Vec<Vec<u8>>,
    stamp: Stamp,
    status: Status,
    bytes: u64,
    time_ms: Option<u64>,
    labels: Vec<String>,
}

/// Splits a field into label and value.
fn labelled(field: &str) -> Option<(&str, &str)> {
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    field.split_once(':').filter(|(label, _)| is_label(label))
}

/// The rule of a label in this line. `host` has two; the other labels of the line decide which one applies.
fn meaning(keys: &JsonKeys, fields: &[(&str, &str)], label: &str) -> Option<u16> {
    let first = keys.find(label.as_bytes())?.rule?;
    let is_client = |other: &str| {
        other != "host"
            && keys
                .find(other.as_bytes())
                .and_then(|name| name.rule)
                .is_some_and(|rule| *keys.rule(rule).variable == *"remote_addr")
    };
    if label == "host" && fields.iter().any(|(other, _)| is_client(other)) {
        // Another label holds the client, so `host` is the site.
        return Some(first + 1);
    }
    Some(first)
}

fn reference(keys: &JsonKeys, line: &str) -> Result<Plain, Reason> {
    let feeds_of = |rule: u16| keys.targets()[keys.rule(rule).target];
    let fields: Vec<_> = line.split('\t').filter(|field| !field.is_empty()).map(labelled).collect();
    let all: Vec<_> = fields.iter().flatten().copied().collect();
    let has_rule = |label: &str| keys.find(label.as_bytes()).is_some_and(|name| name.rule.is_some());
    if let Some(Some((label, value))) = fields.first().filter(|_| !line.starts_with('\t'))
        && !has_rule(label)
        && value.split(|c: char| !c.is_ascii_alphanumeric() && !"_.-:".contains(c)).any(|run| {
            // In a run such as `a:b:c`, every part except the last is followed by a colon.
            let mut parts: Vec<_> = run.split(':').collect();
            parts.pop();
            parts.into_iter().any(has_rule)
        })
    {
        return Err(Reason::NoMatch);
    }
    let mut known: Vec<(u16, &str, &str)> = Vec::new();
    for field in &fields {
        let (label, value) = field.ok_or(Reason::NoMatch)?;
        let Some(rule) = meaning(keys, &all, label) else { continue };
        let inner = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
        let value = inner.filter(|_| feeds_of(rule) == Destination::Time).unwrap_or(value);
        if known.iter().any(|(_, other, text)| *other == label && *text != value) {
            return Err(Reason::Glued);
        }
        if feeds_of(rule) == Destination::Status && !["", "-"].contains(&value) && value.len() != 3 {
            return Err(Reason::BadNumber);
        }
        known.push((rule, label, value));
    }
    let is_hit = |rule: u16| {
        keys.rule(rule).fields.intersects(Fields::STATUS.union(Fields::text(crate::batch::TextField::Path)))
    };
    if !known.iter().any(|(rule, ..)| is_hit(*rule)) {
        return Err(Reason::NoMatch);
    }
    let mut plain = Plain {
        texts: vec![b"-".to_vec(); Slot::COUNT],
        stamp: Stamp::NONE,
        status: Status::MISSING,
        bytes: 0,
        time_ms: None,
        labels: known.iter().map(|(_, label, _)| (*label).to_owned()).collect(),
    };
    plain.labels.sort_unstable();
    plain.labels.dedup();
    for destination in keys.targets() {
        let candidates = known
            .iter()
            .filter(|(rule, _, value)| feeds_of(*rule) == *destination && !value.is_empty() && *value != "-");
        let Some((rule, _, value)) = candidates.min_by_key(|(rule, ..)| *rule) else { continue };
        match destination {
            Destination::Time => {
                plain.stamp = values::stamp(value.as_bytes(), &mut Rfc3339::default(), &mut Clock::default())?;
            }
            Destination::Status => {
                let code = value.parse::<f64>().ok().filter(|code| (0.0..1000.0).contains(code));
                plain.status = Status::new(code.ok_or(Reason::BadNumber)? as u16);
            }
            Destination::Bytes => plain.bytes = value.parse::<f64>().map_err(|_| Reason::BadNumber)? as u64,
            Destination::RequestTime => {
                let seconds: f64 = value.parse().map_err(|_| Reason::BadNumber)?;
                let factor = match keys.rule(*rule).unit {
                    TimeUnit::Microseconds => 1e-3,
                    TimeUnit::Milliseconds => 1.0,
                    _ => 1e3,
                };
                // Compensates for rounding. The tolerance is below any fraction of a millisecond that occurs here.
                plain.time_ms = Some((seconds * factor + 1e-4).floor() as u64);
            }
            _ => plain.texts[Slot::fed_by(*destination).index()] = value.as_bytes().to_vec(),
        }
    }
    Ok(plain)
}

/// The row according to the scanner.
fn fast(keys: &JsonKeys, line: &str, scratch: &mut JsonScratch, clock: &mut Clock) -> Result<Plain, Reason> {
    let (bump, mut row) = (Bump::new(), Row::EMPTY);
    let context = ScanContext { bump: &bump, needs: Fields::NONE };
    scan(keys, line.as_bytes(), context, clock, scratch, &mut row).map_err(|mismatch| mismatch.reason)?;
    let mut seen = crate::format::KeysSeen::default();
    scratch.move_keys_to(&mut seen);
    let mut labels: Vec<_> = keys.seen(&seen).map(|rule| rule.key.to_string()).collect();
    labels.sort_unstable();
    assert_eq!(row.has_escaped_request, row.text(Slot::REQUEST).contains(&b'\\'));
    Ok(Plain {
        texts: Slot::all().map(|slot| row.text(slot).to_vec()).collect(),
        stamp: row.stamp,
        status: row.status,
        bytes: row.bytes,
        time_ms: row.time_ms,
        labels,
    })
}

/// A field, usually with a value that suits its label.
fn field() -> impl Strategy<Value = String> {
    const OTHERS: [&str; 9] =
        ["remote_addr", "body_bytes_sent", "request", "request_time", "status_code", "x", "my.own-label", "", "a b"];
    let labels: Vec<&str> = LABELS.iter().map(|(label, ..)| *label).collect();
    let label = prop_oneof![8 => prop::sample::select(labels), 1 => prop::sample::select(OTHERS.to_vec())];
    let whole = label.prop_flat_map(|label| {
        let usual: &[&str] = match label {
            "time" | "epoch" => &[
                "[05/Jan/2026:10:00:01 +0000]",
                "05/Jan/2026:10:00:01 +0000",
                "2026-01-05T10:00:01+00:00",
                "[2026-01-05T10:00:01Z]",
                "1767607201",
            ],
            "status" | "status_code" => &["200", "404", "000"],
            "size" | "body_bytes_sent" => &["0", "512", "-"],
            "req" | "request" => &["GET /a?b HTTP/1.1", "GET /\\x22 HTTP/1.1", "-"],
            _ if label.starts_with("reqtime") || label == "request_time" => &["0.026", "1.5", "26999", "0"],
            _ => &["192.0.2.1", "example.org", "-", "x:y z", "", "uri:/", "a status:200"],
        };
        let value = prop_oneof![
            12 => prop::sample::select(usual.to_vec()),
            1 => prop::sample::select(vec!["-", "", "null", "[", "[]", "x", "0.5", "192.0.2.1"]),
        ];
        value.prop_map(move |value| format!("{label}:{value}"))
    });
    prop_oneof![40 => whole, 1 => prop::sample::select(vec!["", "x"]).prop_map(str::to_owned)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8 * ProptestConfig::default().cases))]

    #[test]
    fn scanner_matches_the_reference(lines in prop::collection::vec(prop::collection::vec(field(), 0..9), 1..4), whole in any::<bool>()) {
        let ranked = ["http_x_forwarded_for", "upstream_http_x_cache"];
        let keys = JsonKeys::with_labels(LABELS, &[], if whole { &ranked } else { &[] });
        let (mut scratch, mut clock) = (JsonScratch::default(), Clock::default());
        for fields in lines {
            // Most lines are valid.
            let line = if whole { format!("status:200\t{}", fields.join("\t")) } else { fields.join("\t") };
            prop_assert_eq!(fast(&keys, &line, &mut scratch, &mut clock), reference(&keys, &line), "{}", line.escape_debug());
        }
    }
}
