//! The program: runs the command line, and says by its exit code how that ended.

mod cli;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use cli::End;

/// What scripts rely on.
const DONE: u8 = 0;
const FAILED: u8 = 1;
const MISUSED: u8 = 2;
const NOT_WELL: u8 = 3;
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    exit_on_interrupt();
    ExitCode::from(match cli::run() {
        End::Done => DONE,
        End::NotWell => NOT_WELL,
        End::Failed => FAILED,
        End::Misused => MISUSED,
    })
}

/// Ctrl-C ends the program at once: what it has is of no use to anybody yet. Without the handler, which only a
/// system out of resources refuses, the system's own way holds.
fn exit_on_interrupt() {
    let always = Arc::new(AtomicBool::new(true));
    let _ = signal_hook::flag::register_conditional_shutdown(signal_hook::consts::SIGINT, INTERRUPTED.into(), always);
}
