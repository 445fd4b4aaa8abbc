//! The same traffic logged as JSON and as combined gives the same report, whatever the order of keys and the program
//! that wrote them.

use std::io::Cursor;

use loggen::Traffic;
use logstat::{Dimension, Engine, ErrorKind, FieldKey, Input, Query, Question, Unit, count, write_json};
use serde_json::{Map, Value, json};

/// All of these lines, or a part of them where the tests are to be quick.
const fn some(lines: u64) -> u64 {
    lines / super::ONE_IN as u64
}

/// The report as JSON, without the details of its inputs.
fn report(question: &Question, log: &[u8], engine: &Engine) -> Value {
    let outcome = count(question, vec![Input::reader("a.log", Cursor::new(log.to_vec()))], engine).unwrap();
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    let mut written = Vec::new();
    write_json(&outcome.report.unwrap(), &mut written).unwrap();
    let mut report: Value = serde_json::from_slice(&written).unwrap();
    report.as_object_mut().unwrap().remove("inputs").unwrap();
    report
}

fn everything(query: Query) -> Question {
    let top = Dimension::all();
    super::databases::with_databases(Question::new().top(top).limit(0).by(Unit::Minute).query(query))
}

/// Compares two reports section by section, so that only sections that differ are shown.
fn assert_same(expected: &Value, found: &Value, what: &str) {
    for (section, expected) in expected.as_object().unwrap() {
        let found = &found[section];
        if section == "top" {
            for (dimension, expected) in expected.as_object().unwrap() {
                assert!(
                    expected == &found[dimension],
                    "{what}: top {dimension}: {}",
                    difference(expected, &found[dimension])
                );
            }
        }
        assert!(expected == found, "{what}: {section}: {}", difference(expected, found));
    }
}

fn difference(expected: &Value, found: &Value) -> String {
    let rows = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let (expected, found) = (rows(expected), rows(found));
    let (a, b) = expected.iter().zip(&found).find(|(a, b)| a != b).unwrap_or((&Value::Null, &Value::Null));
    format!("{} rows and {}, first {a} and {b}", expected.len(), found.len())
}

#[test]
fn json_and_combined_are_counted_alike() {
    for seed in 1..4 {
        let plain = Traffic { lines: some(4000), vhost: true, times: true, seed, ..Traffic::default() };
        let json = Traffic { json: true, ..plain.clone() };
        for query in [Query::Strip, Query::Keep] {
            let question = everything(query);
            let expected = report(&question, &plain.to_vec(), &Engine::default());
            assert_same(&expected, &report(&question, &json.to_vec(), &Engine::default()), &format!("seed {seed}"));
        }
    }
}

/// Rewrites the keys and values of each line of a generated JSON log.
fn rewritten(log: &[u8], rewrite: impl Fn(usize, Map<String, Value>) -> String) -> Vec<u8> {
    let lines = std::str::from_utf8(log).unwrap().lines().enumerate();
    lines.map(|(i, line)| rewrite(i, serde_json::from_str(line).unwrap()) + "\n").collect::<String>().into_bytes()
}

/// A log in valid UTF-8, because serde_json reads nothing else, and with well-formed requests only, because other
/// programs log their parts separately.
fn tame() -> Vec<u8> {
    let log = Traffic { lines: some(2000), vhost: true, times: true, json: true, ..Traffic::default() }.to_vec();
    let lines = log.split_inclusive(|&b| b == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    let is_good = |line: &&str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let words = line["request"].as_str().unwrap().split(' ').collect::<Vec<_>>();
        words.len() == 3 && words[1].starts_with('/') && words[2].starts_with("HTTP/")
    };
    lines.filter(is_good).collect::<String>().into_bytes()
}

#[test]
fn order_and_spacing_of_keys_do_not_matter() {
    let log = tame();
    let question = everything(Query::Keep);
    let expected = report(&question, &log, &Engine::default());
    let found = rewritten(&log, |i, line| {
        let mut members: Vec<_> = line.iter().map(|(key, value)| format!("{}: {value}", json!(key))).collect();
        let len = members.len();
        members.rotate_left(i % len);
        if i % 3 == 0 {
            members.insert(i % len, r#""extra" : {"status": "no", "deep": [{"request": "}"}, "]"]}"#.to_owned());
        }
        format!("{{ {} }}", members.join(" , "))
    });
    assert_same(&expected, &report(&question, &found, &Engine::default()), "other orders");
}

#[test]
fn ecs_caddy_and_traefik_are_counted_like_nginx() {
    let log = tame();
    let mut question = everything(Query::Keep);
    // These formats log neither `$scheme` nor `$request`, and leave out a header that a request does not have, which is
    // not the same as an empty one.
    let differ = ["scheme", "bot-class", "referer-kind"];
    question.counting.top.iter_mut().for_each(|top| top.retain(|dimension| !differ.contains(&dimension.name())));
    let expected = report(&question, &log, &Engine::default());
    let time = |line: &Map<String, Value>| {
        let local = line["time_local"].as_str().unwrap();
        assert!(local[3..].starts_with("Nov/2026:"), "{local}");
        format!("2026-11-{}T{}.125+08:00", &local[..2], &local[12..20])
    };
    let part =
        |line: &Map<String, Value>, i: usize| Value::from(line["request"].as_str().unwrap().split(' ').nth(i).unwrap());
    let duration_ns = |line: &Map<String, Value>| {
        (line["request_time"].as_f64().unwrap() * 1000.0).round() as u64 * 1_000_000 + 999_999
    };
    let ecs = rewritten(&log, |_, line| {
        json!({
            "@timestamp": time(&line), "ecs.version": "8.11", "source": {"ip": line["remote_addr"]}, "user": {"name": line["remote_user"]},
            "http": {"request": {"method": part(&line, 0), "referrer": line["http_referer"]},
                     "response": {"status_code": line["status"], "body": {"bytes": line["body_bytes_sent"]}}},
            "url": {"original": part(&line, 1), "domain": line["host"]}, "user_agent": {"original": line["http_user_agent"]},
            "event": {"duration": duration_ns(&line)}, "host": {"name": "machine"}, "server_protocol": part(&line, 2),
        })
        .to_string()
    });
    assert_same(&expected, &report(&question, &ecs, &Engine::default()), "ECS");
    let traefik = rewritten(&log, |_, line| {
        json!({
            "StartUTC": time(&line), "ClientHost": line["remote_addr"], "ClientAddr": "1.2.3.4:5", "ClientUsername": line["remote_user"],
            "RequestMethod": part(&line, 0), "RequestPath": part(&line, 1), "RequestProtocol": part(&line, 2), "RequestHost": line["host"],
            "DownstreamStatus": line["status"], "OriginStatus": 999, "DownstreamContentSize": line["body_bytes_sent"],
            "Duration": duration_ns(&line), "request_Referer": line["http_referer"], "request_User-Agent": line["http_user_agent"],
            "level": "info", "msg": "", "time": "2030-01-01T00:00:00Z",
        })
        .to_string()
        .replace('&', "\\u0026")
    });
    assert_same(&expected, &report(&question, &traefik, &Engine::default()), "Traefik");
    // Caddy's time is in UTC: hours differ; everything independent of time is the same.
    let caddy = rewritten(&log, |_, line| {
        let headers = |name: &str, value: &Value| if value == "" { json!({}) } else { json!({ name: [value] }) };
        let mut all = headers("User-Agent", &line["http_user_agent"]);
        all.as_object_mut().unwrap().extend(headers("Referer", &line["http_referer"]).as_object().unwrap().clone());
        json!({
            "level": "info", "ts": 1_794_585_600.25, "logger": "http.log.access", "msg": "handled request",
            "request": {"remote_ip": "10.9.9.9", "client_ip": line["remote_addr"], "proto": part(&line, 2), "method": part(&line, 0),
                        "host": line["host"], "uri": part(&line, 1), "headers": all, "tls": {"proto": "h2", "server_name": "x"}},
            "user_id": line["remote_user"], "duration": line["request_time"], "size": line["body_bytes_sent"], "status": line["status"],
            "resp_headers": {"Server": ["Caddy"], "Content-Type": ["a", "b"]},
        })
        .to_string()
    });
    let mut timeless = question.by(None);
    timeless.counting.top.iter_mut().for_each(|top| top.retain(|d| !matches!(d, Dimension::Time(_))));
    timeless.showing.show = None;
    let without_time = |mut report: Value| {
        for section in ["period", "timeline"] {
            report.as_object_mut().unwrap().remove(section).unwrap();
        }
        report["summary"].as_object_mut().unwrap().remove("visitor_days").unwrap();
        report
    };
    let expected = without_time(report(&timeless, &log, &Engine::default()));
    assert_same(&expected, &without_time(report(&timeless, &caddy, &Engine::default())), "Caddy");
}

#[test]
fn changing_keys_are_counted_alike_by_every_strategy() {
    let made = |json, seed| {
        Traffic { lines: some(3000), times: true, malformed: 0.02, json, seed, ..Traffic::default() }.to_vec()
    };
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let (a, b) = (made(true, 1), made(false, 2));
    for (i, (a, b)) in a.split_inclusive(|&b| b == b'\n').zip(b.split_inclusive(|&b| b == b'\n')).enumerate() {
        lines.push(if i % 5 == 0 { b.to_vec() } else { a.to_vec() });
    }
    lines.push(b"{\"status\":200,\"host\":\"only.here\",\"request\":\"\"}\n".to_vec());
    let log = lines.concat();
    // Only the last line has `host`; that is enough to rank it.
    let question = everything(Query::Strip);
    let expected = report(&question, &log, &Engine::new().threads(1).seed(1));
    assert_eq!(expected["lines"]["read"], some(3000) + 1);
    for (threads, chunk_bytes) in [(1, 100), (2, 1000), (3, 4096), (8, 300)] {
        let engine = Engine::new().threads(threads).chunk_bytes(chunk_bytes).seed(7);
        assert_same(&expected, &report(&question, &log, &engine), &format!("{threads} threads, {chunk_bytes} bytes"));
    }
    let without_last = &log[..log.len() - lines[lines.len() - 1].len()];
    let input = Input::reader("a.log", Cursor::new(without_last.to_vec()));
    let error = count(&question, vec![input], &Engine::default()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotLogged { .. }), "{error}");
}

#[test]
fn given_key_takes_precedence() {
    let log = b"{\"status\":200,\"code\":{\"http\":404},\"u\":\"/x\",\"took\":1500000}\n".as_slice();
    let fields: Vec<FieldKey> =
        ["status=code.http", "path=u", "request_time_us=took"].map(|text| text.parse().unwrap()).into();
    let question = Question::new().fields(fields).top([Dimension::Path]);
    let found = report(&question, log, &Engine::default());
    assert_eq!((&found["status"][0]["key"], &found["top"]["path"][0]["key"]), (&json!("404"), &json!("/x")));
    assert_eq!(found["latency"]["max_ms"], 1500);
    let absent = Question::new().fields(["status=http.code".parse().unwrap()]);
    let error = count(&absent, vec![Input::reader("a.log", log)], &Engine::default()).unwrap_err();
    assert_eq!(error.to_string(), "fields status=http.code needs the key http.code, which is not in the log");
}

/// A given `log_format` defines the meaning of the keys, whatever their names usually mean.
#[test]
fn json_log_format_defines_its_keys() {
    let format = r#"{"host":"$server_addr", "site": "$host", "s": $status, "url":"$request_uri","m":"$request_method",
        "request":{"id":"$request_id"}, "took": ${request_time}, "at":"$msec", "up":"$upstream_addr", "ip":"$http_x_forwarded_for"}"#;
    let log = concat!(
        r#"{"host":"10.0.0.9", "site": "shop.example", "s": 404, "url":"/a?\u0062","m":"GET","request":{"id":"7"},"took":0.250,"at":"1794787198.123","up":"10.1.1.1","ip":"192.0.2.1"}"#,
        "\n",
        r#"{"s":200,"url":"/b","status":500}"#,
        "\n"
    );
    let log_format = Some(format.replace("\n", " ").parse().unwrap());
    let top = ["host", "path", "ip", "upstream_addr", "request_id", "http_x_forwarded_for"]
        .map(|name| Dimension::named(name).unwrap());
    let question = Question::new().log_formats(log_format).top(top).query(Query::Keep);
    let asked = |top: &[Dimension]| question.clone().top(top.iter().copied());
    // `$remote_addr` is not logged: the key `ip` holds another variable.
    let input = || vec![Input::reader("a.log", log.as_bytes())];
    let error = count(&question, input(), &Engine::default()).unwrap_err();
    assert_eq!(error.to_string(), "top ip needs $remote_addr, which is not in the log");
    let others: Vec<_> = top.into_iter().filter(|d| *d != Dimension::Ip).collect();
    let found = report(&asked(&others), log.as_bytes(), &Engine::default());
    let keys =
        |name: &str| found["top"][name].as_array().unwrap().iter().map(|row| row["key"].clone()).collect::<Vec<_>>();
    assert_eq!(keys("host"), ["-", "shop.example"]);
    assert_eq!(keys("path"), ["/a?b", "/b"]);
    assert_eq!(keys("upstream_addr"), ["-", "10.1.1.1"]);
    assert_eq!(keys("request_id"), ["-", "7"]);
    assert_eq!(keys("http_x_forwarded_for"), ["-", "192.0.2.1"]);
    assert_eq!(found["status"][1]["key"], "404");
    assert_eq!(
        (&found["latency"]["max_ms"], &found["period"]["first"]),
        (&json!(250), &json!("2026-11-15T23:59:58+00:00"))
    );
}
