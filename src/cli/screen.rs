//! Where the report is shown: how wide that is, and whether it has colours.

use std::env;
use std::io::{IsTerminal, stdout};

use logstat::{Colors, Page};

/// When there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// What standard output is.
pub(crate) fn page(color: Color) -> Page {
    let variable = |name| env::var(name).ok();
    let terminal = terminal_size::terminal_size_of(stdout()).map(|(width, _)| usize::from(width.0));
    Page {
        columns: columns(variable("COLUMNS").as_deref(), terminal),
        colors: colors(
            color,
            stdout().is_terminal(),
            env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()),
            variable("TERM").as_deref(),
        ),
    }
}

/// `COLUMNS` if it is a width, else the terminal's, else 80.
fn columns(variable: Option<&str>, terminal: Option<usize>) -> usize {
    let given = variable.and_then(|text| text.trim().parse().ok()).filter(|columns| (20..=10_000).contains(columns));
    given.or(terminal.filter(|columns| *columns > 0)).unwrap_or(80)
}

/// What is asked for, else what the terminal can and the user wants: <https://no-color.org>.
fn colors(asked: Color, is_terminal: bool, no_color: bool, term: Option<&str>) -> Colors {
    let shown = match asked {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_terminal && !no_color && term != Some("dumb"),
    };
    if shown { Colors::Ansi } else { Colors::None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_width_is_that_of_whoever_knows() {
        let rows = [
            (Some("120"), Some(90), 120),
            (Some("0"), Some(90), 90),
            (Some("wide"), Some(90), 90),
            (Some("-3"), None, 80),
            (Some(""), None, 80),
            (None, Some(0), 80),
            (None, None, 80),
        ];
        for (variable, terminal, expected) in rows {
            assert_eq!(columns(variable, terminal), expected, "{variable:?} {terminal:?}");
        }
    }

    #[test]
    fn asked_for_beats_all() {
        let rows = [
            (Color::Auto, true, false, Some("xterm"), Colors::Ansi),
            (Color::Auto, true, false, None, Colors::Ansi),
            (Color::Auto, false, false, Some("xterm"), Colors::None),
            (Color::Auto, true, true, Some("xterm"), Colors::None),
            (Color::Auto, true, false, Some("dumb"), Colors::None),
            (Color::Always, false, true, Some("dumb"), Colors::Ansi),
            (Color::Never, true, false, Some("xterm"), Colors::None),
        ];
        for (asked, is_terminal, no_color, term, expected) in rows {
            assert_eq!(
                colors(asked, is_terminal, no_color, term),
                expected,
                "{asked:?} {is_terminal} {no_color} {term:?}"
            );
        }
    }
}
