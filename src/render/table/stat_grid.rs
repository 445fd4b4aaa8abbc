//! Labelled numbers in aligned columns, as many per line as the page has room for.

use std::io;

use super::fit::width;
use super::ink::Ink;
use super::layout::{self, ColumnLayout, Side};
use super::line::Line;
use super::wrap::{Piece, wrap};
use crate::render::TerminalStyle;
use crate::render::terms::Form;

/// A number with its label.
#[derive(Clone, Debug)]
pub(super) struct Stat {
    /// Its label in each form, from the longest to the shortest.
    labels: [&'static str; 3],
    value: String,
    ink: Ink,
    /// Text after the number. Only the last fact of a row has one.
    note: String,
    /// A number of the same kind, which belongs below this one.
    below: Option<Box<Stat>>,
}

impl Stat {
    pub(super) fn new(label: &'static str, value: impl std::fmt::Display) -> Stat {
        Stat::labelled([label; 3], value)
    }

    pub(super) fn labelled(labels: [&'static str; 3], value: impl std::fmt::Display) -> Stat {
        Stat { labels, value: value.to_string(), ink: Ink::Plain, note: String::new(), below: None }
    }

    pub(super) fn ink(self, ink: Ink) -> Stat {
        Stat { ink, ..self }
    }

    /// Puts a number below this one. Those of a row must be its first ones.
    pub(super) fn above(self, below: Stat) -> Stat {
        Stat { below: Some(Box::new(below)), ..self }
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

/// Calls `visit` for each line, and returns the form that labels have there. Labels lose their abbreviation, and then
/// rows are broken into shorter lines, until they fit. Labels are abbreviated only if one fact alone does not fit.
pub(super) fn for_each_line(
    rows: &[Vec<Stat>],
    terminal: TerminalStyle,
    mut visit: impl FnMut(&str) -> io::Result<()>,
) -> io::Result<Form> {
    let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let numbers = [longest, 4, 2, 1].into_iter().filter(|n| (1..=longest).contains(n));
    let in_full = [Form::WithAbbreviation, Form::Full];
    let candidates = numbers.flat_map(|in_line| in_full.map(|form| (in_line, form))).chain([(1, Form::Abbreviated)]);
    let laid_out = candidates.map(|(in_line, form)| {
        // A number that is not next to others of its line has the label that says most by itself.
        let form_below = if in_line < longest { form.max(Form::Full) } else { form };
        let lines = lines(rows, in_line, [form, form_below]);
        let cells = cells(&lines, in_line);
        (in_line, form, lines, cells)
    });
    let fits = |in_line: usize, form: Form, cells: &[(usize, usize)]| {
        (in_line, form) == (1, Form::Abbreviated) || columns(cells) <= terminal.columns
    };
    let mut laid_out = laid_out.filter(|(in_line, form, _, cells)| fits(*in_line, *form, cells));
    let Some((_, form, lines, cells)) = laid_out.next() else {
        return Ok(Form::WithAbbreviation);
    };
    let mut places = Vec::new();
    for (i, (label, value)) in cells.iter().enumerate() {
        places.push(ColumnLayout { gap: if i == 0 { INDENT } else { OUTER }, width: *label, side: Side::Left });
        places.push(ColumnLayout { gap: INNER, width: *value, side: Side::Right });
    }
    let inked = |stats: &Vec<Labelled<'_>>| {
        let cells = stats.iter().flat_map(|(label, stat)| [(Ink::Faint, *label), (stat.ink, &*stat.value)]);
        cells.map(|(ink, text)| Line::of(terminal.colors, ink, text).to_string()).collect()
    };
    let mut stats = lines.iter();
    layout::for_each_line(&places, lines.iter().map(inked), |line| {
        let stats = stats.next().map(Vec::as_slice).unwrap_or_default();
        let Some(note) = stats.last().map(|(_, stat)| stat.note.as_str()).filter(|note| !note.is_empty()) else {
            return visit(line);
        };
        if columns(&cells[..stats.len()]) + OUTER + width(note) <= terminal.columns {
            return visit(&format!("{line}{:OUTER$}{}", "", Line::of(terminal.colors, Ink::Faint, note)));
        }
        visit(line)?;
        let note = wrap(&Piece::words(Ink::Faint, note), INDENT, terminal.columns, terminal.colors);
        note.iter().try_for_each(|line| visit(&line.to_string()))
    })?;
    Ok(form)
}

/// A number and its label.
type Labelled<'s> = (&'static str, &'s Stat);

/// Breaks rows into lines of `in_line` numbers. What belongs below numbers of a line is the next line. Labels have the
/// first form, and the second below others.
fn lines(rows: &[Vec<Stat>], in_line: usize, [form, form_below]: [Form; 2]) -> Vec<Vec<Labelled<'_>>> {
    let mut lines = Vec::new();
    for stats in rows.iter().flat_map(|row| row.chunks(in_line)) {
        lines.push(stats.iter().map(|stat| (stat.labels[form as usize], stat)).collect());
        let below = stats.iter().map_while(|stat| stat.below.as_deref());
        let below: Vec<_> = below.map(|stat| (stat.labels[form_below as usize], stat)).collect();
        lines.extend((!below.is_empty()).then_some(below));
    }
    lines
}

/// Returns the widths of labels and numbers, by position in the line.
fn cells(lines: &[Vec<Labelled<'_>>], in_line: usize) -> Vec<(usize, usize)> {
    let mut cells = vec![(0, 0); in_line];
    for (i, (label, stat)) in lines.iter().flat_map(|line| line.iter().enumerate()) {
        let (label_width, value) = &mut cells[i];
        *label_width = width(label).max(*label_width);
        *value = width(&stat.value).max(*value);
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
            row(&[("A", "1,200"), ("B", "9"), ("sent", "4.0 KiB"), ("static", "0%")]),
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
        let wide = "  A     1,200   B     9   sent  4.0 KiB   static  0%\n  \
                      2xx    100%   3xx  0%   4xx        0%   5xx     0%\n  \
                      slow     0%   > 0.3 s\n";
        assert_eq!(at(80), wide);
        assert_eq!(at(52), wide);
        let half = "  A       1,200   B        9\n  sent  4.0 KiB   static  0%\n  2xx      100%   3xx     0%\n  \
                      4xx        0%   5xx     0%\n  slow       0%   > 0.3 s\n";
        assert_eq!(at(51), half);
        assert_eq!(at(20).lines().count(), 10, "one fact per line, and the note on its own line");
    }

    #[test]
    fn numbers_stay_below_those_that_they_belong_to() {
        let base = |label, value, below| {
            Stat::new(label, value).above(Stat::labelled(["without bots", "people", "people"], below))
        };
        let rows = [
            vec![
                base("Requests", "90", "80"),
                base("Visitors", "9", "8"),
                Stat::new("Sent", "1 B"),
                Stat::new("Static", "0%"),
            ],
            vec![Stat::new("2xx", "100%")],
        ];
        for (columns, expected) in [
            (
                80,
                "  Requests        90   Visitors      9   Sent  1 B   Static  0%\n  \
                   without bots    80   without bots  8\n  2xx           100%\n",
            ),
            (
                40,
                "  Requests    90   Visitors   9\n  people      80   people     8\n  \
                   Sent       1 B   Static    0%\n  2xx       100%\n",
            ),
            (
                20,
                "  Requests    90\n  people      80\n  Visitors     9\n  people       8\n  \
                   Sent       1 B\n  Static      0%\n  2xx       100%\n",
            ),
        ] {
            let mut out = String::new();
            for_each_line(&rows, TerminalStyle { columns, ..TerminalStyle::default() }, |line| {
                out += &format!("{line}\n");
                Ok(())
            })
            .unwrap();
            assert_eq!(out, expected, "{columns}");
        }
    }

    #[test]
    fn labels_lose_their_abbreviation_before_lines_are_broken() {
        let stat = || Stat::labelled(["Requests (PV)", "Requests", "PV"], "7");
        let stats = [vec![stat(), stat()]];
        for (columns, form, expected) in [
            (80, Form::WithAbbreviation, "  Requests (PV)  7   Requests (PV)  7\n"),
            (28, Form::Full, "  Requests  7   Requests  7\n"),
            (18, Form::WithAbbreviation, "  Requests (PV)  7\n  Requests (PV)  7\n"),
            (9, Form::Abbreviated, "  PV  7\n  PV  7\n"),
        ] {
            let mut out = String::new();
            let visit = |line: &str| {
                out += &format!("{line}\n");
                Ok(())
            };
            let found = for_each_line(&stats, TerminalStyle { columns, ..TerminalStyle::default() }, visit).unwrap();
            assert_eq!((found, out.as_str()), (form, expected), "{columns}");
        }
    }
}
