//! Terminal styles. The only module that uses `anstyle`.
//!
//! Colours have a meaning: yellow is worth a look, red is wrong. All else differs only in weight, which is readable on
//! light and dark backgrounds.

use anstyle::{AnsiColor, Style};

use crate::render::tone::Tone;

/// The meaning of a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Numbers and keys.
    Plain,
    /// Headings, and the most important numbers.
    Strong,
    /// Explanations: labels, less important shares, bars.
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
    fn only_odd_and_bad_have_a_colour() {
        for ink in [Ink::Plain, Ink::Strong, Ink::Faint] {
            assert_eq!(ink.style().get_fg_color(), None, "{ink:?}");
        }
        for tone in [Tone::Odd, Tone::Bad] {
            assert!(Ink::from(tone).style().get_fg_color().is_some(), "{tone:?}");
        }
    }
}
