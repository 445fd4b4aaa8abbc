//! Prints what the parser of arguments answers instead of a command line: help, version and errors.

use std::io::{self, Write};

use clap::CommandFactory;

use super::ExitStatus;
use super::args::Args;
use super::messages;
use super::severity::Severity;
use super::usage_error;

/// Prints help and version if requested, otherwise the error.
pub(crate) fn print_answer(answer: &clap::Error) -> ExitStatus {
    if answer.use_stderr() {
        messages::print_line(Severity::Error, usage_error::message(answer));
        return ExitStatus::UsageError;
    }
    match answer.print() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitStatus::Failed,
        _ => ExitStatus::Success,
    }
}

/// Prints the short help and an error, for when standard input is a terminal and no file is given.
pub(crate) fn print_short_help() -> ExitStatus {
    // stderr is closed: nothing left to report to.
    let _ = write!(io::stderr(), "{}", Args::command().render_help());
    messages::print_line(Severity::Error, "name a log file or a directory; standard input is a terminal");
    ExitStatus::UsageError
}
