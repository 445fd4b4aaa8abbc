//! The sample lines of an explanation agree with the counts of a report.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use logstat::{
    Charset, Dimension, Engine, HitExplanation, Input, NginxConf, Question, TerminalStyle, count, explain,
    write_explanation, write_explanation_json,
};
use serde_json::Value;

/// The first three lines of every plain-text log in testdata.
fn logs() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(super::REPOSITORY).join("testdata");
    let mut logs = Vec::new();
    for entry in glob::glob(root.join("**/*.log").to_str().unwrap()).unwrap() {
        let path = entry.unwrap();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let ends: Vec<_> = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
        let end = ends.get(2).copied().unwrap_or(bytes.len());
        logs.push((path, bytes[..end].to_vec()));
    }
    logs.sort();
    logs
}

/// Number of hits by a field; a hit without it counts as `missing`, or not at all if that is `None`.
fn tallied<'h>(
    hits: &'h [HitExplanation],
    missing: Option<&'h str>,
    of: impl Fn(&'h HitExplanation) -> Option<&'h str>,
) -> BTreeMap<&'h str, u64> {
    let mut tally = BTreeMap::new();
    hits.iter().filter_map(|hit| of(hit).or(missing)).for_each(|key| *tally.entry(key).or_default() += 1);
    tally
}

#[test]
fn samples_agree_with_counts() {
    let top = [Dimension::Path, Dimension::Ip, Dimension::Status, Dimension::Class];
    let mut compared = 0;
    for (path, log) in logs().into_iter().step_by(super::ONE_IN) {
        for anonymize in [false, true] {
            let counted = Question::new().limit(0).anonymize(anonymize);
            let question = counted.clone().top(top);
            let input = || vec![Input::reader("a.log", Cursor::new(log.clone()))];
            let explained = explain(&question, input(), &Engine::default()).unwrap();
            let explanation = explained.explanation.inputs.into_iter().next().unwrap();
            let outcome = count(&counted, input(), &Engine::default()).unwrap();
            let Some(report) = outcome.report else {
                assert_eq!(explanation.parsed, 0, "{}", path.display());
                assert_eq!(explained.problems.len(), outcome.problems.len(), "{}", path.display());
                continue;
            };
            let name = path.display();
            assert_eq!(explanation.envelope, report.inputs[0].envelope, "{name}");
            assert_eq!(
                (explanation.parsed, explanation.malformed),
                (report.lines.parsed, report.lines.malformed),
                "{name}"
            );
            assert_eq!(explanation.formats, report.inputs[0].formats, "{name}");
            assert_eq!(explanation.samples.len() as u64, report.lines.parsed.min(3), "{name}");
            // Three "lines" of compressed data may decompress to more lines of text.
            if report.lines.parsed > 3 {
                continue;
            }
            let hits: Vec<_> = explanation.samples.into_iter().map(|sample| sample.hit).collect();
            for dimension in top {
                let asked = question.clone().top([dimension]);
                // Ranking a field that the lines do not log is an error.
                let Ok(outcome) = count(&asked, input(), &Engine::default()) else { continue };
                let report = outcome.report.unwrap();
                let ranking = report.top.unwrap();
                let counted: BTreeMap<_, _> =
                    ranking[0].rows.iter().map(|row| (row.key.as_deref().unwrap(), row.pv)).collect();
                // Rankings of status and class leave out hits without a status or a path.
                let missing = if matches!(dimension, Dimension::Status | Dimension::Class) { None } else { Some("-") };
                let said = tallied(&hits, missing, |hit| match dimension {
                    Dimension::Path => hit.path.as_deref(),
                    Dimension::Ip => hit.ip.as_deref(),
                    Dimension::Status => hit.status.as_deref(),
                    _ => hit.class,
                });
                assert_eq!(said, counted, "{name} {}", dimension.name());
                compared += 1;
            }
        }
    }
    assert!(compared > 500 / super::ONE_IN, "{compared}");
}

#[test]
fn json_has_no_control_characters_and_is_one_line() {
    let log =
        b"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] \"GET /\x1b\xff HTTP/1.1\" 200 12 \"-\" \"\x07\"\n\x00\x1b[31m\n"
            .to_vec();
    let explained =
        explain(&Question::default(), vec![Input::reader("a\x1b.log", Cursor::new(log))], &Engine::default()).unwrap();
    let mut json = Vec::new();
    write_explanation_json(&explained.explanation, false, &mut json).unwrap();
    let text = String::from_utf8(json).unwrap();
    assert!(text.ends_with("}\n") && text.trim_end().chars().all(|c| !c.is_control()), "{text}");
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read["inputs"][0]["samples"][0]["fields"][3]["value"], r"GET /\x1B\xFF HTTP/1.1");
    assert_eq!(read["inputs"][0]["path"], r"a\x1B.log");
}

#[test]
fn text_fits_the_page_width() {
    for (path, log) in logs().into_iter().step_by(super::ONE_IN) {
        let inputs = vec![Input::reader(&path, Cursor::new(log))];
        let explained = explain(&Question::default(), inputs, &Engine::default()).unwrap();
        for (columns, charset) in
            [(40, Charset::Unicode), (60, Charset::Ascii), (80, Charset::Unicode), (200, Charset::Ascii)]
        {
            let mut text = Vec::new();
            let terminal = TerminalStyle::default().with_columns(columns).with_charset(charset);
            write_explanation(&explained.explanation, terminal, &mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            assert!(charset == Charset::Unicode || text.is_ascii(), "{text}");
            for line in text.lines() {
                assert!(unicode_width::UnicodeWidthStr::width(line) <= columns, "{columns}: {line}");
                assert!(!line.ends_with(' ') && !line.chars().any(char::is_control), "{line:?}");
            }
        }
    }
}

/// Collects the keys of a JSON value, recursively.
fn keys(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            into.push(key.clone());
            keys(value, into);
        }),
        Value::Array(values) => values.iter().for_each(|value| keys(value, into)),
        _ => {}
    }
}

#[test]
fn every_key_of_the_json_is_in_the_book() {
    let cases = Path::new(super::REPOSITORY).join("testdata/cases");
    let conf = NginxConf::read(&cases.join("explain_nginx_conf_and_files/nginx.conf")).unwrap();
    let question = Question::new().nginx_conf(conf);
    let inputs =
        ["explain_nginx_conf_and_files/access.log", "explain_several/json.log", "explain_anonymized/access.log"];
    let inputs = inputs.map(|path| Input::path(cases.join(path))).into();
    let explained = explain(&question, inputs, &Engine::default()).unwrap();
    let mut found = Vec::new();
    keys(&serde_json::to_value(&explained.explanation).unwrap()["inputs"], &mut found);
    let section = include_str!("../docs/src/explain.md").split("## As JSON\n").nth(1).unwrap();
    let words: Vec<_> = section.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    for key in &found {
        assert!(words.contains(&key.as_str()), "{key}");
    }
    assert!(
        ["locations", "stops", "lost", "access_logs", "key"].iter().all(|key| found.iter().any(|found| found == key))
    );
    for code in logstat::LostCode::all() {
        assert!(section.contains(code.name()), "{}", code.name());
    }
}
