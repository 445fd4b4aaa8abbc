//! Composition of the hits: a strip divided into parts by share.

use super::percent;
use crate::render::numbers::{Grouped, Percent};
use crate::report::Row;

pub(super) struct Shares {
    pub(super) parts: Vec<Part>,
    /// Description of the whole strip in words.
    pub(super) description: String,
}

pub(super) struct Part {
    pub(super) label: &'static str,
    /// CSS class that gives the part its colour.
    pub(super) ink: &'static str,
    pub(super) start: String,
    pub(super) length: String,
    pub(super) share: String,
    pub(super) hits: String,
}

/// A part that rows may have: its name, its colour class, and the function that returns its hits.
type PartRow = (&'static str, &'static str, fn(&Row) -> Option<u64>);

const OF_STATUS: [PartRow; 6] = [
    ("1xx", "other", |row| row.status_1xx),
    ("2xx", "fine", |row| row.status_2xx),
    ("3xx", "moved", |row| row.status_3xx),
    ("4xx", "odd", |row| row.status_4xx),
    ("5xx", "bad", |row| row.status_5xx),
    ("other", "other", |row| row.status_other),
];

const OF_CLASS: [PartRow; 2] = [("dynamic", "hits", |row| row.dynamic), ("static", "moved", |row| row.static_hits)];

impl Shares {
    pub(super) fn of(section: &str, rows: &[Row]) -> Shares {
        let made: &[PartRow] = if section == "status" { &OF_STATUS } else { &OF_CLASS };
        // All hits in a row of such a section have a status or a class, so the parts add up to the whole.
        let sum = |of: fn(&Row) -> Option<u64>| rows.iter().filter_map(of).sum::<u64>();
        let all = sum(|row| Some(row.pv));
        let mut before = 0;
        let mut parts = Vec::new();
        for (label, ink, of) in made {
            let hits = sum(*of);
            if hits > 0 {
                parts.push(Part {
                    label,
                    ink,
                    start: percent(before, all),
                    length: percent(hits, all),
                    share: Percent(hits, all).to_string(),
                    hits: Grouped(hits).to_string(),
                });
            }
            before += hits;
        }
        let description = parts.iter().map(|part| format!("{} {} ({})", part.label, part.share, part.hits));
        Shares { description: description.collect::<Vec<_>>().join(", "), parts }
    }
}
