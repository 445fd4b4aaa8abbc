//! The head of the page: the inputs, and the period that they cover.

use crate::render::dates::days_of_period;
use crate::render::labels;
use crate::render::numbers::Grouped;
use crate::report::{Report, UvReport};

/// Maximum number of file names. If there are more files, the head shows their number.
const NAMES_AT_MOST: usize = 3;

pub(super) struct Head<'r> {
    /// `shop.log`, `12 files`, `host shop.example`
    pub(super) title: String,
    /// First and last time, number of days, and zone.
    pub(super) period: String,
    /// Formats, bytes, lines, and how visitors are identified if that is not the default.
    pub(super) read: String,
    /// How visitors were counted.
    pub(super) uv: String,
    pub(super) program: &'r str,
    pub(super) version: &'r str,
}

impl Head<'_> {
    pub(super) fn of(report: &Report) -> Head<'_> {
        let (title, read) = match labels::part(report) {
            Some(part) => {
                let requests = labels::counted(report.lines.parsed, "request");
                if report.inputs.is_empty() {
                    (part, [requests].into_iter().chain(labels::visitors(report)).collect())
                } else {
                    let (inputs, read) = of_inputs(report);
                    (part, [requests, inputs].into_iter().chain(read).collect())
                }
            }
            None => of_inputs(report),
        };
        Head {
            title,
            period: period(report),
            read: read.join(" · "),
            uv: uv(report.uv),
            program: &report.generator.name,
            version: &report.generator.version,
        }
    }
}

/// The names of the inputs, and what was read.
fn of_inputs(report: &Report) -> (String, Vec<String>) {
    let inputs = &report.inputs;
    let title = match inputs.len() {
        0..=NAMES_AT_MOST => inputs.iter().map(|input| labels::input(&input.path)).collect::<Vec<_>>().join(", "),
        many => labels::counted(many as u64, "file"),
    };
    let mut formats: Vec<String> = Vec::new();
    for format in inputs.iter().flat_map(|input| input.formats.iter().map(|format| input.format_label(&format.format)))
    {
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    let mut read = formats;
    read.extend(labels::read(report));
    read.extend(labels::visitors(report));
    (title, read)
}

/// Formats `2026-11-14 07:58:12 to 2026-11-16 12:11:38 +01:00 · 3 days`.
fn period(report: &Report) -> String {
    let mut parts = Vec::new();
    if let (Some(first), Some(last)) = (&report.period.first, &report.period.last) {
        let (first_clock, first_zone) = first.split_at(first.len().min(19));
        let (last_clock, last_zone) = last.split_at(last.len().min(19));
        let zone = if first_zone == last_zone { String::new() } else { format!(" {first_zone}") };
        parts.push(match first == last {
            true => format!("{} {first_zone}", readable(first_clock)),
            false => format!("{}{zone} to {} {last_zone}", readable(first_clock), readable(last_clock)),
        });
        parts.extend(days_of_period(first, last).map(|days| labels::counted(days, "day")));
    } else if let Some(empty) = report.described_as_empty() {
        parts.push(empty);
    } else {
        parts.push(if super::hits(report) == 0 { "no requests" } else { "no times" }.to_owned());
    }
    parts.extend(report.period.zone.as_ref().map(|zone| format!("times in {zone}")));
    parts.join(" · ")
}

fn readable(clock: &str) -> String {
    clock.replace('T', " ")
}

fn uv(uv: UvReport) -> String {
    match uv {
        UvReport::Exact => "Visitors were counted exactly.".to_owned(),
        UvReport::Hll { precision, standard_error } => format!(
            "Visitors were estimated with HyperLogLog++ ({} registers): ± {:.2}%, and exact for small numbers.",
            Grouped(1 << precision),
            standard_error * 100.0
        ),
    }
}
