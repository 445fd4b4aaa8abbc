//! The program: runs the command line, and says by its exit code how that ended.

mod cli;

use std::process::ExitCode;

use cli::End;

/// What scripts rely on.
const DONE: u8 = 0;
const FAILED: u8 = 1;
const MISUSED: u8 = 2;
const NOT_WELL: u8 = 3;

fn main() -> ExitCode {
    cli::exit_on_signals();
    ExitCode::from(match cli::run() {
        End::Done => DONE,
        End::NotWell => NOT_WELL,
        End::Failed => FAILED,
        End::Misused => MISUSED,
    })
}
