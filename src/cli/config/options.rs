//! Options that can be set in a file or by a variable: those of the command line, by their long names.

use clap::builder::ValueHint;
use clap::{Arg, ArgAction, Command};

use crate::cli::closest_match::closest_match;
use crate::cli::messages::shown;

/// THE TABLE of options that cannot be configured, and why.
const REFUSED: [(&str, &str); 15] = [
    ("config", "it names this file"),
    ("no-config", "this file is already read"),
    ("print-config", PRINTS),
    ("generate", PRINTS),
    ("schema", PRINTS),
    ("list-static", PRINTS),
    ("explain", PRINTS),
    ("inspect", PRINTS),
    ("list-splits", PRINTS),
    ("lines", PRINTS),
    ("slowest", PRINTS),
    ("largest", PRINTS),
    ("range", "it is about one file"),
    ("help", PRINTS),
    ("version", PRINTS),
];

const PRINTS: &str = "it prints something other than a report";

/// THE TABLE of options that exclude each other: one given in a higher layer displaces the other in lower layers.
const CONFLICTS: [(&str, &str); 7] = [
    ("json", "format"),
    ("uv", "hll"),
    ("static", "dynamic"),
    ("bots", "no-bots"),
    ("quiet", "verbose"),
    ("date", "since"),
    ("date", "until"),
];

/// Number of values that an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueCount {
    /// None; it is given or not.
    Flag,
    /// None, but it may be given several times.
    Count,
    One,
    Many,
}

pub(super) fn value_count(option: &Arg) -> ValueCount {
    match option.get_action() {
        ArgAction::Set => ValueCount::One,
        ArgAction::Append => ValueCount::Many,
        ArgAction::Count => ValueCount::Count,
        _ => ValueCount::Flag,
    }
}

/// True if the option takes a path, so that relative values depend on a directory.
pub(super) fn is_path(option: &Arg) -> bool {
    option.get_value_hint() == ValueHint::AnyPath
}

/// All configurable options, in the order of the help.
pub(super) fn settable(command: &Command) -> impl Iterator<Item = (&str, &Arg)> {
    let named = command.get_arguments().filter_map(|option| option.get_long().map(|name| (name, option)));
    named.filter(|(name, _)| refusal(name).is_none())
}

/// True if an option has this second name: `from` for `since`.
pub(super) fn is_alias(option: &Arg, name: &str) -> bool {
    option.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
}

/// Looks up a configurable option by one of its names, or returns what is wrong with the name. `others` are further
/// valid names, for suggestions.
pub(super) fn named<'c>(command: &'c Command, name: &str, others: &[&str]) -> Result<&'c Arg, String> {
    if let Some((_, option)) = settable(command).find(|(known, option)| *known == name || is_alias(option, name)) {
        return Ok(option);
    }
    if let Some(reason) = refusal(name) {
        return Err(format!("'{name}' works only on the command line, because {reason}"));
    }
    let short = settable(command).find(|(_, option)| option.get_short().is_some_and(|c| name.chars().eq([c])));
    let known: Vec<&str> = others.iter().copied().chain(settable(command).map(|(known, _)| known)).collect();
    let suggestion = short.map(|(known, _)| known).or_else(|| closest_match(name, &known));
    let suggestion = suggestion.map(|known| format!("; did you mean '{known}'?")).unwrap_or_default();
    Err(format!("unknown key '{}'{suggestion}", shortened(name)))
}

/// Why an option cannot be configured, if that is so.
pub(super) fn refusal(name: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(refused, _)| *refused == name).map(|(_, reason)| *reason)
}

pub(super) fn conflict(one: &str, other: &str) -> bool {
    CONFLICTS.contains(&(one, other)) || CONFLICTS.contains(&(other, one))
}

/// A word from outside, escaped for a terminal and cut to a line.
pub(super) fn shortened(word: &str) -> String {
    const MAX_CHARS: usize = 60;
    match word.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", shown(&word[..end])),
        None => shown(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Args;
    use crate::cli::config::layers::DEPENDENT_OPTIONS;
    use crate::cli::config::{AGENTS, FORMATS, SITE_FILES, SITES};
    use clap::CommandFactory;

    #[test]
    fn every_option_is_configurable_or_refused_with_a_reason() {
        let mut command = Args::command();
        command.build();
        let all: Vec<&str> = command.get_arguments().filter_map(Arg::get_long).collect();
        assert!(all.len() > 60, "{all:?}");
        for name in &all {
            assert_ne!(named(&command, name, &[]).is_ok(), refusal(name).is_some(), "{name}");
        }
        assert!(command.get_arguments().all(|option| option.get_long().is_some() || option.get_id() == "files"));
        let mentioned =
            REFUSED.iter().map(|(name, _)| name).chain(CONFLICTS.iter().flat_map(|(one, other)| [one, other]));
        let mentioned = mentioned.chain(DEPENDENT_OPTIONS.iter().map(|(name, _)| name));
        for name in mentioned {
            assert!(all.contains(name), "--{name} is no option");
        }
        for own in [FORMATS, AGENTS, SITES, SITE_FILES] {
            assert!(!all.contains(&own), "{own} is the name of an option");
        }
    }

    #[test]
    fn printing_options_are_not_configurable() {
        // The help of an option that prints something else than a report begins with "Print".
        for (name, option) in settable(&Args::command()) {
            let help = option.get_help().unwrap().to_string();
            assert!(!help.starts_with("Print"), "{name}: {help}");
        }
    }

    #[test]
    fn unknown_names_have_a_suggestion() {
        let command = Args::command();
        let rows = [
            ("tpo", "unknown key 'tpo'; did you mean 'top'?"),
            ("log_format", "unknown key 'log_format'; did you mean 'log-format'?"),
            ("n", "unknown key 'n'; did you mean 'limit'?"),
            ("site", "unknown key 'site'; did you mean 'sites'?"),
            ("colour", "unknown key 'colour'; did you mean 'color'?"),
            ("qqqqqqqqqqqq", "unknown key 'qqqqqqqqqqqq'"),
            ("\u{1b}[31m\u{202e}", "unknown key '\\x1B[31m\\xE2\\x80\\xAE'"),
            ("schema", "'schema' works only on the command line, because it prints something other than a report"),
        ];
        for (name, expected) in rows {
            assert_eq!(named(&command, name, &[SITES]).unwrap_err(), expected);
        }
        assert!(named(&command, &"x".repeat(1 << 20), &[]).unwrap_err().len() < 100);
    }

    #[test]
    fn options_take_as_many_values_as_on_the_command_line() {
        let command = Args::command();
        let rows = [
            ("fill", ValueCount::Flag),
            ("verbose", ValueCount::Count),
            ("by", ValueCount::One),
            ("top", ValueCount::Many),
            ("output", ValueCount::Many),
        ];
        for (name, expected) in rows {
            assert_eq!(value_count(named(&command, name, &[]).unwrap()), expected, "{name}");
        }
        let paths: Vec<&str> = settable(&command).filter(|(_, option)| is_path(option)).map(|(name, _)| name).collect();
        assert_eq!(paths, ["nginx-conf", "rejects", "output", "save", "state", "geo"]);
    }
}
