//! The files of an `include`.

use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

/// The path itself, or, if it has a `*`, `?` or `[`, the files that match, in the order of their bytes. There may be none.
/// Relative paths are relative to `dir`.
pub(crate) fn paths(dir: &Path, wanted: &str) -> Result<Vec<PathBuf>, String> {
    if !wanted.contains(['*', '?', '[']) {
        return Ok(vec![dir.join(wanted)]);
    }
    matches(&pattern(dir, wanted))
}

/// The same among the files `names`, and none on disk.
pub(crate) fn paths_among<'n>(
    names: impl Iterator<Item = &'n Path>,
    dir: &Path,
    wanted: &str,
) -> Result<Vec<PathBuf>, String> {
    if !wanted.contains(['*', '?', '[']) {
        return Ok(vec![dir.join(wanted)]);
    }
    let pattern = with_single_stars(&pattern(dir, wanted));
    let compiled = Pattern::new(&pattern).map_err(|error| invalid(&pattern, &error))?;
    let fitting = names.filter(|name| compiled.matches_path_with(name, OPTIONS));
    Ok(sorted(fitting.map(Path::to_owned).collect()))
}

/// A pattern below `dir`, in whose own name nothing is a pattern.
pub(crate) fn pattern(dir: &Path, wanted: &str) -> String {
    if wanted.starts_with('/') || dir.as_os_str().is_empty() {
        return wanted.to_owned();
    }
    format!("{}/{wanted}", Pattern::escape(&dir.to_string_lossy()))
}

/// As in nginx's `glob(3)`: a leading dot must be written.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// The files on disk that fit a pattern, in the order of the bytes of their paths, as nginx's `glob(3)` has them.
pub(crate) fn matches(pattern: &str) -> Result<Vec<PathBuf>, String> {
    let pattern = with_single_stars(pattern);
    let found = glob::glob_with(&pattern, OPTIONS).map_err(|error| invalid(&pattern, &error))?;
    let paths = found.collect::<Result<Vec<_>, _>>().map_err(|error| {
        let path = super::place::shown_path(error.path());
        format!("{path}: {}", crate::io_error::message(error.error()))
    })?;
    Ok(sorted(paths))
}

/// Two stars are as one in nginx. In the crate they would match directories below, too.
fn with_single_stars(pattern: &str) -> String {
    let mut pattern = pattern.to_owned();
    while pattern.contains("**") {
        pattern = pattern.replace("**", "*");
    }
    pattern
}

fn invalid(pattern: &str, error: &glob::PatternError) -> String {
    format!("{}: {}", super::place::shown(pattern), error.msg)
}

fn sorted(mut paths: Vec<PathBuf>) -> Vec<PathBuf> {
    paths.sort_unstable_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    paths
}
