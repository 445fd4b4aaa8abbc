//! Resolves the files of an `include`.

use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

/// Returns the path itself or, if it contains `*`, `?` or `[`, the matching files, sorted by the bytes of their paths;
/// there may be none. Relative paths are relative to `dir`.
pub(crate) fn paths(dir: &Path, wanted: &str) -> Result<Vec<PathBuf>, String> {
    if !wanted.contains(['*', '?', '[']) {
        return Ok(vec![dir.join(wanted)]);
    }
    matches(&pattern(dir, wanted))
}

/// Like `paths`, among the files `names` instead of those on disk.
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

/// Joins a pattern to `dir`, with the special characters of `dir` escaped.
pub(crate) fn pattern(dir: &Path, wanted: &str) -> String {
    if wanted.starts_with('/') || dir.as_os_str().is_empty() {
        return wanted.to_owned();
    }
    format!("{}/{wanted}", Pattern::escape(&dir.to_string_lossy()))
}

/// Options that match like nginx's `glob(3)`: a leading dot must be matched literally.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// Returns the files on disk that match a pattern, sorted by the bytes of their paths, as with nginx's `glob(3)`.
pub(crate) fn matches(pattern: &str) -> Result<Vec<PathBuf>, String> {
    let pattern = with_single_stars(pattern);
    let found = glob::glob_with(&pattern, OPTIONS).map_err(|error| invalid(&pattern, &error))?;
    let paths = found.collect::<Result<Vec<_>, _>>().map_err(|error| {
        let path = super::place::shown_path(error.path());
        format!("{path}: {}", crate::io_error::message(error.error()))
    })?;
    Ok(sorted(paths))
}

/// Replaces `**` by `*`, which means the same in nginx. In the crate, `**` also matches subdirectories.
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
