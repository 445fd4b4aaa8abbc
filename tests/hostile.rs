//! Logs contain text that clients choose. It must not reach a terminal unescaped, break JSON, stop a run or corrupt the
//! sums.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Cursor;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use loggen::Traffic;
use logstat::{
    Dimension, Engine, ErrorKind, Input, NoteCode, Query, Question, Report, Row, Unit, UvCount, count, write_json,
};
use regex::Regex;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// Values that clients may send, as bytes; `"` and line feeds, which nginx always escapes, are added in escaped form.
fn values() -> Vec<Vec<u8>> {
    let texts = [
        "\u{1b}[2J\u{1b}[31mred",
        "\u{1b}]0;title\u{7}",
        "\u{9b}31m",
        "\r\u{8}\u{7f}\t\u{b}\u{c}\u{e}",
        "\u{202e}gnp.exe\u{202c}\u{2066}x\u{2069}",
        "\u{200b}\u{200d}\u{feff}\u{ad}",
        "\u{2028}\u{2029}\u{85}\u{a0}",
        "日本語のとても長い名前です",
        "e\u{301}\u{302}\u{303}\u{fe0f}👩‍👩‍👧",
        "</script><script>alert(1)</script>",
        "'; DROP TABLE hits; --",
        "${jndi:ldap://x/a}",
        "=cmd|' /C calc'!A0",
        "%1b%5b%0a%00",
        "[01/Jan/2000:00:00:00",
        "\\x1B[31m",
        "\\",
        "\\\\",
        "\\x",
        "\\xZZ",
        "\\u001b",
        "-",
        "--",
        "{}[]",
    ];
    let mut values: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    values.push(b"\xff\xfe\x80\xc3(\xed\xa0\x80\xf0\x9f\xf8".to_vec());
    values.push((0..=255).filter(|byte| !b"\n\"\\ ".contains(byte)).collect());
    values.push(b"\x00\x00\x00".to_vec());
    values.push(b"long".repeat(2500));
    values.push("長い".repeat(1700).into_bytes());
    values.push(b"\x1b".repeat(10_000));
    values.push(b"\"quoted\" 200 \"".to_vec());
    values.push(b"line\nfeed".to_vec());
    values
}

/// How a value is escaped in a log line.
#[derive(Clone, Copy, Debug)]
enum Escape {
    /// Like nginx: `"`, `\` and everything except printable ASCII.
    Default,
    /// Only bytes that would end the field or the line, and backslashes, which would be read as escapes.
    Least,
}

fn escaped(value: &[u8], escape: Escape) -> Vec<u8> {
    let mut out = Vec::new();
    for &byte in value {
        let is_odd = !(0x20..0x7f).contains(&byte) && matches!(escape, Escape::Default);
        if is_odd || b"\"\\\n".contains(&byte) {
            out.extend_from_slice(format!("\\x{byte:02X}").as_bytes());
        } else {
            out.push(byte);
        }
    }
    out
}

/// A line with `value` in every field that a client influences, and in some others.
fn line(value: &[u8], escape: Escape) -> Vec<u8> {
    let text = escaped(value, escape);
    // Words have no spaces, and an address that is missing would be a host's line without one.
    let word: Vec<u8> = text.iter().copied().filter(|byte| *byte != b' ').collect();
    [
        &b"h"[..],
        &word,
        b" a",
        &word,
        b" - u",
        &text,
        b" [05/Apr/2022:03:45:05 +0000] \"GET /",
        &text,
        b" HTTP/1.1\" 200 5 \"r",
        &text,
        b"\" \"g",
        &text,
        b"\" 0.250\n",
    ]
    .concat()
}

fn hostile_log(escape: Escape) -> Vec<u8> {
    values().iter().flat_map(|value| line(value, escape)).collect()
}

const TEXTS: [(&str, &str); 6] =
    [("path", "/"), ("ip", "a"), ("host", "h"), ("user", "u"), ("referer", "r"), ("agent", "g")];

/// Control and format characters.
static UNSAFE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]").unwrap());

/// The rule for keys, implemented independently: UTF-8, and `\xHH` for other bytes, control and format characters, and
/// backslashes.
fn written(key: &[u8]) -> String {
    let mut out = String::new();
    let push_hex = |out: &mut String, bytes: &[u8]| bytes.iter().for_each(|b| write!(out, "\\x{b:02X}").unwrap());
    let mut rest = key;
    while !rest.is_empty() {
        let longest = (1..=rest.len().min(4)).find_map(|length| str::from_utf8(&rest[..length]).ok());
        match longest {
            Some(character) if character != "\\" && !UNSAFE.is_match(character) => out.push_str(character),
            other => push_hex(&mut out, &rest[..other.map_or(1, str::len)]),
        }
        rest = &rest[longest.map_or(1, str::len)..];
    }
    out
}

fn logstat(log: &[u8], arguments: &[&str], columns: usize) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), log).unwrap();
    let mut command = Command::new(super::program());
    command
        .current_dir(&folder)
        .env_clear()
        .env("COLUMNS", columns.to_string())
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null());
    command.arg("a.log").args(arguments).output().unwrap()
}

/// Panics if a character could move the cursor, reverse text direction or be invisible.
fn assert_safe(what: &str, bytes: &[u8]) {
    let text = str::from_utf8(bytes).unwrap_or_else(|e| panic!("{what}: {e}"));
    if let Some(found) = UNSAFE.find_iter(text).find(|found| found.as_str() != "\n") {
        let line = text[..found.start()].lines().count();
        panic!("{what}: {:?} in line {line}", found.as_str());
    }
}

const EVERY_TEXT: &str = "path,ip,host,user,referer,agent,method,protocol";

/// The format of [`line`], which is not detected because its addresses are invalid.
const AS_GIVEN: [&str; 2] = ["--log-format", "vhost_timed"];

/// Output of logstat for a hostile log with all text rankings.
fn everything(escape: Escape, arguments: &[&str], columns: usize) -> Output {
    let all = [&AS_GIVEN[..], &["--top", EVERY_TEXT, "-n", "0"], arguments].concat();
    logstat(&hostile_log(escape), &all, columns)
}

#[test]
fn table_is_safe_on_a_terminal_of_any_width() {
    for escape in [Escape::Default, Escape::Least] {
        for columns in [1, 20, 40, 60, 80, 120, 200, 500, 65_535].into_iter().step_by(super::ONE_IN.min(4)) {
            let output = everything(escape, &["-v"], columns);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_safe(&format!("{escape:?}, {columns} columns"), &output.stdout);
            assert_safe(&format!("{escape:?}, messages"), &output.stderr);
        }
    }
}

#[test]
fn no_hostile_line_is_wider_than_the_page() {
    for columns in [40, 80, 120] {
        let output = everything(Escape::Default, &[], columns);
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            assert!(line.width() <= columns, "{columns} columns: {} of {line}", line.width());
        }
    }
}

#[test]
fn only_colour_codes_are_not_escaped() {
    let output = everything(Escape::Least, &["--color", "always"], 80);
    let text = String::from_utf8(output.stdout).unwrap();
    let colour = Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    assert!(colour.is_match(&text));
    assert_safe("without colours", colour.replace_all(&text, "").as_bytes());
}

#[test]
fn json_keys_are_escaped_alike_however_logged() {
    let mut answers = Vec::new();
    for escape in [Escape::Default, Escape::Least] {
        let output = everything(escape, &["--json"], 80);
        assert_eq!(output.stdout.iter().position(u8::is_ascii_control), Some(output.stdout.len() - 1));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["lines"]["malformed"], 0, "{escape:?}: {}", report["malformed_samples"]);
        assert_eq!(report["summary"]["pv"], values().len());
        for (dimension, lead) in TEXTS {
            let is_word = matches!(dimension, "ip" | "host");
            let mut expected: BTreeMap<String, u64> = BTreeMap::new();
            for mut value in values() {
                value.retain(|byte| !(is_word && *byte == b' '));
                if dimension == "path" {
                    value.truncate(value.iter().position(|byte| *byte == b'?').unwrap_or(value.len()));
                }
                let key = [lead.as_bytes(), &value].concat();
                *expected.entry(written(&key)).or_default() += 1;
            }
            let rows = report["top"][dimension].as_array().unwrap();
            let found = rows.iter().map(|row| (row["key"].as_str().unwrap().to_owned(), row["pv"].as_u64().unwrap()));
            assert_eq!(found.collect::<BTreeMap<_, _>>(), expected, "{escape:?}: {dimension}");
        }
        answers.push(report["top"].clone());
    }
    assert_eq!(answers[0], answers[1], "one request has one key however it was logged");
}

#[test]
fn unrecognised_log_is_quoted_safely() {
    for value in values().into_iter().step_by(super::ONE_IN.min(3)) {
        let log = [&b"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] \"GET / "[..], &escaped(&value, Escape::Least), b"\n"];
        for arguments in [&[][..], &["--log-format", "main"]] {
            let output = logstat(&log.concat(), arguments, 80);
            assert_eq!(output.status.code(), Some(2));
            assert!(output.stdout.is_empty());
            assert_safe(&format!("{value:?} {arguments:?}"), &output.stderr);
        }
    }
}

/// The format may have been copied from an untrusted source.
#[test]
fn given_log_format_is_quoted_safely() {
    let format = "$remote_addr \u{1b}[31m\u{202e} $status";
    let fits = logstat("10.0.0.7 \u{1b}[31m\u{202e} 200\n".as_bytes(), &["--log-format", format, "-v"], 80);
    assert!(fits.status.success());
    let other = logstat(&line(b"x", Escape::Default), &["--log-format", format], 80);
    assert_eq!(other.status.code(), Some(2));
    for (what, output) in [("fits", fits), ("does not", other)] {
        assert_safe(what, &output.stdout);
        assert_safe(what, &output.stderr);
    }
}

#[test]
fn malformed_samples_are_safe() {
    let mut log = line(b"", Escape::Default);
    for value in values().into_iter().rev().step_by(super::ONE_IN.min(3)) {
        log.extend([&b"x"[..], &value, b"\n"].concat());
        let json = logstat(&log, &[&AS_GIVEN[..], &["--json"]].concat(), 80).stdout;
        let report: Value = serde_json::from_slice(&json).unwrap();
        for sample in report["malformed_samples"].as_array().unwrap() {
            let text = sample["text"].as_str().unwrap();
            assert!(text.len() <= 200);
            assert_safe("sample", text.as_bytes());
        }
        assert_safe("table", &logstat(&log, &AS_GIVEN, 80).stdout);
    }
}

/// File names are hostile too: anyone may have created them.
#[cfg(unix)]
#[test]
fn file_names_are_quoted_safely() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    for name in [&b"\x1b[31m.log"[..], b"\xff\xfe", "\u{202e}gol.a".as_bytes(), b"a\nb", b"a\\b \"c\""] {
        let name = std::ffi::OsStr::from_bytes(name);
        fs::write(folder.path().join(name), line(b"x", Escape::Default)).unwrap();
        let run = |arguments: &[&std::ffi::OsStr]| {
            let mut command = Command::new(super::program());
            command.current_dir(&folder).env_clear().stdin(Stdio::null());
            command.args(AS_GIVEN).args(arguments).output().unwrap()
        };
        let missing = [name, std::ffi::OsStr::new("-missing")].join(std::ffi::OsStr::new(""));
        let output = run(&[name, name, &missing, std::ffi::OsStr::new("-v")]);
        assert_eq!(output.status.code(), Some(1));
        assert_safe("table", &output.stdout);
        assert_safe("messages", &output.stderr);
        let report: Value = serde_json::from_slice(&run(&[name, std::ffi::OsStr::new("--json")]).stdout).unwrap();
        assert_eq!(report["inputs"][0]["path"], written(name.as_bytes()));
    }
}

/// A small random number generator: the same sequence in every run, on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        &things[self.below(things.len())]
    }
}

/// Byte sequences that break a line when inserted.
const WEDGES: [&[u8]; 24] = [
    b"\"",
    b"\\",
    b"\\\"",
    b" ",
    b"  ",
    b"[",
    b"] \"",
    b"\" ",
    b"\0",
    b"\r",
    b"\n",
    b"\x1b[0m",
    b"\xff",
    b"-",
    b" - ",
    b"99999999999999999999",
    b"18446744073709551615",
    b"60",
    b"0001",
    b"HTTP/1.1",
    b"\xef\xbb\xbf",
    b"\\x",
    b"://",
    b"?",
];

/// Makes one to three random changes to a line.
fn mutate(line: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..1 + chance.below(3) {
        let at = chance.below(line.len() + 1);
        let end = (at + chance.below(12)).min(line.len());
        match chance.below(7) {
            0 if at < line.len() => line[at] = chance.next() as u8,
            1 => drop(line.splice(at..at, chance.pick(&WEDGES).iter().copied())),
            2 => drop(line.splice(at..end, chance.pick(&WEDGES).iter().copied())),
            3 => drop(line.drain(at..end)),
            4 => line.truncate(at),
            5 => drop(line.splice(at..at, line[at..end].to_vec())),
            _ if at < line.len() => line[at] ^= 1 << chance.below(8),
            _ => {}
        }
    }
}

fn counted(log: Vec<u8>, question: &Question, chance: &mut Chance) -> Option<Report> {
    let engine = Engine::new().threads(1 + chance.below(3)).chunk_bytes(1 + chance.below(5000)).seed(chance.next());
    let has_lines = !log.is_empty();
    let outcome = match count(question, vec![Input::reader("a.log", Cursor::new(log))], &engine) {
        // Most lines may match a format with fewer fields.
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::NotLogged { .. }), "{error}");
            return None;
        }
        Ok(outcome) => outcome,
    };
    if outcome.report.is_none() {
        let problem = outcome.problems[0].kind();
        assert!(has_lines && matches!(problem, ErrorKind::NoFormat { .. } | ErrorKind::NotAccessLog { .. }));
    }
    outcome.report
}

fn sum(rows: &[Row], number: fn(&Row) -> u64) -> u64 {
    rows.iter().map(number).sum()
}

/// Checks invariants of every report with complete rankings.
fn assert_closes(report: &Report, log: &[u8]) {
    let lines = report.lines;
    assert_eq!(lines.read, lines.blank + lines.malformed + lines.parsed);
    let line_feeds = log.iter().filter(|byte| **byte == b'\n').count() as u64;
    assert_eq!(lines.read, line_feeds + u64::from(log.last().is_some_and(|byte| *byte != b'\n')));
    assert_eq!((report.inputs[0].lines, report.inputs[0].bytes), (lines.read, log.len() as u64));
    let summary = report.summary.as_ref().unwrap();
    let all = &summary.row;
    assert_eq!(lines.parsed, all.pv + lines.filtered);
    let days = known(summary.visitor_days);
    assert!(known(all.uv.known()) <= days || is_noted(report, NoteCode::TimesUnknown));
    assert!(days <= all.pv);
    assert_eq!(all.uv == UvCount::Known(0), all.pv == 0);
    let rankings = report.top.as_deref().unwrap();
    let sections = [("timeline", &report.timeline), ("status", &report.status), ("class", &report.class)];
    let sections = sections.map(|(name, rows)| (name, rows.as_deref().unwrap()));
    let ranked = rankings.iter().map(|ranking| (ranking.dimension.name(), ranking.rows.as_slice()));
    for (name, rows) in sections.into_iter().chain(ranked) {
        // A list of codes has only the hits with a code; the others have every hit.
        let (with_status, with_path) = (hits_with_status(all), hits_with_path(all));
        let expected = match name {
            "status" | "status-class" => with_status,
            "class" | "kind" => with_path,
            _ => all.pv,
        };
        assert_eq!(sum(rows, |row| row.pv), expected, "{name}");
        if expected == all.pv {
            let numbers: [fn(&Row) -> u64; 4] =
                [hits_with_status, hits_with_path, |row| known(row.static_hits), |row| known(row.status_other)];
            numbers.into_iter().for_each(|number| assert_eq!(sum(rows, number), number(all), "{name}"));
        }
        let mut keys: Vec<_> = rows.iter().map(|row| row.key.as_deref().unwrap()).collect();
        keys.iter().for_each(|key| assert_safe("key", key.as_bytes()));
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "every key has one row");
        rows.iter().for_each(|row| assert_row_closes(report, row));
    }
    assert_row_closes(report, all);
    for ranking in rankings {
        assert_eq!(ranking.groups, ranking.rows.len() as u64);
        assert!(ranking.rows.windows(2).all(|pair| pair[0].pv >= pair[1].pv));
    }
    // With four-digit years, wall clocks sort correctly as text.
    let (first, last) = (report.period.first.as_deref(), report.period.last.as_deref());
    assert_eq!((first.is_some(), last.is_some()), (all.pv > 0, all.pv > 0));
    assert!(first.map(|stamp| &stamp[..19]) <= last.map(|stamp| &stamp[..19]));
    assert_eq!(report.malformed_samples.len() as u64, lines.malformed.min(5));
    write_json(report, &mut Vec::new()).unwrap();
}

fn is_noted(report: &Report, code: NoteCode) -> bool {
    report.notes.iter().any(|note| [code, NoteCode::NotLogged].contains(&note.code))
}

fn known(number: Option<u64>) -> u64 {
    number.unwrap_or(0)
}

fn hits_with_status(row: &Row) -> u64 {
    let classes = [row.status_1xx, row.status_2xx, row.status_3xx, row.status_4xx, row.status_5xx, row.status_other];
    classes.map(known).into_iter().sum()
}

fn hits_with_path(row: &Row) -> u64 {
    known(row.static_hits) + known(row.dynamic)
}

/// Checks that the parts add up to the hits, unless a note says that some hits lack the field.
fn assert_row_closes(report: &Report, row: &Row) {
    for (hits, number, code) in [
        (hits_with_path(row), row.dynamic, NoteCode::PathsUnknown),
        (hits_with_status(row), row.status_5xx, NoteCode::StatusUnknown),
    ] {
        assert!(hits == row.pv || hits < row.pv && is_noted(report, code), "{hits} of {row:?}");
        assert_eq!(number.is_none(), hits == 0 && row.pv > 0, "a number is unknown only if no hit logs it");
    }
    assert!(row.uv.known().is_none_or(|uv| (1..=row.pv).contains(&uv) || row.pv == 0));
    assert!(row.share.is_none_or(|share| (0.0..=1.0).contains(&share)));
}

/// A random question: every ranking in full, sometimes with a period or a given format.
fn any_question(chance: &mut Chance) -> Question {
    let top = Dimension::all().filter(|dimension| *dimension != Dimension::Host);
    let units: Vec<_> = Unit::all().collect();
    let mut question = super::databases::with_databases(Question::new().top(top).limit(0).by(*chance.pick(&units)));
    if chance.below(3) == 0 {
        question.counting.since = Some("2026-11-15".parse().unwrap());
        question.counting.until = Some("2026-11-18T12".parse().unwrap());
    }
    if chance.below(3) == 0 {
        question.reading.query = Query::Keep;
    }
    if chance.below(3) == 0 {
        question.reading.log_formats =
            vec![chance.pick(&["combined", "main_timed", "combined_timed"]).parse().unwrap()];
    }
    question
}

#[test]
fn mutated_lines_keep_sums_consistent() {
    let chance = &mut Chance(1);
    let mut reports = 0;
    for round in 0..120 / super::ONE_IN as u64 {
        let traffic = Traffic { lines: 40, seed: round, times: round % 2 == 0, vhost: false, ..Traffic::default() };
        let made = traffic.to_vec();
        let mut log = Vec::new();
        for (number, line) in made.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let mut line = line.to_vec();
            if number % 2 > 0 {
                mutate(&mut line, chance);
            }
            log.extend(line);
        }
        if let Some(report) = counted(log.clone(), &any_question(chance), chance) {
            reports += 1;
            assert_closes(&report, &log);
            assert!(report.lines.malformed > 0 && report.lines.parsed > 0);
        }
    }
    assert!(reports > 60 / super::ONE_IN, "{reports}");
}

#[test]
fn garbage_lines_are_malformed() {
    let chance = &mut Chance(2);
    let alphabet: &[u8] = b"\"\\ []-\n\r\0 0123456789/:+.GETHP xJan\xff\x1b";
    for round in 0..300 / super::ONE_IN as u64 {
        let length = chance.below(3000);
        let garbage: Vec<u8> =
            (0..length).map(|_| if round % 2 == 0 { chance.next() as u8 } else { *chance.pick(alphabet) }).collect();
        assert!(counted(garbage.clone(), &any_question(chance), chance).is_none_or(|report| report.lines.parsed == 0));
        // Between regular lines, garbage is malformed or blank.
        let honest = Traffic { lines: 3, seed: round, times: true, ..Traffic::default() }.to_vec();
        let log = [&honest, &garbage[..], b"\n", &honest].concat();
        let mut question = any_question(chance);
        question.reading.log_formats = Vec::new();
        let report = counted(log.clone(), &question, chance).unwrap();
        assert_closes(&report, &log);
        assert!(report.lines.parsed >= 6);
    }
}
