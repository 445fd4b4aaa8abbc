//! Cells padded and aligned into lines: `comfy-table`, of which this is the only home.
//!
//! It pads and aligns, and that alone. How wide columns are is settled before: it sees the rows of one slice, and would
//! wrap what it finds too wide. Its feature `tty` would colour cells through crossterm, which looks at NO_COLOR itself, so
//! that `--color always` could not overrule that. It gets plain text here, and `inked` puts the ink back.

use std::io;

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row, Table, Width, presets};

use super::inked::{Inked, put_back};

/// Wider columns are not to be had: `comfy-table` counts them in 16 bits.
pub(super) const WIDEST: usize = u16::MAX as usize;
/// Rows laid out at a time. A table is held as its cells and again as its lines, 1.3 GB for 500,000 rows at once.
const SLICE: usize = 1000;

/// Where the cells of a column stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Spaces before it.
    pub(super) gap: usize,
    /// Columns of the terminal that its cells are padded to; a wider cell loses its end.
    pub(super) width: usize,
    pub(super) side: Side,
}

/// The side of their column that cells stand at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Hands over a line a row, without spaces at its end. A row may have fewer cells than there are places.
pub(super) fn for_each_line(
    places: &[Place],
    rows: impl IntoIterator<Item = Vec<String>>,
    mut visit: impl FnMut(&str) -> io::Result<()>,
) -> io::Result<()> {
    let mut rows = rows.into_iter().peekable();
    let mut inked_line = String::new();
    while rows.peek().is_some() {
        let slice: Vec<Vec<Inked>> =
            rows.by_ref().take(SLICE).map(|cells| cells.into_iter().map(Inked::from).collect()).collect();
        for (line, cells) in table(places, &slice).lines().zip(&slice) {
            inked_line.clear();
            put_back(cells, line.trim_end_matches(' '), &mut inked_line);
            visit(&inked_line)?;
        }
    }
    Ok(())
}

fn table(places: &[Place], rows: &[Vec<Inked>]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    for cells in rows {
        let mut row = Row::from(cells.iter().map(|cell| Cell::new(&cell.text)));
        row.max_height(1);
        table.add_row(row);
    }
    for (column, place) in table.column_iter_mut().zip(places) {
        let columns = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        column.set_padding((columns(place.gap), 0));
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(columns(place.gap + place.width))));
        column.set_cell_alignment(match place.side {
            Side::Left => CellAlignment::Left,
            Side::Right => CellAlignment::Right,
        });
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::table::fit::{self, cut_middle};

    const PLACES: [Place; 3] = [
        Place { gap: 1, width: 4, side: Side::Left },
        Place { gap: 2, width: 3, side: Side::Right },
        Place { gap: 2, width: 2, side: Side::Left },
    ];

    fn lines(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<String> {
        let mut lines = Vec::new();
        for_each_line(&PLACES, rows, |line| {
            lines.push(line.to_owned());
            Ok(())
        })
        .unwrap();
        lines
    }

    #[test]
    fn a_row_is_a_line_without_spaces_at_its_end() {
        let rows: [(&[&str], &str); 8] = [
            (&["a", "1", "x"], " a       1  x"),
            (&["日本", "12", "xy"], " 日本   12  xy"),
            (&["a", "", ""], " a"),
            (&["a"], " a"),
            (&["", "", "x"], "            x"),
            (&["a b c d", "1", "x"], " a b…    1  x"),
            (&["\u{1b}[1ma\u{1b}[0m", "\u{1b}[31m1\u{1b}[0m"], " \u{1b}[1ma\u{1b}[0m       \u{1b}[31m1\u{1b}[0m"),
            (&[], ""),
        ];
        let cells = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        let written = lines(rows.iter().map(|(row, _)| cells(row)));
        assert_eq!(written, rows.map(|(_, expected)| expected));
    }

    #[test]
    fn slices_stand_under_each_other() {
        for count in [0, 1, SLICE - 1, SLICE, SLICE + 1, 2 * SLICE + 1] {
            // Wide cells in the first slice alone.
            let row = |i: usize| vec![if i == 0 { "abcd" } else { "a" }.to_owned(), (i % 10).to_string()];
            let expected = (0..count).map(|i| format!(" {:4}    {}", if i == 0 { "abcd" } else { "a" }, i % 10));
            assert_eq!(lines((0..count).map(row)), expected.collect::<Vec<_>>(), "{count} rows");
        }
    }

    #[test]
    fn the_widest_column_is_laid_out() {
        let cell = "x".repeat(WIDEST);
        let place = Place { gap: 0, width: WIDEST, side: Side::Left };
        for_each_line(&[place], [vec![cell.clone()]], |line| {
            assert_eq!(line, cell);
            Ok(())
        })
        .unwrap();
    }

    proptest::proptest! {
        #[test]
        fn what_was_cut_to_fit_stays_whole(text in "\\PC{0,40}", width in 1_usize..30) {
            let cell = cut_middle(&text, width).into_owned();
            let place = |side| Place { gap: 0, width, side };
            let end = Place { gap: 2, width: 1, side: Side::Left };
            let padding = " ".repeat(width - fit::width(&cell));
            for (side, expected) in [(Side::Left, format!("{cell}{padding}  |")), (Side::Right, format!("{padding}{cell}  |"))] {
                for_each_line(&[place(side), end], [vec![cell.clone(), "|".to_owned()]], |line| {
                    assert_eq!(line, expected);
                    Ok(())
                })
                .unwrap();
            }
        }
    }
}
