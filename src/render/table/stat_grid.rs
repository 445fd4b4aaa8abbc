//! Labelled numbers in aligned columns, as many per line as the page has room for.

use std::io;

use super::fit::width;
use super::ink::Ink;
use super::layout::{self, Place, Side};
use super::line::Line;
use super::wrap::{Piece, wrap};
use crate::render::TerminalStyle;

/// A number with its label.
#[derive(Clone, Debug)]
pub(super) struct Stat {
    label: &'static str,
    value: String,
    ink: Ink,
    /// Text after the number. Only the last fact of a row has one.
    note: String,
}

impl Stat {
    pub(super) fn new(label: &'static str, value: impl std::fmt::Display) -> Stat {
        Stat { label, value: value.to_string(), ink: Ink::Plain, note: String::new() }
    }

    pub(super) fn ink(self, ink: Ink) -> Stat {
        Stat { ink, ..self }
    }

    pub(super) fn note(self, note: String) -> Stat {
        Stat { note, ..self }
    }
}

const INDENT: usize = 2;
/// Columns between a label and its number.
const INNER: usize = 2;
/// Columns between a number and the next label.
const OUTER: usize = 3;

/// Calls `visit` for each line. Rows are broken into shorter lines until they fit.
pub(super) fn for_each_line(
    rows: &[Vec<Stat>],
    terminal: TerminalStyle,
    mut visit: impl FnMut(&str) -> io::Result<()>,
) -> io::Result<()> {
    let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let candidates = [longest, 4, 2, 1].into_iter().filter(|n| (1..=longest).contains(n));
    let Some((in_line, cells)) = candidates
        .map(|in_line| (in_line, cells(rows, in_line)))
        .find(|(in_line, cells)| *in_line == 1 || columns(cells) <= terminal.columns)
    else {
        return Ok(());
    };
    let mut places = Vec::new();
    for (i, (label, value)) in cells.iter().enumerate() {
        places.push(Place { gap: if i == 0 { INDENT } else { OUTER }, width: *label, side: Side::Left });
        places.push(Place { gap: INNER, width: *value, side: Side::Right });
    }
    let lines = || rows.iter().flat_map(|row| row.chunks(in_line));
    let inked = |stats: &[Stat]| {
        let cells = stats.iter().flat_map(|stat| [(Ink::Faint, stat.label), (stat.ink, &stat.value)]);
        cells.map(|(ink, text)| Line::of(terminal.colors, ink, text).to_string()).collect()
    };
    let mut stats = lines();
    layout::for_each_line(&places, lines().map(inked), |line| {
        let stats = stats.next().unwrap_or_default();
        let Some(note) = stats.last().map(|stat| stat.note.as_str()).filter(|note| !note.is_empty()) else {
            return visit(line);
        };
        if columns(&cells[..stats.len()]) + OUTER + width(note) <= terminal.columns {
            return visit(&format!("{line}{:OUTER$}{}", "", Line::of(terminal.colors, Ink::Faint, note)));
        }
        visit(line)?;
        let note = wrap(&Piece::words(Ink::Faint, note), INDENT, terminal.columns, terminal.colors);
        note.iter().try_for_each(|line| visit(&line.to_string()))
    })
}

/// Returns the widths of labels and numbers, by position in the line.
fn cells(rows: &[Vec<Stat>], in_line: usize) -> Vec<(usize, usize)> {
    let mut cells = vec![(0, 0); in_line];
    for row in rows {
        for (i, stat) in row.iter().enumerate() {
            let (label, value) = &mut cells[i % in_line];
            *label = width(stat.label).max(*label);
            *value = width(&stat.value).max(*value);
        }
    }
    cells
}

fn columns(cells: &[(usize, usize)]) -> usize {
    INDENT + cells.iter().map(|(label, value)| label + INNER + value).sum::<usize>() + (cells.len() - 1) * OUTER
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(columns: usize) -> String {
        let row = |stats: &[(&'static str, &str)]| stats.iter().map(|(l, v)| Stat::new(l, v)).collect::<Vec<_>>();
        let rows = [
            row(&[("PV", "1,200"), ("UV", "9"), ("sent", "4.0 KiB"), ("static", "0%")]),
            row(&[("2xx", "100%"), ("3xx", "0%"), ("4xx", "0%"), ("5xx", "0%")]),
            vec![Stat::new("slow", "0%").note("> 0.3 s".to_owned())],
        ];
        let mut out = String::new();
        for_each_line(&rows, TerminalStyle { columns, ..TerminalStyle::default() }, |line| {
            out += &format!("{line}\n");
            Ok(())
        })
        .unwrap();
        out
    }

    #[test]
    fn facts_are_aligned_and_broken_until_they_fit() {
        let wide = "  PV    1,200   UV    9   sent  4.0 KiB   static  0%\n  \
                      2xx    100%   3xx  0%   4xx        0%   5xx     0%\n  \
                      slow     0%   > 0.3 s\n";
        assert_eq!(at(80), wide);
        assert_eq!(at(52), wide);
        let half = "  PV      1,200   UV       9\n  sent  4.0 KiB   static  0%\n  2xx      100%   3xx     0%\n  \
                      4xx        0%   5xx     0%\n  slow       0%   > 0.3 s\n";
        assert_eq!(at(51), half);
        assert_eq!(at(20).lines().count(), 10, "one a line, and the note on its own");
    }
}
