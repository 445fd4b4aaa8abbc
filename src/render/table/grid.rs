//! Lays out a table for a width. Each row has a key and numbers.
//!
//! This module measures the rows, cuts keys, and decides which ink each cell has. `room` decides which columns fit.
//! `layout` uses a library to pad and align the cells. Measured: that takes 0.4 s for 100,000 rows of eight cells,
//! ten times as long as padding by hand. Only a timeline by second has that many rows.
//!
//! Rows are formatted twice, once to measure and once to write, so that a million rows need no memory.

use std::io;

use super::bar;
use super::column::Column;
use super::fit::{cut_middle, width};
use super::ink::Ink;
use super::layout::{self, ColumnLayout};
use super::line::Line;
use super::room::{Contents, Cuts, GAP, Room};
use crate::render::dates::weekday_of_date;
use crate::render::status_names::status_name;
use crate::render::terms::Form;
use crate::render::{Colors, TerminalStyle};
use crate::report::Row;

/// A table of rows.
pub(super) struct Grid<'a> {
    /// Heading over the keys.
    pub(super) title: &'a str,
    /// Text after the title; may be empty.
    pub(super) note: &'a str,
    pub(super) keys: Keys,
    /// Longest form that headings may have.
    pub(super) form: Form,
    pub(super) columns: &'a [Column<'a>],
    pub(super) bars: Bars,
    pub(super) rows: &'a [Row],
    /// Last row, for all hits together.
    pub(super) total: Option<&'a Row>,
    /// Number of all hits, for the share of each row.
    pub(super) hits: u64,
}

/// How keys are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    /// Complete, because no key is long.
    Whole,
    /// Days, with their weekday.
    Days,
    /// Cut if there is too little room.
    Cut,
    /// With a rank, and cut if there is too little room.
    Ranked,
    /// Days, with their rank.
    RankedDays,
    /// Status codes, with their name if there is room.
    Codes,
    /// Status codes, with their rank.
    RankedCodes,
    /// Pairs with a rank. Second keys are aligned, and both keys are cut if there is too little room.
    RankedPairs,
}

/// Bars at the end of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bars {
    None,
    /// Bars whose length shows the hits of the row.
    Hits,
}

/// The key of a row, or its short name if it has one.
fn shown_key(row: &Row) -> &str {
    row.short.as_deref().or(row.key.as_deref()).unwrap_or_default()
}

impl<'a> Grid<'a> {
    /// Calls `visit` for each line.
    pub(super) fn for_each_line(
        &self,
        terminal: TerminalStyle,
        mut visit: impl FnMut(&str) -> io::Result<()>,
    ) -> io::Result<()> {
        let room = self.room(terminal.columns);
        let places = room.places();
        self.heading(&room, &places, terminal.colors, &mut visit)?;

        let most = self.rows.iter().map(|row| row.pv).max().unwrap_or(0);
        let rows = self.rows.iter().zip(1..).map(|(row, rank)| {
            let mut cells = vec![self.lead(row, rank, &room, terminal.colors)];
            cells.extend(self.numbers(row, &room, terminal.colors));
            if room.bar > 0 {
                let mut bar = String::new();
                bar::draw(row.pv, most, room.bar, &mut bar);
                cells.push(Line::of(terminal.colors, Ink::Faint, &bar).to_string());
            }
            cells
        });
        let total = self.total.map(|total| {
            let mut cells = vec![Line::of(terminal.colors, Ink::Strong, "total").to_string()];
            cells.extend(self.numbers(total, &room, terminal.colors));
            cells
        });
        layout::for_each_line(&places, rows.chain(total), visit)
    }

    /// Returns the columns that do not fit.
    pub(super) fn dropped(&self, terminal: TerminalStyle) -> Vec<Column<'a>> {
        let room = self.room(terminal.columns);
        let has_room = |column: &&Column<'_>| room.columns.iter().any(|(shown, _)| shown.is(column));
        self.columns.iter().filter(|column| !has_room(column)).copied().collect()
    }

    /// True if codes have their names on this page.
    pub(super) fn has_names(&self, terminal: TerminalStyle) -> bool {
        self.room(terminal.columns).has_names
    }

    /// Width of the lines. It includes the gap before a bar, even if there are no bars.
    pub(super) fn columns(&self, terminal: TerminalStyle) -> usize {
        let room = self.room(terminal.columns);
        let numbers: usize = room.columns.iter().map(|(_, width)| GAP + width).sum();
        self.title_columns().max(room.lead + numbers + GAP + room.bar)
    }

    /// Writes title and labels. If the title does not fit over the keys, it gets a line of its own.
    fn heading(
        &self,
        room: &Room<'_>,
        places: &[ColumnLayout],
        colors: Colors,
        mut visit: impl FnMut(&str) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut line = Line::of(colors, Ink::Strong, self.title);
        if !self.note.is_empty() {
            line.gap(GAP);
            line.push(Ink::Faint, self.note);
        }
        if line.columns() > room.lead {
            visit(&line.to_string())?;
            line = Line::new(colors);
        }
        line.gap(room.lead - line.columns());
        // All labels have the same ink, so they are written as one piece.
        let labels = room.columns.iter().map(|(column, _)| column.heading(room.form).to_owned()).collect();
        layout::for_each_line(&places[1..], [labels], |labels| {
            let text = labels.trim_start_matches(' ');
            line.gap(labels.len() - text.len());
            line.push(Ink::Faint, text);
            visit(&line.to_string())
        })
    }

    fn numbers(&self, row: &Row, room: &Room<'_>, colors: Colors) -> impl Iterator<Item = String> {
        let mut text = String::new();
        room.columns.iter().map(move |(column, _)| {
            text.clear();
            let ink = column.show(row, self.hits, &mut text);
            Line::of(colors, ink, &text).to_string()
        })
    }

    /// Writes the key, after its rank and weekday.
    fn lead(&self, row: &Row, rank: usize, room: &Room<'_>, colors: Colors) -> String {
        let key = shown_key(row);
        let mut line = Line::new(colors);
        if let Some(digits) = self.rank_digits() {
            line.push(Ink::Faint, &format!("{rank:>digits$}"));
            line.gap(1);
        }
        if let Some(weekday) = self.weekday(key) {
            line.push(Ink::Faint, weekday);
            line.gap(1);
        }
        let Some([first, second]) = self.both(row) else {
            line.push(Ink::Plain, &cut_middle(key, room.lead.saturating_sub(line.columns())));
            if let Some(name) = status_name(key).filter(|_| room.has_names) {
                line.gap(1);
                line.push(Ink::Faint, name);
            }
            return line.to_string();
        };
        let second_at = line.columns() + room.both[0] + GAP;
        line.push(Ink::Plain, &cut_middle(first, room.both[0]));
        line.gap(second_at - line.columns());
        line.push(Ink::Plain, &cut_middle(second, room.both[1]));
        line.to_string()
    }

    /// Returns the two keys of a pair.
    fn both<'r>(&self, row: &'r Row) -> Option<&'r [String; 2]> {
        row.keys.as_ref().filter(|_| self.keys == Keys::RankedPairs)
    }

    fn title_columns(&self) -> usize {
        width(self.title) + if self.note.is_empty() { 0 } else { GAP + width(self.note) }
    }

    fn weekday(&self, key: &str) -> Option<&'static str> {
        matches!(self.keys, Keys::Days | Keys::RankedDays).then(|| weekday_of_date(key)).flatten()
    }

    fn rank_digits(&self) -> Option<usize> {
        matches!(self.keys, Keys::Ranked | Keys::RankedDays | Keys::RankedCodes | Keys::RankedPairs)
            .then(|| self.rows.len().to_string().len().max(2))
    }

    fn room(&self, terminal_columns: usize) -> Room<'a> {
        self.contents().room(self.columns, self.form, terminal_columns)
    }

    /// Measures all rows.
    fn contents(&self) -> Contents {
        let before = self.rank_digits().map_or(0, |digits| digits + 1)
            + if matches!(self.keys, Keys::Days | Keys::RankedDays) { 4 } else { 0 };
        let both = self
            .rows
            .iter()
            .filter_map(|row| self.both(row))
            .fold([0, 0], |[first, second], keys| [first.max(width(&keys[0])), second.max(width(&keys[1]))]);
        let keys = match self.keys {
            Keys::RankedPairs => both[0] + GAP + both[1],
            _ => self.rows.iter().map(|row| width(shown_key(row))).max().unwrap_or(0),
        };
        let named =
            self.rows.iter().filter_map(|row| Some(width(shown_key(row)) + 1 + width(status_name(shown_key(row))?)));
        Contents {
            before,
            keys,
            both,
            named_codes: if self.has_codes() { named.max().unwrap_or(0) } else { 0 },
            heading: self.title_columns().max(if self.total.is_some() { width("total") } else { 0 }),
            cuts: match self.keys {
                Keys::Cut | Keys::Ranked => Cuts::Keys,
                Keys::RankedPairs => Cuts::Pairs,
                _ => Cuts::Nothing,
            },
            has_bars: self.bars == Bars::Hits,
            cells: self.columns.iter().map(|column| self.columns_of(column)).collect(),
        }
    }

    fn has_codes(&self) -> bool {
        matches!(self.keys, Keys::Codes | Keys::RankedCodes)
    }

    /// Width of a number column over all rows, without its heading.
    fn columns_of(&self, column: &Column<'_>) -> usize {
        let mut cell = String::new();
        let of_row = |row: &Row| {
            cell.clear();
            column.show(row, self.hits, &mut cell);
            width(&cell)
        };
        self.rows.iter().chain(self.total).map(of_row).max().unwrap_or(0)
    }
}

/// Names the columns that do not fit; with advice if the user asked for one of them.
pub(super) fn not_shown(dropped: &[Column<'_>], csv_hint: &str) -> String {
    let names: Vec<_> = dropped.iter().map(|column| column.heading(Form::Full)).collect();
    let names = names.join(", ");
    if dropped.iter().any(Column::is_asked) {
        format!("Not shown, because the terminal is too narrow: {names}. Widen it or use {csv_hint}.")
    } else {
        format!("Not shown for lack of width: {names}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::table::column::{PV, SENT, SHARE, STATUS_4XX, STATUS_5XX, UV};
    use crate::report::UvCount;

    fn row(key: &str, pv: u64) -> Row {
        Row {
            key: Some(key.to_owned()),
            uv: UvCount::Known(pv / 2),
            bytes: Some(pv * 1024),
            ..Row::known(pv, 0, pv / 100)
        }
    }

    fn table(title: &str, note: &str, keys: Keys, rows: &[Row], columns: usize) -> String {
        let grid = Grid {
            title,
            note,
            keys,
            form: Form::Full,
            columns: &[PV, UV, SHARE, STATUS_4XX, STATUS_5XX, SENT],
            bars: if matches!(keys, Keys::Ranked | Keys::RankedPairs) { Bars::None } else { Bars::Hits },
            rows,
            total: None,
            hits: 2000,
        };
        let mut out = String::new();
        let terminal = TerminalStyle { columns, ..TerminalStyle::default() };
        grid.for_each_line(terminal, |line| {
            out += &format!("{line}\n");
            Ok(())
        })
        .unwrap();
        out
    }

    #[test]
    fn columns_are_dropped_in_priority_order() {
        let rows = [row("2026-11-14", 1500), row("2026-11-15", 500)];
        let expected = [
            (
                80,
                "By day          Requests  Visitors  Share  4xx   5xx       Sent\n\
                 Sat 2026-11-14     1,500       750  75.0%   0%  1.0%    1.5 MiB  ███████████████\n\
                 Sun 2026-11-15       500       250  25.0%   0%  1.0%  500.0 KiB  █████\n",
            ),
            (
                62,
                "By day             PV   UV  Share  4xx   5xx       Sent\n\
                 Sat 2026-11-14  1,500  750  75.0%   0%  1.0%    1.5 MiB\n\
                 Sun 2026-11-15    500  250  25.0%   0%  1.0%  500.0 KiB\n",
            ),
            (
                54,
                "By day          Requests  Visitors  Share  4xx   5xx\n\
                 Sat 2026-11-14     1,500       750  75.0%   0%  1.0%\n\
                 Sun 2026-11-15       500       250  25.0%   0%  1.0%\n",
            ),
            (
                40,
                "By day             PV   UV  Share   5xx\n\
                 Sat 2026-11-14  1,500  750  75.0%  1.0%\n\
                 Sun 2026-11-15    500  250  25.0%  1.0%\n",
            ),
            (
                30,
                "By day             PV   UV\n\
                 Sat 2026-11-14  1,500  750\n\
                 Sun 2026-11-15    500  250\n",
            ),
        ];
        for (columns, expected) in expected {
            assert_eq!(table("By day", "", Keys::Days, &rows, columns), expected, "{columns}");
        }
    }

    #[test]
    fn pair_keys_are_aligned_and_cut_separately() {
        let pair = |host: &str, path: &str| Row {
            keys: Some([host.to_owned(), path.to_owned()]),
            ..row(&format!("{host} {path}"), 1500)
        };
        let rows =
            [pair("shop.example.com", "/catalogue/teapots/blue.html"), pair("日本.example", "/"), pair("-", "/a b")];
        let expected = [
            (
                80,
                "Pairs                                                 PV   UV  Share  4xx   5xx\n \
                  1 shop.example.com  /catalogue/teapots/blue.html  1,500  750  75.0%   0%  1.0%\n \
                  2 日本.example      /                             1,500  750  75.0%   0%  1.0%\n \
                  3 -                 /a b                          1,500  750  75.0%   0%  1.0%\n",
            ),
            (
                40,
                "Pairs                            PV   UV\n \
                  1 shop.e…e.com  /cata….html  1,500  750\n \
                  2 日本.example  /            1,500  750\n \
                  3 -             /a b         1,500  750\n",
            ),
            (
                20,
                "Pairs               PV\n \
                  1 sh…om  /c…ml  1,500\n \
                  2 日…le  /      1,500\n \
                  3 -      /a b   1,500\n",
            ),
        ];
        for (columns, expected) in expected {
            let found = table("Pairs", "", Keys::RankedPairs, &rows, columns);
            assert_eq!(found, expected, "{columns}:\n{found}");
        }
    }

    #[test]
    fn long_title_has_its_own_line() {
        let rows = [row("/a/very/long/path/to/something.html", 1500)];
        let table = |columns| table("Top paths", "1 of 30,000", Keys::Ranked, &rows, columns);
        let narrow = "Top paths  1 of 30,000\n                          PV   UV  Share\n \
                      1 /a/very/l…ing.html  1,500  750  75.0%\n";
        assert_eq!(table(40), narrow);
        let wide = "Top paths  1 of 30,000                  Requests  Visitors  Share  4xx   5xx     Sent\n \
                    1 /a/very/long/path/to/something.html     1,500       750  75.0%   0%  1.0%  1.5 MiB\n";
        assert_eq!(table(90), wide);
    }
}
