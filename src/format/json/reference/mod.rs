//! Slow reference for scan.rs: serde_json parses the line, and simple code picks the values.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod lines;
mod members;

use std::sync::LazyLock;

use bumpalo::Bump;
use regex::Regex;
use serde_json::Value;

use super::field_values::ScanContext;
use super::forms::{Mark, is_caddy_internal};
use super::key_lookup::JsonKeys;
use super::scan::{JsonScratch, scan};
use crate::batch::{Fields, Status, TextField};
use crate::format::Reason;
use crate::format::row::Row;
use crate::format::slot::Slot;
use crate::format::time_unit::TimeUnit;
use crate::format::variables::Destination;
use crate::format::{Line, Quotes};
use crate::text::undo_escapes;
use crate::time::{Clock, Stamp};

use members::{Member, Members, has_exact_numbers};

/// Collects every path and its value as text; `None` for a missing value.
fn flat(members: &Members, before: &str, out: &mut Vec<(String, Option<String>)>) {
    for (key, member) in &members.0 {
        let path = format!("{before}{key}");
        match member {
            Member::Object(members) => flat(members, &format!("{path}."), out),
            Member::Other(value) => {
                let value = match value {
                    Value::Array(list) if list.len() == 1 && !list[0].is_array() && !list[0].is_object() => &list[0],
                    other => other,
                };
                let text = match value {
                    Value::Null => None,
                    Value::Array(list) if list.is_empty() => None,
                    Value::String(text) => Some(text.clone()),
                    other => Some(other.to_string()),
                };
                out.push((path, text.filter(|text| !text.is_empty() && text != "-")));
            }
        }
    }
}

#[derive(Debug, PartialEq)]
struct Plain {
    texts: Vec<Vec<u8>>,
    stamp: Stamp,
    status: Status,
    bytes: u64,
    time_ms: Option<u64>,
}

impl Plain {
    fn empty() -> Plain {
        Plain {
            texts: vec![b"-".to_vec(); Slot::COUNT],
            stamp: Stamp::NONE,
            status: Status::MISSING,
            bytes: 0,
            time_ms: None,
        }
    }
}

/// The row according to the reference.
fn reference(keys: &JsonKeys, members: &Members) -> Result<Plain, Reason> {
    let mut values = Vec::new();
    flat(members, "", &mut values);
    let ruled = |path: &str, text: &Option<String>| {
        let first = keys.find(path.as_bytes()).and_then(|name| name.rule)?;
        keys.reading(first, text.as_deref().unwrap_or_default().as_bytes())
    };
    let known: Vec<_> = values.iter().filter_map(|(path, text)| Some((ruled(path, text)?, text))).collect();
    let marked = |mark: Mark| {
        let is_marked = move |path: &str| keys.find(path.as_bytes()).is_some_and(|name| name.mark == mark);
        values.iter().filter(move |(path, _)| is_marked(path))
    };
    let has_envoy_key = marked(Mark::Envoy).next().is_some();
    if marked(Mark::Logger).any(|(_, text)| text.as_ref().is_some_and(|text| is_caddy_internal(text.as_bytes()))) {
        return Err(Reason::NoMatch);
    }
    let mut plain = Plain::empty();
    let feeds_of = |place: u16| keys.targets()[keys.rule(place).target];
    let is_hit = |destination: Destination| {
        matches!(
            destination,
            Destination::Status
                | Destination::Request
                | Destination::Text(TextField::Path)
                | Destination::Uri
                | Destination::UriAndArgs
        )
    };
    if !known.iter().any(|(place, _)| is_hit(feeds_of(*place))) {
        return Err(Reason::NoMatch);
    }
    let mut flaws = Vec::new();
    for (target, destination) in keys.targets().iter().enumerate() {
        let candidates = known.iter().filter(|(place, _)| keys.rule(*place).target == target);
        let candidates = candidates.filter_map(|(place, text)| Some((*place, text.as_ref()?)));
        // The lowest rule wins; among values of the same rule, the last.
        let Some((place, text)) = candidates.rev().min_by_key(|(place, _)| *place) else { continue };
        match destination {
            Destination::Time => match slow_time(text) {
                Some(stamp) => plain.stamp = stamp,
                None => flaws.push(Reason::BadTime),
            },
            Destination::Status => match text.parse::<f64>() {
                Ok(code) if (0.0..1000.0).contains(&code) && !text.starts_with('-') => {
                    plain.status = Status::new(code as u16);
                }
                _ => flaws.push(Reason::BadNumber),
            },
            Destination::Bytes => match text.parse() {
                Ok(bytes) => plain.bytes = bytes,
                Err(_) => flaws.push(Reason::BadNumber),
            },
            Destination::RequestTime => {
                let in_a_ms = match keys.rule(place).unit {
                    TimeUnit::Seconds => 0.001,
                    TimeUnit::Milliseconds => 1.0,
                    TimeUnit::Microseconds => 1e3,
                    TimeUnit::Nanoseconds => 1e6,
                    TimeUnit::SecondsIfDecimal => {
                        if text.contains('.') {
                            0.001
                        } else {
                            1.0
                        }
                    }
                    TimeUnit::SecondsUnlessEnvoy => {
                        if has_envoy_key {
                            1.0
                        } else {
                            0.001
                        }
                    }
                };
                // In seconds, the values have at most three decimals.
                let tolerance = if in_a_ms == 0.001 { 1e-3 } else { 1e-6 };
                match text.parse::<f64>() {
                    Ok(time) => plain.time_ms = Some((time / in_a_ms + tolerance).floor().max(0.0) as u64),
                    Err(_) => flaws.push(Reason::BadNumber),
                }
            }
            destination => plain.texts[Slot::fed_by(*destination).index()] = text.as_bytes().to_vec(),
        }
    }
    let [request, method, path] =
        [Slot::REQUEST, Slot::of(TextField::Method), Slot::of(TextField::Path)].map(Slot::index);
    if plain.texts[request].starts_with(b"/") && plain.texts[method] != b"-" {
        let target = std::mem::replace(&mut plain.texts[request], b"-".to_vec());
        if plain.texts[path] == b"-" {
            plain.texts[path] = target;
        }
    }
    flaws.first().map_or(Ok(plain), |flaw| Err(*flaw))
}

/// Parses a time in one of the spellings that the generated lines use.
fn slow_time(text: &str) -> Option<Stamp> {
    let of = |time: chrono::DateTime<chrono::FixedOffset>| Stamp {
        wall_s: time.naive_local().and_utc().timestamp(),
        offset_min: (time.offset().local_minus_utc() / 60) as i16,
    };
    let rfc = chrono::DateTime::parse_from_rfc3339(text)
        .or_else(|_| chrono::DateTime::parse_from_str(text, "%d/%b/%Y:%H:%M:%S %z"));
    let epoch = || text.parse::<f64>().ok().filter(|s| *s >= 0.0);
    // chrono accepts months in any case, and years with more than four digits.
    let is_written = |time: &chrono::DateTime<chrono::FixedOffset>| {
        let month = text.get(3..6).filter(|_| text.as_bytes().get(2) == Some(&b'/'));
        month.is_none_or(|month| "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".contains(month))
            && (1..=9999).contains(&chrono::Datelike::year(time))
    };
    rfc.ok().filter(is_written).map(of).or_else(|| epoch().map(|s| Stamp { wall_s: s as i64, offset_min: 0 }))
}

/// The row according to scan.rs. Checks that it is the same if the quotes are not known.
fn read(keys: &JsonKeys, line: &[u8], scratch: &mut JsonScratch, clock: &mut Clock) -> Result<Plain, Reason> {
    let quotes: Vec<u32> = (0..).zip(line).filter(|(_, b)| **b == b'"').map(|(at, _)| at).collect();
    let known = Quotes::At { places: &quotes, start: 0 };
    let marked = Line { text: line, quotes: if line.contains(&b'\\') { Quotes::Unknown } else { known } };
    let bump = Bump::new();
    let needs = keys.targets().iter().fold(Fields::NONE, |needs, destination| needs.union(destination.fields()));
    let rows = [marked, Line::unmarked(line)].map(|line| {
        let mut row = Row::EMPTY;
        scan(keys, line, ScanContext { bump: &bump, needs }, clock, scratch, &mut row)
            .map_err(|mismatch| mismatch.reason)
            .map(|()| row)
    });
    assert_eq!(rows[0], rows[1], "{}", line.escape_ascii());
    let [row, _] = rows;
    row.map(|row| {
        assert_eq!(row.has_escaped_request, row.text(Slot::REQUEST).contains(&b'\\'));
        let mut plain =
            Plain { stamp: row.stamp, status: row.status, bytes: row.bytes, time_ms: row.time_ms, ..Plain::empty() };
        for destination in keys.targets() {
            if !matches!(
                destination,
                Destination::Time | Destination::Status | Destination::Bytes | Destination::RequestTime
            ) {
                plain.texts[Slot::fed_by(*destination).index()] =
                    undo_escapes(row.text(Slot::fed_by(*destination))).into_owned();
            }
        }
        plain
    })
}

/// The keys that are known without any given by the user.
static KEYS: LazyLock<JsonKeys> = LazyLock::new(|| JsonKeys::new(&[], &[]));

/// The state that a worker keeps between lines.
#[derive(Default)]
pub(crate) struct Reader {
    scratch: JsonScratch,
    clock: Clock,
}

impl Reader {
    /// Reads a line after the previous ones, by itself, and with the reference if the reference covers it. The error
    /// says which two results differ.
    pub(crate) fn agree(&mut self, line: &[u8]) -> Result<(), String> {
        let same = |what: &str, found: &Result<Plain, Reason>, expected: &Result<Plain, Reason>| {
            let said = || format!("{what}: {found:?}, not {expected:?}, of {:?}", String::from_utf8_lossy(line));
            if found == expected { Ok(()) } else { Err(said()) }
        };
        let found = read(&KEYS, line, &mut self.scratch, &mut self.clock);
        let alone = read(&KEYS, line, &mut JsonScratch::default(), &mut Clock::default());
        same("after other lines", &found, &alone)?;
        match serde_json::from_slice::<Members>(line) {
            Ok(members) if has_exact_numbers(line) && is_decided(&KEYS, &members) => {
                same("the scanner", &found, &reference(&KEYS, &members))
            }
            _ => Ok(()),
        }
    }
}

/// True if the reference covers all known values of an object: texts, and numbers and times in spellings that it knows.
fn is_decided(keys: &JsonKeys, members: &Members) -> bool {
    static FORMS: LazyLock<[Regex; 3]> = LazyLock::new(|| {
        let times = concat!(
            r"\A(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})",
            r"|[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}|[0-9]{1,10}(?:\.[0-9]{1,9})?)\z",
        );
        [r"\A[0-9]{1,10}\z", r"\A[0-9]{1,10}(?:\.[0-9]{1,3})?\z", times]
            .map(|form| Regex::new(form).expect("an expression"))
    });
    let [whole, decimal, time] = &*FORMS;
    let mut lists = Vec::new();
    members.lists("", &mut lists);
    let is_known = |path: &str| keys.find(path.as_bytes()).is_some_and(|name| name.rule.is_some());
    if lists.iter().any(|path| is_known(path)) {
        return false;
    }
    let mut values = Vec::new();
    flat(members, "", &mut values);
    values.iter().filter_map(|(path, text)| Some((path, text.as_deref()?))).all(|(path, text)| {
        let first = keys.find(path.as_bytes()).and_then(|name| name.rule);
        let Some(rule) = first.and_then(|first| keys.reading(first, text.as_bytes())) else { return true };
        match keys.targets()[keys.rule(rule).target] {
            Destination::Time => time.is_match(text),
            Destination::Status | Destination::Bytes => whole.is_match(text),
            Destination::RequestTime | Destination::RequestTimeIn(_) => decimal.is_match(text),
            _ => true,
        }
    })
}
