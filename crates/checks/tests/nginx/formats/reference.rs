//! Reference logs: all variables of each request, separated by a byte that no value contains.

use std::fs;
use std::path::Path;

use super::shapes::Escape;
use super::variables::VARIABLES;
use crate::nginx::expected::written;
use crate::nginx::request::{Logged, or_dash, path};

/// Byte before each value in a reference log. No request sends it.
const MARK: char = '\x0e';

/// Escapes with their names in a configuration.
const ESCAPES: [(Escape, &str); 3] = [(Escape::Default, "default"), (Escape::Json, "json"), (Escape::None, "none")];

impl Escape {
    /// Name in a configuration.
    pub(crate) fn name(self) -> &'static str {
        ESCAPES.iter().find(|(escape, _)| *escape == self).map_or("", |(_, name)| name)
    }
}

/// Directives that write the reference logs.
pub(crate) fn directives() -> String {
    // One part per variable, because nginx limits a part to 4 KiB.
    let parts: String = VARIABLES.iter().map(|variable| format!("'{MARK}${}'\n", variable.name)).collect();
    let log = |(_, name): (Escape, &str)| {
        format!(
            "log_format reference_{name} escape={name} {parts};\naccess_log logs/reference_{name}.log reference_{name};\n"
        )
    };
    ESCAPES.into_iter().map(log).collect()
}

/// Values by escape, request and variable.
pub(crate) struct Reference(Vec<(Escape, Vec<Vec<Vec<u8>>>)>);

impl Reference {
    pub(crate) fn read(logs: &Path) -> Reference {
        let values =
            |line: &[u8]| -> Vec<Vec<u8>> { line.split(|b| *b == MARK as u8).skip(1).map(<[u8]>::to_vec).collect() };
        let log = |(escape, name): (Escape, &str)| {
            let log = fs::read(logs.join(format!("reference_{name}.log"))).unwrap();
            (escape, lines(&log).map(values).collect())
        };
        Reference(ESCAPES.into_iter().map(log).collect())
    }

    pub(crate) fn requests(&self) -> usize {
        self.0[0].1.len()
    }

    /// A value as nginx writes it.
    pub(crate) fn value(&self, request: usize, place: usize, escape: Escape) -> &[u8] {
        let log = self.0.iter().find(|(other, _)| *other == escape);
        log.map_or(b"", |(_, requests)| requests[request][place].as_slice())
    }

    /// Key that a report should have for a value.
    pub(crate) fn key(&self, request: usize, place: usize) -> String {
        let raw = self.value(request, place, Escape::None);
        let bytes = match VARIABLES[place].name {
            "request" => Logged::of(raw).path,
            // nginx has removed the query, so `?` belongs to the path.
            "uri" | "document_uri" => or_dash(raw),
            "request_uri" => path(raw),
            _ => raw.to_vec(),
        };
        written(&bytes)
    }

    /// Values that contradict the table of variables.
    pub(crate) fn surprises(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (escape, requests) in &self.0 {
            for (i, values) in requests.iter().enumerate() {
                if values.len() != VARIABLES.len() {
                    found.push(format!("request {i}: {} values with escape={}", values.len(), escape.name()));
                    continue;
                }
                for (variable, value) in
                    VARIABLES.iter().zip(values).filter(|(variable, value)| !variable.fits(value, *escape))
                {
                    let value = value.escape_ascii();
                    found.push(format!("request {i}: ${} is \"{value}\" with escape={}", variable.name, escape.name()));
                }
            }
        }
        found
    }
}

/// Lines of a log, without line feeds.
pub(crate) fn lines(log: &[u8]) -> impl Iterator<Item = &[u8]> {
    log.strip_suffix(b"\n").unwrap_or(log).split(|b| *b == b'\n')
}
