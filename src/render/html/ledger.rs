//! The ledger, which accounts for every line and every file.

use crate::render::labels;
use crate::render::numbers::{Bytes, Grouped, Percent};
use crate::report::{InputReport, MalformedSample, Report};

pub(super) struct Ledger<'r> {
    /// `60 lines = 60 counted + 0 filtered + 0 blank + 0 malformed`
    pub(super) sum: String,
    pub(super) parts: Vec<Part>,
    /// A sentence about bytes that were skipped; may be empty.
    pub(super) skipped: String,
    /// A sentence about bytes that could not be read; empty if there are none.
    pub(super) lost: String,
    pub(super) inputs: &'r [InputReport],
    pub(super) samples: &'r [MalformedSample],
}

/// Number of lines with one outcome, and the reasons for it.
pub(super) struct Part {
    pub(super) name: &'static str,
    /// Number of lines, as in JSON.
    pub(super) value: u64,
    pub(super) lines: String,
    pub(super) share: String,
    /// Reasons, with their lines as text and as a number.
    pub(super) reasons: Vec<(&'static str, String, u64)>,
}

impl Ledger<'_> {
    pub(super) fn of(report: &Report) -> Ledger<'_> {
        let lines = &report.lines;
        let part = |name, value, reasons| Part {
            name,
            value,
            lines: Grouped(value).to_string(),
            share: Percent(value, lines.read).to_string(),
            reasons,
        };
        let reason = |name, lines: u64| (name, Grouped(lines).to_string(), lines);
        let filtered = report.filtered_reasons.iter().map(|(why, lines)| reason(why.label(), *lines)).collect();
        let malformed = report.malformed_reasons.iter().map(|(why, lines)| reason(why.name(), *lines)).collect();
        let parts = vec![
            part("counted", super::hits(report), Vec::new()),
            part("filtered", lines.filtered, filtered),
            part("blank", lines.blank, Vec::new()),
            part("malformed", lines.malformed, malformed),
        ];
        let sum = parts.iter().map(|part| format!("{} {}", part.lines, part.name)).collect::<Vec<_>>().join(" + ");
        let skipped = match lines.skipped_bytes {
            0 => String::new(),
            bytes => format!("Skipped {} outside the requested period.", Bytes(bytes)),
        };
        let lost = match lines.lost_bytes {
            0 => String::new(),
            bytes => format!("{} could not be read, so the lines there are not counted.", Bytes(bytes)),
        };
        Ledger {
            sum: format!("{} = {sum}", labels::counted(lines.read, "line")),
            parts,
            skipped,
            lost,
            inputs: &report.inputs,
            samples: &report.malformed_samples,
        }
    }

    pub(super) fn place(sample: &MalformedSample) -> String {
        match sample.line {
            Some(line) => format!("line {}", Grouped(line)),
            None => format!("byte {}", Grouped(sample.byte)),
        }
    }

    pub(super) fn formats(input: &InputReport) -> String {
        let name = |format: &crate::report::FormatReport| match input.formats.len() {
            1 => format.format.clone(),
            _ => format!("{} ({})", format.format, labels::counted(format.lines, "line")),
        };
        if input.formats.is_empty() {
            return input.format.clone();
        }
        input.formats.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn size(input: &InputReport) -> String {
        labels::bytes_read(input.bytes, input.skipped_bytes)
    }

    pub(super) fn lines(input: &InputReport) -> String {
        Grouped(input.lines).to_string()
    }
}
