//! Lists warnings, for formats that people read.

use crate::report::{Report, Warning};

/// Maximum number of warnings that are listed.
const LISTED: usize = 20;

/// Returns the first warnings, and a sentence about the others; the sentence is empty if all are listed.
pub(super) fn listed(report: &Report) -> (&[Warning], String) {
    let (listed, others) = report.warnings.split_at(report.warnings.len().min(LISTED));
    let others = match others.len() {
        0 => String::new(),
        number => format!("{number} more are not shown here; the JSON report lists all."),
    };
    (listed, others)
}
