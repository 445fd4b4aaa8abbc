//! Ink: a report in, bytes out. One format a file, and its line in the table below.

#[cfg(feature = "csv")]
mod csv;
#[cfg(any(feature = "html", feature = "table"))]
mod dates;
#[cfg(any(feature = "html", feature = "table"))]
mod highlights;
#[cfg(feature = "html")]
mod html;
mod json;
mod ledger;
mod markdown;
mod ndjson;
#[cfg(any(feature = "html", feature = "table"))]
mod numbers;
#[cfg(any(feature = "html", feature = "table"))]
mod parts;
mod prometheus;
mod sections;
#[cfg(any(feature = "html", feature = "table"))]
mod slots;
#[cfg(feature = "table")]
mod table;
#[cfg(any(feature = "html", feature = "table"))]
mod tone;
mod warnings;
#[cfg(any(feature = "html", feature = "table"))]
mod words;

pub use json::{write_explanation_json, write_json};
#[cfg(feature = "table")]
pub use table::{write_explanation, write_table};

use std::io::{self, Write};

use crate::dimension::Dimension;
use crate::report::Report;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportFormat {
    /// For people, at a terminal or not.
    #[cfg(feature = "table")]
    Table,
    /// For programs.
    Json,
    /// A number a line, as JSON.
    Ndjson,
    /// For spreadsheets.
    #[cfg(feature = "csv")]
    Csv,
    /// The same with tabs.
    #[cfg(feature = "csv")]
    Tsv,
    /// For issues and wikis.
    Markdown,
    /// To open in a browser, or to mail: one file, that asks no other place for anything.
    #[cfg(feature = "html")]
    Html,
    /// For Prometheus, by the textfile collector of its node exporter.
    Prometheus,
}

/// A row of the table of formats.
struct FormatRow {
    format: ReportFormat,
    /// What a user types.
    name: &'static str,
    /// Whether people read it, who are told what stands out.
    is_for_people: bool,
    /// How names of files end that are written so.
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
        write: |report, style, out| table::write_table(report, style.page, out),
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

/// What a format leaves to whoever asks for it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Style {
    /// What tables are written on.
    pub page: Page,
    /// Indented JSON, one value per line.
    pub pretty: bool,
    /// Texts of CSV that a spreadsheet would take for a formula begin with an apostrophe.
    pub csv_safe: bool,
    /// Rankings that Prometheus has as labels: who visits a site chooses what is in most of them.
    pub prom_labels: Vec<Dimension>,
}

impl ReportFormat {
    /// Every format.
    pub fn all() -> impl Iterator<Item = ReportFormat> {
        FORMATS.iter().map(|row| row.format)
    }

    /// What a user types: `json`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The format of a file by how its name ends: `csv` of `report.csv`, in any case.
    pub fn of_extension(extension: &str) -> Option<ReportFormat> {
        let is_it = |known: &&str| known.eq_ignore_ascii_case(extension);
        FORMATS.iter().find(|row| row.extensions.iter().any(is_it)).map(|row| row.format)
    }

    /// How names of files end, of every format.
    pub fn extensions() -> impl Iterator<Item = &'static str> {
        FORMATS.iter().flat_map(|row| row.extensions.iter().copied())
    }

    /// Whether people read it as it is, and programs do not: it has a place for what stands out.
    pub fn is_for_people(self) -> bool {
        self.row().is_for_people
    }

    /// Writes a report.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        (self.row().write)(report, style, out)
    }

    fn row(self) -> &'static FormatRow {
        FORMATS.iter().find(|row| row.format == self).expect("every format has its row")
    }
}

/// The paper of a report, for formats that people read.
///
/// ```
/// use logstat::{Colors, Page};
/// let page = Page::default().with_columns(120).with_colors(Colors::Ansi);
/// assert_eq!((page.columns, page.colors), (120, Colors::Ansi));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// How many columns wide it is.
    pub columns: usize,
    /// Whether it shows colours.
    pub colors: Colors,
    /// Which signs it shows.
    pub signs: Signs,
    /// The words by which a reader asks for all rows and columns: `--format csv`, in a program that has such an option.
    pub csv_hint: &'static str,
}

impl Default for Page {
    /// 80 columns, without colours.
    fn default() -> Self {
        Page { columns: 80, colors: Colors::None, signs: Signs::Unicode, csv_hint: "CSV" }
    }
}

impl Page {
    /// The same page, this many columns wide.
    #[must_use]
    pub fn with_columns(self, columns: usize) -> Page {
        Page { columns, ..self }
    }

    /// The same page with other colours.
    #[must_use]
    pub fn with_colors(self, colors: Colors) -> Page {
        Page { colors, ..self }
    }

    /// The same page with other words for CSV.
    #[must_use]
    pub fn with_csv_hint(self, csv_hint: &'static str) -> Page {
        Page { csv_hint, ..self }
    }

    /// The same page with other signs.
    #[must_use]
    pub fn with_signs(self, signs: Signs) -> Page {
        Page { signs, ..self }
    }
}

/// Which signs there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signs {
    /// All, in UTF-8.
    #[default]
    Unicode,
    /// ASCII only; other bytes of keys are written as `\\xHH`.
    Ascii,
}

/// Whether there are colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
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
        let extensions: Vec<_> = ReportFormat::extensions().collect();
        assert!(extensions.iter().enumerate().all(|(i, one)| !extensions[..i].contains(one)));
        assert_eq!(ReportFormat::of_extension("JSON"), Some(ReportFormat::Json));
        assert_eq!(ReportFormat::of_extension("jso"), None);
    }
}
