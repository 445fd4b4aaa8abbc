//! 300 random formats, written by one nginx for the same requests: each is read as nginx wrote it.

mod draw;
mod judge;
mod reference;
mod shapes;
mod traffic;
mod variables;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use logstat::{Dimension, Engine, Input, LogFormat, NginxEscape, Question, count, write_json};
use serde_json::Value;

use self::draw::{FORMATS, Format, formats};
use self::judge::Judge;
use self::reference::{Reference, lines};
use self::shapes::Escape;
use self::variables::{VARIABLES, place};
use super::Findings;
use super::client::Doors;
use super::server::{self, Nginx};
use super::upstream::{App, Speaks};

const CONF: &str = include_str!("formats.conf");

/// Minimum number of formats in which every compared value is decidable.
const DECIDABLE: usize = 200;

/// Compared parts of a report, each with the variables that supply it, in order of precedence.
const COMPARED: [(&str, &[&str]); 4] = [
    ("ip", &["remote_addr"]),
    ("path", &["request", "request_uri", "uri", "document_uri"]),
    ("status", &["status"]),
    ("bytes", &["body_bytes_sent", "bytes_sent"]),
];

#[test]
fn given_formats_are_read_as_nginx_wrote_them() {
    let Some(program) = server::installed() else { return };
    let formats = formats();
    let nginx = logged(&program, &formats);
    let logs = nginx.home().join("logs");
    let reference = Reference::read(&logs);

    let mut findings = Findings::default();
    reference.surprises().into_iter().for_each(|surprise| findings.note(surprise));
    findings.assert_none("what the tests know of nginx's variables");

    let mut findings = Findings::default();
    let combined = Format::combined();
    let wrong = differences(&combined, &logs.join("combined.log"), &reference, &COMPARED.map(|(name, _)| name));
    wrong.into_iter().for_each(|wrong| findings.note(format!("combined: {wrong}")));
    let mut decidable = 0;
    for format in &formats {
        let log = logs.join(format!("{}.log", format.name));
        let logged: Vec<_> = COMPARED.iter().filter(|(_, from)| format.first_of(from).is_some()).collect();
        let certain = certain(format, &fs::read(&log).unwrap(), &reference);
        decidable += usize::from(certain.len() == logged.len());
        for wrong in differences(format, &log, &reference, &certain) {
            findings.note(format!("{} escape={}: {}\n    {wrong}", format.name, format.escape.name(), format.text()));
        }
    }
    assert!(decidable >= DECIDABLE, "{decidable} of {FORMATS} formats are decidable");
    findings.assert_none("formats that are given");
}

/// Runs nginx and sends it the traffic.
fn logged(program: &Path, formats: &[Format]) -> Nginx {
    let app = App::start(Speaks::Http);
    let has_ipv6 = server::has_ipv6();
    let listen_v6 = if has_ipv6 { "listen [::1]:%PLAIN%;" } else { "" };
    let home = server::home();
    for (file, text) in
        [("index.html", "<h1>site</h1>\n"), ("docs/index.html", "<h1>docs</h1>\n"), ("static/a.css", "a{}\n")]
    {
        let file = home.path().join("site").join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    fs::write(home.path().join("site/my file.txt"), "found\n").unwrap();
    fs::write(home.path().join("users"), "bob:{PLAIN}secret\n").unwrap();
    let mut list = reference::directives();
    for format in formats {
        let (name, escape) = (&format.name, format.escape.name());
        writeln!(list, "log_format {name} escape={escape} '{}';\naccess_log logs/{name}.log {name};", format.text())
            .unwrap();
    }
    fs::write(home.path().join("formats.list"), list).unwrap();
    let values = [("APP", app.port.to_string()), ("LISTEN_V6", listen_v6.to_owned())];
    let mut nginx = Nginx::start(program, home, CONF, &["PLAIN", "PROXIED", "HASTY"], &values);
    let doors = Doors {
        plain: nginx.ports[0],
        proxied: nginx.ports[1],
        hasty: nginx.ports[2],
        socket: nginx.home().join("nginx.sock"),
    };
    let requests = traffic::talk(&doors, has_ipv6, &app);
    nginx.stop();
    assert_eq!(Reference::read(&nginx.home().join("logs")).requests(), requests, "every request is logged once");
    nginx
}

/// Compared parts that are decidable in every line.
fn certain(format: &Format, log: &[u8], reference: &Reference) -> Vec<&'static str> {
    let judge = Judge::new(format);
    let mut left: Vec<_> = COMPARED.iter().filter_map(|(name, from)| Some((*name, format.first_of(from)?))).collect();
    left.retain(|(_, place)| judge.knows(*place));
    for (request, line) in lines(log).enumerate() {
        for values in judge.readings(line) {
            left.retain(|(_, place)| {
                let logged = reference.value(request, *place, format.escape);
                values.as_ref().is_some_and(|values| values.contains(&(*place, logged)))
            });
        }
    }
    left.into_iter().map(|(name, _)| name).collect()
}

/// Differences between the report on a log and the reference. Every line must be a hit, decidable or not.
fn differences(format: &Format, log: &Path, reference: &Reference, certain: &[&'static str]) -> Vec<String> {
    let report = match report(format, Input::path(log), certain) {
        Ok(report) => report,
        Err(error) => return vec![error],
    };
    let requests = 0..reference.requests();
    let (read, parsed) = (report["lines"]["read"].as_u64(), report["lines"]["parsed"].as_u64());
    if (read, parsed) != (Some(requests.len() as u64), Some(requests.len() as u64)) {
        let first = &report["malformed_samples"][0];
        let what = format!("{parsed:?} of {} requests are hits; not line {}:", requests.len(), first["line"]);
        return vec![format!("{what} {}", first["text"].as_str().unwrap_or_default())];
    }
    let mut found = Vec::new();
    for name in certain {
        let from = COMPARED.iter().find(|(other, _)| other == name).map_or(&[][..], |(_, from)| from);
        let Some(place) = format.first_of(from) else { continue };
        let keys = requests.clone().map(|request| reference.key(request, place));
        let is_right = match *name {
            "bytes" => {
                report["summary"]["bytes"].as_u64() == Some(keys.map(|bytes| bytes.parse::<u64>().unwrap()).sum())
            }
            _ => counted(&report, name) == tally(keys),
        };
        if !is_right {
            found.push(format!("{name}: {}", first_wrong(format, log, reference, name, place)));
        }
    }
    found
}

/// The first line on which report and reference differ.
fn first_wrong(format: &Format, log: &Path, reference: &Reference, name: &'static str, place: usize) -> String {
    let log = fs::read(log).unwrap();
    for (request, line) in lines(&log).enumerate() {
        let alone = Input::reader("line", std::io::Cursor::new([line, b"\n"].concat()));
        let said = match report(format, alone, &[name]) {
            Ok(report) if name == "bytes" => report["summary"]["bytes"].to_string(),
            Ok(report) => counted(&report, name).into_keys().collect(),
            Err(error) => error,
        };
        let logged = reference.key(request, place);
        if said != logged {
            return format!("{said}, not {logged}, of line {}: {}", request + 1, line.escape_ascii());
        }
    }
    "no line differs when read alone".to_owned()
}

fn report(format: &Format, input: Input, names: &[&str]) -> Result<Value, String> {
    let escape = match format.escape {
        Escape::Default => NginxEscape::Default,
        Escape::Json => NginxEscape::Json,
        Escape::None => NginxEscape::None,
    };
    let log_format = LogFormat::nginx(&format.name, &format.text(), escape).map_err(|error| error.to_string())?;
    let dimensions = names.iter().filter_map(|name| match *name {
        "ip" => Some(Dimension::Ip),
        "path" => Some(Dimension::Path),
        _ => None,
    });
    let question = Question::new().top(dimensions).limit(0).log_formats([log_format]);
    let outcome = count(&question, vec![input], &Engine::default()).map_err(|error| error.to_string())?;
    let report = outcome.report.ok_or_else(|| format!("{:?}", outcome.problems))?;
    let mut json = Vec::new();
    write_json(&report, &mut json).map_err(|error| error.to_string())?;
    serde_json::from_slice(&json).map_err(|error| error.to_string())
}

/// Hits by key, from a report.
fn counted(report: &Value, name: &str) -> BTreeMap<String, u64> {
    let rows = if name == "status" { &report["status"] } else { &report["top"][name] };
    let row = |row: &Value| Some((row["key"].as_str()?.to_owned(), row["pv"].as_u64()?));
    rows.as_array().into_iter().flatten().filter_map(row).collect()
}

fn tally(keys: impl Iterator<Item = String>) -> BTreeMap<String, u64> {
    let mut tally = BTreeMap::new();
    keys.for_each(|key| *tally.entry(key).or_default() += 1);
    tally
}

#[test]
fn every_variable_is_drawn_with_every_escape() {
    let formats = formats();
    for escape in [Escape::Default, Escape::Json, Escape::None] {
        let of_escape = || formats.iter().filter(|format| format.escape == escape);
        assert_eq!(of_escape().count(), FORMATS / 3);
        for variable in VARIABLES {
            let logs = |format: &Format| format.first_of(&[variable.name]) == Some(place(variable.name));
            assert!(of_escape().any(logs), "${} with escape={}", variable.name, escape.name());
        }
    }
}
