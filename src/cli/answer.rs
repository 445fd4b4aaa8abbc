//! Prints what the parser of arguments answers instead of a command line: help, version and errors.

use std::io::{self, Write};

use clap::CommandFactory;

use super::End;
use super::args::Args;
use super::messages;
use super::severity::Severity;
use super::usage_error;

/// Prints help and version if requested, otherwise the error.
pub(crate) fn say(answer: &clap::Error) -> End {
    if answer.use_stderr() {
        messages::say(Severity::Error, usage_error::message(answer));
        return End::Misused;
    }
    match answer.print() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => End::Failed,
        _ => End::Done,
    }
}

/// Prints the short help and an error, for when standard input is a terminal and no file is given.
pub(crate) fn say_short() -> End {
    // stderr is closed: nothing left to report to.
    let _ = write!(io::stderr(), "{}", Args::command().render_help());
    messages::say(Severity::Error, "name a log file or a directory; standard input is a terminal");
    End::Misused
}
