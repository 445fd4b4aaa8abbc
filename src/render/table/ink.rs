//! What text looks like. The only home of `anstyle`.
//!
//! Colour says something or is not there: yellow is worth a look, red is wrong. The rest is weight, which reads on a
//! light ground as on a dark one.

use anstyle::{AnsiColor, Style};

/// What a piece of text is, to the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Ink {
    /// The numbers and keys themselves.
    Plain,
    /// Headings, and what the eye is to find first.
    Strong,
    /// What explains: labels, shares of little weight, bars.
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

    /// What is odd or wrong on a page: the class of an element.
    pub(in crate::render) fn tone(self) -> &'static str {
        match self {
            Ink::Odd => "odd",
            Ink::Bad => "bad",
            _ => "",
        }
    }

    /// The ink of client errors, a part of a whole: many are odd.
    pub(in crate::render) fn of_4xx(part: Option<(u64, u64)>) -> Ink {
        if part.is_some_and(|(part, whole)| exceeds(part, whole, 10)) { Ink::Odd } else { Ink::Plain }
    }

    /// The ink of server errors, a part of a whole: one in a hundred is too many.
    pub(in crate::render) fn of_5xx(part: Option<(u64, u64)>) -> Ink {
        if part.is_some_and(|(part, whole)| exceeds(part, whole, 1)) { Ink::Bad } else { Ink::Plain }
    }

    /// The ink of slow requests.
    pub(in crate::render) fn of_slow(part: u64, whole: u64) -> Ink {
        if exceeds(part, whole, 5) { Ink::Odd } else { Ink::Plain }
    }
}

/// Whether a part is at least so many percent of the whole, and not nothing.
fn exceeds(part: u64, whole: u64, percent: u64) -> bool {
    part > 0 && u128::from(part) * 100 >= u128::from(whole) * u128::from(percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_odd_or_wrong_has_a_colour() {
        assert_eq!([99, 100].map(|part| Ink::of_4xx(Some((part, 1000)))), [Ink::Plain, Ink::Odd]);
        assert_eq!([9, 10].map(|part| Ink::of_5xx(Some((part, 1000)))), [Ink::Plain, Ink::Bad]);
        assert_eq!([Ink::of_4xx(None), Ink::of_5xx(None)], [Ink::Plain; 2]);
        assert_eq!((Ink::of_slow(0, 0), Ink::of_slow(1, 1)), (Ink::Plain, Ink::Odd));
        for ink in [Ink::Plain, Ink::Strong, Ink::Faint] {
            assert_eq!(ink.style().get_fg_color(), None, "{ink:?}");
        }
    }
}
