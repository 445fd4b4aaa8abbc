//! The ledger and the warnings as numbers, for formats that are lists of numbers.

use std::borrow::Cow;

use crate::report::{Lines, Report, Warning};

/// A number of the ledger.
pub(super) struct LedgerRow<'r> {
    /// The input that a warning is about; empty for numbers that cover all inputs.
    pub(super) key: &'r str,
    /// `read`, `lost_bytes`; or `warning.shrunk` for a warning.
    pub(super) metric: Cow<'static, str>,
    pub(super) value: u64,
}

/// Returns the ledger of a report, if it is among the sections: always the same line counts, then one row per kind of
/// warning and input. The value of a warning is the number of times that it occurs, so that all values are numbers.
pub(super) fn ledger(report: &Report) -> Vec<LedgerRow<'_>> {
    if !report.has_ledger {
        return Vec::new();
    }
    let Lines { read, parsed, blank, malformed, filtered, skipped_bytes, lost_bytes } = report.lines;
    let lines = [
        ("read", read),
        ("parsed", parsed),
        ("blank", blank),
        ("malformed", malformed),
        ("filtered", filtered),
        ("skipped_bytes", skipped_bytes),
        ("lost_bytes", lost_bytes),
    ];
    let lines = lines.into_iter().map(|(metric, value)| LedgerRow { key: "", metric: metric.into(), value });
    // Warnings are sorted, so that equal ones are neighbours.
    let is_same = |a: &Warning, b: &Warning| (a.code, &a.input) == (b.code, &b.input);
    let warnings = report.warnings.chunk_by(is_same).map(|same| LedgerRow {
        key: &same[0].input,
        metric: format!("warning.{}", same[0].code.name()).into(),
        value: same.len() as u64,
    });
    lines.chain(warnings).collect()
}
