//! The slow twin of json.rs: serde_json reads a line, plain code picks the values; and laws of lines that are broken.

mod cases;
mod lines;

use bumpalo::Bump;
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::json::{Recall, scan};
use super::json_forms::{Mark, TimeUnit, is_caddys_own};
use super::json_found::Room;
use super::json_keys::JsonKeys;
use super::plan::{Slot, slot};
use super::row::Row;
use super::variables::Feeds;
use super::{Line, Quotes};
use crate::batch::{Fields, Status, TextField};
use crate::format::Reason;
use crate::text::undo_escapes;
use crate::time::{Clock, Stamp};

use lines::{known_member, line, unknown_member, write_object};

/// All members of an object, in their order, those of one name too.
struct Members(Vec<(String, Member)>);

enum Member {
    Object(Members),
    Other(Value),
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    // The lines made here have no key twice in an object within.
                    members.push((key, Member::of(value)));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

impl Member {
    fn of(value: Value) -> Member {
        match value {
            Value::Object(map) => Member::Object(Members(map.into_iter().map(|(k, v)| (k, Member::of(v))).collect())),
            other => Member::Other(other),
        }
    }
}

/// Every path with its value as text; `None` for what is missing.
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

/// The row as the twin reads it.
fn twin(keys: &JsonKeys, line: &[u8]) -> Result<Plain, Reason> {
    let members: Members = serde_json::from_slice(line).unwrap();
    let mut values = Vec::new();
    flat(&members, "", &mut values);
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
    if marked(Mark::Logger).any(|(_, text)| text.as_ref().is_some_and(|text| is_caddys_own(text.as_bytes()))) {
        return Err(Reason::NoMatch);
    }
    let mut plain = Plain::empty();
    let feeds_of = |place: u16| keys.targets()[keys.rule(place).target];
    let is_hit = |feeds: Feeds| {
        matches!(feeds, Feeds::Status | Feeds::Request | Feeds::Text(TextField::Path) | Feeds::Uri | Feeds::UriAndArgs)
    };
    if !known.iter().any(|(place, _)| is_hit(feeds_of(*place))) {
        return Err(Reason::NoMatch);
    }
    let mut flaws = Vec::new();
    for (target, feeds) in keys.targets().iter().enumerate() {
        let candidates = known.iter().filter(|(place, _)| keys.rule(*place).target == target);
        let candidates = candidates.filter_map(|(place, text)| Some((*place, text.as_ref()?)));
        // The first of the table, and the last of equals.
        let Some((place, text)) = candidates.rev().min_by_key(|(place, _)| *place) else { continue };
        match feeds {
            Feeds::Time => match slow_time(text) {
                Some(stamp) => plain.stamp = stamp,
                None => flaws.push(Reason::BadTime),
            },
            Feeds::Status => match text.parse::<f64>() {
                Ok(code) if (0.0..1000.0).contains(&code) && !text.starts_with('-') => {
                    plain.status = Status::new(code as u16);
                }
                _ => flaws.push(Reason::BadNumber),
            },
            Feeds::Bytes => match text.parse() {
                Ok(bytes) => plain.bytes = bytes,
                Err(_) => flaws.push(Reason::BadNumber),
            },
            Feeds::RequestTime => {
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
                // Seconds have no more than three decimals here.
                let tolerance = if in_a_ms == 0.001 { 1e-3 } else { 1e-6 };
                match text.parse::<f64>() {
                    Ok(time) => plain.time_ms = Some((time / in_a_ms + tolerance).floor().max(0.0) as u64),
                    Err(_) => flaws.push(Reason::BadNumber),
                }
            }
            feeds => plain.texts[slot(*feeds).index()] = text.as_bytes().to_vec(),
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

/// The spellings that lines made here have.
fn slow_time(text: &str) -> Option<Stamp> {
    let of = |time: chrono::DateTime<chrono::FixedOffset>| Stamp {
        wall_s: time.naive_local().and_utc().timestamp(),
        offset_min: (time.offset().local_minus_utc() / 60) as i16,
    };
    let rfc = chrono::DateTime::parse_from_rfc3339(text)
        .or_else(|_| chrono::DateTime::parse_from_str(text, "%d/%b/%Y:%H:%M:%S %z"));
    let epoch = || text.parse::<f64>().ok().filter(|s| *s >= 0.0);
    rfc.ok().map(of).or_else(|| epoch().map(|s| Stamp { wall_s: s as i64, offset_min: 0 }))
}

/// The row as json.rs reads it, and as it reads it where nobody has looked for quotes.
fn read(keys: &JsonKeys, line: &[u8], recall: &mut Recall, clock: &mut Clock) -> Result<Plain, Reason> {
    let quotes: Vec<u32> = (0..).zip(line).filter(|(_, b)| **b == b'"').map(|(at, _)| at).collect();
    let known = Quotes::At { places: &quotes, start: 0 };
    let marked = Line { text: line, quotes: if line.contains(&b'\\') { Quotes::Unknown } else { known } };
    let bump = Bump::new();
    let needs = keys.targets().iter().fold(Fields::NONE, |needs, feeds| needs.and(feeds.fields()));
    let rows = [marked, Line::unmarked(line)].map(|line| {
        let mut row = Row::EMPTY;
        scan(keys, line, Room { bump: &bump, needs }, clock, recall, &mut row)
            .map_err(|misfit| misfit.reason)
            .map(|()| row)
    });
    assert_eq!(rows[0], rows[1], "{}", line.escape_ascii());
    let [row, _] = rows;
    row.map(|row| {
        assert_eq!(row.has_escaped_request, row.text(Slot::REQUEST).contains(&b'\\'));
        let mut plain =
            Plain { stamp: row.stamp, status: row.status, bytes: row.bytes, time_ms: row.time_ms, ..Plain::empty() };
        for feeds in keys.targets() {
            if !matches!(feeds, Feeds::Time | Feeds::Status | Feeds::Bytes | Feeds::RequestTime) {
                plain.texts[slot(*feeds).index()] = undo_escapes(row.text(slot(*feeds))).into_owned();
            }
        }
        plain
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12 * ProptestConfig::default().cases))]

    #[test]
    fn scanner_and_twin_read_the_same(lines in prop::collection::vec(line(), 1..5), again in 1..4_usize) {
        let keys = JsonKeys::new(&[], &[]);
        let (mut recall, mut clock) = (Recall::default(), Clock::default());
        for line in lines.iter().cycle().take(lines.len() * again) {
            let expected = twin(&keys, line.as_bytes());
            prop_assert_eq!(read(&keys, line.as_bytes(), &mut recall, &mut clock), expected, "{}", line);
        }
    }

    #[test]
    fn the_shape_of_lines_before_changes_nothing(
        members in prop::collection::vec(prop_oneof![3 => known_member(), 1 => unknown_member()], 1..6),
        others in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![3 => known_member(), 1 => unknown_member()]), 1..12),
        space in prop::sample::select(vec!["", " "]),
    ) {
        let keys = JsonKeys::new(&[], &[]);
        let (mut recall, mut clock) = (Recall::default(), Clock::default());
        let mut members = members;
        for (place, (_, value)) in others {
            // A value in place of another, of its type or not.
            let place = place.index(members.len());
            for value in [value, members[place].1.clone()] {
                let before = std::mem::replace(&mut members[place].1, value);
                let mut line = String::new();
                write_object(&members, 1 << 63, space, &mut line);
                let alone = read(&keys, line.as_bytes(), &mut Recall::default(), &mut clock);
                prop_assert_eq!(read(&keys, line.as_bytes(), &mut recall, &mut clock), alone, "{}", line);
                members[place].1 = before;
            }
        }
    }

    #[test]
    fn no_part_of_a_line_is_a_line_nor_are_a_part_and_a_line(line in line(), other in line(), cut in any::<prop::sample::Index>()) {
        let keys = JsonKeys::new(&[], &[]);
        let (mut recall, mut clock) = (Recall::default(), Clock::default());
        // A shape to be mistaken for.
        let _ = [read(&keys, line.as_bytes(), &mut recall, &mut clock), read(&keys, line.as_bytes(), &mut recall, &mut clock)];
        let part = &line.as_bytes()[..1 + cut.index(line.len() - 1)];
        let mut tried = |bytes: &[u8]| read(&keys, bytes, &mut recall, &mut clock).map_err(|reason| (reason, bytes.escape_ascii().to_string()));
        for bytes in [part.to_vec(), [part, other.as_bytes()].concat(), [line.as_bytes(), other.as_bytes()].concat()] {
            let found = tried(&bytes);
            prop_assert!(matches!(found, Err((Reason::BadJson, _))), "{found:?}");
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"", "\\", " ", "\t", "\u{0}", "é", "-", "0", "000", "200", "1e9", "null", "true", "\\u", "\\ud800", "d",
                "\"status\":", "\"request\":", "\"request\":{", "\"headers\":{", "\"time_local\":\"", "\"source\":{\"ip\":", "\"a.b\":", "x",
            ]), 0..40),
    ) {
        let keys = JsonKeys::new(&["status=a.b".parse().unwrap()], &[]);
        let (mut recall, mut clock) = (Recall::default(), Clock::default());
        let line = format!("{{{}", parts.concat());
        let first = read(&keys, line.as_bytes(), &mut recall, &mut clock);
        // What a line leaves behind changes nothing for the next.
        prop_assert_eq!(read(&keys, line.as_bytes(), &mut recall, &mut clock), first);
    }
}
