//! Labelled numbers in aligned columns, as many per line as the page has room for.

use std::io;

use super::fit::width;
use super::flow::{Piece, flow};
use super::ink::Ink;
use super::layout::{self, Place, Side};
use super::line::Line;
use crate::render::Page;

/// A number with its label.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    label: &'static str,
    value: String,
    ink: Ink,
    /// Text after the number. Only the last fact of a row has one.
    note: String,
}

impl Fact {
    pub(super) fn new(label: &'static str, value: impl std::fmt::Display) -> Fact {
        Fact { label, value: value.to_string(), ink: Ink::Plain, note: String::new() }
    }

    pub(super) fn ink(self, ink: Ink) -> Fact {
        Fact { ink, ..self }
    }

    pub(super) fn note(self, note: String) -> Fact {
        Fact { note, ..self }
    }
}

const INDENT: usize = 2;
/// Columns between a label and its number.
const INNER: usize = 2;
/// Columns between a number and the next label.
const OUTER: usize = 3;

/// Calls `visit` for each line. Rows are broken into shorter lines until they fit.
pub(super) fn for_each_line(
    rows: &[Vec<Fact>],
    page: Page,
    mut visit: impl FnMut(&str) -> io::Result<()>,
) -> io::Result<()> {
    let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let candidates = [longest, 4, 2, 1].into_iter().filter(|n| (1..=longest).contains(n));
    let Some((in_line, cells)) = candidates
        .map(|in_line| (in_line, cells(rows, in_line)))
        .find(|(in_line, cells)| *in_line == 1 || columns(cells) <= page.columns)
    else {
        return Ok(());
    };
    let mut places = Vec::new();
    for (i, (label, value)) in cells.iter().enumerate() {
        places.push(Place { gap: if i == 0 { INDENT } else { OUTER }, width: *label, side: Side::Left });
        places.push(Place { gap: INNER, width: *value, side: Side::Right });
    }
    let lines = || rows.iter().flat_map(|row| row.chunks(in_line));
    let inked = |facts: &[Fact]| {
        let cells = facts.iter().flat_map(|fact| [(Ink::Faint, fact.label), (fact.ink, &fact.value)]);
        cells.map(|(ink, text)| Line::of(page.colors, ink, text).to_string()).collect()
    };
    let mut facts = lines();
    layout::for_each_line(&places, lines().map(inked), |line| {
        let facts = facts.next().unwrap_or_default();
        let Some(note) = facts.last().map(|fact| fact.note.as_str()).filter(|note| !note.is_empty()) else {
            return visit(line);
        };
        if columns(&cells[..facts.len()]) + OUTER + width(note) <= page.columns {
            return visit(&format!("{line}{:OUTER$}{}", "", Line::of(page.colors, Ink::Faint, note)));
        }
        visit(line)?;
        let note = flow(&Piece::words(Ink::Faint, note), INDENT, page.columns, page.colors);
        note.iter().try_for_each(|line| visit(&line.to_string()))
    })
}

/// Returns the widths of labels and numbers, by position in the line.
fn cells(rows: &[Vec<Fact>], in_line: usize) -> Vec<(usize, usize)> {
    let mut cells = vec![(0, 0); in_line];
    for row in rows {
        for (i, fact) in row.iter().enumerate() {
            let (label, value) = &mut cells[i % in_line];
            *label = width(fact.label).max(*label);
            *value = width(&fact.value).max(*value);
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
        let row = |facts: &[(&'static str, &str)]| facts.iter().map(|(l, v)| Fact::new(l, v)).collect::<Vec<_>>();
        let rows = [
            row(&[("PV", "1,200"), ("UV", "9"), ("sent", "4.0 KiB"), ("static", "0%")]),
            row(&[("2xx", "100%"), ("3xx", "0%"), ("4xx", "0%"), ("5xx", "0%")]),
            vec![Fact::new("slow", "0%").note("> 0.3 s".to_owned())],
        ];
        let mut out = String::new();
        for_each_line(&rows, Page { columns, ..Page::default() }, |line| {
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
        assert_eq!(at(20).lines().count(), 10, "one fact per line, and the note on its own line");
    }
}
