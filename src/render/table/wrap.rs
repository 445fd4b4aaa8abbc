//! Wraps sentences into as few lines as the width allows.

use super::fit::width;
use super::ink::Ink;
use super::line::Line;
use crate::render::Colors;

/// Part of a sentence that is never broken, and the separator before it. The first piece of a line has no separator.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) before: &'static str,
    pub(super) ink: Ink,
    pub(super) text: String,
}

impl Piece {
    pub(super) fn new(before: &'static str, ink: Ink, text: impl Into<String>) -> Piece {
        Piece { before, ink, text: text.into() }
    }

    /// Splits a text into pieces at every space.
    pub(super) fn words(ink: Ink, text: &str) -> Vec<Piece> {
        text.split(' ').map(|word| Piece::new(" ", ink, word)).collect()
    }
}

/// Wraps pieces into as few lines as the width allows.
pub(super) fn wrap(pieces: &[Piece], indent: usize, columns: usize, colors: Colors) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut line = Line::new(colors);
    line.gap(indent);
    for piece in pieces {
        let is_first = line.is_empty();
        if !is_first && line.columns() + width(piece.before) + width(&piece.text) > columns {
            lines.push(std::mem::replace(&mut line, Line::new(colors)));
            line.gap(indent);
        } else if !is_first {
            match piece.before {
                " " => line.gap(1),
                before => line.push(Ink::Faint, before),
            }
        }
        line.push(piece.ink, &piece.text);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_wrapped_into_lines() {
        let pieces = [Piece::new("", Ink::Plain, "a.log"), Piece::new(" · ", Ink::Plain, "4 lines")];
        let flowed = |columns| {
            wrap(&pieces, 1, columns, Colors::None).iter().map(|line| format!("{line}\n")).collect::<String>()
        };
        assert_eq!(flowed(16), " a.log · 4 lines\n");
        assert_eq!(flowed(15), " a.log\n 4 lines\n");
        assert_eq!(flowed(3), " a.log\n 4 lines\n");
    }
}
