//! Labelled lines of text, and aligned cells, for an explanation.

use std::io;

use super::fit::{cut_end, cut_middle, fitting_len, width};
use super::ink::Ink;
use super::line::Line;
use super::{TableWriter, ascii};
use crate::render::Charset;

/// Width of a label, including the space after it, in columns.
const LABEL: usize = 12;
/// Spaces before the fields of a line.
pub(super) const INDENT: usize = 4;
/// A word that must be broken starts on the current line if at least this many columns are left, otherwise on the next
/// line.
const ROOM: usize = 4;

impl TableWriter<'_> {
    /// Returns log text as the page can show it.
    pub(super) fn text(&self, text: &str) -> String {
        if self.terminal.charset == Charset::Ascii { ascii::escaped(text) } else { text.to_owned() }
    }

    /// Returns a symbol as the page can show it.
    pub(super) fn sign(&self, sign: char) -> char {
        if self.terminal.charset == Charset::Ascii { char::from(ascii::of_sign(sign)) } else { sign }
    }

    /// Writes a name, cut if needed, with a description.
    pub(super) fn titled(&mut self, name: &str, rest: &str) -> io::Result<()> {
        let (name, rest) = (self.text(name), format!(" · {rest}"));
        let room = self.terminal.columns.saturating_sub(width(&rest)).max(self.terminal.columns / 3);
        let mut line = Line::of(self.terminal.colors, Ink::Strong, &cut_middle(&name, room));
        let left = self.terminal.columns.saturating_sub(line.columns());
        line.push(Ink::Plain, &cut_end(&rest, left));
        self.line(&line)
    }

    /// Writes cells that start at these columns.
    pub(super) fn cells(&mut self, starts: [usize; 3], cells: [&str; 3], inks: [Ink; 3]) -> io::Result<()> {
        let mut line = Line::new(self.terminal.colors);
        for ((start, cell), ink) in starts.into_iter().zip(cells).zip(inks) {
            line.gap(start.saturating_sub(line.columns()));
            line.push(ink, cell);
        }
        self.line(&line)
    }

    pub(super) fn headed(&mut self, text: &str) -> io::Result<()> {
        let text = self.text(text);
        let mut line = Line::new(self.terminal.colors);
        line.gap(2);
        line.push(Ink::Strong, &cut_end(&text, self.terminal.columns.saturating_sub(2)));
        self.line(&line)
    }

    pub(super) fn labelled(&mut self, label: &str, text: &str) -> io::Result<()> {
        self.wrapped(2, label, text)
    }

    pub(super) fn sub_labelled(&mut self, label: &str, text: &str) -> io::Result<()> {
        self.wrapped(INDENT, label, text)
    }

    /// Writes a label, and text after it that wraps to as many lines as needed.
    fn wrapped(&mut self, indent: usize, label: &str, text: &str) -> io::Result<()> {
        let at = indent + LABEL.max(width(label) + 1);
        let lines = wrap(&self.text(text), self.terminal.columns.saturating_sub(at).max(8));
        for (i, text) in lines.iter().enumerate() {
            let mut line = Line::new(self.terminal.colors);
            line.gap(indent);
            if i == 0 {
                line.push(Ink::Faint, label);
            }
            line.gap(at.saturating_sub(line.columns()));
            line.push(Ink::Plain, text.trim_end());
            self.line(&line)?;
        }
        Ok(())
    }
}

/// Wraps a text into lines of at most `columns`. It breaks at spaces, and inside words that are longer than a line.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is at least one line");
        if last.is_empty() {
            last.push_str(word);
        } else if width(last) + 1 + width(word) <= columns {
            last.push(' ');
            last.push_str(word);
        } else if width(word) <= columns || columns.saturating_sub(width(last)) < ROOM {
            lines.push(word.to_owned());
        } else {
            last.push(' ');
            last.push_str(word);
        }
        while lines.last().is_some_and(|last| width(last) > columns) {
            let last = lines.pop().expect("there is at least one line");
            let (head, rest) = last.split_at(fitting_len(&last, columns));
            lines.push(head.to_owned());
            if rest.is_empty() {
                break;
            }
            lines.push(rest.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_wraps_at_spaces_and_long_words_are_broken() {
        for (text, columns, expected) in [
            ("", 8, vec![""]),
            ("a bcdefghijklmnop q", 10, vec!["a bcdefghi", "jklmnop q"]),
            ("abcdefg bcdefghijklmnop q", 10, vec!["abcdefg", "bcdefghijk", "lmnop q"]),
            ("a bb ccc", 4, vec!["a bb", "ccc"]),
            ("abcdefgh ij", 3, vec!["abc", "def", "gh", "ij"]),
            ("日本語", 4, vec!["日本", "語"]),
            ("日本", 1, vec!["日", "本"]),
            ("a…b", 2, vec!["a…", "b"]),
        ] {
            assert_eq!(wrap(text, columns), expected, "{text}");
        }
    }
}
