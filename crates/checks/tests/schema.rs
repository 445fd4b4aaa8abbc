//! Reports in JSON match `report.schema.json`, which describes every key and rejects wrong values.

use jsonschema::{Validator, draft202012};
use logstat::{
    Access, Condition, Dimension, Engine, FilterReason, Input, Ipv6Prefix, LogFormat, MaxKeys, Metric, Precision,
    Query, Question, RealIp, Reason, Section, Seek, Step, Unit, UvMethod, Visitor, WarningCode, Zone, count,
    guard_mappings, write_json,
};
use serde_json::{Value, json};

const SHOP: &[u8] = include_bytes!("../../../testdata/shop.log");

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../report.schema.json")).unwrap()
}

/// The schema without room for undescribed keys. Only its objects have a `type`; parts that are referred to with `$ref`
/// have none.
fn closed(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            let mut closed: serde_json::Map<_, _> = map.iter().map(|(k, v)| (k.clone(), self::closed(v))).collect();
            if map.get("type") == Some(&json!("object")) {
                closed.insert("unevaluatedProperties".to_owned(), json!(false));
            }
            Value::Object(closed)
        }
        Value::Array(values) => values.iter().map(closed).collect(),
        other => other.clone(),
    }
}

fn report(log: &[u8], question: &Question) -> Value {
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
fn odd_log() -> Vec<u8> {
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
fn reports() -> Vec<(String, Value)> {
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
        let question = usual().top([dimension]).limit(0);
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
    let columns: Vec<Metric> = Metric::all().collect();
    for sort in Metric::all() {
        let top = [Dimension::Path, Dimension::Ip];
        let question = usual().top(top).columns(columns.clone()).sort(sort);
        reports.push((format!("sorted by {}", sort.name()), report(SHOP, &question)));
    }
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
    for split in [Dimension::Status, Dimension::Path, Dimension::Time(Unit::HourOfDay)] {
        let question = usual().split(split).limit(2).fill(true).by(Unit::Hour);
        let report_of = |log: &[u8]| report(log, &question);
        let split_log = report_of(SHOP);
        assert!(split_log["timeline"][0]["split"]["other"].is_u64() && split_log["period"]["split"] == split.name());
        reports.push((format!("split by {}", split.name()), split_log));
        reports.push((format!("odd, split by {}", split.name()), report_of(&odd)));
        reports.push((format!("nothing, split by {}", split.name()), report_of(b"")));
    }
    let pairs = ["host/path", "agent/status", "15m/user"].map(|name| Dimension::named(name).unwrap());
    let pairs = report(&odd, &usual().top(pairs).max_keys(MaxKeys::new(2)));
    assert_eq!(pairs["top"]["host/path"][0]["keys"].as_array().map(Vec::len), Some(2));
    assert!(pairs["approximate"]["host/path"].is_object());
    reports.push(("pairs".to_owned(), pairs));
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
    let everything = usual().top(Dimension::all());
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

fn assert_valid(validator: &Validator, what: &str, report: &Value) {
    let errors: Vec<_> = validator.iter_errors(report).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

#[test]
fn schema_is_valid() {
    if let Err(error) = draft202012::meta::validate(&schema()) {
        panic!("{error}");
    }
    assert_eq!(schema()["$schema"], "https://json-schema.org/draft/2020-12/schema");
}

#[test]
fn every_report_matches_the_schema() {
    let validator = draft202012::new(&schema()).unwrap();
    for (what, report) in reports() {
        assert_valid(&validator, &what, &report);
    }
}

#[test]
fn every_report_key_is_in_the_schema() {
    let validator = draft202012::new(&closed(&schema())).unwrap();
    for (what, report) in reports() {
        assert_valid(&validator, &what, &report);
    }
    let mut report = report(SHOP, &Question::default());
    report["timeline"][0]["unique"] = json!(1);
    assert!(!validator.is_valid(&report));
    assert!(draft202012::new(&schema()).unwrap().is_valid(&report), "new keys may come");
}

/// Visits every property, with its name, wherever it is described.
fn properties(schema: &Value, visit: &mut impl FnMut(&str, &Value)) {
    if let Some(Value::Object(described)) = schema.get("properties") {
        described.iter().for_each(|(name, property)| visit(name, property));
    }
    match schema {
        Value::Object(map) => map.values().for_each(|value| properties(value, visit)),
        Value::Array(values) => values.iter().for_each(|value| properties(value, visit)),
        _ => {}
    }
}

#[test]
fn every_key_has_a_description() {
    let mut found = 0;
    properties(&schema(), &mut |name, property| {
        found += 1;
        let description = property["description"].as_str().unwrap_or_default();
        assert!(description.ends_with('.') || description.len() > 30, "{name}: {description}");
        if name.ends_with("_ms") {
            assert!(description.contains("milliseconds"), "the description of {name} gives its unit");
        }
    });
    assert!(found > 60, "{found}");
}

#[test]
fn schema_lists_all_names() {
    let schema = schema();
    let mut reasons: Vec<_> = Reason::all().map(Reason::name).collect();
    reasons.sort_unstable();
    let described: Vec<_> =
        schema["properties"]["malformed_reasons"]["properties"].as_object().unwrap().keys().collect();
    assert_eq!(described, reasons);
    let mut reasons: Vec<_> = FilterReason::all().map(FilterReason::name).collect();
    reasons.sort_unstable();
    let described: Vec<_> =
        schema["properties"]["filtered_reasons"]["properties"].as_object().unwrap().keys().collect();
    assert_eq!(described, reasons);
    let described: Vec<_> = schema["properties"]["top"]["properties"].as_object().unwrap().keys().collect();
    let mut dimensions: Vec<_> = Dimension::all().map(Dimension::key).collect();
    dimensions.sort_unstable();
    assert_eq!(described, dimensions);
    let units: Vec<_> = Unit::all().map(Unit::name).chain(Step::all().map(Step::name)).collect();
    assert_eq!(schema["properties"]["period"]["properties"]["unit"]["enum"], json!(units));
    let codes: Vec<_> = WarningCode::all().map(WarningCode::name).collect();
    let described = &schema["properties"]["warnings"]["items"]["properties"]["code"]["examples"];
    assert_eq!(*described, json!(codes));
    for section in Section::all() {
        let key = match section {
            Section::Ledger => "lines",
            Section::Class => "class",
            _ => section.name(),
        };
        assert!(schema["properties"].get(key).is_some(), "{key}");
    }
}

/// Collects the JSON pointers of all values in a report.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            all.push(format!("{at}/{key}"));
            pointers(value, &format!("{at}/{key}"), all);
        }),
        Value::Array(values) => (0..).zip(values).for_each(|(i, value)| {
            all.push(format!("{at}/{i}"));
            pointers(value, &format!("{at}/{i}"), all);
        }),
        _ => {}
    }
}

fn everything() -> Value {
    let all = Dimension::all();
    let uv = UvMethod::Hll(Precision::default());
    let max_keys = MaxKeys::new(2);
    let report = report(&odd_log(), &Question::new().top(all).uv(uv).max_keys(max_keys));
    assert!(!report["malformed_samples"].as_array().unwrap().is_empty() && report.get("latency").is_some());
    report
}

#[test]
fn wrong_types_are_rejected() {
    let validator = draft202012::new(&schema()).unwrap();
    let report = everything();
    let mut all = Vec::new();
    pointers(&report, "", &mut all);
    assert!(all.len() > 500, "{}", all.len());
    for pointer in all {
        for wrong in [json!(true), json!(-1), json!(0.5), json!("\u{1b}"), json!([3]), json!({})] {
            let mut broken = report.clone();
            let value = broken.pointer_mut(&pointer).unwrap();
            let is_number_that_fits = wrong == json!(0.5) && value.is_f64();
            // The text of a malformed line and the text of a format may be anything.
            let is_text_that_fits = wrong.is_string() && (pointer.ends_with("/text") || pointer.ends_with("/reason"));
            let is_format = wrong.is_string() && pointer.ends_with("/format");
            let is_no_ranking =
                wrong == json!({}) && ["/top", "/filtered_reasons", "/malformed_reasons"].contains(&pointer.as_str());
            *value = wrong.clone();
            if !(is_number_that_fits || is_text_that_fits || is_format || is_no_ranking) {
                assert!(!validator.is_valid(&broken), "{pointer} is {wrong}");
            }
        }
    }
}

#[test]
fn missing_keys_are_rejected() {
    let validator = draft202012::new(&schema()).unwrap();
    let report = everything();
    let mut all = Vec::new();
    pointers(&report, "", &mut all);
    let mut refused = 0;
    for pointer in all {
        let (of, key) = pointer.rsplit_once('/').unwrap();
        let mut broken = report.clone();
        let Some(object) = broken.pointer_mut(of).and_then(Value::as_object_mut) else { continue };
        object.remove(key).unwrap();
        let is_section = Section::all().any(|section| pointer == format!("/{}", section.name()));
        let may_be_left_out = is_section || pointer == "/approximate";
        let may_not_be_there = ["/top", "/approximate", "/filtered_reasons", "/malformed_reasons"].contains(&of);
        assert_eq!(validator.is_valid(&broken), may_be_left_out || may_not_be_there, "without {pointer}");
        refused += usize::from(!(may_be_left_out || may_not_be_there));
    }
    assert!(refused > 400, "{refused}");
}

#[test]
fn formats_and_reasons_add_up_to_the_line_counts() {
    for (what, report) in reports() {
        let sum = |value: &Value| match value {
            Value::Array(formats) => formats.iter().map(|format| format["lines"].as_u64().unwrap()).sum::<u64>(),
            reasons => reasons.as_object().unwrap().values().map(|lines| lines.as_u64().unwrap()).sum(),
        };
        let took: u64 = report["inputs"].as_array().unwrap().iter().map(|input| sum(&input["formats"])).sum();
        assert_eq!(json!(took), report["lines"]["parsed"], "{what}");
        assert_eq!(json!(sum(&report["malformed_reasons"])), report["lines"]["malformed"], "{what}");
        assert_eq!(json!(sum(&report["filtered_reasons"])), report["lines"]["filtered"], "{what}");
        for input in report["inputs"].as_array().unwrap() {
            let first = input["formats"].get(0).map_or(json!("-"), |first| first["format"].clone());
            assert_eq!(input["format"], first, "{what}");
        }
    }
}

#[test]
fn impossible_values_are_rejected() {
    let validator = draft202012::new(&schema()).unwrap();
    let report = everything();
    assert_valid(&validator, "everything", &report);
    let rows = [
        ("/schema", json!("logstat.report/1")),
        ("/inputs", json!([])),
        ("/inputs/0/path", json!("a\nb")),
        ("/malformed_samples/0/line", json!(0)),
        ("/malformed_samples/0/text", json!("x".repeat(201))),
        ("/uv/method", json!("exactly")),
        ("/uv/precision", json!(19)),
        ("/period/first", json!("2022-04-05 03:45:05")),
        ("/period/unit", json!("fortnight")),
        ("/timeline/0/key", json!("April")),
        ("/timeline/0/pv", json!(1.5)),
        ("/timeline/0/pv", json!(null)),
        ("/timeline/0/bytes", json!(-1)),
        ("/lines/read", json!(null)),
        ("/status/0/key", json!("2xx")),
        ("/status/0/share", json!(1.01)),
        ("/class/0/key", json!("neither")),
        ("/top/path/0/key", json!("a\\b")),
        ("/top/path/0/key", json!("")),
        ("/top/path/0/bytes", json!(18_446_744_073_709_551_616_f64)),
        ("/top/path/0/keys", json!(["a"])),
        ("/top/path/0/keys", json!(["a", "b", "c"])),
        ("/top/path/0/keys", json!(["a", "b\\c"])),
        ("/timeline/0/split", json!({"200": -1})),
        ("/timeline/0/split", json!(["200"])),
        ("/period/split", json!(null)),
        ("/approximate", json!({})),
        ("/approximate/path/max_error", json!(0)),
        ("/latency/p99_ms", json!(0.25)),
    ];
    for (pointer, wrong) in rows {
        let mut broken = report.clone();
        let (of, key) = pointer.rsplit_once('/').unwrap();
        match broken.pointer_mut(of).unwrap() {
            Value::Object(object) => _ = object.insert(key.to_owned(), wrong.clone()),
            list => list[key.parse::<usize>().unwrap()] = wrong.clone(),
        }
        assert!(!validator.is_valid(&broken), "{pointer} is {wrong}");
    }
    for wrong in
        [json!(null), json!([{"code": "Io", "input": "a", "text": "b"}]), json!([{"code": "io-error", "input": "a"}])]
    {
        let mut broken = report.clone();
        broken["warnings"] = wrong;
        assert!(!validator.is_valid(&broken), "{}", broken["warnings"]);
    }
}
