//! The report as a table for people. Each part of the table has its own file.
//!
//! Text from logs is already escaped in a report, so it is safe on a terminal. The only control bytes written here are
//! line feeds and, with colours, the escape that begins a colour.

mod ascii;
mod bar;
mod bots;
mod breakdown;
mod column;
mod each;
mod explanation;
mod fit;
mod grid;
mod header;
mod ink;
mod inked;
mod inspection;
mod labelled;
mod latency;
mod layout;
mod ledger;
mod line;
mod no_times;
mod ranking;
mod requests;
mod room;
mod stat_grid;
mod summary;
mod timeline;
mod trend;
mod wrap;

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};

use super::terms::Form;
use super::{Charset, TerminalStyle, labels};
use crate::report::Report;
pub use explanation::write_explanation;
use grid::Grid;
use ink::Ink;
pub use inspection::write_inspection;
pub use requests::write_requests;
use wrap::{Piece, wrap};

/// Parts of a table, in order. Each writes nothing if the report has nothing for it.
const PARTS: [fn(&Report, &mut TableWriter<'_>) -> io::Result<()>; 10] = [
    header::write,
    summary::write,
    trend::write,
    timeline::write,
    breakdown::write,
    bots::write,
    ranking::write,
    latency::write,
    each::write,
    ledger::write,
];

/// Minimum page width, in columns. Narrower pages are written as if they had this width.
const NARROWEST: usize = 20;

/// Writes a report as a table for people.
///
/// Less important columns are dropped, and long keys are cut in their middle. On pages of at least 40 columns no row is
/// wider than the page. Without [`Colors`](crate::Colors) the output has no control bytes but line feeds.
///
/// # Errors
/// Returns the errors of `out`.
///
/// ```
/// use logstat::{Engine, Input, Question, TerminalStyle, count, write_table};
/// let line = r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5""#;
/// let outcome = count(&Question::default(), vec![Input::reader("a.log", line.as_bytes())], &Engine::default())?;
/// let mut table = Vec::new();
/// write_table(&outcome.report.expect("one line was counted"), TerminalStyle::default(), &mut table)?;
/// assert!(table.starts_with("a.log · combined · ".as_bytes()));
/// assert!(table.ends_with(b"1 line = 1 counted + 0 filtered + 0 blank + 0 malformed\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_table(report: &Report, terminal: TerminalStyle, out: &mut dyn Write) -> io::Result<()> {
    let terminal = TerminalStyle { columns: terminal.columns.clamp(NARROWEST, layout::WIDEST), ..terminal };
    match terminal.charset {
        Charset::Unicode => write_parts(report, TableWriter::new(out, terminal)),
        Charset::Ascii => {
            let report = ascii::with_ascii_texts(report);
            write_parts(&report, TableWriter::new(&mut ascii::Ascii { out }, terminal))
        }
    }
}

fn write_parts(report: &Report, mut writer: TableWriter<'_>) -> io::Result<()> {
    if let Some(empty) = report.described_as_empty() {
        let room = writer.terminal.columns.saturating_sub(fit::width(&empty) + 2);
        let name = inputs(report);
        return writer.line(format_args!("{}: {empty}", fit::cut_middle(&name, room)));
    }
    for (_, report) in report.with_parts() {
        PARTS.into_iter().try_for_each(|part| part(report, &mut writer))?;
    }
    Ok(())
}

/// Output for the parts, with an empty line between them.
struct TableWriter<'a> {
    out: &'a mut dyn Write,
    terminal: TerminalStyle,
    is_blank: bool,
    /// Longest form of the next headings. Only the first ones have abbreviations.
    form: Form,
    /// The last line that named columns without room. Tables with the same columns do not repeat it.
    not_shown: String,
}

impl<'a> TableWriter<'a> {
    fn new(out: &'a mut dyn Write, terminal: TerminalStyle) -> TableWriter<'a> {
        TableWriter { out, terminal, is_blank: true, form: Form::WithAbbreviation, not_shown: String::new() }
    }

    /// Returns the longest form for the headings of a table that is written now.
    fn next_form(&mut self) -> Form {
        std::mem::replace(&mut self.form, Form::Full)
    }

    /// Begins a part: writes an empty line unless it is the first.
    fn begin(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.is_blank) {
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn line(&mut self, line: impl Display) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    fn lines(&mut self, lines: &[impl Display]) -> io::Result<()> {
        lines.iter().try_for_each(|line| self.line(line))
    }

    /// Writes a table as a part of its own, and names the columns that have no room.
    fn grid(&mut self, grid: &Grid<'_>) -> io::Result<()> {
        self.begin()?;
        grid.for_each_line(self.terminal, |line| self.line(line))?;
        let dropped = grid.dropped(self.terminal);
        let text = grid::not_shown(&dropped, self.terminal.csv_hint);
        if dropped.is_empty() || text == self.not_shown {
            return Ok(());
        }
        self.write_wrapped(&Piece::words(Ink::Faint, &text), 2)?;
        self.not_shown = text;
        Ok(())
    }

    fn write_wrapped(&mut self, pieces: &[Piece], indent: usize) -> io::Result<()> {
        self.lines(&wrap(pieces, indent, self.terminal.columns, self.terminal.colors))
    }
}

/// Number of all hits of a report. It is taken from the ledger, because sections may be missing.
fn hits(report: &Report) -> u64 {
    report.lines.parsed - report.lines.filtered
}

/// Returns the name of the input, or the number of inputs if there are several.
fn inputs(report: &Report) -> Cow<'_, str> {
    match &report.inputs[..] {
        [one] => Cow::Borrowed(labels::input(&one.path)),
        several => Cow::Owned(labels::counted(several.len() as u64, "file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Colors;
    use crate::report::{Generator, InputReport, Lines, Period, Row, Summary, UvCount, UvReport};
    use crate::time::Unit;

    /// Returns a report with a summary and a timeline by day.
    pub(super) fn report(all: Row, timeline: Vec<Row>) -> Report {
        Report {
            schema: "logstat.report/2".to_owned(),
            generator: Generator { name: "logstat".to_owned(), version: "0".to_owned() },
            inputs: vec![InputReport {
                keys: Vec::new(),
                path: "a.log".to_owned(),
                format: "combined".to_owned(),
                formats: Vec::new(),
                envelope: None,
                unread: None,
                bytes: 0,
                skipped_bytes: 0,
                lines: all.pv,
            }],
            lines: Lines { read: all.pv, parsed: all.pv, ..Lines::default() },
            filtered_reasons: Vec::new(),
            malformed_reasons: Vec::new(),
            malformed_samples: Vec::new(),
            uv: UvReport::Exact,
            visitor: None,
            notes: Vec::new(),
            warnings: Vec::new(),
            period: Period { first: None, last: None, unit: Unit::Day, split: None, zone: None },
            summary: Some(Summary { visitor_days: all.uv.known(), row: all }),
            highlights: None,
            people: None,
            timeline: Some(timeline),
            status: None,
            class: None,
            bots: None,
            top: None,
            approximate: Vec::new(),
            latency: None,
            durations: Vec::new(),
            verdicts: Vec::new(),
            each: None,
            columns: Vec::new(),
            empty_inputs: 0,
            has_ledger: true,
            no_times: None,
        }
    }

    #[test]
    fn colours_do_not_change_the_text() {
        let row =
            |key: Option<&str>| Row { key: key.map(str::to_owned), uv: UvCount::Known(7), ..Row::known(50, 20, 10) };
        let report = report(row(None), vec![row(Some("2026-11-14")), row(Some("2026-11-15"))]);
        for columns in [1, 20, 40, 80, 200] {
            let written = |colors| {
                let mut out = Vec::new();
                write_table(&report, TerminalStyle { columns, colors, ..TerminalStyle::default() }, &mut out).unwrap();
                String::from_utf8(out).unwrap()
            };
            let (plain, colored) = (written(Colors::None), written(Colors::Ansi));
            assert!(plain.chars().all(|c| c == '\n' || !c.is_control()));
            assert!(!plain.contains(" \n"), "spaces at the end of a line: {plain}");
            assert!(colored.contains("\u{1b}[31m"), "server errors are red");
            let mut stripped = String::new();
            for (i, part) in colored.split('\u{1b}').enumerate() {
                stripped += if i == 0 { part } else { part.split_once('m').unwrap().1 };
            }
            assert_eq!(stripped, plain);
        }
    }
}
