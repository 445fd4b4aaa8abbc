//! Reports in JSON match `report.schema.json`, which describes every key and rejects wrong values.

mod reports;

use crate::databases::with_databases;
use jsonschema::{Validator, draft202012};
use logstat::{
    Dimension, FilterReason, MaxKeys, Precision, Question, Reason, Section, Step, Unit, UvMethod, WarningCode,
};
use reports::{SHOP, odd_log, report, reports};
use serde_json::{Value, json};

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
        let key = key_of(section);
        assert!(schema["properties"].get(key).is_some(), "{key}");
    }
}

/// The key of a section in a report.
fn key_of(section: Section) -> &'static str {
    match section {
        Section::Ledger => "lines",
        Section::Class => "class",
        _ => section.name(),
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
    let report = report(&odd_log(), &with_databases(Question::new().top(all).uv(uv).max_keys(max_keys)));
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
        let mut sections = Section::all().filter(|section| *section != Section::Ledger);
        let is_section = sections.any(|section| pointer == format!("/{}", key_of(section)));
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
