//! The files that an `include` means.

use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

/// The path itself, or, where it has a `*`, `?` or `[`, the files that fit, in the order of their bytes: none is fine.
/// What is relative is so to `dir`.
pub(super) fn paths(dir: &Path, wanted: &str) -> Result<Vec<PathBuf>, String> {
    if !wanted.contains(['*', '?', '[']) {
        return Ok(vec![dir.join(wanted)]);
    }
    matches(&pattern(dir, wanted))
}

/// A pattern below `dir`, in whose own name nothing is a pattern.
pub(super) fn pattern(dir: &Path, wanted: &str) -> String {
    if wanted.starts_with('/') || dir.as_os_str().is_empty() {
        return wanted.to_owned();
    }
    format!("{}/{wanted}", Pattern::escape(&dir.to_string_lossy()))
}

/// The files that fit a pattern, as nginx's `glob(3)` has them: a leading dot must be written, and the whole path
/// is sorted by its bytes.
pub(super) fn matches(pattern: &str) -> Result<Vec<PathBuf>, String> {
    const OPTIONS: MatchOptions =
        MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };
    // Two stars are as one there; here they would go down into directories.
    let mut pattern = pattern.to_owned();
    while pattern.contains("**") {
        pattern = pattern.replace("**", "*");
    }
    let shown = super::place::shown(&pattern);
    let found = glob::glob_with(&pattern, OPTIONS).map_err(|error| format!("{shown}: {}", error.msg))?;
    let mut paths = found.collect::<Result<Vec<_>, _>>().map_err(|error| {
        let path = super::place::shown_path(error.path());
        format!("{path}: {}", crate::error::plain(error.error()))
    })?;
    paths.sort_unstable_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    Ok(paths)
}
