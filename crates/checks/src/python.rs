//! Python with the modules that a check needs: `python3`, or the interpreter in `LOGSTAT_PYTHON`.

use std::ffi::OsString;
use std::io;
use std::process::{Command, Output};

/// Returns the interpreter that the checks use, by its full path if it can be run.
#[must_use]
pub fn interpreter() -> String {
    let path = python(&["-c", "import sys; print(sys.executable)"])
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok());
    path.map_or_else(|| name().to_string_lossy().into_owned(), |path| path.trim().to_owned())
}

/// Runs Python without the environment variables and the file that configure logstat.
///
/// # Errors
/// Fails if Python cannot be run.
pub fn python(arguments: &[&str]) -> io::Result<Output> {
    let others = std::env::vars_os().filter(|(name, _)| !name.as_encoded_bytes().starts_with(b"LOGSTAT_"));
    Command::new(name()).args(arguments).env_clear().envs(others).env("LOGSTAT_CONFIG", "/dev/null").output()
}

/// True if Python can import `modules`, a comma-separated list.
#[must_use]
pub fn has(modules: &str) -> bool {
    python(&["-c", &format!("import {modules}")]).is_ok_and(|output| output.status.success())
}

fn name() -> OsString {
    std::env::var_os("LOGSTAT_PYTHON").unwrap_or_else(|| "python3".into())
}
