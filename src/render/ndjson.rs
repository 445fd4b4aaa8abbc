//! Newline-delimited JSON, one number per line: `{"section":"status","key":"200","metric":"pv","value":41}`.

use std::io::{self, Write};

use serde::Serialize;

use super::Style;
use super::ledger::ledger;
use super::sections::sections;
use crate::report::{Figure, PartName, Report};

#[derive(Serialize)]
struct Line<'r> {
    /// The part that the number is about. `None` for all hits.
    #[serde(skip_serializing_if = "Option::is_none")]
    each: Option<&'r str>,
    /// True for the part of all keys that have none of their own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    other: bool,
    section: &'r str,
    /// `None` if the section has a single row.
    key: Option<&'r str>,
    /// Both keys of a pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<&'r [String; 2]>,
    metric: &'r str,
    value: &'r Figure,
}

pub(super) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    for (part, report) in report.with_parts() {
        let (each, other) = (part.map(PartName::shown), part.is_some_and(|part| part.key.is_none()));
        for section in sections(report) {
            for row in &section.rows {
                let key = Some(row.key).filter(|key| !key.is_empty());
                for (column, value) in section.metrics.iter().zip(&row.figures) {
                    let (section, keys, metric) = (&*section.name, row.keys, &*column.name());
                    line(&Line { each, other, section, key, keys, metric, value }, out)?;
                }
            }
        }
    }
    for row in ledger(report) {
        let key = Some(row.key).filter(|key| !key.is_empty());
        let (section, metric, value) = ("ledger", &*row.metric, &Figure::Count(row.value));
        line(&Line { each: None, other: false, section, key, keys: None, metric, value }, out)?;
    }
    Ok(())
}

fn line(line: &Line<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
