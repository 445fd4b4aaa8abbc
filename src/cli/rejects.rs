//! Checks the file of `--rejects`.

use std::fs::canonicalize;
use std::path::Path;

use logstat::Input;

use super::messages::shown_path;

/// The reason why malformed lines cannot be written to a file.
pub(crate) fn refusal(path: &Path, inputs: &[Input]) -> Option<String> {
    if path.as_os_str() == "-" {
        return Some("--rejects -: standard output has the report; name a file, or /dev/stderr".to_owned());
    }
    is_read(path, inputs).then(|| {
        format!("--rejects {}: this file is an input; name another, or it would be overwritten", shown_path(path))
    })
}

/// True if a file is one of the inputs, under any name.
pub(crate) fn is_read(path: &Path, inputs: &[Input]) -> bool {
    let Some(full) = canonicalize(path).ok().filter(|full| full.is_file()) else { return false };
    let is_it = |name: &Path| {
        canonicalize(if name.as_os_str() == "-" { Path::new("/dev/stdin") } else { name })
            .is_ok_and(|input| input == full)
    };
    inputs.iter().any(|input| is_it(input.name()))
}
