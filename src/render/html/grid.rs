//! A table of rows with a key and numbers. Each cell has the number as in JSON, and the text that people read.

use std::borrow::Cow;

use super::{class, need, status_name};
use crate::metric::Metric;
use crate::render::dates::weekday_of_date;
use crate::render::numbers::{Bytes, DisplayFigure, Grouped, Percent};
use crate::render::parts;
use crate::render::tone::Tone;
use crate::report::{Figure, Report, Row, Split};

/// Maximum number of rows. Browsers are slow with more, and people do not read them; a note gives the number of all
/// rows.
const ROWS_AT_MOST: usize = 1000;

pub(super) struct Grid<'r> {
    /// Name of the section, as in CSV: `top.path`.
    pub(super) section: Cow<'static, str>,
    pub(super) title: String,
    /// Heading over the keys.
    pub(super) key: String,
    pub(super) notes: Vec<String>,
    pub(super) metrics: Vec<Metric>,
    pub(super) bars: Option<Metric>,
    rows: &'r [Row],
    /// Number of all hits, for the share of each row.
    hits: u64,
    most: f64,
}

/// A number as in JSON, and as people read it.
pub(super) struct Cell<'r> {
    /// Heading of its column.
    pub(super) label: &'r str,
    pub(super) value: String,
    pub(super) text: String,
    pub(super) tone: &'static str,
}

impl<'r> Grid<'r> {
    pub(super) fn new(
        section: impl Into<Cow<'static, str>>,
        title: String,
        key: String,
        rows: &'r [Row],
        report: &Report,
    ) -> Grid<'r> {
        let section = section.into();
        let is_shown = |metric: &Metric| {
            let is_there = rows.first().is_some_and(|row| row.figure(*metric).is_some());
            // Leave out classes that hardly any log has. Tables of codes or classes leave out what the key already
            // says, and timelines what their split says.
            let is_rare = matches!(metric, Metric::Status1xx | Metric::StatusOther)
                && rows.iter().all(|row| matches!(row.figure(*metric), Some(Figure::Count(0) | Figure::Unknown)));
            let by_key = match &*section {
                "timeline" => report.split_has(*metric),
                "status" | "top.status" | "top.status-class" => {
                    metric.name().ends_with("xx") || *metric == Metric::StatusOther
                }
                "class" | "top.class" => matches!(metric, Metric::Static | Metric::Dynamic),
                _ => false,
            };
            is_there && !is_rare && !by_key
        };
        let metrics: Vec<Metric> = Metric::in_columns().into_iter().filter(is_shown).collect();
        Grid { section, title, key, notes: Vec::new(), metrics, bars: None, rows, hits: super::hits(report), most: 0.0 }
    }

    /// Keeps only these metrics.
    pub(super) fn with_metrics(mut self, metrics: &[Metric]) -> Grid<'r> {
        self.metrics.retain(|metric| metrics.contains(metric));
        self
    }

    /// Adds a note if not all rows are shown; `csv_hint` says how to get all.
    pub(super) fn with_csv_hint(mut self, csv_hint: &str) -> Grid<'r> {
        if self.rows.len() > ROWS_AT_MOST {
            let (first, all) = (Grouped(ROWS_AT_MOST as u64), Grouped(self.rows.len() as u64));
            self.notes.insert(0, format!("Showing the first {first} of {all} rows; {csv_hint} has all."));
        }
        self
    }

    /// Adds bars by a metric, if it is a number.
    pub(super) fn bars(self, metric: Metric) -> Grid<'r> {
        let most = self.shown().iter().filter_map(|row| number(row, metric)).fold(0.0, f64::max);
        Grid { bars: (!metric.is_moment()).then_some(metric), most, ..self }
    }

    pub(super) fn shown(&self) -> &'r [Row] {
        &self.rows[..self.rows.len().min(ROWS_AT_MOST)]
    }

    /// Length of a row's bar, in percent.
    pub(super) fn bar(&self, row: &Row) -> Option<String> {
        let number = number(row, self.bars?).unwrap_or(0.0);
        Some(format!("{:.2}", if self.most > 0.0 { number * 100.0 / self.most } else { 0.0 }))
    }

    /// Returns the name of a row whose key is a status code: `not found`.
    pub(super) fn status_name(&self, row: &Row) -> Option<&'static str> {
        let is_of_codes = matches!(&*self.section, "status" | "top.status");
        row.key.as_deref().filter(|_| is_of_codes).and_then(status_name)
    }

    /// Returns the weekday of a row whose key is a day: `Sat`.
    pub(super) fn weekday(row: &Row) -> Option<&'static str> {
        row.key.as_deref().filter(|key| key.len() == 10).and_then(weekday_of_date)
    }

    pub(super) fn is_ranking(&self) -> bool {
        self.section.starts_with("top.")
    }

    pub(super) fn is_long(&self) -> bool {
        self.rows.len() > 40
    }

    /// Returns the values that a timeline is split by; each has a column.
    pub(super) fn splits(&self) -> impl Iterator<Item = &'r str> {
        self.rows.first().into_iter().flat_map(|row| &row.split).flat_map(Split::iter).map(|(value, _)| value)
    }

    /// Headings of the numbers.
    pub(super) fn headings(&self) -> impl Iterator<Item = &'r str> {
        self.metrics.iter().map(|metric| metric.label()).chain(self.splits())
    }

    /// Class for the width that the table needs.
    pub(super) fn need(&self) -> &'static str {
        let rows = self.shown();
        let key = rows.iter().map(|row| Grid::keys(row).iter().map(|key| key.chars().count() + 1).sum::<usize>());
        let after = rows.iter().filter_map(|row| Grid::weekday(row).or_else(|| self.status_name(row)));
        let key = key.max().unwrap_or(0) + after.map(str::len).max().unwrap_or(0);
        let mut columns: Vec<usize> = self.headings().map(|heading| heading.chars().count()).collect();
        for row in rows {
            for (column, cell) in columns.iter_mut().zip(self.cells(row)) {
                *column = cell.text.chars().count().max(*column);
            }
        }
        need::class(key, self.is_ranking(), &columns)
    }

    /// Returns the whole key of a row that has a short name.
    pub(super) fn whole_key(row: &'r Row) -> Option<&'r str> {
        row.short.as_ref().and(row.key.as_deref())
    }

    /// Returns the key of a row or its short name, or both keys of a pair.
    pub(super) fn keys(row: &'r Row) -> &'r [String] {
        let one = row.short.as_ref().or(row.key.as_ref()).map_or(&[][..], std::slice::from_ref);
        row.keys.as_ref().map_or(one, |pair| &pair[..])
    }

    pub(super) fn cells(&self, row: &'r Row) -> impl Iterator<Item = Cell<'r>> {
        let split = row.split.iter().flat_map(Split::iter);
        let split = split.map(|(label, pv)| {
            let (value, text) = (pv.to_string(), Grouped(pv).to_string());
            Cell { label, value, text, tone: "" }
        });
        self.metrics.iter().map(|metric| self.cell(row, *metric)).chain(split)
    }

    fn cell(&self, row: &Row, metric: Metric) -> Cell<'r> {
        let figure = row.figure(metric).unwrap_or(Figure::Unknown);
        let value = match &figure {
            Figure::Count(number) | Figure::Ms(number) => number.to_string(),
            Figure::Share(number) | Figure::MeanMs(number) | Figure::Mean(number) => number.to_string(),
            Figure::Moment(moment) => moment.clone(),
            Figure::Unknown => String::new(),
        };
        let text = match &figure {
            Figure::Count(number) if metric == Metric::Bytes => Bytes(*number).to_string(),
            Figure::Share(_) if metric == Metric::Share => Percent(row.pv, self.hits).to_string(),
            figure => DisplayFigure(figure).to_string(),
        };
        let tone = match metric {
            Metric::Status4xx => Tone::of_4xx(parts::of_status(row, row.status_4xx)),
            Metric::Status5xx => Tone::of_5xx(parts::of_status(row, row.status_5xx)),
            _ => Tone::Plain,
        };
        Cell { label: metric.label(), value, text, tone: class(tone) }
    }
}

fn number(row: &Row, metric: Metric) -> Option<f64> {
    match row.figure(metric)? {
        Figure::Count(number) | Figure::Ms(number) => Some(number as f64),
        Figure::Share(number) | Figure::MeanMs(number) | Figure::Mean(number) => Some(number),
        Figure::Moment(_) | Figure::Unknown => None,
    }
}
