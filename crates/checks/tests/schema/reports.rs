//! Reports of every kind, to be compared with the schema.

use logstat::{
    Access, Condition, Dimension, Engine, Input, Ipv6Prefix, LogFormat, MaxKeys, Metric, Precision, Query, Question,
    RealIp, Section, Seek, Step, Unit, UvMethod, Visitor, Zone, count, guard_mappings, write_json,
};
use serde_json::{Value, json};

use crate::databases::with_databases;

pub(super) const SHOP: &[u8] = include_bytes!("../../../../testdata/shop.log");

const UPSTREAM: &[u8] = include_bytes!("../../../../testdata/upstream.log");

pub(super) fn report(log: &[u8], question: &Question) -> Value {
    let input = Input::reader("a.log", std::io::Cursor::new(log.to_vec()));
    let outcome = count(question, vec![input], &Engine::default()).unwrap();
    let mut json = Vec::new();
    write_json(&outcome.report.unwrap(), &mut json).unwrap();
    serde_json::from_slice(&json).unwrap()
}

/// A report on the end of a day, with the rest of the log skipped by seeking. One line is malformed.
fn sought() -> Value {
    let line = |minute: u32| {
        let clock = format!("{:02}:{:02}:00", minute / 60, minute % 60);
        let request = if minute == 1430 { "" } else { "\"GET / HTTP/1.1\"" };
        format!("10.0.0.7 - - [05/Apr/2022:{clock} +0000] {request} 200 5 \"-\" \"curl\"\n")
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), (0..1440).map(line).collect::<String>()).unwrap();
    let access = guard_mappings().map_or(Access::Read, Access::Map);
    let engine = Engine::new().access(access).seek(Seek::from_bytes(1));
    let question = Question::new().since("2022-04-05T23".parse().unwrap());
    let outcome = count(&question, vec![Input::path(file.path())], &engine).unwrap();
    let mut json = Vec::new();
    write_json(&outcome.report.unwrap(), &mut json).unwrap();
    serde_json::from_slice(&json).unwrap()
}

/// A report with a warning: one of two inputs is missing.
fn warned() -> Value {
    let inputs = vec![Input::path("gone\\\n.log"), Input::reader("a.log", SHOP)];
    let outcome = count(&Question::default(), inputs, &Engine::default()).unwrap();
    let mut json = Vec::new();
    write_json(&outcome.report.unwrap(), &mut json).unwrap();
    serde_json::from_slice(&json).unwrap()
}

/// A log with hosts and times, and with malformed lines.
pub(super) fn odd_log() -> Vec<u8> {
    let line = |addr: &str, request: &str, tail: &str| {
        format!("shop.example {addr} - bob [05/Apr/2022:03:45:05 -0330] \"{request}\" {tail}\n").into_bytes()
    };
    let mut log = line("::1", "GET /a\\x22\\\\b HTTP/1.1", "200 18446744073709551615 \"-\" \"\\xD0\\x9F\\xFF\" 0.301");
    log.extend(line("10.0.0.7", "\\x16\\x03", "999 - \"\" \"\u{202e}\u{1b}[31m\" -"));
    log.extend(line("10.0.0.8", "GET /größe.css", "404 99 \"http://a/?b\" \"x\" 9999999.999"));
    log.extend(line("10.0.0.8", "GET /", "200 18446744073709551616 \"-\" \"x\" 0.000"));
    log.extend(b"shop.example 10.0.0.8 - - [31/Apr/2022:03:45:05 -0330] \"GET / HTTP/1.1\" 200 1 \"-\" \"x\" 0.000\n");
    log.extend(b"\n \nno \\ line\x1b\xff\n");
    log.extend("é".repeat(300).as_bytes());
    log
}

/// Reports of every kind, each with a name for its special feature.
pub(super) fn reports() -> Vec<(String, Value)> {
    let usual = Question::default;
    let odd = odd_log();
    let mut reports = vec![
        ("default".to_owned(), report(SHOP, &usual())),
        ("without times".to_owned(), report(&shop_without_times(), &usual())),
        ("odd".to_owned(), report(&odd, &usual())),
        ("empty log".to_owned(), report(b"", &usual())),
        ("blank log".to_owned(), report(b"\n\n", &usual())),
        ("query keep".to_owned(), report(SHOP, &usual().query(Query::Keep).limit(0))),
        ("nothing selected".to_owned(), report(SHOP, &usual().until("1999".parse().unwrap()))),
        ("no sections".to_owned(), report(SHOP, &usual().show(Vec::new()))),
        ("no rankings".to_owned(), report(SHOP, &usual().top(Vec::new()))),
    ];
    for section in Section::all() {
        let question = usual().show([section]);
        reports.push((section.name().to_owned(), report(SHOP, &question)));
        reports.push((format!("{} of nothing", section.name()), report(b"", &question)));
    }
    for dimension in Dimension::all() {
        let question = with_databases(usual().top([dimension]).limit(0));
        reports.push((format!("top {}", dimension.name()), report(&odd, &question)));
    }
    for unit in Unit::all() {
        reports.push((format!("by {}", unit.name()), report(SHOP, &usual().by(unit))));
    }
    for max_keys in [1, 3] {
        let question = usual().max_keys(MaxKeys::new(max_keys)).top([Dimension::Path, Dimension::Ip]);
        let report = report(SHOP, &question);
        assert_eq!(report["approximate"]["ip"]["max_keys"], max_keys);
        reports.push((format!("{max_keys} keys"), report));
    }
    // The log has no cache status, and paths have no peak.
    let not_here = [Metric::Peak, Metric::CacheHits, Metric::CacheBytes];
    let columns: Vec<Metric> = Metric::all().filter(|metric| !not_here.contains(metric)).collect();
    for sort in columns.iter().copied() {
        let top = [Dimension::Path, Dimension::Ip];
        let question = usual().top(top).columns(columns.clone()).sort(sort);
        reports.push((format!("sorted by {}", sort.name()), report(SHOP, &question)));
    }
    let durations = ["upstream_response_time", "upstream_connect_time:last", "request_time"];
    let question = usual().durations(durations.map(|name| name.parse().unwrap())).columns(not_here);
    let report_of = |log: &[u8]| report(log, &question.clone().by(Unit::Minute));
    let of_upstream = report_of(UPSTREAM);
    assert!(of_upstream["durations"]["upstream_connect_time:last"]["p95_ms"].is_u64());
    assert!(of_upstream["summary"]["peak"].is_u64() && of_upstream["top"]["path"][0]["cache_hits"].is_f64());
    reports.push(("durations".to_owned(), of_upstream));
    reports.push(("durations of nothing".to_owned(), report_of(b"")));
    let warned = warned();
    assert_eq!(warned["warnings"][0]["code"], "io-error");
    reports.push(("warnings".to_owned(), warned));
    reports.push(("columns of odd lines".to_owned(), report(&odd, &usual().columns(columns).limit(0))));
    let fail_if =
        ["5xx > 0%", "any path: pv > 1", "p95 > 100000", "any ip: p95 > 100000"].map(|text| text.parse().unwrap());
    reports.push(("verdicts".to_owned(), report(SHOP, &usual().fail_if(fail_if))));
    for step in Step::all() {
        let by = Some(Unit::Step(step));
        let top = [Dimension::Time(Unit::Step(step))];
        reports.push((format!("by {}", step.name()), report(SHOP, &usual().by(by).top(top))));
    }
    let filled = report(SHOP, &usual().by(Unit::Hour).fill(true));
    let empty = filled["timeline"].as_array().unwrap().iter().filter(|row| row["pv"] == 0).count();
    assert!(empty > 0, "hours without hits are listed");
    reports.push(("filled".to_owned(), filled));
    let splits = [
        (Dimension::Status, "other"),
        (Dimension::Path, "other"),
        (Dimension::Time(Unit::HourOfDay), "08"),
        (Dimension::StatusClass, "4xx"),
        (Dimension::Class, "static"),
    ];
    for (split, value) in splits {
        let question = usual().split(split).limit(2).fill(true).by(Unit::Hour);
        let report_of = |log: &[u8]| report(log, &question);
        let split_log = report_of(SHOP);
        assert!(split_log["timeline"][0]["split"][value].is_u64() && split_log["period"]["split"] == split.key());
        reports.push((format!("split by {}", split.name()), split_log));
        reports.push((format!("odd, split by {}", split.name()), report_of(&odd)));
        reports.push((format!("nothing, split by {}", split.name()), report_of(b"")));
    }
    let pairs = ["host/path", "agent/status", "15m/user"].map(|name| Dimension::named(name).unwrap());
    let pairs = report(&odd, &usual().top(pairs).max_keys(MaxKeys::new(2)));
    assert_eq!(pairs["top"]["host/path"][0]["keys"].as_array().map(Vec::len), Some(2));
    assert!(pairs["approximate"]["host/path"].is_object());
    reports.push(("pairs".to_owned(), pairs));
    for (name, limit) in [("host", 0), ("status", 1), ("ip", 2), ("day", 100)] {
        let question = usual().each(Dimension::named(name).unwrap()).each_limit(limit);
        let (each, nothing) = (report(&odd, &question), report(b"", &question));
        assert_eq!(each["each"]["other"].is_object(), limit == 1 || limit == 2);
        assert_eq!(nothing["each"]["reports"], json!([]));
        reports.push((format!("each {name}"), each));
        reports.push((format!("each {name} of nothing"), nothing));
    }
    let sought = sought();
    assert!(sought["lines"]["skipped_bytes"].as_u64() > Some(0) && sought["malformed_samples"][0]["line"].is_null());
    reports.push(("sought".to_owned(), sought));
    let zoned = report(SHOP, &usual().zone(Zone::UTC));
    assert_eq!(zoned["period"]["zone"], "UTC");
    reports.push(("in a zone".to_owned(), zoned));
    for precision in [4, 14, 18] {
        let uv = UvMethod::Hll(Precision::new(precision).unwrap());
        reports.push((format!("hll {precision}"), report(SHOP, &usual().uv(uv))));
    }
    let list = Dimension::named("http_user_agent").unwrap();
    let real_ip = RealIp::new(list, "0.0.0.0/0".parse().unwrap());
    let (visitor, ipv6_prefix) = (Visitor::IP_AND_AGENT, Ipv6Prefix::new(64));
    let visitors = report(SHOP, &usual().visitor(visitor).ipv6_prefix(ipv6_prefix).real_ip(real_ip).anonymize(true));
    let expected = json!({"by": "ip+agent", "ipv6_prefix": 64, "real_ip": "agent", "anonymized": true});
    assert_eq!(visitors["visitor"], expected);
    reports.push(("visitors".to_owned(), visitors));
    reports.push(("anonymized".to_owned(), report(&odd, &usual().anonymize(true))));
    let filters = vec![
        Condition::Dynamic,
        Condition::Status("2xx".parse().unwrap()),
        Condition::Where("bytes > 1000 && path !~ \"^/p\"".parse().unwrap()),
    ];
    let since = "2026-11-15".parse().unwrap();
    let filtered = report(SHOP, &usual().filters(filters).since(since));
    assert_eq!(filtered["filtered_reasons"].as_object().unwrap().len(), 4);
    reports.push(("filters".to_owned(), filtered));
    let everything = with_databases(usual().top(Dimension::all()));
    reports.push(("everything".to_owned(), report(&odd, &everything)));
    let variable =
        usual().top([Dimension::named("http_x_forwarded_for").unwrap()]).log_formats(["main".parse().unwrap()]);
    let forwarded = br#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 5 "-" "-" "10.0.0.1, 10.0.0.2""#;
    let variable = report(forwarded, &variable);
    assert_eq!(variable["top"]["http_x_forwarded_for"][0]["key"], "10.0.0.1, 10.0.0.2");
    reports.push(("a variable".to_owned(), variable));
    for format in ["$remote_addr", "$status", "[$request] $request_time"] {
        let question = usual().log_formats([format.parse::<LogFormat>().unwrap()]);
        let log: &[u8] = if format == "$status" { b"200\n302\n" } else { b"10.0.0.7\n" };
        let log = if format.ends_with("time") { b"[GET / HTTP/1.1] 0.250\n" } else { log };
        reports.push((format.to_owned(), report(log, &question)));
    }
    reports
}

fn shop_without_times() -> Vec<u8> {
    let lines = SHOP.split_inclusive(|byte| *byte == b'\n');
    let cut = |line: &[u8]| [&line[..=line.iter().rposition(|byte| *byte == b'"').unwrap()], b"\n"].concat();
    lines.flat_map(cut).collect()
}
