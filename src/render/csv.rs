//! CSV and TSV, for spreadsheets and databases. A single section is a wide table with one row per key. Several
//! sections, or the ledger, are a long table with one number per row. With reports of parts, the first column has the
//! part; it is empty for all hits.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{Writer, WriterBuilder};

use super::Style;
use super::ledger::ledger;
use super::sections::{Section, sections};
use crate::report::{Figure, PartName, Report};

pub(super) fn write_commas(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write(report, style, b',', out)
}

pub(super) fn write_tabs(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write(report, style, b'\t', out)
}

fn write(report: &Report, style: &Style, between: u8, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = WriterBuilder::new().delimiter(between).from_writer(out);
    let ledger = ledger(report);
    let each = report.has_parts();
    let of_part = |part: Option<&PartName>| {
        let name = part.map_or(Cow::Borrowed(""), |part| Cow::Owned(text(part.shown(), style).into_owned()));
        each.then_some(name)
    };
    let heading = || each.then_some(Cow::Borrowed("each"));
    match &sections(report)[..] {
        [section] if ledger.is_empty() && parts_are_like(section, report) => {
            let has_keys = section.rows.iter().any(|row| !row.key.is_empty()) || section.rows.is_empty();
            let keys = match section.pair {
                Some(pair) => vec![pair.first().key(), pair.second().key()],
                None => has_keys.then_some("key").into_iter().collect(),
            };
            let keys = keys.into_iter().map(Cow::Borrowed);
            let headings = section.metrics.iter().map(|column| column.name());
            record(&mut csv, heading().into_iter().chain(keys).chain(headings))?;
            for (part, report) in report.with_parts() {
                for row in sections(report).iter().flat_map(|section| &section.rows) {
                    let key = |key| Cow::Owned(text(key, style).into_owned());
                    let keys: Vec<Cow<'_, str>> = match row.keys {
                        Some(both) => both.iter().map(|one| key(one)).collect(),
                        None => has_keys.then(|| key(row.key)).into_iter().collect(),
                    };
                    let figures = row.figures.iter().map(|figure| Cow::Owned(written(figure)));
                    record(&mut csv, of_part(part).into_iter().chain(keys).chain(figures))?;
                }
            }
        }
        several => {
            record(&mut csv, heading().into_iter().chain(["section", "key", "metric", "value"].map(Cow::Borrowed)))?;
            for (part, report) in report.with_parts() {
                let all = if part.is_none() { Cow::Borrowed(several) } else { Cow::Owned(sections(report)) };
                for section in &*all {
                    for row in &section.rows {
                        for (column, figure) in section.metrics.iter().zip(&row.figures) {
                            let (name, value) = (Cow::Borrowed(&*section.name), Cow::Owned(written(figure)));
                            let fields = [name, text(row.key, style), column.name(), value];
                            record(&mut csv, of_part(part).into_iter().chain(fields))?;
                        }
                    }
                }
            }
            for row in &ledger {
                let (metric, value) = (Cow::Borrowed(&*row.metric), Cow::Owned(row.value.to_string()));
                let fields = [Cow::Borrowed("ledger"), text(row.key, style), metric, value];
                record(&mut csv, of_part(None).into_iter().chain(fields))?;
            }
        }
    }
    csv.flush()
}

/// True if the only section of each part has the same columns. Timelines may be split by different values.
fn parts_are_like(whole: &Section<'_>, report: &Report) -> bool {
    let names =
        |section: &Section<'_>| section.metrics.iter().map(|column| column.name().into_owned()).collect::<Vec<_>>();
    let of_parts = report.parts().iter().flat_map(sections);
    of_parts.filter(|section| !section.rows.is_empty()).all(|section| names(&section) == names(whole))
}

fn record<T: AsRef<str>>(csv: &mut Writer<&mut dyn Write>, fields: impl IntoIterator<Item = T>) -> io::Result<()> {
    let mut written = fields.into_iter().try_for_each(|field| csv.write_field(field.as_ref()));
    written = written.and_then(|()| csv.write_record(None::<&[u8]>));
    written.map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    })
}

/// Formats a number as in JSON; an unknown number is empty.
fn written(figure: &Figure) -> String {
    match figure {
        Figure::Count(number) | Figure::Ms(number) => number.to_string(),
        Figure::Share(number) | Figure::MeanMs(number) | Figure::Mean(number) => number.to_string(),
        Figure::Moment(moment) => moment.clone(),
        Figure::Unknown => String::new(),
    }
}

/// Returns a key, with an apostrophe before it if a spreadsheet could take it for a formula:
/// <https://owasp.org/www-community/attacks/CSV_Injection>. A `-` alone is what nginx logs for an empty value.
fn text<'k>(key: &'k str, style: &Style) -> Cow<'k, str> {
    const SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if style.csv_safe && key != "-" && key.starts_with(SIGNS) {
        Cow::Owned(format!("'{key}"))
    } else {
        Cow::Borrowed(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_safe_guards_formulas() {
        let style = Style { csv_safe: true, ..Style::default() };
        for key in ["=1", "+1", "-1", "--", "@a", "\ta", "\ra", "\na", "＝1", "＋1", "－1", "－", "＠a", "="] {
            assert_eq!(text(key, &style), format!("'{key}"));
            assert_eq!(text(key, &Style::default()), key);
        }
        for key in ["", "-", "/a=1", "a-b", "'=1"] {
            assert_eq!(text(key, &style), key);
        }
    }
}
