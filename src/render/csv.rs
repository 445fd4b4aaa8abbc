//! For spreadsheets and databases: a section alone is a wide table, a row a key; several are a number a row.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{Writer, WriterBuilder};

use super::Style;
use super::sections::sections;
use crate::report::{Figure, Report};

pub(super) fn write_commas(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write(report, style, b',', out)
}

pub(super) fn write_tabs(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write(report, style, b'\t', out)
}

fn write(report: &Report, style: &Style, between: u8, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = WriterBuilder::new().delimiter(between).from_writer(out);
    match &sections(report)[..] {
        [section] => {
            let has_keys = section.rows.iter().any(|row| !row.key.is_empty()) || section.rows.is_empty();
            record(&mut csv, has_keys.then_some("key").into_iter().chain(section.metrics.iter().copied()))?;
            for row in &section.rows {
                let key = has_keys.then(|| text(row.key, style).into_owned());
                record(&mut csv, key.into_iter().chain(row.figures.iter().map(written)))?;
            }
        }
        several => {
            record(&mut csv, ["section", "key", "metric", "value"])?;
            for section in several {
                for row in &section.rows {
                    for (metric, figure) in section.metrics.iter().zip(&row.figures) {
                        record(&mut csv, [&section.name, &*text(row.key, style), *metric, &*written(figure)])?;
                    }
                }
            }
        }
    }
    csv.flush()
}

fn record<T: AsRef<[u8]>>(csv: &mut Writer<&mut dyn Write>, fields: impl IntoIterator<Item = T>) -> io::Result<()> {
    csv.write_record(fields).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    })
}

/// Numbers are as JSON has them; what is unknown is empty.
fn written(figure: &Figure) -> String {
    match figure {
        Figure::Count(number) | Figure::Ms(number) => number.to_string(),
        Figure::Share(number) | Figure::MeanMs(number) => number.to_string(),
        Figure::Moment(moment) => moment.clone(),
        Figure::Unknown => String::new(),
    }
}

/// A key. What a spreadsheet may take for a formula begins with one of these:
/// <https://owasp.org/www-community/attacks/CSV_Injection>.
fn text<'k>(key: &'k str, style: &Style) -> Cow<'k, str> {
    if style.csv_safe && key.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{key}"))
    } else {
        Cow::Borrowed(key)
    }
}
