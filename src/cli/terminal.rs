//! Properties of standard output: width, colours and character set.

use std::env;
use std::io::{IsTerminal, stdout};

use logstat::{Charset, Colors, TerminalStyle};

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// Layout of the report for standard output.
pub(crate) fn terminal_style(color: Color, ascii: bool) -> TerminalStyle {
    let variable = |name| env::var(name).ok();
    let terminal = terminal_size::terminal_size_of(stdout()).map(|(width, _)| usize::from(width.0));
    let colors = colors(
        color,
        stdout().is_terminal(),
        env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()),
        variable("TERM").as_deref(),
    );
    let is_ascii = ascii || !is_utf8(&["LC_ALL", "LC_CTYPE", "LANG"].map(variable));
    TerminalStyle::default()
        .with_csv_hint("--format csv")
        .with_columns(columns(variable("COLUMNS").as_deref(), terminal))
        .with_colors(colors)
        .with_charset(if is_ascii { Charset::Ascii } else { Charset::Unicode })
}

/// True if the locale uses UTF-8, decided by the first locale variable that is set. If none is set, as under cron, the
/// POSIX locale applies. Outside Unix there are no such variables.
fn is_utf8(variables: &[Option<String>]) -> bool {
    let set = variables.iter().flatten().find(|value| !value.is_empty());
    let codeset = |value: &String| value.to_ascii_lowercase().replace('-', "").contains("utf8");
    set.map_or(cfg!(not(unix)), codeset)
}

/// The width in columns: `COLUMNS` if it is valid (20 to 10,000), else the terminal's width, else 80.
fn columns(variable: Option<&str>, terminal: Option<usize>) -> usize {
    let given = variable.and_then(|text| text.trim().parse().ok()).filter(|columns| (20..=10_000).contains(columns));
    given.or(terminal.filter(|columns| *columns > 0)).unwrap_or(80)
}

/// The requested colours, else those that the terminal supports and the user wants: <https://no-color.org>.
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
    fn width_prefers_columns_variable_to_terminal() {
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
    fn first_locale_variable_set_wins() {
        let rows = [
            ([None, None, Some("en_US.UTF-8")], true),
            ([Some("C"), None, Some("en_US.UTF-8")], false),
            ([Some(""), Some("C.utf8"), None], true),
            ([None, None, Some("de_DE.ISO-8859-1")], false),
            ([None, None, None], cfg!(not(unix))),
        ];
        for (variables, expected) in rows {
            assert_eq!(is_utf8(&variables.map(|value| value.map(str::to_owned))), expected, "{variables:?}");
        }
    }

    #[test]
    fn explicit_colour_setting_wins() {
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
