//! The program: runs the command line, and says by its exit code how that ended.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::exit_on_signals();
    ExitCode::from(cli::run().code())
}
