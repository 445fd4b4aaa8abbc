//! CSV and TSV, for spreadsheets and databases. A single section is a wide table with one row per key. Several
//! sections, or the ledger, are a long table with one number per row.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{Writer, WriterBuilder};

use super::Style;
use super::ledger::ledger;
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
    let ledger = ledger(report);
    match &sections(report)[..] {
        [section] if ledger.is_empty() => {
            let has_keys = section.rows.iter().any(|row| !row.key.is_empty()) || section.rows.is_empty();
            let keys = match section.pair {
                Some(pair) => vec![pair.first().key(), pair.second().key()],
                None => has_keys.then_some("key").into_iter().collect(),
            };
            let keys = keys.into_iter().map(Cow::Borrowed);
            record(&mut csv, keys.chain(section.metrics.iter().map(|column| column.name())))?;
            for row in &section.rows {
                let key = |key| text(key, style).into_owned();
                let keys: Vec<String> = match row.keys {
                    Some(both) => both.iter().map(|one| key(one)).collect(),
                    None => has_keys.then(|| key(row.key)).into_iter().collect(),
                };
                record(&mut csv, keys.into_iter().chain(row.figures.iter().map(written)))?;
            }
        }
        several => {
            record(&mut csv, ["section", "key", "metric", "value"])?;
            for section in several {
                for row in &section.rows {
                    for (column, figure) in section.metrics.iter().zip(&row.figures) {
                        record(&mut csv, [&section.name, &*text(row.key, style), &*column.name(), &*written(figure)])?;
                    }
                }
            }
            for row in &ledger {
                record(&mut csv, ["ledger", &*text(row.key, style), &*row.metric, &*row.value.to_string()])?;
            }
        }
    }
    csv.flush()
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
