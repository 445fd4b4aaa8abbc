//! The slow twin of json.rs: serde_json reads a line, plain code picks the values; and laws of lines that are broken.

use bumpalo::Bump;
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::json::{Recall, scan};
use super::json_found::Room;
use super::json_keys::{JsonKeys, TimeUnit};
use super::plan::{Slot, slot};
use super::scan::Row;
use super::variables::Feeds;
use super::{Line, Quotes, undo_escapes};
use crate::batch::{Fields, Status, TextField};
use crate::table::Reason;
use crate::time::{Clock, Stamp};

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
    let ruled = |path: &str| keys.find(path.as_bytes()).and_then(|name| name.rule);
    let known: Vec<_> = values.iter().filter_map(|(path, text)| Some((ruled(path)?, text))).collect();
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
                };
                match text.parse::<f64>() {
                    Ok(time) => plain.time_ms = Some((time / in_a_ms + 1e-6).floor().max(0.0) as u64),
                    Err(_) => flaws.push(Reason::BadNumber),
                }
            }
            feeds => plain.texts[slot(*feeds).index()] = text.as_bytes().to_vec(),
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

/// Texts, with what JSON escapes and what logs hold.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-zA-Z0-9/?=. -]{0,12}",
        1 => prop::sample::select(vec!["-", "", "null", "GET /a?b HTTP/1.1", "{", "}", "[", ",", ":", "\\", "\"", "\\x22", "\\\"", "😀é\u{7f}", "\n\t\u{1}"])
            .prop_map(str::to_owned),
        1 => any::<String>().prop_map(|text| text.replace('\n', " ")),
    ]
}

fn time() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (0..253_402_300_000_i64, -23..24_i32, prop::sample::select(vec!["%d/%b/%Y:%H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%:z", "%Y-%m-%dT%H:%M:%S%.9f%:z"]))
            .prop_filter_map("a year beyond 9999", |(s, hours, pattern)| {
                let zone = chrono::FixedOffset::east_opt(hours * 3600)?;
                let time = chrono::DateTime::from_timestamp(s, 123_456_789)?.with_timezone(&zone);
                (chrono::Datelike::year(&time) < 10_000).then(|| Value::from(time.format(pattern).to_string()))
            }),
        1 => (0..4_000_000_000_u32).prop_map(Value::from),
        1 => (0..4_000_000_000_u32, 1..1000_u32).prop_map(|(s, ms)| Value::from(f64::from(s) + f64::from(ms) / 1000.0)),
    ]
}

/// A member of a line whose key is known, with a value that fits it, mostly.
fn known_member() -> impl Strategy<Value = (String, Value)> {
    let texts = prop::sample::select(vec![
        "remote_addr",
        "request",
        "request_uri",
        "uri",
        "args",
        "http_user_agent",
        "source.ip",
        "client.ip",
        "request.uri",
        "request.method",
        "url.path",
        "RequestPath",
        "request_User-Agent",
        "host",
        "request.headers.Referer",
        "user.name",
        "ClientHost",
    ]);
    let statuses = prop::sample::select(vec!["status", "http.response.status_code", "DownstreamStatus"]);
    let times = prop::sample::select(vec!["time_local", "@timestamp", "ts", "time", "StartUTC"]);
    let durations = prop::sample::select(vec!["request_time", "duration", "duration_ms", "event.duration", "Duration"]);
    prop_oneof![
        4 => (texts, text(), any::<bool>()).prop_map(|(key, text, is_list)| {
            (key.to_owned(), if is_list { Value::from(vec![text]) } else { Value::from(text) })
        }),
        2 => (statuses, 0..1002_u32, any::<bool>()).prop_map(|(key, code, is_text)| {
            (key.to_owned(), if is_text { Value::from(format!("{code:03}")) } else { Value::from(code) })
        }),
        2 => (times, time()).prop_map(|(key, time)| (key.to_owned(), time)),
        1 => (prop::sample::select(vec!["body_bytes_sent", "size"]), any::<u32>()).prop_map(|(key, n)| (key.to_owned(), n.into())),
        1 => (durations, -10..2_000_000_i64).prop_map(|(key, n)| (key.to_owned(), n.into())),
        1 => (Just("request_time"), 0..100_000_u32).prop_map(|(key, ms)| (key.to_owned(), format!("{}.{:03}", ms / 1000, ms % 1000).into())),
        1 => (Just("status"), prop::sample::select(vec![Value::Null, Value::from("-"), Value::from("")])).prop_map(|(k, v)| (k.to_owned(), v)),
    ]
}

fn unknown_member() -> impl Strategy<Value = (String, Value)> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from)
    ];
    let value = leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z\"]{1,3}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    ("[a-z\u{e9}\"\\\\]{0,4}", value).prop_map(|(key, value)| (format!("x{key}"), value))
}

/// JSON text in which some characters are escaped that need not be.
fn write_text(text: &str, escapes: u64, out: &mut String) {
    out.push('"');
    for (i, c) in text.chars().enumerate() {
        let mut units = [0; 2];
        match c {
            _ if escapes >> (i % 64) & 1 == 1 => {
                c.encode_utf16(&mut units).iter().for_each(|unit| *out += &format!("\\u{unit:04x}"));
            }
            _ => {
                let json = serde_json::to_string(&c.to_string()).unwrap();
                *out += &json[1..json.len() - 1];
            }
        }
    }
    out.push('"');
}

fn write(value: &Value, escapes: u64, space: &str, out: &mut String) {
    match value {
        Value::String(text) => write_text(text, escapes, out),
        Value::Object(map) => {
            let members: Vec<_> = map.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            write_object(&members, escapes, space, out);
        }
        Value::Array(list) if list.len() == 1 && !list[0].is_array() && !list[0].is_object() => {
            *out += &format!("[{space}");
            write(&list[0], escapes, space, out);
            *out += &format!("{space}]");
        }
        other => *out += &other.to_string(),
    }
}

fn write_object(members: &[(String, Value)], escapes: u64, space: &str, out: &mut String) {
    out.push('{');
    for (i, (key, value)) in members.iter().enumerate() {
        *out += &format!("{}{space}", if i > 0 { "," } else { "" });
        // Dots are nested objects or are not, by chance.
        match key.split_once('.').filter(|_| escapes & 1 == 0) {
            Some((first, rest)) => {
                write_text(first, escapes & escapes >> 7, out);
                *out += &format!("{space}:{space}");
                write_object(&[(rest.to_owned(), value.clone())], escapes, space, out);
            }
            None => {
                write_text(key, escapes & escapes >> 9, out);
                *out += &format!("{space}:{space}");
                write(value, escapes, space, out);
            }
        }
    }
    *out += &format!("{space}}}");
}

prop_compose! {
    fn line()(
        mut members in prop::collection::vec(known_member(), 0..9), unknown in prop::collection::vec(unknown_member(), 0..4),
        turn in any::<prop::sample::Index>(), escapes in prop_oneof![3 => Just(0_u64), 1 => any::<u64>().prop_map(|e| e & e >> 3)],
        space in prop::sample::select(vec!["", "", " ", "\t "]),
    ) -> String {
        members.extend(unknown);
        let turn = turn.index(members.len().max(1));
        if !members.is_empty() {
            members.rotate_left(turn);
        }
        let mut out = String::new();
        write_object(&members, escapes, space, &mut out);
        out
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

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

#[test]
fn what_nginx_and_people_write_is_taken() {
    let keys = JsonKeys::new(&[], &[]);
    let (mut recall, mut clock) = (Recall::default(), Clock::default());
    let mut found = |line: &[u8]| read(&keys, line, &mut recall, &mut clock);
    let path = slot(Feeds::Text(TextField::Path)).index();
    let status = |code| Ok(Status::new(code));
    for (line, expected) in [
        (r#"{"status":000}"#, status(0)),
        (r#"{"status":0123}"#, status(123)),
        (r#"{"status": "000" , }"#, status(0)),
        (r#"{"status":200,,"x":1,}"#, status(200)),
        (r#"  {"status":200}  "#, status(200)),
        (r#"{"status":-}"#, Ok(Status::MISSING)),
        (r#"{"status":}"#, Ok(Status::MISSING)),
        (r#"{"status": ,"x":1}"#, Ok(Status::MISSING)),
        (r#"{"status":null}"#, Ok(Status::MISSING)),
        (r#"{"status":[]}"#, Ok(Status::MISSING)),
        (r#"{"status":["404"]}"#, status(404)),
        (r#"{"upstream_response_time":0.1, 0.2 : 0.3,"status":200}"#, status(200)),
        (r#"{"status":200,"status":404}"#, status(404)),
        (r#"{"status":200,"status":""}"#, status(200)),
        (r#"{"code":500,"status":404}"#, status(404)),
        (r#"{"code":500,"status":""}"#, status(500)),
        (r#"{"stat\u0075s":"\u0034\/04"}"#, Err(Reason::BadNumber)),
        (r#"{"stat\u0075s":"\u003404"}"#, status(404)),
        ("{\"x\":\"\u{1}\u{7f}\",\"status\":200}", status(200)),
        (r#"{"status":1000}"#, Err(Reason::BadNumber)),
        (r#"{"status":"OK"}"#, Err(Reason::BadNumber)),
        (r#"{"status":200,"body_bytes_sent":18446744073709551616}"#, Err(Reason::BadNumber)),
        (r#"{"status":200,"time_local":"31/Feb/2022:00:00:00 +0000"}"#, Err(Reason::BadTime)),
        (r#"{"status":200,"time":"now"}"#, Err(Reason::BadTime)),
        (r#"{"msg":"started","time":"2022-04-05T03:45:05Z"}"#, Err(Reason::NoMatch)),
        ("{}", Err(Reason::NoMatch)),
        ("not JSON", Err(Reason::NoMatch)),
        ("", Err(Reason::NoMatch)),
        ("{", Err(Reason::BadJson)),
        (r#"{"status":200}}"#, Err(Reason::BadJson)),
        (r#"{"status":200} {"status":200}"#, Err(Reason::BadJson)),
        (r#"{"status":200]"#, Err(Reason::BadJson)),
        (r#"{"status" 200}"#, Err(Reason::BadJson)),
        (r#"{"status":200 "x":1}"#, Err(Reason::BadJson)),
        (r#"{"status":"200""x":1}"#, Err(Reason::BadJson)),
        (r#"{"status":"200}"#, Err(Reason::BadJson)),
        (r#"{"status":200,"x":[1,2}"#, Err(Reason::BadJson)),
    ] {
        assert_eq!(found(line.as_bytes()).map(|row| row.status), expected, "{line}");
    }
    // Bytes that are no UTF-8, a surrogate alone, nginx's own escapes, a backslash, a list.
    for (line, expected) in [
        (&b"{\"request_uri\":\"/\xff\xfe\"}"[..], &b"/\xff\xfe"[..]),
        (br#"{"request_uri":"/\ud800x"}"#, b"/\xed\xa0\x80x"),
        (br#"{"request_uri":"/\x22\xD0"}"#, b"/\"\xd0"),
        (br#"{"request_uri":"/\\x22"}"#, br"/\x22"),
        (br#"{"request_uri":["/a","/b"]}"#, br#"["/a","/b"]"#),
        (br#"{"request_uri":["/a\\","/b"]}"#, br#"["/a\\","/b"]"#),
        (br#"{"request_uri":{"x":"/b"},"url":"/c"}"#, b"/c"),
        (br#"{"request_uri":17}"#, b"17"),
    ] {
        let row = found(line);
        assert_eq!(row.map(|row| row.texts[path].clone()), Ok(expected.to_vec()), "{}", line.escape_ascii());
    }
}

#[test]
fn depth_and_length_are_no_trouble() {
    let keys = JsonKeys::new(&[], &[]);
    let (mut recall, mut clock) = (Recall::default(), Clock::default());
    let many = 300_000;
    for (open, close) in [("{\"a\":", "}"), ("[", "]"), ("{\"request\":", "}"), ("{\"headers\":", "}")] {
        let nested = format!("{{\"request\":{}1{},\"status\":200}}", open.repeat(many), close.repeat(many));
        let found = read(&keys, nested.as_bytes(), &mut recall, &mut clock);
        assert_eq!(found.map(|row| row.status), Ok(Status::new(200)), "{open}");
        assert!(read(&keys, open.repeat(many).as_bytes(), &mut recall, &mut clock).is_err());
    }
}

#[test]
fn a_line_with_two_flaws_has_one_reason_whatever_came_before() {
    let keys = JsonKeys::new(&[], &[]);
    let mut clock = Clock::default();
    let sound = br#"{"status":200,"time_local":"05/Apr/2022:03:45:05 +0000"}"#;
    let flawed = br#"{"status":1000,"time_local":"31/Feb/2022:03:45:05 +0000"}"#;
    let alone = read(&keys, flawed, &mut Recall::default(), &mut clock);
    let mut recall = Recall::default();
    assert!(read(&keys, sound, &mut recall, &mut clock).is_ok());
    assert_eq!(read(&keys, flawed, &mut recall, &mut clock), alone);
    assert_eq!(alone, Err(Reason::BadTime));
}
