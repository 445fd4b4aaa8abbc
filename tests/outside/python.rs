//! Python with what is installed for it: `python3`, or what `LOGSTAT_PYTHON` names.

use std::io;
use std::process::{Command, Output};

pub(crate) fn python(arguments: &[&str]) -> io::Result<Output> {
    let python = std::env::var_os("LOGSTAT_PYTHON").unwrap_or_else(|| "python3".into());
    // Neither a variable nor a file of somebody's own is to answer.
    let others = std::env::vars_os().filter(|(name, _)| !name.as_encoded_bytes().starts_with(b"LOGSTAT_"));
    Command::new(python).args(arguments).env_clear().envs(others).env("LOGSTAT_CONFIG", "/dev/null").output()
}

/// Whether it can import these, with commas between.
#[allow(dead_code, reason = "a test that asks for Python alone has no use for it")]
pub(crate) fn has(modules: &str) -> bool {
    python(&["-c", &format!("import {modules}")]).is_ok_and(|output| output.status.success())
}
