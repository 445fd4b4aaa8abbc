//! Styles of a terminal. The only home of `anstyle`.
//!
//! Colour says something or is not there: yellow is worth a look, red is wrong. The rest is weight, which reads on a
//! light ground as on a dark one.

use anstyle::{AnsiColor, Style};

use crate::render::tone::Tone;

/// The meaning of a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// The numbers and keys themselves.
    Plain,
    /// Headings, and the numbers that matter most.
    Strong,
    /// Explanations: labels, shares of little weight, bars.
    Faint,
    /// Worth a look.
    Odd,
    /// Wrong.
    Bad,
}

impl Ink {
    pub(super) fn style(self) -> Style {
        match self {
            Ink::Plain => Style::new(),
            Ink::Strong => Style::new().bold(),
            Ink::Faint => Style::new().dimmed(),
            Ink::Odd => AnsiColor::Yellow.on_default(),
            Ink::Bad => AnsiColor::Red.on_default(),
        }
    }
}

impl From<Tone> for Ink {
    fn from(tone: Tone) -> Ink {
        match tone {
            Tone::Plain => Ink::Plain,
            Tone::Odd => Ink::Odd,
            Tone::Bad => Ink::Bad,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_odd_and_wrong_text_has_a_colour() {
        for ink in [Ink::Plain, Ink::Strong, Ink::Faint] {
            assert_eq!(ink.style().get_fg_color(), None, "{ink:?}");
        }
        for tone in [Tone::Odd, Tone::Bad] {
            assert!(Ink::from(tone).style().get_fg_color().is_some(), "{tone:?}");
        }
    }
}
