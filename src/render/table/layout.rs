//! Pads and aligns cells into lines. The only module that uses `comfy-table`.
//!
//! The library only pads and aligns. Column widths are fixed before: it sees only the rows of one slice, and would wrap
//! cells that it finds too wide. Its feature `tty` would colour cells through crossterm, which checks NO_COLOR itself,
//! so `--color always` could not override it. Therefore it gets plain text, and `inked` puts the ink back.

use std::io;

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row, Table, Width, presets};

use super::inked::{Inked, put_back};

/// Maximum width of a column: `comfy-table` counts widths in 16 bits.
pub(super) const WIDEST: usize = u16::MAX as usize;
/// Number of rows laid out at a time. The library holds a table as cells and as lines: 1.3 GB for 500,000 rows at once.
const SLICE: usize = 1000;

/// Position of the cells of a column.
#[derive(Clone, Copy, Debug)]
pub(super) struct ColumnLayout {
    /// Spaces before the column.
    pub(super) gap: usize,
    /// Width that cells are padded to, in terminal columns; a wider cell is cut at its end.
    pub(super) width: usize,
    pub(super) side: Side,
}

/// Alignment of cells in their column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Calls `visit` with one line per row, without spaces at its end. A row may have fewer cells than there are places.
pub(super) fn for_each_line(
    places: &[ColumnLayout],
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

fn table(places: &[ColumnLayout], rows: &[Vec<Inked>]) -> Table {
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

    const PLACES: [ColumnLayout; 3] = [
        ColumnLayout { gap: 1, width: 4, side: Side::Left },
        ColumnLayout { gap: 2, width: 3, side: Side::Right },
        ColumnLayout { gap: 2, width: 2, side: Side::Left },
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
    fn each_row_is_a_line_without_trailing_spaces() {
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
    fn slices_are_aligned_with_each_other() {
        for count in [0, 1, SLICE - 1, SLICE, SLICE + 1, 2 * SLICE + 1] {
            // Only the first slice has wide cells.
            let row = |i: usize| vec![if i == 0 { "abcd" } else { "a" }.to_owned(), (i % 10).to_string()];
            let expected = (0..count).map(|i| format!(" {:4}    {}", if i == 0 { "abcd" } else { "a" }, i % 10));
            assert_eq!(lines((0..count).map(row)), expected.collect::<Vec<_>>(), "{count} rows");
        }
    }

    #[test]
    fn widest_column_is_laid_out() {
        let cell = "x".repeat(WIDEST);
        let place = ColumnLayout { gap: 0, width: WIDEST, side: Side::Left };
        for_each_line(&[place], [vec![cell.clone()]], |line| {
            assert_eq!(line, cell);
            Ok(())
        })
        .unwrap();
    }

    proptest::proptest! {
        #[test]
        fn text_cut_to_fit_is_not_cut_again(text in "\\PC{0,40}", width in 1_usize..30) {
            let cell = cut_middle(&text, width).into_owned();
            let place = |side| ColumnLayout { gap: 0, width, side };
            let end = ColumnLayout { gap: 2, width: 1, side: Side::Left };
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
