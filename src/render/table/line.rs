//! A line of output: pieces of text with ink. It knows its visible width and never ends with spaces.

use std::fmt::{self, Display, Write as _};

use super::fit::width;
use super::ink::Ink;
use crate::render::Colors;

/// A line that is built from left to right.
#[derive(Clone, Debug)]
pub(super) struct Line {
    text: String,
    colors: Colors,
    /// Current ink: text in this ink needs no further escape.
    ink: Ink,
    /// Width of the text so far, in columns.
    columns: usize,
    /// Spaces that are written only if text follows them.
    gap: usize,
}

impl Line {
    pub(super) fn new(colors: Colors) -> Line {
        Line { text: String::new(), colors, ink: Ink::Plain, columns: 0, gap: 0 }
    }

    /// Creates a line of one piece.
    pub(super) fn of(colors: Colors, ink: Ink, text: &str) -> Line {
        let mut line = Line::new(colors);
        line.push(ink, text);
        line
    }

    /// Column at which the next text starts.
    pub(super) fn columns(&self) -> usize {
        self.columns + self.gap
    }

    pub(super) fn is_empty(&self) -> bool {
        self.columns == 0
    }

    /// Adds spaces before the next text, if there is any.
    pub(super) fn gap(&mut self, columns: usize) {
        self.gap += columns;
    }

    pub(super) fn push(&mut self, ink: Ink, text: &str) {
        if text.is_empty() {
            return;
        }
        self.close_gap(ink);
        self.columns += width(text);
        self.text.push_str(text);
    }

    /// Writes the pending spaces, and the escapes if the ink changes.
    fn close_gap(&mut self, ink: Ink) {
        let changes = self.colors == Colors::Ansi && ink != self.ink;
        if changes {
            write!(self.text, "{:#}", self.ink.style()).expect("writing to a String cannot fail");
        }
        self.text.extend(std::iter::repeat_n(' ', self.gap));
        self.columns += std::mem::take(&mut self.gap);
        if changes {
            write!(self.text, "{}", ink.style()).expect("writing to a String cannot fail");
            self.ink = ink;
        }
    }
}

impl Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if self.colors == Colors::Ansi { write!(f, "{:#}", self.ink.style()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_do_not_end_with_spaces() {
        let mut line = Line::new(Colors::None);
        line.gap(2);
        line.push(Ink::Plain, "日");
        line.gap(3);
        line.push(Ink::Plain, "9");
        line.gap(2);
        line.push(Ink::Plain, "");
        assert_eq!((line.to_string().as_str(), line.columns()), ("  日   9", 10));
    }

    #[test]
    fn ink_has_no_width_and_needs_colours() {
        for (colors, expected) in [(Colors::None, "  x y z"), (Colors::Ansi, "  \u{1b}[1mx y\u{1b}[0m z")] {
            let mut line = Line::new(colors);
            line.gap(2);
            for (ink, text) in [(Ink::Strong, "x"), (Ink::Strong, "y"), (Ink::Plain, "z")] {
                line.push(ink, text);
                line.gap(1);
            }
            assert_eq!((line.to_string().as_str(), line.columns()), (expected, 8));
        }
        assert_eq!(Line::of(Colors::Ansi, Ink::Bad, "x").to_string(), "\u{1b}[31mx\u{1b}[0m");
        assert_eq!(Line::of(Colors::Ansi, Ink::Bad, "").to_string(), "");
    }
}
