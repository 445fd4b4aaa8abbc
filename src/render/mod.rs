//! Ink: a report in, bytes out. One format a file, and its line in the table below.

mod json;
#[cfg(feature = "cli")]
mod table;

pub use json::write_json;
#[cfg(feature = "cli")]
pub use table::write_table;

use std::io::{self, Write};

use crate::report::Report;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportFormat {
    /// For people, at a terminal or not.
    #[cfg(feature = "cli")]
    Table,
    /// For programs.
    Json,
}

/// What a format is called, and who writes it.
type FormatRow = (ReportFormat, &'static str, fn(&Report, Page, &mut dyn Write) -> io::Result<()>);

/// THE TABLE of formats.
const FORMATS: &[FormatRow] = &[
    #[cfg(feature = "cli")]
    (ReportFormat::Table, "table", table::write_table),
    (ReportFormat::Json, "json", |report, _, out| write_json(report, out)),
];

impl ReportFormat {
    /// Every format.
    pub fn all() -> impl Iterator<Item = ReportFormat> {
        FORMATS.iter().map(|(format, ..)| *format)
    }

    /// What a user types: `json`.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// Writes a report.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, report: &Report, page: Page, out: &mut dyn Write) -> io::Result<()> {
        self.row().2(report, page, out)
    }

    fn row(self) -> &'static FormatRow {
        FORMATS.iter().find(|(format, ..)| *format == self).expect("every format has its row")
    }
}

/// What a report is written on, for formats that people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many columns wide it is.
    pub columns: usize,
    /// Whether it shows colours.
    pub colors: Colors,
}

impl Default for Page {
    /// 80 columns, without colours.
    fn default() -> Self {
        Page { columns: 80, colors: Colors::None }
    }
}

/// Whether there are colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colors {
    /// Not a single escape sequence.
    #[default]
    None,
    /// Those that every terminal has.
    Ansi,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_one_name() {
        let names: Vec<_> = ReportFormat::all().map(ReportFormat::name).collect();
        assert!(names.iter().enumerate().all(|(i, name)| !names[..i].contains(name)));
        assert!(names.contains(&"json"));
    }
}
