//! Finds subdirectories that contain logs, and the arguments that select them.

use std::collections::{HashSet, VecDeque};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::directory::Directory;
use super::identity::Identity;
use super::natural_order::natural_order;
use crate::files::{LogDirectory, LogsWithin};

/// Maximum number of directories that are searched. The result is only for a message.
const LOOKED_INTO: usize = 1000;

/// Maximum number of directories that a command lists one by one.
const LISTED: usize = 5;

/// The result of a search below a directory.
#[derive(Debug)]
pub(super) struct SubdirectorySearch {
    /// The subdirectories that contain logs, if any.
    pub(super) within: Option<LogsWithin>,
    /// True if there were too many directories to search all of them.
    pub(super) is_cut: bool,
    /// Directories that cannot be listed, with the error.
    pub(super) unreadable: Vec<(PathBuf, io::Error)>,
}

/// Searches `directories`, which are in `root`, for logs, and their subdirectories down to `levels` levels.
pub(super) fn logs_below(root: &Path, directories: Vec<PathBuf>, levels: usize) -> SubdirectorySearch {
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    let mut seen = HashSet::from([Identity::of(root)]);
    let mut waiting: VecDeque<_> = directories.into_iter().map(|path| (path, 1)).collect();
    while seen.len() <= LOOKED_INTO
        && let Some((path, level)) = waiting.pop_front()
    {
        // Links may form cycles.
        if !seen.insert(Identity::of(&path)) {
            continue;
        }
        let Directory { logs, directories, .. } = match Directory::read(&path) {
            Ok(directory) => directory,
            Err(error) => {
                unreadable.push((path, error));
                continue;
            }
        };
        if !logs.is_empty() {
            found.push(LogDirectory { path, logs: logs.len() });
        }
        if level < levels {
            waiting.extend(directories.into_iter().map(|path| (path, level + 1)));
        }
    }
    found.sort_by(|a, b| natural_order(a.path.as_os_str().as_encoded_bytes(), b.path.as_os_str().as_encoded_bytes()));
    let is_cut = !waiting.is_empty();
    let within = (!found.is_empty()).then(|| {
        let (arguments, more) = arguments(root, &found, is_cut);
        LogsWithin { directories: found, is_cut, arguments, more }
    });
    SubdirectorySearch { within, is_cut, unreadable }
}

/// Wildcards if they match exactly these directories, otherwise the first paths; and the number of paths left out.
/// Wildcards that match more would read directories that the message did not show.
fn arguments(root: &Path, found: &[LogDirectory], is_cut: bool) -> (Vec<String>, usize) {
    let patterns = patterns(root, found);
    let are_exact = || patterns.iter().map(Pattern::count).sum::<usize>() == found.len();
    if found.len() > 1 && !is_cut && patterns.len() <= LISTED && are_exact() {
        return (patterns.iter().map(Pattern::for_shell).collect(), 0);
    }
    let listed = found.iter().take(LISTED).map(|directory| quoted(&directory.path.to_string_lossy()));
    (listed.collect(), found.len().saturating_sub(LISTED))
}

/// The directories at one depth below `root`, as a path with `*` where they differ.
struct Pattern<'a> {
    root: &'a Path,
    /// Components below `root`; `None` is `*`.
    components: Vec<Option<&'a OsStr>>,
}

fn patterns<'a>(root: &'a Path, found: &'a [LogDirectory]) -> Vec<Pattern<'a>> {
    let mut patterns: Vec<Pattern<'_>> = Vec::new();
    for LogDirectory { path, .. } in found {
        let components: Vec<_> = path.strip_prefix(root).unwrap_or(path).iter().map(Some).collect();
        match patterns.iter_mut().find(|pattern| pattern.components.len() == components.len()) {
            None => patterns.push(Pattern { root, components }),
            Some(pattern) => {
                for (common, own) in pattern.components.iter_mut().zip(components) {
                    *common = common.filter(|_| *common == own);
                }
            }
        }
    }
    patterns
}

impl Pattern<'_> {
    /// Number of directories that it matches.
    fn count(&self) -> usize {
        let root = glob::Pattern::escape(&self.root.to_string_lossy());
        let literal = |component: &OsStr| glob::Pattern::escape(&component.to_string_lossy());
        let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
        glob::glob_with(&self.joined(&root, literal), options).map_or(0, |paths| paths.flatten().count())
    }

    /// The pattern as typed in a shell.
    fn for_shell(&self) -> String {
        self.joined(&quoted(&self.root.to_string_lossy()), |component| quoted(&component.to_string_lossy()))
    }

    /// Joins the components. With the slash at the end, only directories match.
    fn joined(&self, root: &str, literal: impl Fn(&OsStr) -> String) -> String {
        let components = self.components.iter().map(|component| component.map_or_else(|| "*".to_owned(), &literal));
        let below = components.collect::<Vec<_>>().join("/");
        if root.ends_with('/') { format!("{root}{below}/") } else { format!("{root}/{below}/") }
    }
}

/// Quotes a word for a shell, if it needs quotes.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+' | ',' | ':' | '@' | '%');
    // An argument that begins with a dash would be an option.
    let dash = if word.starts_with('-') { "./" } else { "" };
    if word.chars().all(is_plain) {
        format!("{dash}{word}")
    } else {
        format!("{dash}'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Creates these files; returns the subdirectories with logs, the arguments, and the number left out.
    fn within(files: &[String], levels: usize) -> Option<(String, String, usize)> {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let directories = Directory::read(folder.path()).unwrap().directories;
        let within = logs_below(folder.path(), directories, levels).within?;
        let below = |path: &str| path.replace(&format!("{}/", folder.path().display()), "");
        Some((below(&within.to_string()), below(&within.arguments.join(" ")), within.more))
    }

    /// File names; a `_` stands for a space.
    fn files(names: &str) -> Vec<String> {
        names.split_whitespace().map(|name| name.replace('_', " ")).collect()
    }

    #[test]
    fn arguments_name_exactly_the_directories_with_logs() {
        for (names, directories, arguments) in [
            ("a/access.log", "a (1 file)", "a"),
            ("a/x.log a/x.log.1 b/x.log b/error.log", "a (2 files), b (1 file)", "*/"),
            // The pattern would match `c`, too.
            ("a/x.log b/x.log c/x", "a (1 file), b (1 file)", "a b"),
            ("a/logs/x.log b/logs/x.log b/conf/x", "a/logs (1 file), b/logs (1 file)", "*/logs/"),
            ("a/x.log b/x.log b/c/x.log", "a (1 file), b (1 file), b/c (1 file)", "*/ b/c/"),
            ("a_b/it's/x.log c/x .hidden/x.log", "a b/it's (1 file)", r"'a b/it'\''s'"),
        ] {
            let expected = (directories.to_owned(), arguments.to_owned(), 0);
            assert_eq!(within(&files(names), 3), Some(expected), "{names}");
        }
        assert_eq!(within(&files("a/x a/b/c/d/x.log"), 3), None);
        assert_eq!(within(&files("a/b/x.log"), 1), None);
    }

    #[test]
    fn command_never_reads_directories_without_logs() {
        let names = files("0/x.log 1/x.log 2/x.log 3/x.log 4/x.log 5/x.log 6/x.log 7/other");
        let (directories, arguments, more) = within(&names, 3).unwrap();
        assert!(directories.ends_with("4 (1 file) and 2 more"), "{directories}");
        assert_eq!((arguments.as_str(), more), ("0 1 2 3 4", 2));
        // Wildcards that match no other directory are as good as a list of any length.
        let (_, arguments, more) = within(&names[..7], 3).unwrap();
        assert_eq!((arguments.as_str(), more), ("*/", 0));
    }

    #[test]
    fn search_limit_is_reported() {
        let names: Vec<_> = (0..=LOOKED_INTO).map(|i| format!("{i}/x.log")).collect();
        let (directories, arguments, more) = within(&names, 3).unwrap();
        assert!(directories.ends_with("; not all subdirectories were searched"), "{directories}");
        assert_eq!((arguments.as_str(), more), ("0 1 2 3 4", LOOKED_INTO - LISTED));
    }

    #[cfg(unix)]
    #[test]
    fn link_cycles_end() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/x.log"), "").unwrap();
        std::os::unix::fs::symlink("..", folder.path().join("a/up")).unwrap();
        std::os::unix::fs::symlink("a", folder.path().join("b")).unwrap();
        let directories = Directory::read(folder.path()).unwrap().directories;
        let within = logs_below(folder.path(), directories, 9).within.unwrap();
        assert_eq!(within.directories, [LogDirectory { path: folder.path().join("a"), logs: 1 }]);
    }

    #[test]
    fn shell_words_are_quoted_where_needed() {
        for (word, expected) in
            [("/var/log/nginx", "/var/log/nginx"), ("a b", "'a b'"), ("a*", "'a*'"), ("-x", "./-x"), ("größe", "größe")]
        {
            assert_eq!(quoted(word), expected);
        }
    }
}
