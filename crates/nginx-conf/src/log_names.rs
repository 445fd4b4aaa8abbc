//! Finds logs by file path: the log itself, or the log that a rotated file belongs to.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::access_log::LogTarget;

/// The logs of a configuration, by absolute path.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogNames {
    /// Indices of logs by directory, then by file name in bytes.
    files: HashMap<PathBuf, HashMap<Vec<u8>, Vec<usize>>>,
    patterns: Vec<(glob::Pattern, usize)>,
}

impl LogNames {
    pub(crate) fn new<'t>(targets: impl Iterator<Item = &'t LogTarget>) -> Self {
        let mut names = LogNames::default();
        for (at, target) in targets.enumerate() {
            match target {
                LogTarget::File(path) => {
                    let (directory, name) = split(path);
                    names.files.entry(directory).or_default().entry(name).or_default().push(at);
                }
                LogTarget::Files(pattern) => {
                    names.patterns.extend(glob::Pattern::new(pattern).ok().map(|pattern| (pattern, at)));
                }
                LogTarget::Unreadable { .. } => {}
            }
        }
        names
    }

    /// Returns the indices of the logs that a file may belong to, in ascending order. Rotation adds a suffix after a
    /// dot or a dash: `access.log.1`, `access.log-20261121.gz`.
    pub(crate) fn of(&self, file: &Path) -> Vec<usize> {
        let (directory, name) = split(file);
        let ends = name.iter().enumerate().filter(|(_, byte)| matches!(byte, b'.' | b'-')).map(|(end, _)| end);
        let in_directory = self.files.get(&directory);
        let named = in_directory.into_iter().flat_map(|logs| {
            ends.clone().chain([name.len()]).filter_map(|end| logs.get(&name[..end])).flatten().copied()
        });
        let path = absolute(file);
        let fitting = self.patterns.iter().filter(|(pattern, _)| pattern.matches_path(&path)).map(|(_, at)| *at);
        let mut logs: Vec<usize> = named.chain(fitting).collect();
        logs.sort_unstable();
        logs
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Splits an absolute path into the directory and the bytes of the file name.
fn split(path: &Path) -> (PathBuf, Vec<u8>) {
    let path = absolute(path);
    let name = path.file_name().map(|name| name.as_encoded_bytes().to_vec()).unwrap_or_default();
    (path.parent().map(Path::to_owned).unwrap_or_default(), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotated_files_belong_to_their_log() {
        let file = |path: &str| LogTarget::File(path.into());
        let unreadable = LogTarget::Unreadable { text: "syslog:".to_owned(), why: "" };
        let targets = [
            file("/logs/a.log"),
            unreadable,
            file("/logs/a.log.1"),
            LogTarget::Files("/logs/*.log".to_owned()),
            file("/logs/../logs/a.log"),
            file("/logs/a"),
        ];
        let names = LogNames::new(targets.iter());
        let rows: [(&str, &[usize]); 9] = [
            ("/logs/a.log", &[0, 3, 5]),
            ("/logs/a.log.1", &[0, 2, 5]),
            ("/logs/a.log.1.gz", &[0, 2, 5]),
            ("/logs/a.log-20261121", &[0, 5]),
            ("/logs/a.log2", &[5]),
            ("/logs/ab.log", &[3]),
            ("/logs/a-b", &[5]),
            ("/other/a.log", &[]),
            ("/logs", &[]),
        ];
        for (path, expected) in rows {
            assert_eq!(names.of(Path::new(path)), expected, "{path}");
        }
        assert_eq!(names.of(Path::new("/logs/../logs/a.log"))[0], 3, "paths are compared without resolving links");
    }
}
