//! Lists warnings and the databases of addresses, for formats that people read.

use crate::note::NoteCode;
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

/// The databases of addresses that the report uses, each as a sentence with the date when it was built.
pub(super) fn databases(report: &Report) -> impl Iterator<Item = &str> {
    let notes = report.notes.iter().filter(|note| note.code == NoteCode::GeoDatabase);
    notes.map(|note| &*note.text)
}
