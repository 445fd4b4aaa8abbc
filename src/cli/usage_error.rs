//! Words for errors of the parser of arguments: what is wrong with which option, and what to type instead.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, CommandFactory, Error};

use super::advice::advice;
use super::args::Args;
use super::closest_match::closest_match;
use super::messages::shown;

/// The message of an error. Our own errors have their text already.
pub(crate) fn message(error: &Error) -> String {
    let option = text(error, ContextKind::InvalidArg).map(first_word).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => unknown_option(&option),
        ErrorKind::ArgumentConflict => match text(error, ContextKind::PriorArg).map(first_word) {
            Some(other) => {
                let (first, second) = (option.clone().min(other.clone()), option.max(other));
                format!("{first} and {second} cannot be combined")
            }
            None => format!("{option} cannot be combined with the other options"),
        },
        ErrorKind::InvalidValue if !option.is_empty() => {
            let usage = text(error, ContextKind::InvalidArg).unwrap_or_default();
            format!("{option} needs a value: {}", shown(usage))
        }
        ErrorKind::TooManyValues => {
            let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
            format!("{option} takes no value, but '{}' is given", shown(value))
        }
        ErrorKind::InvalidUtf8 => "an option has a value that is not valid UTF-8".to_owned(),
        _ => without_usage(&error.to_string()),
    }
}

fn text(error: &Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text),
        ContextValue::Strings(texts) => texts.first().map(String::as_str),
        _ => None,
    }
}

/// `--config` of `--config <FILE>`, `--verbose` of `--verbose...`, escaped for a terminal.
fn first_word(option: &str) -> String {
    shown(option.split(' ').next().unwrap_or_default().trim_end_matches("..."))
}

/// The message for an option that does not exist: advice if another program has it, else the closest option.
fn unknown_option(option: &str) -> String {
    let start = format!("unknown option '{option}'");
    if let Some(advice) = advice(option) {
        return format!("{start}\n  {advice}");
    }
    let command = Args::command();
    let known: Vec<&str> = command.get_arguments().filter_map(Arg::get_long).collect();
    match option.strip_prefix("--").and_then(|name| closest_match(name, &known)) {
        Some(name) => format!("{start}; did you mean '--{name}'?"),
        None => format!("{start}\n  all options:  logstat --help"),
    }
}

/// Removes clap's heading and the usage text after the message.
fn without_usage(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let end = ["\n\nUsage:", "\n\nFor more information"].iter().filter_map(|mark| text.find(mark)).min();
    text[..end.unwrap_or(text.len())].trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::argument_error::argument_error;

    fn said(arguments: &[&str]) -> String {
        message(&Args::command().try_get_matches_from(["logstat"].iter().chain(arguments)).unwrap_err())
    }

    #[test]
    fn errors_name_the_option_and_what_to_type() {
        let rows: [(&[&str], &str); 9] = [
            (&["--tpo", "path"], "unknown option '--tpo'; did you mean '--top'?"),
            (&["--log-fromat=main"], "unknown option '--log-fromat'; did you mean '--log-format'?"),
            (&["--frobnicate"], "unknown option '--frobnicate'\n  all options:  logstat --help"),
            (&["-y"], "unknown option '-y'\n  all options:  logstat --help"),
            (&["--by"], "--by needs a value: --by <UNIT>"),
            (&["--json=x"], "--json takes no value, but 'x' is given"),
            (&["--quiet", "-v"], "--quiet and --verbose cannot be combined"),
            (&["--config", "a", "--no-config"], "--config and --no-config cannot be combined"),
            (&["--by", "dya"], "unknown unit 'dya' for --by; did you mean 'day'?"),
        ];
        for (arguments, expected) in rows {
            let found = said(arguments);
            assert!(found == expected || found.starts_with(&format!("{expected}\n  units: ")), "{found}");
        }
        assert_eq!(message(&argument_error("a\n  b")), "a\n  b");
    }

    #[test]
    fn unknown_options_are_escaped() {
        for name in ["--a\u{1b}[31mb", "--a\u{202e}b", "--a\nb", "-\u{7}", "--js\u{200b}on"] {
            let text = said(&[name]);
            assert!(!text.contains(name) && text.contains(&shown(name)), "{text:?}");
        }
    }
}
