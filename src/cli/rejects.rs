//! Where malformed lines go, if they are asked for.

use std::fs::canonicalize;
use std::path::Path;

use logstat::Input;

use super::messages::shown_path;

/// Why a file is not one that malformed lines can go to.
pub(crate) fn refusal(path: &Path, inputs: &[Input]) -> Option<String> {
    if path.as_os_str() == "-" {
        return Some("--rejects - : standard output is the report's; give a file, or /dev/stderr".to_owned());
    }
    is_read(path, inputs)
        .then(|| format!("--rejects {}: this file is read; give another, or it would be lost", shown_path(path)))
}

/// Whether a file is among the inputs, by whatever name.
pub(crate) fn is_read(path: &Path, inputs: &[Input]) -> bool {
    let Some(full) = canonicalize(path).ok().filter(|full| full.is_file()) else { return false };
    let is_it = |name: &Path| {
        canonicalize(if name.as_os_str() == "-" { Path::new("/dev/stdin") } else { name })
            .is_ok_and(|input| input == full)
    };
    inputs.iter().any(|input| is_it(input.name()))
}
