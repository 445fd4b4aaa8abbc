//! Prints clap's output: help, version and errors.

use std::io::{self, Write};

use clap::CommandFactory;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};

use super::ExitStatus;
use super::args::Args;
use super::messages::shown;

/// Prints clap's output: help and version if requested, otherwise the error.
pub(crate) fn print_answer(mut answer: clap::Error) -> ExitStatus {
    let is_wrong = answer.use_stderr();
    // Our own errors have no colour settings yet.
    answer = answer.with_cmd(&Args::command());
    quote_safely(&mut answer);
    match answer.print() {
        _ if is_wrong => ExitStatus::UsageError,
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitStatus::Failed,
        _ => ExitStatus::Success,
    }
}

/// Escapes control and format characters, including line ends, in the arguments that a message quotes. clap's tips
/// contain an unknown option too, between colour codes.
fn quote_safely(answer: &mut clap::Error) {
    let unknown = match answer.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(name)) => name.clone(),
        _ => String::new(),
    };
    let in_tip = |tip: &StyledStr| match unknown.is_empty() {
        true => tip.clone(),
        false => StyledStr::from(tip.ansi().to_string().replace(&unknown, &shown(&unknown))),
    };
    let quoted = |value: &ContextValue| match value {
        ContextValue::String(text) => Some(ContextValue::String(shown(text))),
        ContextValue::Strings(texts) => Some(ContextValue::Strings(texts.iter().map(|text| shown(text)).collect())),
        ContextValue::StyledStrs(tips) => Some(ContextValue::StyledStrs(tips.iter().map(in_tip).collect())),
        _ => None,
    };
    let all: Vec<_> = answer.context().filter_map(|(kind, value)| Some((kind, quoted(value)?))).collect();
    for (kind, value) in all {
        answer.insert(kind, value);
    }
}

/// Prints the short help, for when standard input is a terminal and no file is given.
pub(crate) fn print_short_help() -> ExitStatus {
    // stderr is closed: nothing left to report to.
    let _ = write!(io::stderr(), "{}", Args::command().render_help());
    ExitStatus::UsageError
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On a terminal, clap does not strip escape sequences, because its own colours are among them.
    #[test]
    fn unknown_options_are_escaped_in_coloured_output() {
        for name in ["--a\u{1b}[31mb", "--a\u{202e}b", "--a\nb", "-\u{7}", "--js\u{200b}on"] {
            let mut answer = Args::command().try_get_matches_from(["logstat", name]).unwrap_err();
            quote_safely(&mut answer);
            let text = answer.render().ansi().to_string();
            assert!(!text.contains(name) && text.contains(&shown(name)), "{text:?}");
        }
    }
}
