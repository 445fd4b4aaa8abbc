//! Renderers: each turns a report into bytes. A format has its own file, and a row in the table below.

#[cfg(feature = "csv")]
mod csv;
#[cfg(any(feature = "html", feature = "table"))]
mod dates;
#[cfg(any(feature = "html", feature = "table"))]
mod highlights;
#[cfg(feature = "html")]
mod html;
mod json;
#[cfg(any(feature = "html", feature = "table"))]
mod labels;
mod ledger;
mod markdown;
mod mean;
mod ndjson;
#[cfg(any(feature = "html", feature = "table"))]
mod no_times;
#[cfg(any(feature = "html", feature = "table"))]
mod numbers;
mod part_label;
mod part_rows;
#[cfg(any(feature = "html", feature = "table"))]
mod parts;
mod prometheus;
mod sections;
#[cfg(any(feature = "html", feature = "table"))]
mod slots;
mod status_names;
#[cfg(feature = "table")]
mod table;
mod terms;
#[cfg(any(feature = "html", feature = "table"))]
mod tone;
mod warnings;

pub use json::{write_explanation_json, write_inspection_json, write_json, write_requests_json, write_requests_ndjson};
#[cfg(feature = "table")]
pub use table::{write_explanation, write_inspection, write_requests, write_table};

use std::io::{self, Write};

use crate::dimension::Dimension;
use crate::report::Report;

/// Output format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportFormat {
    /// Text table for people, on a terminal or in a file.
    #[cfg(feature = "table")]
    Table,
    /// JSON, for programs.
    Json,
    /// Newline-delimited JSON, one number per line.
    Ndjson,
    /// CSV, for spreadsheets.
    #[cfg(feature = "csv")]
    Csv,
    /// CSV with tabs instead of commas.
    #[cfg(feature = "csv")]
    Tsv,
    /// Markdown tables, for issues and wikis.
    Markdown,
    /// A page to open in a browser or to send by mail: one self-contained file that makes no network requests.
    #[cfg(feature = "html")]
    Html,
    /// Metrics for Prometheus, read by the textfile collector of its node exporter.
    Prometheus,
}

/// A row of the table of formats.
struct FormatRow {
    format: ReportFormat,
    /// Name that a user types.
    name: &'static str,
    /// True if people read the format. Only these formats show highlights.
    is_for_people: bool,
    /// Extensions of file names that select the format.
    extensions: &'static [&'static str],
    write: fn(&Report, &Style, &mut dyn Write) -> io::Result<()>,
}

/// THE TABLE of formats.
const FORMATS: &[FormatRow] = &[
    #[cfg(feature = "table")]
    FormatRow {
        format: ReportFormat::Table,
        name: "table",
        is_for_people: true,
        extensions: &["txt"],
        write: |report, style, out| table::write_table(report, style.terminal, out),
    },
    FormatRow {
        format: ReportFormat::Json,
        name: "json",
        is_for_people: false,
        extensions: &["json"],
        write: json::write,
    },
    FormatRow {
        format: ReportFormat::Ndjson,
        name: "ndjson",
        is_for_people: false,
        extensions: &["ndjson", "jsonl"],
        write: ndjson::write,
    },
    #[cfg(feature = "csv")]
    FormatRow {
        format: ReportFormat::Csv,
        name: "csv",
        is_for_people: false,
        extensions: &["csv"],
        write: csv::write_commas,
    },
    #[cfg(feature = "csv")]
    FormatRow {
        format: ReportFormat::Tsv,
        name: "tsv",
        is_for_people: false,
        extensions: &["tsv", "tab"],
        write: csv::write_tabs,
    },
    FormatRow {
        format: ReportFormat::Markdown,
        name: "markdown",
        is_for_people: true,
        extensions: &["md", "markdown"],
        write: markdown::write,
    },
    #[cfg(feature = "html")]
    FormatRow {
        format: ReportFormat::Html,
        name: "html",
        is_for_people: true,
        extensions: &["html", "htm"],
        write: html::write,
    },
    FormatRow {
        format: ReportFormat::Prometheus,
        name: "prometheus",
        is_for_people: false,
        extensions: &["prom"],
        write: prometheus::write,
    },
];

/// Settings of a format that the caller chooses.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Style {
    /// Size and capabilities of the output, for formats that people read.
    pub terminal: TerminalStyle,
    /// True to indent JSON, with one value per line.
    pub pretty: bool,
    /// True to put an apostrophe before texts in CSV that a spreadsheet could take for a formula.
    pub csv_safe: bool,
    /// Rankings that Prometheus gets as labels. Visitors of the site choose the values in most rankings.
    pub prom_labels: Vec<Dimension>,
    /// Links in a page. In that of all hits, one to the page of each of the [`parts`](Report::parts), in their order; in
    /// that of a part, one to the page of all hits. Without links, none are shown.
    pub links: Vec<String>,
}

impl ReportFormat {
    /// Returns all formats.
    pub fn all() -> impl Iterator<Item = ReportFormat> {
        FORMATS.iter().map(|row| row.format)
    }

    /// Name that a user types: `json`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns the format for a file extension in any case: `csv`, as in `report.csv`.
    pub fn of_extension(extension: &str) -> Option<ReportFormat> {
        let is_it = |known: &&str| known.eq_ignore_ascii_case(extension);
        FORMATS.iter().find(|row| row.extensions.iter().any(is_it)).map(|row| row.format)
    }

    /// Returns the file extensions of all formats.
    pub fn extensions() -> impl Iterator<Item = &'static str> {
        FORMATS.iter().flat_map(|row| row.extensions.iter().copied())
    }

    /// True if people read the format directly, and programs do not. Such a format shows highlights.
    pub fn is_for_people(self) -> bool {
        self.row().is_for_people
    }

    /// Writes a report.
    ///
    /// # Errors
    /// Returns the errors of `out`.
    pub fn write(self, report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        (self.row().write)(report, style, out)
    }

    fn row(self) -> &'static FormatRow {
        FORMATS.iter().find(|row| row.format == self).expect("every format has a row")
    }
}

/// Size and capabilities of the output, for formats that people read.
///
/// ```
/// use logstat::{Colors, TerminalStyle};
/// let page = TerminalStyle::default().with_columns(120).with_colors(Colors::Ansi);
/// assert_eq!((page.columns, page.colors), (120, Colors::Ansi));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TerminalStyle {
    /// Width in columns.
    pub columns: usize,
    /// Colours that may be used.
    pub colors: Colors,
    /// Symbols that may be used.
    pub charset: Charset,
    /// Text that tells a reader how to get all rows and columns, such as `--format csv` in a program with that option.
    pub csv_hint: &'static str,
}

impl Default for TerminalStyle {
    /// 80 columns, without colours.
    fn default() -> Self {
        TerminalStyle { columns: 80, colors: Colors::None, charset: Charset::Unicode, csv_hint: "CSV" }
    }
}

impl TerminalStyle {
    /// Returns the page with this many columns.
    #[must_use]
    pub fn with_columns(self, columns: usize) -> TerminalStyle {
        TerminalStyle { columns, ..self }
    }

    /// Returns the page with other colours.
    #[must_use]
    pub fn with_colors(self, colors: Colors) -> TerminalStyle {
        TerminalStyle { colors, ..self }
    }

    /// Returns the page with other words for CSV.
    #[must_use]
    pub fn with_csv_hint(self, csv_hint: &'static str) -> TerminalStyle {
        TerminalStyle { csv_hint, ..self }
    }

    /// Returns the page with other symbols.
    #[must_use]
    pub fn with_charset(self, charset: Charset) -> TerminalStyle {
        TerminalStyle { charset, ..self }
    }
}

/// Symbols that the output may contain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Charset {
    /// All of Unicode, in UTF-8.
    #[default]
    Unicode,
    /// ASCII only; other bytes of keys are written as `\xHH`.
    Ascii,
}

/// Colours that the output may contain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Colors {
    /// No escape sequences at all.
    #[default]
    None,
    /// The standard colours that every terminal supports.
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
        let extensions: Vec<_> = ReportFormat::extensions().collect();
        assert!(extensions.iter().enumerate().all(|(i, one)| !extensions[..i].contains(one)));
        assert_eq!(ReportFormat::of_extension("JSON"), Some(ReportFormat::Json));
        assert_eq!(ReportFormat::of_extension("jso"), None);
    }
}
