//! A number is null, not 0, if the log lacks the field. Reports of mixed logs are compared with a simple reference that
//! looks at each hit separately.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use logstat::{
    Dimension, Engine, Input, LogFormat, MaxKeys, Metric, Precision, Question, UvMethod, Visitor, count, write_json,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The fields of a line: `None` if the line does not log the field, `-` if it logs it as missing.
#[derive(Clone, Debug)]
struct Hit {
    is_json: bool,
    addr: Option<&'static str>,
    agent: Option<&'static str>,
    day: Option<&'static str>,
    path: Option<&'static str>,
    status: Option<&'static str>,
    bytes: Option<&'static str>,
}

type Field = fn(&Hit) -> Option<&'static str>;

/// Each field: its letter in format names, nginx variable, JSON key and value.
const FIELDS: [(char, &str, &str, Field); 6] = [
    ('a', "$remote_addr", "remote_addr", |hit| hit.addr),
    ('u', "$http_user_agent", "http_user_agent", |hit| hit.agent),
    ('t', "$time_iso8601", "time_iso8601", |hit| hit.day),
    ('r', "$request", "request", |hit| hit.path),
    ('s', "$status", "status", |hit| hit.status),
    ('b', "$body_bytes_sent", "body_bytes_sent", |hit| hit.bytes),
];

impl Hit {
    fn has(&self) -> String {
        FIELDS.iter().filter(|(.., value)| value(self).is_some()).map(|(letter, ..)| *letter).collect()
    }

    fn line(&self) -> String {
        let value = |letter: char, value: &str| match (letter, value) {
            (_, "-") => "-".to_owned(),
            ('t', day) => format!("{day}T10:00:00+00:00"),
            ('r', path) => format!("GET {path} HTTP/1.1"),
            (_, plain) => plain.to_owned(),
        };
        let logged = FIELDS
            .iter()
            .filter_map(|(letter, variable, key, of)| of(self).map(|text| (variable, key, value(*letter, text))));
        if self.is_json {
            let object: Map<String, Value> = logged
                .map(|(_, key, text)| ((*key).to_owned(), if text == "-" { Value::Null } else { json!(text) }))
                .collect();
            return Value::Object(object).to_string();
        }
        let fields: String = logged.map(|(.., text)| format!(" \"{text}\"")).collect();
        format!("{}{fields}", self.has())
    }

    fn is_static(&self) -> bool {
        self.path.is_some_and(|path| path.ends_with(".css"))
    }

    fn class(&self) -> &'static str {
        match self.path {
            None => "-",
            Some(_) if self.is_static() => "static",
            Some(_) => "dynamic",
        }
    }

    fn visitor(&self, visitor: Visitor) -> Option<(&'static str, &'static str)> {
        if visitor == Visitor::IP { Some((self.addr?, "")) } else { Some((self.addr?, self.agent?)) }
    }
}

/// The `log_format` of text lines with the fields of these letters.
fn format_of(has: &str) -> LogFormat {
    let logged = FIELDS.iter().filter(|(letter, ..)| has.contains(*letter));
    let text: String = logged.map(|(_, variable, ..)| format!(" \"{variable}\"")).collect();
    format!("{has}{text}").parse().unwrap()
}

/// Formats of text lines; JSON lines may have any combination of fields.
const FORMATS: [&str; 9] = ["autrsb", "utrsb", "aursb", "autsb", "autrb", "autrs", "atrsb", "r", "ts"];

fn hit() -> impl Strategy<Value = Hit> {
    let of = |values: &'static [&'static str]| prop::sample::select(values);
    let values = (
        of(&["10.0.0.1", "10.0.0.2", "::1", "-"]),
        of(&["curl", "wget", "-"]),
        of(&["2026-11-14", "2026-11-15", "-"]),
        of(&["/a", "/b.css", "/c", "-"]),
        of(&["200", "404", "503", "101", "700", "-"]),
        of(&["0", "7", "1000", "-"]),
    );
    (values, prop::sample::select(&FORMATS[..]), 1..64_u32, any::<bool>()).prop_map(
        |(values, format, mask, is_json)| {
            // A JSON line is recognised as an access log's only if it has a request or a status.
            let mask = if mask & 0b11_000 == 0 { mask | 0b1000 } else { mask };
            let has = |place: usize| {
                if is_json { mask >> place & 1 == 1 } else { format.contains(FIELDS[place].0) }
            };
            // nginx never logs a time or a status as missing.
            let day = if is_json || values.2 != "-" { values.2 } else { "2026-11-14" };
            let status = if is_json || values.4 != "-" { values.4 } else { "200" };
            Hit {
                is_json,
                addr: has(0).then_some(values.0),
                agent: has(1).then_some(values.1),
                day: has(2).then_some(day),
                path: has(3).then_some(values.3),
                status: has(4).then_some(status),
                bytes: has(5).then_some(values.5),
            }
        },
    )
}

/// Returns the number, or `None` if there are hits and none of them has the field.
fn known<T>(hits: &[&Hit], has: impl Fn(&Hit) -> bool, number: T) -> Option<T> {
    (hits.is_empty() || hits.iter().any(|hit| has(hit))).then_some(number)
}

/// Computes each number of some hits separately.
fn numbers(hits: &[&Hit], uv: Option<Visitor>) -> Map<String, Value> {
    let mut row = Map::new();
    let counted = |is: &dyn Fn(&Hit) -> bool| hits.iter().filter(|hit| is(hit)).count() as u64;
    row.insert("pv".to_owned(), json!(hits.len()));
    if let Some(visitor) = uv {
        let visitors: BTreeSet<_> = hits.iter().filter_map(|hit| hit.visitor(visitor)).collect();
        let uv = known(hits, |hit| hit.visitor(visitor).is_some(), visitors.len());
        row.insert("uv".to_owned(), json!(uv));
    }
    let bytes: u64 = hits.iter().filter_map(|hit| hit.bytes?.parse::<u64>().ok()).sum();
    row.insert("bytes".to_owned(), json!(known(hits, |hit| hit.bytes.is_some(), bytes)));
    for class in ["static", "dynamic"] {
        let number = counted(&|hit| hit.class() == class);
        row.insert(class.to_owned(), json!(known(hits, |hit| hit.path.is_some(), number)));
    }
    for class in ["1", "2", "3", "4", "5", "other"] {
        let is = |status: &str| match status.as_bytes()[0] {
            first @ b'1'..=b'5' => class.as_bytes() == [first],
            _ => class == "other",
        };
        let number = counted(&|hit| hit.status.is_some_and(is));
        let name = if class == "other" { "status_other".to_owned() } else { format!("status_{class}xx") };
        row.insert(name, json!(known(hits, |hit| hit.status.is_some(), number)));
    }
    row
}

type Keys = Vec<&'static str>;

/// One row per key, ordered by key; hits whose `key` is `None` are not in any row.
fn rows(
    hits: &[Hit],
    uv: Option<Visitor>,
    with_share: bool,
    key: impl Fn(&Hit) -> Option<Keys>,
) -> Vec<Map<String, Value>> {
    let mut groups: BTreeMap<Keys, Vec<&Hit>> = BTreeMap::new();
    for hit in hits {
        if let Some(key) = key(hit) {
            groups.entry(key).or_default().push(hit);
        }
    }
    let row = |(key, group): (Keys, Vec<&Hit>)| {
        let mut row = numbers(&group, uv);
        row.insert("key".to_owned(), json!(key.join(" ")));
        if key.len() == 2 {
            row.insert("keys".to_owned(), json!(key));
        }
        if with_share {
            row.insert("share".to_owned(), json!(group.len() as f64 / hits.len() as f64));
        }
        row
    };
    groups.into_iter().map(row).collect()
}

fn ranked(mut rows: Vec<Map<String, Value>>) -> Vec<Map<String, Value>> {
    rows.sort_by_key(|row| Reverse(row["pv"].as_u64()));
    rows
}

/// The expected sections of a report.
fn reference(hits: &[Hit], question: &Question) -> Value {
    let visitor = question.counting.visitor;
    let all: Vec<&Hit> = hits.iter().collect();
    let mut summary = numbers(&all, Some(visitor));
    let days: BTreeSet<_> = hits.iter().filter_map(|hit| Some((hit.visitor(visitor)?, hit.day?))).collect();
    let has_both = |hit: &Hit| hit.visitor(visitor).is_some() && hit.day.is_some();
    summary.insert("visitor_days".to_owned(), json!(known(&all, has_both, days.len())));
    let column = question.showing.columns.contains(&Metric::Uv).then_some(visitor);
    let rankings = question.counting.top.clone().unwrap_or_else(|| vec![Dimension::Path]);
    let ranking = |dimension: &Dimension| {
        let key = |hit: &Hit| match dimension.name() {
            "path" => Some(vec![hit.path.unwrap_or("-")]),
            "ip" => Some(vec![hit.addr.unwrap_or("-")]),
            "day" => Some(vec![hit.day.unwrap_or("-")]),
            "status" => Some(vec![hit.status?]),
            "kind" => hit.path.map(|_| vec![hit.class()]),
            "status/kind" => Some(vec![hit.status.unwrap_or("-"), hit.class()]),
            other => panic!("{other}"),
        };
        (dimension.key().to_owned(), json!(ranked(rows(hits, column, true, key))))
    };
    json!({
        "summary": summary,
        "timeline": rows(hits, Some(visitor), false, |hit| Some(vec![hit.day.unwrap_or("-")])),
        "status": rows(hits, None, true, |hit| Some(vec![hit.status?])),
        "class": rows(hits, Some(visitor), true, |hit| hit.path.map(|_| vec![hit.class()])),
        "top": rankings.iter().map(ranking).collect::<Map<_, _>>(),
    })
}

/// The expected notes: a code and the beginning of its text for each field that only some hits lack.
fn expected_notes(hits: &[Hit], visitor: Visitor) -> Vec<(&'static str, String)> {
    let lacking = |has: &dyn Fn(&Hit) -> bool| hits.iter().filter(|hit| !has(hit)).count();
    let lacking = [
        ("times-unknown", lacking(&|hit| hit.day.is_some())),
        ("visitors-unknown", lacking(&|hit| hit.visitor(visitor).is_some())),
        ("paths-unknown", lacking(&|hit| hit.path.is_some())),
        ("status-unknown", lacking(&|hit| hit.status.is_some())),
        ("bytes-unknown", lacking(&|hit| hit.bytes.is_some())),
    ];
    // If some hits log only the address and all others only the agent, every hit lacks a visitor, and that is noted.
    let are_logged = |fields: &[Field]| fields.iter().all(|field| hits.iter().any(|hit| field(hit).is_some()));
    let is_split = visitor == Visitor::IP_AND_AGENT && are_logged(&[|hit| hit.addr, |hit| hit.agent]);
    let most = |code| hits.len() - usize::from(!is_split || code != "visitors-unknown").min(hits.len());
    let some = lacking.into_iter().filter(|(code, lacking)| (1..=most(*code)).contains(lacking));
    some.map(|(code, lacking)| (code, format!("{lacking} of {} requests ", hits.len()))).collect()
}

fn formats() -> Vec<LogFormat> {
    FORMATS.iter().map(|has| format_of(has)).chain(["json".parse().unwrap()]).collect()
}

/// The report on hits, split into two inputs.
fn report(hits: &[Hit], question: &Question, engine: &Engine) -> Value {
    let (left, right) = hits.split_at(hits.len() / 2);
    let input = |name: &str, hits: &[Hit]| {
        let text: String = hits.iter().map(|hit| hit.line() + "\n").collect();
        Input::reader(name, Cursor::new(text.into_bytes()))
    };
    let outcome = count(question, vec![input("a.log", left), input("b.log", right)], engine).unwrap();
    let mut json = Vec::new();
    write_json(&outcome.report.unwrap(), &mut json).unwrap();
    serde_json::from_slice(&json).unwrap()
}

fn question(hits: &[Hit]) -> Question {
    // A field that no line logs cannot be named in a question.
    let is_logged = |field: Field| hits.iter().any(|hit| field(hit).is_some());
    let is_any = FIELDS.iter().all(|(.., field)| is_logged(*field));
    let named = |name: &str| Dimension::named(name).unwrap();
    let question = Question::new().log_formats(formats()).limit(0);
    if !is_any {
        return question;
    }
    let top = ["path", "ip", "day", "status", "class", "status/class"].map(named);
    question.top(top).columns([Metric::Uv, Metric::Bytes])
}

fn assert_equals_reference(hits: &[Hit], question: &Question, engine: &Engine) {
    let found = report(hits, question, engine);
    assert_eq!(found["lines"]["parsed"], json!(hits.len()), "{hits:#?}");
    for (section, expected) in reference(hits, question).as_object().unwrap() {
        assert_eq!(&found[section], expected, "{section} for {hits:#?} with {engine:?}");
    }
    // These notes are about fields that no hit has, and inputs that are empty or have the same lines.
    let others = ["not-logged", "empty", "maybe-copies"];
    let notes = found["notes"].as_array().unwrap().iter();
    let notes = notes.filter(|note| !others.iter().any(|other| note["code"] == *other));
    let notes: Vec<_> = notes.map(|note| (note["code"].as_str().unwrap(), note["text"].as_str().unwrap())).collect();
    let expected = expected_notes(hits, question.counting.visitor);
    assert_eq!(notes.len(), expected.len(), "{notes:?} for {expected:?}");
    for ((code, text), (expected, start)) in notes.iter().zip(&expected) {
        assert!(code == expected && text.starts_with(start), "{code}: {text} for {expected}: {start}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    #[test]
    fn sections_count_hits_that_have_the_field(hits in prop::collection::vec(hit(), 0..60), seed: u64) {
        let asked = question(&hits);
        let hll = UvMethod::Hll(Precision::default());
        for (threads, chunk_bytes) in [(1, 1 << 20), (1, 100), (2, 300), (3, 1)] {
            let engine = Engine::new().threads(threads).chunk_bytes(chunk_bytes).seed(seed);
            assert_equals_reference(&hits, &asked, &engine);
            assert_equals_reference(&hits, &asked.clone().uv(hll), &engine);
            // Visitors by address and agent, which only some lines log.
            if asked.counting.top.is_some() {
                let visitor = Visitor::IP_AND_AGENT;
                assert_equals_reference(&hits, &asked.clone().visitor(visitor), &engine);
            }
            let max_keys = MaxKeys::new(100).map(|max_keys| max_keys.in_rounds_of(400));
            assert_equals_reference(&hits, &asked.clone().max_keys(max_keys).columns(Vec::new()), &engine);
        }
    }

    /// All lines log the same fields, so every number of another field is null.
    #[test]
    fn rows_without_the_field_are_null(hits in prop::collection::vec(hit(), 1..30), kind in any::<prop::sample::Index>()) {
        let has = kind.get(&hits).has();
        let hits: Vec<Hit> = hits.into_iter().filter(|hit| hit.has() == has).collect();
        assert_equals_reference(&hits, &question(&hits), &Engine::new().threads(1));
    }
}
