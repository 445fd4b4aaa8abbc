//! Strategies for JSON lines: mainly known keys with fitting values, and unknown keys with any values.

use proptest::prelude::*;
use serde_json::Value;

/// Texts with characters that JSON escapes and with contents typical of logs.
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

/// A member with a known key and, in most cases, a fitting value.
pub(super) fn known_member() -> impl Strategy<Value = (String, Value)> {
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
        "authority",
        "x-envoy-origin-path",
    ]);
    let statuses =
        prop::sample::select(vec!["status", "http.response.status_code", "DownstreamStatus", "response_code"]);
    let times = prop::sample::select(vec![
        "time_local",
        "@timestamp",
        "ts",
        "time",
        "StartUTC",
        "start_time",
        "requestTime",
        "date",
    ]);
    let durations = prop::sample::select(vec![
        "request_time",
        "duration",
        "duration_ms",
        "event.duration",
        "Duration",
        "response_time",
        "generation_time_milli",
        "duration",
    ]);
    let decimals = prop::sample::select(vec!["request_time", "requestTime", "time", "response_time", "duration"]);
    let others = prop::sample::select(vec![
        ("client", "192.0.2.1:443"),
        ("client", "::1"),
        ("client", "mobile"),
        ("logger", "http.log.access.log0"),
        ("logger", "http.log.error.log0"),
        ("logger", "-"),
        ("response_flags", "-"),
        ("response_flags", "UH"),
        ("upstream_service_time", ""),
    ]);
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
        1 => others.prop_map(|(key, text)| (key.to_owned(), text.into())),
        1 => (decimals, 0..100_000_u32).prop_map(|(key, ms)| (key.to_owned(), format!("{}.{:03}", ms / 1000, ms % 1000).into())),
        1 => (Just("status"), prop::sample::select(vec![Value::Null, Value::from("-"), Value::from("")])).prop_map(|(k, v)| (k.to_owned(), v)),
    ]
}

pub(super) fn unknown_member() -> impl Strategy<Value = (String, Value)> {
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

/// Writes JSON text in which some characters are escaped without need.
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

pub(super) fn write_object(members: &[(String, Value)], escapes: u64, space: &str, out: &mut String) {
    out.push('{');
    for (i, (key, value)) in members.iter().enumerate() {
        *out += &format!("{}{space}", if i > 0 { "," } else { "" });
        // Keys with dots are sometimes written as nested objects.
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
    pub(super) fn line()(
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
