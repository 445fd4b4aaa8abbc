//! The program: runs the command line and reports the outcome as the exit code.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::exit_on_signals();
    ExitCode::from(cli::run().code())
}
